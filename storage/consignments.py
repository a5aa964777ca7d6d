"""Consignments: what is on its way to which laboratory, under blind codes, and what became of each unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.consignment import (
    AWAITED,
    CONSIGNMENT,
    DUPLICATE,
    FIRST,
    LINE,
    OPEN,
    UNDER_WAY,
    UNSEEN,
    Consignment,
    ConsignmentEvent,
    ConsignmentState,
    Line,
    LineEvent,
    LineState,
)
from sampling.calendar import Deadline
from sampling.custody import UNIT, Role, Unit, UnitEvent, UnitState
from sampling.digest import Digest, canonical, sha256
from storage import events, moves, numbers
from storage.errors import Conflict
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow, TwinRow, UnitRow

OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Packed:
    """One unit as it is packed: the unit, its blind code, its product category and the items ordered."""

    unit: Unit
    blind_code: str
    category: str
    items: tuple[str, ...]
    methods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Item to the methods asked for; an item that is not in it may be tested by any."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The temperatures that goods are to be kept at on their way, in degrees Celsius."""

    coldest: Decimal
    warmest: Decimal


@dataclass(frozen=True, slots=True)
class Settling:
    """What became of one unit: the event, why it was turned down, and how it arrived."""

    event: LineEvent
    reason: str | None = None
    condition: str | None = None
    temperature: Decimal | None = None
    seal_ok: bool | None = None
    photo: Digest | None = None


def pack(
    unit: Session,
    lab: str,
    packed: Sequence[Packed],
    *,
    purpose: str,
    by: str,
    at: datetime,
    kept: Kept | None = None,
) -> Consignment:
    """Pack units for one laboratory; one in another consignment, or neither sealed nor retained, raises Conflict."""
    _refuse_unfit(unit, [item.unit for item in packed])
    number = f"K{at.year % 100:02d}-{numbers.take(unit, f'consignment-{at.year}'):05d}"
    row = ConsignmentRow(
        id=new_id(), number=number, lab=lab, purpose=purpose, state=CONSIGNMENT.initial, since=at, packed_at=at,
        coldest=kept.coldest if kept else None, warmest=kept.warmest if kept else None,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    for item in packed:
        unit.add(
            ConsignmentLineRow(id=new_id(), consignment_id=row.id, unit_id=item.unit.id, sample_id=item.unit.sample_id,
                               blind_code=item.blind_code, seal_no=item.unit.seal_no, category=item.category,
                               items=list(item.items), methods=_plain(item.methods), state=LINE.initial)
        )  # fmt: skip
    unit.flush()
    row.manifest_sha256 = sha256(canonical(_manifest(row, packed)))
    data = {"number": number, "lab": lab, "lines": len(packed), "manifest_sha256": row.manifest_sha256}
    moves.move(unit, row, CONSIGNMENT, ConsignmentEvent.PACKED, case_id=row.id, by=by, at=at, data=data)
    for item in packed:
        events.append(unit, item.unit.sample_id, "consignment", row.id, "packed", by=by, at=at, data={"number": number})
    return get(unit, row.id)


def _refuse_unfit(unit: Session, parts: Sequence[Unit]) -> None:
    """What was lost, opened, or found with a broken seal is tested by nobody, whatever its record said before.

    Two packings keep the units in one order, so that neither waits for the other.
    """
    wanted = select(UnitRow).where(UnitRow.id.in_([part.id for part in parts])).order_by(UnitRow.id)
    for row in unit.scalars(wanted.with_for_update().execution_options(populate_existing=True)):
        if not UNIT.allows(row.state, UnitEvent.HANDED_OVER):
            raise Conflict(f"unit {row.code} is {row.state} and cannot be packed")


def leave(
    unit: Session,
    id_: UUID,
    *,
    courier: str | None,
    waybill: str,
    document: Digest | None,
    due: Deadline | None,
    by: str,
    at: datetime,
) -> None:
    """Freeze what a consignment says as it is given to its courier: the printed manifest, and by when it is due."""
    row = moves.load(unit, ConsignmentRow, id_)
    row.courier, row.waybill, row.document_sha256 = courier, waybill, document
    if due is not None:
        row.due_at, row.due_rule, row.due_calendar = due.due_at, f"{due.rulebook} {due.rule}", due.calendar_version
    record(unit, id_, ConsignmentEvent.HANDED_OVER, by=by, at=at)


def record(
    unit: Session, id_: UUID, event: ConsignmentEvent, *, by: str, at: datetime, reason: str | None = None
) -> None:
    """Move a consignment and write it into the history of every sample in it."""
    unit.flush()
    row = moves.load(unit, ConsignmentRow, id_)
    row.since = at
    told = {"number": row.number, **({"reason": reason} if reason else {})}
    moves.move(unit, row, CONSIGNMENT, event, case_id=id_, by=by, at=at, data=told)
    for line in _lines(unit, id_):
        events.append(unit, line.sample_id, "consignment", id_, event.value, by=by, at=at, data=told)


def settle(unit: Session, id_: UUID, blind_code: str, settling: Settling, *, by: str, at: datetime) -> None:
    """Write down what became of one unit of a consignment; what its line's lifecycle lacks raises IllegalMove."""
    row = unit.scalars(
        select(ConsignmentLineRow).filter_by(consignment_id=id_, blind_code=blind_code).with_for_update()
    ).one()
    LINE.move(row.state, settling.event)
    row.settled_at, row.settled_by, row.reason = at, by, settling.reason or row.reason
    row.condition = settling.condition or row.condition
    row.seal_ok = row.seal_ok if settling.seal_ok is None else settling.seal_ok
    row.temperature = row.temperature if settling.temperature is None else settling.temperature
    row.photo = settling.photo or row.photo
    told = {"code": blind_code, **({"reason": settling.reason} if settling.reason else {})}
    moves.move(unit, row, LINE, settling.event, case_id=row.sample_id, by=by, at=at, data=told)


def hold(unit: Session, id_: UUID) -> Consignment:
    """Give one consignment, kept from everybody else until the unit of work ends."""
    return _consignment(unit, moves.load(unit, ConsignmentRow, id_))


def get(unit: Session, id_: UUID) -> Consignment:
    """Give one consignment with its lines, or raise NotFound."""
    return _consignment(unit, moves.read(unit, ConsignmentRow, id_))


def of_lab(unit: Session, lab: str, most: int) -> tuple[Consignment, ...]:
    """Give the consignments that a laboratory may see, newest first: those to take in, and so many that it has seen."""
    seen = ConsignmentRow.state.not_in((*UNSEEN, *OPEN))
    last = select(ConsignmentRow.id).where(ConsignmentRow.lab == lab, seen).order_by(ConsignmentRow.id.desc())
    shown = ConsignmentRow.state.in_(OPEN) | ConsignmentRow.id.in_(last.limit(most).scalar_subquery())
    wanted = select(ConsignmentRow).where(ConsignmentRow.lab == lab, shown).order_by(ConsignmentRow.id.desc())
    return _consignments(unit, unit.scalars(wanted).all())


def in_state(unit: Session, *states: ConsignmentState) -> tuple[Consignment, ...]:
    """Give the consignments that stand in one of the states, oldest first."""
    wanted = select(ConsignmentRow).where(ConsignmentRow.state.in_(states)).order_by(ConsignmentRow.id)
    return _consignments(unit, unit.scalars(wanted).all())


def last_in_state(unit: Session, most: int, *states: ConsignmentState) -> tuple[Consignment, ...]:
    """Give so many consignments that stand in one of the states, newest first."""
    wanted = select(ConsignmentRow).where(ConsignmentRow.state.in_(states)).order_by(ConsignmentRow.id.desc())
    return _consignments(unit, unit.scalars(wanted.limit(most)).all())


def late(unit: Session, at: datetime, limit: int) -> tuple[Consignment, ...]:
    """Give the consignments that should have arrived and of which nobody said so yet, oldest first."""
    due = (ConsignmentRow.state.in_(UNDER_WAY), ConsignmentRow.due_at <= at, ConsignmentRow.overdue_at.is_(None))
    rows = unit.scalars(select(ConsignmentRow).where(*due).order_by(ConsignmentRow.id).limit(limit))
    return _consignments(unit, rows.all())


def say_late(unit: Session, id_: UUID, *, by: str, at: datetime) -> bool:
    """Write down once that a consignment is late, in the history of every sample in it; False where it was said."""
    row = moves.load(unit, ConsignmentRow, id_)
    if row.overdue_at is not None or row.state not in UNDER_WAY:
        return False
    row.overdue_at = at
    due = row.due_at.isoformat() if row.due_at else ""
    for line in _lines(unit, id_):
        data = {"number": row.number, "due_at": due}
        events.append(unit, line.sample_id, "consignment", id_, OVERDUE, by=by, at=at, data=data)
    return True


def awaits(unit: Session, unit_id: UUID) -> bool:
    """Tell whether a unit is in a consignment of which nobody has taken it in, so that its manifest names its seal."""
    wanted = select(ConsignmentLineRow.id).filter_by(unit_id=unit_id).where(ConsignmentLineRow.state.in_(AWAITED))
    return unit.scalars(wanted).first() is not None


def units_of(unit: Session, id_: UUID) -> dict[str, tuple[UUID, UUID]]:
    """Give unit id and sample id for each blind code of a consignment."""
    return {line.blind_code: (line.unit_id, line.sample_id) for line in _lines(unit, id_)}


def is_first_test(unit: Session, consignment: Consignment, unit_id: UUID) -> bool:
    """Tell whether a unit travels for the first test of its sample, and not as a blind duplicate among first tests."""
    return consignment.purpose == FIRST and moves.read(unit, UnitRow, unit_id).role is not Role.DUPLICATE


def carriers(unit: Session, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Give by sample which of some consignments carries it; a blind duplicate is left out, as no verdict awaits it."""
    line = ConsignmentLineRow
    wanted = select(line.sample_id, line.consignment_id).join(UnitRow, UnitRow.id == line.unit_id)
    wanted = wanted.where(line.consignment_id.in_(ids), UnitRow.role != Role.DUPLICATE)
    return dict(unit.execute(wanted).tuples().all())


def unit_states(unit: Session, ids: Sequence[UUID]) -> dict[tuple[UUID, str], tuple[UUID, UnitState]]:
    """Give the sample and the state of each unit, by its consignment and its blind code."""
    wanted = (
        select(ConsignmentLineRow.consignment_id, ConsignmentLineRow.blind_code, UnitRow.sample_id, UnitRow.state)
        .join(UnitRow, UnitRow.id == ConsignmentLineRow.unit_id)
        .where(ConsignmentLineRow.consignment_id.in_(ids))
    )
    return {(id_, code): (sample_id, state) for id_, code, sample_id, state in unit.execute(wanted).tuples()}


def orders(unit: Session, lab: str) -> dict[str, tuple[str, ...]]:
    """Give the items ordered of a laboratory, by blind code, for what it has received."""
    return {line.blind_code: tuple(line.items) for line in _received(unit, lab)}


def methods(unit: Session, lab: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Give the methods that the orders of a laboratory name, by blind code and item, for what it has received.

    An item of which an order names none may be tested by any, so it is left out.
    """
    return {line.blind_code: _named(line) for line in _received(unit, lab)}


def _received(unit: Session, lab: str) -> Sequence[ConsignmentLineRow]:
    wanted = (
        select(ConsignmentLineRow)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentRow.lab == lab, ConsignmentLineRow.state == LineState.RECEIVED)
        .order_by(ConsignmentLineRow.id)
    )
    return unit.scalars(wanted).all()


def categories(unit: Session, lab: str) -> frozenset[str]:
    """Give the categories of the goods that a laboratory was sent."""
    wanted = (
        select(ConsignmentLineRow.category)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentRow.lab == lab)
    )
    return frozenset(unit.scalars(wanted.distinct()))


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
    """Give the order behind a blind code, or None; a unit that came back is ordered of nobody."""
    found = unit.execute(_live.where(ConsignmentLineRow.blind_code == blind_code)).first()
    return None if found is None else _order(*found)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Order, ...]:
    """Give every order of a sample whose unit did not come back and has no twin in its place, the first test first."""
    wanted = _live.where(ConsignmentLineRow.sample_id == sample_id).order_by(ConsignmentLineRow.id)
    return tuple(_order(*found) for found in unit.execute(wanted).tuples())


_live = (
    select(ConsignmentLineRow, ConsignmentRow, UnitRow.role)
    .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
    .join(UnitRow, UnitRow.id == ConsignmentLineRow.unit_id)
    .where(ConsignmentLineRow.state != LineState.RETURNED)
    .where(ConsignmentLineRow.unit_id.not_in(select(TwinRow.lost_id).where(TwinRow.decided_at.is_not(None))))
)


def _order(line: ConsignmentLineRow, row: ConsignmentRow, role: Role) -> Order:
    purpose = DUPLICATE if role is Role.DUPLICATE else row.purpose
    return Order(line.sample_id, line.unit_id, row.lab, purpose, tuple(line.items), line.blind_code)


def _manifest(row: ConsignmentRow, packed: Sequence[Packed]) -> dict[str, object]:
    lines = [
        {"code": p.blind_code, "seal": p.unit.seal_no, "items": list(p.items)}
        | ({"methods": _plain(p.methods)} if p.methods else {})
        for p in packed
    ]
    kept = {} if row.coldest is None else {"temperature": [str(row.coldest), str(row.warmest)]}
    return {"number": row.number, "lab": row.lab, "purpose": row.purpose, "lines": lines, **kept}


def _plain(methods: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {item: list(codes) for item, codes in methods.items()}


def _line(row: ConsignmentLineRow) -> Line:
    return record_of(Line, row, items=tuple(row.items), methods=_named(row))


def _named(row: ConsignmentLineRow) -> dict[str, tuple[str, ...]]:
    return {item: tuple(codes) for item, codes in row.methods.items()}


def _lines(unit: Session, id_: UUID) -> Sequence[ConsignmentLineRow]:
    wanted = select(ConsignmentLineRow).filter_by(consignment_id=id_).order_by(ConsignmentLineRow.id)
    return unit.scalars(wanted).all()


def _consignment(unit: Session, row: ConsignmentRow) -> Consignment:
    return _consignments(unit, [row])[0]


def _consignments(unit: Session, rows: Sequence[ConsignmentRow]) -> tuple[Consignment, ...]:
    """All lines in one question: a list may have hundreds of consignments."""
    wanted = select(ConsignmentLineRow).where(ConsignmentLineRow.consignment_id.in_([row.id for row in rows]))
    lines: dict[UUID, list[Line]] = {row.id: [] for row in rows}
    for line in unit.scalars(wanted.order_by(ConsignmentLineRow.id)):
        lines[line.consignment_id].append(_line(line))
    return tuple(record_of(Consignment, row, lines=tuple(lines[row.id])) for row in rows)
