"""Blind duplicates: for which samples a further unit is planned, and which of them are not made after all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.consignment import ConsignmentState, LineState
from labs.duplicate import Duplicate
from sampling.custody import Role
from storage import events, moves
from storage.records import record_of
from storage.returns import SENT_BACK
from storage.schema.base import new_id
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow, DuplicateRow, UnitRow
from storage.schema.sample import SampleRow

NOUN, PLANNED, REFUSED = "duplicate", "planned", "refused"


def plan(unit: Session, sample_id: UUID, *, drawn: bool, by: str, at: datetime) -> None:
    """Write down that a duplicate of a sample is planned; a second one violates a constraint."""
    row = DuplicateRow(id=new_id(), sample_id=sample_id, drawn=drawn, planned_by=by, planned_at=at)
    unit.add(row)
    unit.flush()
    events.append(unit, sample_id, NOUN, row.id, PLANNED, by=by, at=at, data={"drawn": drawn})


def refuse(unit: Session, id_: UUID, reason: str, *, by: str, at: datetime) -> None:
    """Write down once why a duplicate is not made after all."""
    row = moves.load(unit, DuplicateRow, id_)
    row.refusal, row.refused_at = reason, at
    unit.flush()
    events.append(unit, row.sample_id, NOUN, row.id, REFUSED, by=by, at=at, data={"reason": reason})


def of_sample(unit: Session, sample_id: UUID) -> Duplicate | None:
    """Give what was planned for a sample, or None."""
    row = moves.one(unit, DuplicateRow, sample_id=sample_id)
    return None if row is None else record_of(Duplicate, row)


def of_campaign(unit: Session, campaign_id: UUID) -> tuple[Duplicate, ...]:
    """Give the duplicates of a campaign in the order of their samples' codes."""
    wanted = select(DuplicateRow).join(SampleRow, SampleRow.id == DuplicateRow.sample_id)
    rows = unit.scalars(wanted.where(SampleRow.campaign_id == campaign_id).order_by(SampleRow.code))
    return _records(rows.all())


def unsent(unit: Session) -> tuple[Duplicate, ...]:
    """Give the duplicates that are neither refused nor on their way, oldest first.

    One that came back from a laboratory, or from a consignment that never left, may be sent again.
    """
    sent = (
        select(ConsignmentLineRow.id)
        .join(UnitRow, UnitRow.id == ConsignmentLineRow.unit_id)
        .where(ConsignmentLineRow.sample_id == DuplicateRow.sample_id, UnitRow.role == Role.DUPLICATE)
        .where(ConsignmentLineRow.state != LineState.RETURNED)
    )
    wanted = select(DuplicateRow).where(DuplicateRow.refused_at.is_(None), ~sent.exists())
    return _records(unit.scalars(wanted.order_by(DuplicateRow.id)).all())


def refusers(unit: Session, sample_id: UUID) -> frozenset[str]:
    """Give the laboratories that did not take the duplicate of a sample."""
    wanted = (
        select(ConsignmentRow.lab)
        .join(ConsignmentLineRow, ConsignmentLineRow.consignment_id == ConsignmentRow.id)
        .join(UnitRow, UnitRow.id == ConsignmentLineRow.unit_id)
        .where(UnitRow.role == Role.DUPLICATE, ConsignmentRow.state != ConsignmentState.CANCELLED)
        .where(ConsignmentLineRow.sample_id == sample_id, ConsignmentLineRow.state.in_(SENT_BACK))
    )
    return frozenset(unit.scalars(wanted))


def _records(rows: Sequence[DuplicateRow]) -> tuple[Duplicate, ...]:
    return tuple(record_of(Duplicate, row) for row in rows)
