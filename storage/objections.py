"""Objections: what was contested, when, and what was decided."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.objection import OBJECTION, Objection, ObjectionEvent, ObjectionKind, ObjectionState
from storage import events, moves
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.lab import ObjectionRow


def lodge(
    unit: Session,
    sample_id: UUID,
    *,
    party: str,
    kind: ObjectionKind,
    grounds: str,
    deadline: datetime,
    by: str,
    at: datetime,
) -> Objection:
    """Keep an objection as it came in; whether it is late is decided next, never by dropping it."""
    row = ObjectionRow(id=new_id(), sample_id=sample_id, party=party, kind=kind, grounds=grounds, received_at=at,
                       deadline=deadline, state=OBJECTION.initial, reason=None)  # fmt: skip
    unit.add(row)
    unit.flush()
    events.append(
        unit, sample_id, "objection", row.id, "lodged", by=by, at=at, data={"party": party, "kind": kind.value}
    )
    return record_of(Objection, row)


def record(
    unit: Session, id_: UUID, event: ObjectionEvent, *, by: str, at: datetime, reason: str | None = None
) -> ObjectionState:
    """Move an objection and give its new state."""
    row = moves.load(unit, ObjectionRow, id_)
    row.reason = reason or row.reason
    data = {"reason": reason} if reason else {}
    return moves.move(unit, row, OBJECTION, event, case_id=row.sample_id, by=by, at=at, data=data)


def get(unit: Session, id_: UUID) -> Objection:
    """Give one objection, or raise NotFound."""
    return record_of(Objection, moves.read(unit, ObjectionRow, id_))


def of_sample(unit: Session, sample_id: UUID) -> tuple[Objection, ...]:
    """Give every objection to a sample, oldest first."""
    rows = unit.scalars(select(ObjectionRow).filter_by(sample_id=sample_id).order_by(ObjectionRow.id))
    return tuple(record_of(Objection, row) for row in rows)


def in_state(unit: Session, *states: ObjectionState) -> tuple[Objection, ...]:
    """Give the objections that stand in one of the states, oldest first."""
    rows = unit.scalars(select(ObjectionRow).where(ObjectionRow.state.in_(states)).order_by(ObjectionRow.id))
    return tuple(record_of(Objection, row) for row in rows)
