"""Objections: what was contested, when, and what was decided."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.objection import OBJECTION, Objection, ObjectionEvent, ObjectionKind, ObjectionState
from sampling.calendar import Deadline
from storage import events, moves
from storage.events import Entry
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.lab import ObjectionDateRow, ObjectionRow

NOUN, HELD = OBJECTION.noun, "held"


def lodge(
    unit: Session,
    sample_id: UUID,
    *,
    party: str,
    kind: ObjectionKind,
    grounds: str,
    window: Deadline,
    by: str,
    at: datetime,
    came_at: datetime | None = None,
) -> Objection:
    """Keep an objection as it came in; whether it is late is decided next, never by dropping it."""
    came_at = came_at or at
    row = ObjectionRow(id=new_id(), sample_id=sample_id, party=party, kind=kind, grounds=grounds, received_at=came_at,
                       deadline=window.due_at, state=OBJECTION.initial, reason=None)  # fmt: skip
    unit.add(row)
    unit.flush()
    set_dates(unit, row.id, [window])
    told = {"party": party, "kind": kind.value, "received_at": came_at.isoformat()}
    events.append(unit, sample_id, NOUN, row.id, "lodged", by=by, at=at, data=told)
    return record_of(Objection, row)


def record(
    unit: Session, id_: UUID, event: ObjectionEvent, *, by: str, at: datetime, reason: str | None = None
) -> ObjectionState:
    """Move an objection and give its new state."""
    row = moves.load(unit, ObjectionRow, id_)
    row.reason = reason or row.reason
    data = {"reason": reason} if reason else {}
    return moves.move(unit, row, OBJECTION, event, case_id=row.sample_id, by=by, at=at, data=data)


def ask(unit: Session, id_: UUID, what: str, due: Deadline, *, by: str, at: datetime) -> None:
    """Ask for a supplement by a date; a second request raises IllegalMove."""
    row = moves.load(unit, ObjectionRow, id_)
    row.asked = what
    data = {"asked": what, "due_at": due.due_at.isoformat()}
    moves.move(unit, row, OBJECTION, ObjectionEvent.SUPPLEMENT_ASKED, case_id=row.sample_id, by=by, at=at, data=data)
    set_dates(unit, id_, [due])


def supplement(
    unit: Session, id_: UUID, said: str, event: ObjectionEvent, reason: str | None, *, came_at: datetime, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep a supplement with the moment it came in, in time or not; one that nobody asked for raises IllegalMove."""
    OBJECTION.move(get(unit, id_).state, event)
    row = moves.load(unit, ObjectionRow, id_)
    row.supplement, row.supplemented_at = said, came_at
    record(unit, id_, event, by=by, at=at, reason=reason)


def agree(unit: Session, id_: UUID, *, policy: str, advanced_by: str) -> None:
    """Write down, before a re-test, how it will be weighed and who advances its fee."""
    row = moves.load(unit, ObjectionRow, id_)
    row.policy, row.fee_advanced_by = policy, advanced_by


def charge(unit: Session, objection: Objection, bearer: str, *, by: str, at: datetime) -> None:
    """Write down who bears the fee of a re-test in the end, beside who advanced it."""
    moves.load(unit, ObjectionRow, objection.id).fee_borne_by = bearer
    told = {"advanced_by": objection.fee_advanced_by, "borne_by": bearer}
    events.append(unit, objection.sample_id, NOUN, objection.id, "charged", by=by, at=at, data=told)


def hold(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> bool:
    """Say why a re-test does not go on, in the history of the case; False where that was the last thing said."""
    if held(unit, objection) == reason:
        return False
    events.append(unit, objection.sample_id, NOUN, objection.id, HELD, by=by, at=at, data={"reason": reason})
    return True


def held(unit: Session, objection: Objection) -> str | None:
    """Give why the re-test of an objection does not go on, or None where it does or nothing was said."""
    said = history(unit, objection)
    return str(said[-1].data["reason"]) if said and said[-1].type == HELD else None


def history(unit: Session, objection: Objection) -> tuple[Entry, ...]:
    """Give all that happened to an objection, the first first."""
    entries = events.history(unit, objection.sample_id)
    return tuple(one for one in entries if one.noun == NOUN and one.subject_id == str(objection.id))


def set_dates(unit: Session, id_: UUID, dates: Iterable[Deadline]) -> None:
    """Keep further dates of an objection; a second one by the same rule raises Conflict."""
    for one in dates:
        unit.add(
            ObjectionDateRow(id=new_id(), objection_id=id_, rule=one.rule, rulebook=one.rulebook,
                             calendar_version=one.calendar_version, starts_at=one.starts_at, due_at=one.due_at)
        )  # fmt: skip
    unit.flush()


def dates(unit: Session, id_: UUID) -> tuple[Deadline, ...]:
    """Give every date of an objection with its rule and calendar, the first due first."""
    rows = unit.scalars(select(ObjectionDateRow).filter_by(objection_id=id_).order_by(ObjectionDateRow.due_at))
    return tuple(record_of(Deadline, row) for row in rows)


def due(unit: Session, id_: UUID, rule: str) -> datetime | None:
    """Give by when something of an objection is due by a rule, or None."""
    return next((one.due_at for one in dates(unit, id_) if one.rule == rule), None)


def get(unit: Session, id_: UUID) -> Objection:
    """Give one objection, or raise NotFound."""
    return record_of(Objection, moves.read(unit, ObjectionRow, id_))


def of_sample(unit: Session, sample_id: UUID) -> tuple[Objection, ...]:
    """Give every objection to a sample, oldest first."""
    rows = unit.scalars(select(ObjectionRow).filter_by(sample_id=sample_id).order_by(ObjectionRow.id))
    return tuple(record_of(Objection, row) for row in rows)


def retested(unit: Session, sample_id: UUID) -> Objection | None:
    """Give the objection that a sample is re-tested for, or None."""
    return next((one for one in of_sample(unit, sample_id) if one.state is ObjectionState.REINSPECT), None)


def in_state(unit: Session, *states: ObjectionState) -> tuple[Objection, ...]:
    """Give the objections that stand in one of the states, oldest first."""
    rows = unit.scalars(select(ObjectionRow).where(ObjectionRow.state.in_(states)).order_by(ObjectionRow.id))
    return tuple(record_of(Objection, row) for row in rows)
