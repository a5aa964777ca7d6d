"""Twins: proposals to test the backup unit in place of a test unit that came to grief, and what was decided."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.consignment import LineState
from sampling import rulebook
from sampling.custody import Role, UnitEvent
from sampling.rulebook import Rulebook
from sampling.sample import SampleEvent
from sampling.twin import SPOILT, Twin, twin_refusal
from storage import campaigns, custody, events, moves, samples
from storage.errors import Conflict, NotAllowed
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import ConsignmentLineRow, TwinRow

NOUN, PERSONS = "twin", "twin_persons"
PROPOSED, TAKEN = "proposed", "taken"


def refusal(unit: Session, sample_id: UUID, at: datetime) -> str | None:
    """Give the code of what stands against testing the backup unit of a sample at an instant, or None."""
    test, backup = (custody.standing_as(unit, sample_id, role) for role in (Role.TEST, Role.BACKUP))
    if test is None:
        return "test_unit_whole"
    lost = select(ConsignmentLineRow.id).filter_by(unit_id=test.id, state=LineState.MISSING)
    missing = unit.scalars(lost).first() is not None
    on = at.astimezone(_rules(unit, sample_id).zone).date()
    return twin_refusal(samples.get(unit, sample_id).state, test, backup, on, missing=missing)


def propose(unit: Session, sample_id: UUID, reason: str, *, by: str, at: datetime) -> Twin:
    """Propose to test the backup unit; where the rulebook asks for one person alone it is taken at once.

    What stands against it raises NotAllowed with its code, another proposal Conflict.
    """
    _expect_none(unit, sample_id, at)
    lost, kept = (custody.of_role(unit, sample_id, role) for role in (Role.TEST, Role.BACKUP))
    row = TwinRow(id=new_id(), sample_id=sample_id, lost_id=lost.id, unit_id=kept.id, reason=reason, proposed_by=by,
                  proposed_at=at)  # fmt: skip
    unit.add(row)
    unit.flush()
    events.append(unit, sample_id, NOUN, row.id, PROPOSED, by=by, at=at, data={"unit": kept.code, "reason": reason})
    return _take(unit, row, by=by, at=at) if _persons(unit, sample_id) == 1 else record_of(Twin, row)


def take(unit: Session, sample_id: UUID, *, by: str, at: datetime) -> Twin:
    """Have the backup unit tested as a second person; the proposer, or what stands against it, raises NotAllowed."""
    row = moves.one(unit, TwinRow, sample_id=sample_id, decided_at=None)
    if row is None:
        raise Conflict("nobody proposed to test the backup unit")
    if by == row.proposed_by:
        raise NotAllowed("whoever proposed it does not decide it")
    _expect_none(unit, sample_id, at)
    return _take(unit, row, by=by, at=at)


def of_sample(unit: Session, sample_id: UUID) -> Twin | None:
    """Give what was proposed or decided for a sample, or None."""
    row = moves.one(unit, TwinRow, sample_id=sample_id)
    return None if row is None else record_of(Twin, row)


def _expect_none(unit: Session, sample_id: UUID, at: datetime) -> None:
    if (code := refusal(unit, sample_id, at)) is not None:
        raise NotAllowed(code)


def _take(unit: Session, row: TwinRow, *, by: str, at: datetime) -> Twin:
    """The lost unit's chain ends as lost, the sample waits to be sent again, and no backup remains."""
    lost, kept = custody.get(unit, row.lost_id), custody.get(unit, row.unit_id)
    if lost.state not in SPOILT:
        custody.record(unit, lost.id, UnitEvent.LOST, by=by, at=at)
    row.decided_by, row.decided_at = by, at
    unit.flush()
    data = {"unit": kept.code, "instead_of": lost.code, "reason": row.reason}
    events.append(unit, row.sample_id, NOUN, row.id, TAKEN, by=by, at=at, data=data)
    samples.record(unit, row.sample_id, SampleEvent.TWIN_TAKEN, by=by, at=at, data={"unit": kept.code})
    return record_of(Twin, row)


def _persons(unit: Session, sample_id: UUID) -> int:
    return _rules(unit, sample_id).rule(PERSONS).number


def _rules(unit: Session, sample_id: UUID) -> Rulebook:
    return rulebook.load(campaigns.get(unit, samples.get(unit, sample_id).campaign_id).rulebook)
