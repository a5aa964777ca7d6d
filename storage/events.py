"""The append-only, hash-chained history, written in the transaction of every move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from sampling.digest import ORIGIN, chained
from storage.schema.event import EventRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened in one case."""

    case_id: UUID
    seq: int
    noun: str
    subject_id: str
    type: str
    at: datetime
    actor: str
    data: Mapping[str, Any]
    prev_hash: str
    hash: str

    def record(self) -> dict[str, Any]:
        """Give what the hash is taken over."""
        return {
            "case": str(self.case_id),
            "seq": self.seq,
            "noun": self.noun,
            "subject": self.subject_id,
            "type": self.type,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor,
            "data": dict(self.data),
        }


def append(
    unit: Session,
    case_id: UUID,
    noun: str,
    subject: UUID | str,
    type_: str,
    *,
    by: str,
    at: datetime,
    data: Mapping[str, Any],
) -> Entry:
    """Add one entry to a case's history and give it back with its hash.

    Writers of one case wait for each other until their transactions end, so the chain never forks.
    """
    unit.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1))"), {"key": f"event:{case_id}"})
    last = unit.execute(
        select(EventRow.seq, EventRow.hash).where(EventRow.case_id == case_id).order_by(EventRow.seq.desc()).limit(1)
    ).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, ORIGIN)
    entry = Entry(case_id, seq, noun, str(subject), type_, at, by, dict(data), previous, "")
    digest = chained(previous, entry.record())
    unit.add(
        EventRow(
            case_id=case_id,
            seq=seq,
            noun=noun,
            subject_id=str(subject),
            type=type_,
            at=at,
            actor=by,
            data=dict(data),
            prev_hash=previous,
            hash=digest,
        )
    )
    unit.flush()
    return Entry(case_id, seq, noun, str(subject), type_, at, by, dict(data), previous, digest)


def history(unit: Session, case_id: UUID) -> tuple[Entry, ...]:
    """Give a case's history, oldest first."""
    rows = unit.scalars(select(EventRow).where(EventRow.case_id == case_id).order_by(EventRow.seq))
    return tuple(_entry(row) for row in rows)


def last(unit: Session, case_id: UUID) -> Entry | None:
    """Give the newest entry of a case's history, or None."""
    wanted = select(EventRow).where(EventRow.case_id == case_id).order_by(EventRow.seq.desc()).limit(1)
    row = unit.scalars(wanted).first()
    return None if row is None else _entry(row)


def count(unit: Session, noun: str, type_: str) -> int:
    """Give how often something happened, over all cases."""
    wanted = (EventRow.noun == noun) & (EventRow.type == type_)
    return unit.scalar(select(func.count()).select_from(EventRow).where(wanted)) or 0


def breaks(entries: Sequence[Entry]) -> tuple[int, ...]:
    """Give the sequence numbers at which a history does not continue; none means it is whole."""
    previous, found = ORIGIN, []
    for place, entry in enumerate(entries, start=1):
        whole = entry.seq == place and entry.prev_hash == previous and entry.hash == chained(previous, entry.record())
        if not whole:
            found.append(place)
        previous = entry.hash
    return tuple(found)


def _entry(row: EventRow) -> Entry:
    at = row.at.astimezone(UTC)
    return Entry(
        row.case_id, row.seq, row.noun, row.subject_id, row.type, at, row.actor, row.data, row.prev_hash, row.hash
    )
