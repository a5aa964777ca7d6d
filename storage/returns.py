"""Returns: which laboratories sent a twin back, and which units were found damaged."""

from uuid import UUID

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from labs.consignment import FIRST, LINE, ConsignmentState, LineEvent, LineState
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow
from storage.schema.event import EventRow

SENT_BACK = (LineState.REFUSED, LineState.DAMAGED, LineState.RETURNED)


def refusers(unit: Session, sample_id: UUID) -> frozenset[str]:
    """Give the laboratories that did not take a twin of a sample; one whose consignment never left is none of them.

    A blind duplicate is no twin: whoever sent it back may be asked for the re-test.
    """
    wanted = (
        select(ConsignmentRow.lab)
        .join(ConsignmentLineRow, ConsignmentLineRow.consignment_id == ConsignmentRow.id)
        .where(ConsignmentRow.purpose != FIRST, ConsignmentRow.state != ConsignmentState.CANCELLED)
        .where(ConsignmentLineRow.sample_id == sample_id, ConsignmentLineRow.state.in_(SENT_BACK))
    )
    return frozenset(unit.scalars(wanted))


def is_damaged(unit: Session, unit_id: UUID) -> bool:
    """Tell whether a laboratory found the goods of a unit damaged; that they came back mends nothing."""
    wanted = (
        select(EventRow.seq)
        .join(ConsignmentLineRow, ConsignmentLineRow.sample_id == EventRow.case_id)
        .where(ConsignmentLineRow.unit_id == unit_id, EventRow.subject_id == cast(ConsignmentLineRow.id, String))
        .where(EventRow.noun == LINE.noun, EventRow.type == LineEvent.DAMAGED)
    )
    return unit.scalars(wanted).first() is not None
