"""Consignments: what is on its way to which laboratory, under blind codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.consignment import CONSIGNMENT, Consignment, ConsignmentEvent, ConsignmentState, Line
from sampling.custody import Unit
from sampling.digest import canonical, sha256
from storage import events, moves, numbers
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow


@dataclass(frozen=True, slots=True)
class Packed:
    """One unit as it is packed: the unit, its blind code, its product category and the items ordered."""

    unit: Unit
    blind_code: str
    category: str
    items: tuple[str, ...]


def pack(unit: Session, lab: str, packed: Sequence[Packed], *, purpose: str, by: str, at: datetime) -> Consignment:
    """Pack units for one laboratory and freeze the manifest; a unit is consigned once."""
    number = f"K{at.year % 100:02d}-{numbers.take(unit, f'consignment-{at.year}'):05d}"
    row = ConsignmentRow(id=new_id(), number=number, lab=lab, purpose=purpose, state=CONSIGNMENT.initial,
                         manifest_sha256=None, packed_at=at, waybill=None)  # fmt: skip
    unit.add(row)
    unit.flush()
    for item in packed:
        unit.add(
            ConsignmentLineRow(id=new_id(), consignment_id=row.id, unit_id=item.unit.id, sample_id=item.unit.sample_id,
                               blind_code=item.blind_code, seal_no=item.unit.seal_no, category=item.category,
                               items=list(item.items), seal_ok=None)
        )  # fmt: skip
    unit.flush()
    row.manifest_sha256 = sha256(canonical(_manifest(number, lab, purpose, packed)))
    data = {"number": number, "lab": lab, "lines": len(packed), "manifest_sha256": row.manifest_sha256}
    moves.move(unit, row, CONSIGNMENT, ConsignmentEvent.PACKED, case_id=row.id, by=by, at=at, data=data)
    for item in packed:
        events.append(unit, item.unit.sample_id, "consignment", row.id, "packed", by=by, at=at, data={"number": number})
    return get(unit, row.id)


def record(
    unit: Session, id_: UUID, event: ConsignmentEvent, *, by: str, at: datetime, waybill: str | None = None
) -> None:
    """Move a consignment and write it into the history of every sample in it."""
    row = moves.load(unit, ConsignmentRow, id_)
    row.waybill = waybill or row.waybill
    moves.move(unit, row, CONSIGNMENT, event, case_id=id_, by=by, at=at)
    for line in _lines(unit, id_):
        events.append(unit, line.sample_id, "consignment", id_, event.value, by=by, at=at, data={"number": row.number})


def note_seals(unit: Session, id_: UUID, seals: Mapping[str, bool]) -> None:
    """Keep what the laboratory found of each seal, by blind code."""
    for line in _lines(unit, id_):
        line.seal_ok = seals[line.blind_code]


def get(unit: Session, id_: UUID) -> Consignment:
    """Give one consignment with its lines, or raise NotFound."""
    row = moves.read(unit, ConsignmentRow, id_)
    return _consignment(unit, row)


def of_lab(unit: Session, lab: str) -> tuple[Consignment, ...]:
    """Give the consignments that a laboratory may see, newest first: those that have left."""
    hidden = (ConsignmentState.DRAFT, ConsignmentState.PACKED, ConsignmentState.CANCELLED)
    wanted = select(ConsignmentRow).where(ConsignmentRow.lab == lab, ConsignmentRow.state.not_in(hidden))
    return tuple(_consignment(unit, row) for row in unit.scalars(wanted.order_by(ConsignmentRow.id.desc())))


def in_state(unit: Session, *states: ConsignmentState) -> tuple[Consignment, ...]:
    """Give the consignments that stand in one of the states, oldest first."""
    wanted = select(ConsignmentRow).where(ConsignmentRow.state.in_(states)).order_by(ConsignmentRow.id)
    return tuple(_consignment(unit, row) for row in unit.scalars(wanted))


def units_of(unit: Session, id_: UUID) -> dict[str, tuple[UUID, UUID]]:
    """Give unit id and sample id for each blind code of a consignment."""
    return {line.blind_code: (line.unit_id, line.sample_id) for line in _lines(unit, id_)}


def orders(unit: Session, lab: str) -> dict[str, tuple[str, ...]]:
    """Give the items ordered of a laboratory, by blind code, for what it has received."""
    received = (ConsignmentState.RECEIVED, ConsignmentState.PARTLY_RECEIVED, ConsignmentState.RECONCILED)
    wanted = (
        select(ConsignmentLineRow)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentRow.lab == lab, ConsignmentRow.state.in_(received))
    )
    return {line.blind_code: tuple(line.items) for line in unit.scalars(wanted)}


@dataclass(frozen=True, slots=True)
class Order:
    """Who tests one blind code of which sample for what, and on which occasion."""

    sample_id: UUID
    unit_id: UUID
    lab: str
    purpose: str
    items: tuple[str, ...]
    blind_code: str


def order_of(unit: Session, blind_code: str) -> Order | None:
    """Give the order behind a blind code, or None."""
    wanted = (
        select(ConsignmentLineRow, ConsignmentRow)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentLineRow.blind_code == blind_code)
    )
    found = unit.execute(wanted).first()
    if found is None:
        return None
    line, row = found
    return Order(line.sample_id, line.unit_id, row.lab, row.purpose, tuple(line.items), blind_code)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Order, ...]:
    """Give every order of a sample, the first test first."""
    wanted = (
        select(ConsignmentLineRow, ConsignmentRow)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentLineRow.sample_id == sample_id)
        .order_by(ConsignmentLineRow.id)
    )
    return tuple(
        Order(line.sample_id, line.unit_id, row.lab, row.purpose, tuple(line.items), line.blind_code)
        for line, row in unit.execute(wanted)
    )


def _manifest(number: str, lab: str, purpose: str, packed: Sequence[Packed]) -> dict[str, object]:
    lines = [{"code": p.blind_code, "seal": p.unit.seal_no, "items": list(p.items)} for p in packed]
    return {"number": number, "lab": lab, "purpose": purpose, "lines": lines}


def _lines(unit: Session, id_: UUID) -> Sequence[ConsignmentLineRow]:
    wanted = select(ConsignmentLineRow).filter_by(consignment_id=id_).order_by(ConsignmentLineRow.id)
    return unit.scalars(wanted).all()


def _consignment(unit: Session, row: ConsignmentRow) -> Consignment:
    lines = tuple(record_of(Line, line, items=tuple(line.items)) for line in _lines(unit, row.id))
    return record_of(Consignment, row, lines=lines)
