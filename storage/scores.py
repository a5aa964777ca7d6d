"""Scores: every computation is kept with the hash of what it was computed from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.public import ScoreRow


@dataclass(frozen=True, slots=True)
class Kept:
    """One computed score of one seller, brand or platform."""

    kind: str
    subject: str
    at: datetime
    inputs_sha256: str
    score: Mapping[str, Any]


def save(unit: Session, kept: Kept) -> bool:
    """Keep a score; False when the newest one of its subject has the same inputs already."""
    last = newest(unit, kept.kind, kept.subject)
    if last is not None and last.inputs_sha256 == kept.inputs_sha256:
        return False
    columns = {name: getattr(kept, name) for name in kept.__slots__}
    unit.add(ScoreRow(id=new_id(), **{**columns, "score": dict(kept.score)}))
    unit.flush()
    return True


def newest(unit: Session, kind: str, subject: str) -> Kept | None:
    """Give the newest score of a subject, or None."""
    wanted = select(ScoreRow).filter_by(kind=kind, subject=subject).order_by(ScoreRow.id.desc()).limit(1)
    row = unit.scalars(wanted).first()
    return None if row is None else record_of(Kept, row)


def listed(unit: Session, kind: str) -> tuple[Kept, ...]:
    """Give the newest score of every subject of a kind, by subject."""
    wanted = select(ScoreRow).filter_by(kind=kind).distinct(ScoreRow.subject)
    rows = unit.scalars(wanted.order_by(ScoreRow.subject, ScoreRow.id.desc()))
    return tuple(record_of(Kept, row) for row in rows)
