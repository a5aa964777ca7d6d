"""What is on file about a code that a laboratory scans: the line it belongs to, or the label it was printed on."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.consignment import Consignment, LineState
from labs.scan import Known, check_code, check_seal, normal
from sampling.documents.kind import DocumentKind, document_number
from storage import consignments, documents
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow, SealRow, UnitRow


def scanned(unit: Session, consignment: Consignment, typed: str) -> str:
    """Give the code of the line whose label was scanned, or raise RefusedScan with its cause."""
    return check_code(typed, _known(unit, consignment, normal(typed)), consignment)


def seal_scanned(unit: Session, consignment: Consignment, blind_code: str, typed: str) -> None:
    """Pass where the seal that was scanned is the unit's own, else raise RefusedScan with its cause."""
    expected = next(line.seal_no for line in consignment.lines if line.blind_code == blind_code)
    unit_id, sample_id = consignments.units_of(unit, consignment.id)[blind_code]
    check_seal(typed, expected, blind_code, other_unit=_on_another_unit(unit, normal(typed), unit_id, sample_id))


def _known(unit: Session, consignment: Consignment, code: str) -> Known | None:
    wanted = (
        select(ConsignmentLineRow.state, ConsignmentRow.lab, ConsignmentRow.number)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentLineRow.blind_code == code)
        .order_by((ConsignmentRow.id == consignment.id).desc(), ConsignmentLineRow.id.desc())
    )
    found = unit.execute(wanted).first()
    if found is not None:
        return Known(found.lab, found.number, LineState(found.state))
    return Known(None, None, None, other_unit=True) if _printed_for(unit, consignment, code) else None


def _printed_for(unit: Session, consignment: Consignment, code: str) -> bool:
    """Whether the code stands on a label of another unit of a sample that is in this consignment."""
    label = documents.last(unit, document_number(DocumentKind.SAMPLE_LABEL, code))
    return label is not None and label.subject_id in {
        sample_id for _, sample_id in consignments.units_of(unit, consignment.id).values()
    }


def _on_another_unit(unit: Session, number: str, unit_id: UUID, sample_id: UUID) -> bool:
    wanted = select(SealRow.number).join(UnitRow, UnitRow.id == SealRow.unit_id)
    other = wanted.where(SealRow.number == number, UnitRow.sample_id == sample_id, UnitRow.id != unit_id)
    return unit.scalars(other).first() is not None
