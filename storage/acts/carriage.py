"""What the station does with consignments on their way: cancel, give up as lost, take back, and account for all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.consignment import ConsignmentEvent, ConsignmentState, Line, LineEvent, LineState
from sampling.custody import STATION, Role, UnitEvent, UnitState
from sampling.sample import SampleEvent, SampleState
from storage import consignments, custody, samples
from storage.acts.bench import FIRST
from storage.consignments import Settling
from storage.custody import AS_USUAL, BROKEN_SEAL, Circumstances
from storage.errors import Conflict

LOST_ON_THE_WAY = "lost_on_the_way"
GIVEN_UP = ("packed_wrongly", "courier_lost_it", "courier_damaged_it")
"""Why the station takes a consignment apart, or gives it up."""
UNFIT = (LineState.DAMAGED, LineState.MISSING)


def cancel(unit: Session, consignment_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    """Take a consignment apart that has not left; its units may be packed again."""
    consignment = consignments.hold(unit, consignment_id)
    consignments.record(unit, consignment_id, ConsignmentEvent.CANCELLED, by=by, at=at, reason=reason)
    _settle_all(unit, consignment_id, consignment.lines, Settling(LineEvent.RETURNED, reason), by=by, at=at)


def lose(unit: Session, consignment_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    """Give a consignment up that the courier cannot find; its units count as lost once it is reconciled."""
    consignment = consignments.hold(unit, consignment_id)
    if consignment.state is ConsignmentState.HANDED_OVER:
        consignments.record(unit, consignment_id, ConsignmentEvent.ANNOUNCED, by=by, at=at)
    consignments.record(unit, consignment_id, ConsignmentEvent.LOST, by=by, at=at, reason=reason)
    waiting = [line for line in consignment.lines if line.state is LineState.EXPECTED]
    _settle_all(unit, consignment_id, waiting, Settling(LineEvent.MISSED, reason), by=by, at=at)


def take_back(
    unit: Session, consignment_id: UUID, blind_code: str, whole: bool, *, by: str, at: datetime
) -> None:  # fmt: skip
    """Take a unit back that a laboratory refused or found damaged; refused and whole, it can be sent again.

    A twin goes back into the store that it came from. With a broken seal, or damaged, a unit is never sent again: it
    is kept until it may be disposed of.
    """
    consignment = consignments.hold(unit, consignment_id)
    unit_id, sample_id = consignments.units_of(unit, consignment_id)[blind_code]
    line = next(one for one in consignment.lines if one.blind_code == blind_code)
    consignments.settle(unit, consignment_id, blind_code, Settling(LineEvent.RETURNED), by=by, at=at)
    part, (held, _) = custody.get(unit, unit_id), custody.standing(unit, unit_id)
    broken = part.state is UnitState.COMPROMISED  # nobody looks twice at a seal that was found broken
    fit = whole and not broken
    custody.hand_over(
        unit, unit_id, UnitEvent.RETURNED, released_by=held, received_by=STATION, place=STATION,
        seal_ok=None if broken else whole, by=by, at=at, found=AS_USUAL if fit else Circumstances(BROKEN_SEAL),
    )  # fmt: skip
    tested = custody.of_role(unit, sample_id, Role.TEST).id == unit_id
    if consignment.purpose == FIRST and tested:
        _end_or_go_on(unit, sample_id, line, fit, by=by, at=at)
    # What is not sent again is kept, or nobody could ever dispose of it.
    if fit and (not tested or samples.get(unit, sample_id).state is SampleState.VOID):
        custody.record(unit, unit_id, UnitEvent.RETAINED, by=by, at=at)


def _end_or_go_on(unit: Session, sample_id: UUID, line: Line, fit: bool, *, by: str, at: datetime) -> None:
    """A first test whose unit came back is void or begins again; one that ended with its consignment stays so."""
    stands = samples.get(unit, sample_id).state
    if stands is SampleState.VOID:
        return
    if not fit or line.state is LineState.DAMAGED:
        reason = (line.reason if line.state is LineState.DAMAGED else None) or BROKEN_SEAL
        samples.record(unit, sample_id, SampleEvent.VOIDED, by=by, at=at, reason=reason)
    elif stands is SampleState.LAB_REFUSED:
        samples.record(unit, sample_id, SampleEvent.TAKEN_BACK, by=by, at=at)


def reconcile(unit: Session, consignment_id: UUID, *, by: str, at: datetime) -> None:
    """Close a consignment of which every unit is accounted for; what is missing counts as lost from here on.

    A first test without its unit is void. A unit that is refused and not back yet raises Conflict.
    """
    consignment = consignments.hold(unit, consignment_id)
    if not consignment.may_reconcile:
        raise Conflict(f"a unit of consignment {consignment.number} is not accounted for")
    units = consignments.units_of(unit, consignment_id)
    for line in consignment.lines:
        unit_id, sample_id = units[line.blind_code]
        first = consignments.is_first_test(unit, consignment, unit_id)
        if first and custody.of_role(unit, sample_id, Role.TEST).id != unit_id:
            continue  # its twin took its place, which ended its chain and keeps the sample alive
        if line.state is LineState.MISSING:
            custody.record(unit, unit_id, UnitEvent.LOST, by=by, at=at)
        if line.state in UNFIT and first:
            reason = line.reason or LOST_ON_THE_WAY
            samples.record(unit, sample_id, SampleEvent.VOIDED, by=by, at=at, reason=reason)
    consignments.record(unit, consignment_id, ConsignmentEvent.RECONCILED, by=by, at=at)


def _settle_all(
    unit: Session, consignment_id: UUID, lines: Sequence[Line], settling: Settling, *, by: str,
    at: datetime,
) -> None:  # fmt: skip
    for line in lines:
        consignments.settle(unit, consignment_id, line.blind_code, settling, by=by, at=at)
