"""Disposals of kept units and the holds that forbid them: two persons decide, and the chain of custody says the end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sampling.custody import UNIT
from sampling.digest import Digest
from sampling.disposal import (
    DISPOSAL,
    ENDS,
    Disposal,
    DisposalEvent,
    DisposalMethod,
    DisposalState,
    Hold,
    Obstacle,
    expect_none,
    obstacles,
)
from storage import custody, events, moves, retention
from storage.custody import Circumstances
from storage.errors import Conflict
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import UnitRow
from storage.schema.retention import DisposalRow, HoldRow
from storage.schema.sample import SampleRow

HOLD = "hold"
PROPOSED, PLACED, LIFTED = "proposed", "placed", "lifted"


@dataclass(frozen=True, slots=True)
class Carried:
    """How a disposal was carried out: before which witness, at which place, to whom, and a picture of it."""

    witness: str
    place: str
    received_by: str | None = None
    """Who took it; nobody where it was destroyed."""
    photo: Digest | None = None


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """One disposal that was carried out, with the codes of its unit and of its sample."""

    disposal: Disposal
    unit: str
    sample_id: UUID
    sample: str


def propose(unit: Session, unit_id: UUID, method: DisposalMethod, reason: str, *, by: str, at: datetime) -> Disposal:
    """Propose to dispose of a kept unit; whatever forbids it raises RefusedDisposal, a live proposal Conflict."""
    found = retention.get(unit, unit_id, at=at)
    expect_none(obstacles(found.standing, at))
    if found.disposal is not None:
        raise Conflict(f"a disposal of unit {found.unit.code} is {found.disposal.state} already")
    row = DisposalRow(
        id=new_id(), unit_id=unit_id, method=method, reason=reason, state=DISPOSAL.initial, proposed_by=by,
        proposed_at=at,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    data = {"unit": found.unit.code, "method": method.value, "reason": reason}
    events.append(unit, found.sample_id, DISPOSAL.noun, row.id, PROPOSED, by=by, at=at, data=data)
    return record_of(Disposal, row)


def approve(unit: Session, disposal_id: UUID, *, by: str, at: datetime) -> Disposal:
    """Approve a disposal as the second person; what forbids it by now, or the proposer, raises RefusedDisposal."""
    row, found = _live(unit, disposal_id, at)
    same = [Obstacle.SAME_PERSON] if by == row.proposed_by else []
    expect_none([*obstacles(found.standing, at), *same])
    return _decide(unit, row, found.sample_id, DisposalEvent.APPROVED, by=by, at=at)


def refuse(unit: Session, disposal_id: UUID, reason: str, *, by: str, at: datetime) -> Disposal:
    """Refuse a disposal that is not carried out yet; the unit may be proposed again."""
    row, found = _live(unit, disposal_id, at)
    row.refusal = reason
    return _decide(unit, row, found.sample_id, DisposalEvent.REFUSED, by=by, at=at)


def carry_out(unit: Session, disposal_id: UUID, carried: Carried, *, by: str, at: datetime) -> Disposal:
    """Write down that an approved disposal was carried out: the chain of the unit ends, before a witness.

    What forbids it by now raises RefusedDisposal, a witness who is the actor or a unit nobody approved Conflict.
    """
    row, found = _live(unit, disposal_id, at)
    expect_none(obstacles(found.standing, at))
    if carried.witness == by:
        raise Conflict("the witness of a disposal is a second person")
    if row.method is DisposalMethod.GIVEN_BACK and not carried.received_by:
        raise Conflict("what is given back is given to somebody")
    DISPOSAL.move(row.state, DisposalEvent.DONE)
    custody.end(
        unit, row.unit_id, ENDS[row.method], received_by=carried.received_by, place=carried.place, reason=row.reason,
        by=by, at=at, found=Circumstances(photos=(carried.photo,) if carried.photo else ()),
    )  # fmt: skip
    row.done_by, row.witness, row.done_at, row.photo = by, carried.witness, at, carried.photo
    data = {"unit": found.unit.code, "method": row.method.value, "witness": carried.witness, "photo": carried.photo}
    moves.move(unit, row, DISPOSAL, DisposalEvent.DONE, case_id=found.sample_id, by=by, at=at, data=data)
    return record_of(Disposal, row)


def hold(unit: Session, unit_id: UUID, reason: str, *, by: str, at: datetime) -> Hold:
    """Order a unit to be kept whatever its date says; a second order, or one that has ended, raises Conflict."""
    part = moves.load(unit, UnitRow, unit_id)
    if part.state in UNIT.final:
        raise Conflict(f"unit {part.code} is {part.state} by now")
    if retention.standing_hold(unit, unit_id) is not None:
        raise Conflict(f"unit {part.code} is on hold already")
    row = HoldRow(id=new_id(), unit_id=unit_id, reason=reason, placed_by=by, placed_at=at)
    unit.add(row)
    unit.flush()
    data = {"unit": part.code, "reason": reason}
    events.append(unit, part.sample_id, HOLD, row.id, PLACED, by=by, at=at, data=data)
    return record_of(Hold, row)


def lift(unit: Session, hold_id: UUID, reason: str, *, by: str, at: datetime) -> Hold:
    """Lift a hold for a reason; one that is lifted already raises Conflict."""
    row = moves.load(unit, HoldRow, hold_id)
    if row.lifted_at is not None:
        raise Conflict("this hold is lifted already")
    row.lifted_by, row.lifted_at, row.lift_reason = by, at, reason
    unit.flush()
    part = moves.read(unit, UnitRow, row.unit_id)
    data = {"unit": part.code, "reason": reason}
    events.append(unit, part.sample_id, HOLD, row.id, LIFTED, by=by, at=at, data=data)
    return record_of(Hold, row)


def put(
    unit: Session, unit_id: UUID, place: str, *, by: str, at: datetime, found: Circumstances = custody.AS_USUAL
) -> None:
    """Write down where a kept unit lies from now on; what a test left of its unit is put into the store by it."""
    kept = retention.get(unit, unit_id, at=at)
    custody.put(unit, kept.unit.id, place, by=by, at=at, found=found)


def get(unit: Session, disposal_id: UUID) -> Disposal:
    """Give one disposal, or raise NotFound."""
    return record_of(Disposal, moves.read(unit, DisposalRow, disposal_id))


def carried_out(unit: Session, *, skip: int, most: int) -> tuple[CarriedOut, ...]:
    """Give the disposals that were carried out, the newest first, so many from a place on."""
    wanted = (
        select(DisposalRow, UnitRow.code, UnitRow.sample_id, SampleRow.code)
        .join(UnitRow, UnitRow.id == DisposalRow.unit_id)
        .join(SampleRow, SampleRow.id == UnitRow.sample_id)
        .where(DisposalRow.state == DisposalState.DONE)
        .order_by(DisposalRow.done_at.desc(), UnitRow.code)
    )
    rows = unit.execute(wanted.offset(skip).limit(most)).tuples()
    return tuple(CarriedOut(record_of(Disposal, row), code, id_, sample) for row, code, id_, sample in rows)


def count_carried_out(unit: Session) -> int:
    """Give how many disposals were carried out."""
    wanted = select(func.count()).select_from(DisposalRow).where(DisposalRow.state == DisposalState.DONE)
    return unit.scalars(wanted).one()


def of_unit(unit: Session, unit_id: UUID) -> tuple[Disposal, ...]:
    """Give every proposal to dispose of a unit, oldest first."""
    rows = unit.scalars(select(DisposalRow).filter_by(unit_id=unit_id).order_by(DisposalRow.id))
    return tuple(record_of(Disposal, row) for row in rows)


def holds(unit: Session, unit_id: UUID) -> tuple[Hold, ...]:
    """Give every hold on a unit, oldest first."""
    rows = unit.scalars(select(HoldRow).filter_by(unit_id=unit_id).order_by(HoldRow.id))
    return tuple(record_of(Hold, row) for row in rows)


def _live(unit: Session, disposal_id: UUID, at: datetime) -> tuple[DisposalRow, retention.KeptUnit]:
    row = moves.load(unit, DisposalRow, disposal_id)
    return row, retention.get(unit, row.unit_id, at=at)


def _decide(
    unit: Session, row: DisposalRow, sample_id: UUID, event: DisposalEvent, *, by: str, at: datetime
) -> Disposal:
    row.decided_by, row.decided_at = by, at
    data = {"reason": row.refusal} if row.refusal else {}
    moves.move(unit, row, DISPOSAL, event, case_id=sample_id, by=by, at=at, data=data)
    return record_of(Disposal, row)
