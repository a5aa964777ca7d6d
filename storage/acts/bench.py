"""What laboratory staff do: take the units of a consignment in one by one or all at once, refuse, start the test."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from labs.consignment import (
    AWAITED,
    OPEN,
    Consignment,
    ConsignmentEvent,
    ConsignmentState,
    LineEvent,
    LineState,
    outcome,
)
from sampling.custody import CARRIER, UnitEvent
from sampling.digest import Digest
from sampling.sample import SampleEvent
from storage import consignments, custody, samples
from storage.consignments import Settling
from storage.custody import BROKEN_SEAL, Circumstances
from storage.errors import Conflict, NotAllowed

FIRST = "first"
INTACT = "intact"
REFUSALS = ("papers_differ", "too_warm", "not_in_scope", "no_capacity")
"""Why a laboratory may refuse a unit whose seal is whole."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One unit as it arrived: its seal, condition and temperature, a picture, and what the laboratory makes of it.

    `made` is RECEIVED, DAMAGED or REFUSED; a broken seal is damage whatever was made of it.
    """

    seal_ok: bool
    condition: str = INTACT
    temperature: Decimal | None = None
    photo: Digest | None = None
    made: LineEvent = LineEvent.RECEIVED
    reason: str | None = None


def take_in(
    unit: Session, consignment_id: UUID, blind_code: str, arrival: Arrival, *, by: str, at: datetime
) -> Consignment:
    """Take one unit over as it arrived, and give its consignment as it stands then.

    A unit that was settled before raises IllegalMove, and a consignment that is not under way Conflict.
    """
    consignment = _opened(unit, consignment_id, by=by, at=at)
    unit_id, sample_id = consignments.units_of(unit, consignment_id)[blind_code]
    event = arrival.made if arrival.seal_ok else LineEvent.DAMAGED
    reason = arrival.reason if arrival.seal_ok else BROKEN_SEAL
    settling = Settling(event, reason, arrival.condition, arrival.temperature, arrival.seal_ok, arrival.photo)
    consignments.settle(unit, consignment_id, blind_code, settling, by=by, at=at)
    condition = arrival.condition if arrival.seal_ok else BROKEN_SEAL
    photos = (arrival.photo,) if arrival.photo else ()
    custody.hand_over(
        unit, unit_id, UnitEvent.ARRIVED, released_by=CARRIER, received_by=f"lab:{consignment.lab}",
        place=consignment.lab, seal_ok=arrival.seal_ok,
        found=Circumstances(condition, arrival.temperature, photos), by=by, at=at,
    )  # fmt: skip
    if consignments.is_first_test(unit, consignment, unit_id):
        samples.record(unit, sample_id, SampleEvent.ARRIVED_AT_LAB, by=by, at=at)
        if event is not LineEvent.RECEIVED:
            samples.record(unit, sample_id, SampleEvent.REFUSED_BY_LAB, by=by, at=at, reason=reason)
    return _advance(unit, consignment_id, by=by, at=at)


def finish(unit: Session, consignment_id: UUID, *, by: str, at: datetime) -> Consignment:
    """Say that all that came was taken in: what was not is missing. Where nothing came at all, NotAllowed is raised."""
    consignment = _opened(unit, consignment_id, by=by, at=at)
    missing = [line.blind_code for line in consignment.lines if line.state is LineState.EXPECTED]
    if all(line.state in AWAITED for line in consignment.lines):
        raise NotAllowed("no unit of this consignment was taken in yet")
    for code in missing:
        consignments.settle(unit, consignment_id, code, Settling(LineEvent.MISSED), by=by, at=at)
    return _advance(unit, consignment_id, by=by, at=at)


def refuse(unit: Session, consignment_id: UUID, reason: str, *, by: str, at: datetime) -> Consignment:
    """Send a whole consignment back with its carrier, unopened; one of which a unit was taken in raises Conflict."""
    consignment = _opened(unit, consignment_id, by=by, at=at)
    if any(line.state not in AWAITED for line in consignment.lines):
        raise Conflict(f"a unit of consignment {consignment.number} was taken in already")
    for line in consignment.lines:
        settling = Settling(LineEvent.REFUSED, reason)
        consignments.settle(unit, consignment_id, line.blind_code, settling, by=by, at=at)
    return _advance(unit, consignment_id, by=by, at=at)


def receive(unit: Session, consignment_id: UUID, seals: Mapping[str, bool], *, by: str, at: datetime) -> None:
    """Take over every unit of a consignment at once; a broken seal compromises its unit and refuses the sample."""
    if set(seals) != set(consignments.units_of(unit, consignment_id)):
        raise NotAllowed("every unit of the consignment needs its seal check")
    for blind_code, whole in seals.items():
        take_in(unit, consignment_id, blind_code, Arrival(whole), by=by, at=at)


def start(unit: Session, blind_code: str, lab: str, *, by: str, at: datetime) -> None:
    """Open the seal of a unit and start its test; another laboratory's unit raises NotAllowed."""
    order = consignments.order_of(unit, blind_code)
    if order is None or order.lab != lab:
        raise NotAllowed("this is not a sample of your laboratory")
    if blind_code not in consignments.orders(unit, lab):
        raise NotAllowed("this unit was not received as fit for the test")
    custody.open_unit(unit, order.unit_id, reason=f"test ordered: {order.purpose}", by=by, at=at)
    if order.purpose == FIRST:
        samples.record(unit, order.sample_id, SampleEvent.TEST_STARTED, by=by, at=at)


def _opened(unit: Session, consignment_id: UUID, *, by: str, at: datetime) -> Consignment:
    """The consignment that units are taken out of; the laboratory may be faster than our own announcement."""
    consignment = consignments.hold(unit, consignment_id)
    if consignment.state is ConsignmentState.HANDED_OVER:
        consignments.record(unit, consignment_id, ConsignmentEvent.ANNOUNCED, by=by, at=at)
    elif consignment.state not in (*OPEN, ConsignmentState.RECEIVED):
        raise Conflict(f"consignment {consignment.number} is {consignment.state}")
    return consignment


def _advance(unit: Session, consignment_id: UUID, *, by: str, at: datetime) -> Consignment:
    """The first unit that is settled moves the consignment on, and so does the last."""
    consignment = consignments.get(unit, consignment_id)
    event = outcome((line.state for line in consignment.lines), consignment.state)
    if event is not None and event.value != consignment.state.value:
        consignments.record(unit, consignment_id, event, by=by, at=at)
    return consignments.get(unit, consignment_id)
