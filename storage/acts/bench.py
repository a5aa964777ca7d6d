"""What laboratory staff do: receive a consignment with its seals, and start the test."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.consignment import ConsignmentEvent
from sampling.custody import CARRIER, UnitEvent
from sampling.sample import SampleEvent
from storage import consignments, custody, samples
from storage.custody import Circumstances
from storage.errors import NotAllowed

FIRST = "first"
INTACT, BROKEN_SEAL = "intact", "broken_seal"


def receive(unit: Session, consignment_id: UUID, seals: Mapping[str, bool], *, by: str, at: datetime) -> None:
    """Take over every unit of a consignment; a broken seal compromises its unit and refuses the sample."""
    consignment = consignments.get(unit, consignment_id)
    units = consignments.units_of(unit, consignment_id)
    if set(seals) != set(units):
        raise NotAllowed("every unit of the consignment needs its seal check")
    for blind_code, (unit_id, sample_id) in units.items():
        ok = seals[blind_code]
        custody.hand_over(
            unit, unit_id, UnitEvent.ARRIVED, released_by=CARRIER, received_by=f"lab:{consignment.lab}",
            place=consignment.lab, seal_ok=ok, found=Circumstances(INTACT if ok else BROKEN_SEAL), by=by, at=at,
        )  # fmt: skip
        if consignment.purpose == FIRST:
            _arrived(unit, sample_id, ok, by=by, at=at)
    consignments.note_seals(unit, consignment_id, seals)
    event = ConsignmentEvent.RECEIVED if all(seals.values()) else ConsignmentEvent.PARTLY_RECEIVED
    consignments.record(unit, consignment_id, event, by=by, at=at)


def start(unit: Session, blind_code: str, lab: str, *, by: str, at: datetime) -> None:
    """Open the seal of a unit and start its test; another laboratory's unit raises NotAllowed."""
    order = consignments.order_of(unit, blind_code)
    if order is None or order.lab != lab:
        raise NotAllowed("this is not a sample of your laboratory")
    custody.open_unit(unit, order.unit_id, reason=f"test ordered: {order.purpose}", by=by, at=at)
    if order.purpose == FIRST:
        samples.record(unit, order.sample_id, SampleEvent.TEST_STARTED, by=by, at=at)


def _arrived(unit: Session, sample_id: UUID, ok: bool, *, by: str, at: datetime) -> None:
    samples.record(unit, sample_id, SampleEvent.ARRIVED_AT_LAB, by=by, at=at)
    if not ok:
        samples.record(unit, sample_id, SampleEvent.REFUSED_BY_LAB, by=by, at=at, reason=BROKEN_SEAL)
