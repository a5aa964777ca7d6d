"""Openings: of which units a laboratory broke the seal to test them; nothing is known of what nobody opened."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.consignment import LineState
from sampling.custody import UnitEvent
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow, HandoverRow

_opened = select(HandoverRow.unit_id).where(HandoverRow.event == UnitEvent.OPENED)


def is_opened(unit: Session, unit_id: UUID) -> bool:
    """Tell whether a unit was opened for its test, whatever became of it afterwards."""
    return unit.scalars(_opened.where(HandoverRow.unit_id == unit_id)).first() is not None


def awaited(unit: Session, lab: str) -> frozenset[str]:
    """Give the blind codes of the units that a laboratory received and has not opened."""
    wanted = (
        select(ConsignmentLineRow.blind_code)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentRow.lab == lab, ConsignmentLineRow.state == LineState.RECEIVED)
        .where(~_opened.where(HandoverRow.unit_id == ConsignmentLineRow.unit_id).exists())
    )
    return frozenset(unit.scalars(wanted))
