"""Scores: every computation is kept with the hash of what it was computed from; an empty one ends a subject's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import canonical, sha256
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
    """Empty: from then on the subject has no score."""


def save(unit: Session, kept: Kept) -> bool:
    """Keep a score; False when the newest one of its subject has the same inputs already."""
    last = newest(unit, kept.kind, kept.subject)
    if last is not None and last.inputs_sha256 == kept.inputs_sha256:
        return False
    columns = {name: getattr(kept, name) for name in kept.__slots__}
    unit.add(ScoreRow(id=new_id(), **{**columns, "score": dict(kept.score)}))
    unit.flush()
    return True


def end(unit: Session, kind: str, subject: str, *, at: datetime) -> None:
    """Keep that a subject has no score any more; the scores it had stay on record."""
    save(unit, Kept(kind, subject, at, sha256(canonical({"ended": at.isoformat()})), {}))


def newest(unit: Session, kind: str, subject: str) -> Kept | None:
    """Give the newest score of a subject, or None when it has none or none any more."""
    wanted = select(ScoreRow).filter_by(kind=kind, subject=subject).order_by(ScoreRow.id.desc()).limit(1)
    row = unit.scalars(wanted).first()
    return None if row is None or not row.score else record_of(Kept, row)


def listed(unit: Session, kind: str) -> tuple[Kept, ...]:
    """Give the newest score of every subject of a kind that still has one, by subject."""
    wanted = select(ScoreRow).filter_by(kind=kind).distinct(ScoreRow.subject)
    rows = unit.scalars(wanted.order_by(ScoreRow.subject, ScoreRow.id.desc()))
    return tuple(record_of(Kept, row) for row in rows if row.score)
