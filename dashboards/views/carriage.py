"""What the station sees of its consignments: what each waits for, since when and until when, and the link to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dashboards.views.ticket import Waits
from labs.consignment import ENDED, OPEN, Consignment, ConsignmentState, Line, LineState
from labs.link import token
from storage import consignments, receipt_links
from storage.unit import Unit

_C = ConsignmentState
SHOWN = 100
"""So many of those that have ended are shown."""


@dataclass(frozen=True, slots=True)
class Journey:
    """One consignment with whose move it is, and what the station may do."""

    consignment: Consignment
    waits: Waits
    late: bool
    token: str | None
    """The end of the link's address for a laboratory without an account; None where no link is open."""
    link_ends: datetime | None
    link_id: UUID | None
    returning: tuple[Line, ...]
    """The units that were refused or found damaged and are not back yet."""


@dataclass(frozen=True, slots=True)
class Journeys:
    """The consignments by what can be done with them."""

    packed: tuple[Journey, ...]
    under_way: tuple[Journey, ...]
    to_settle: tuple[Journey, ...]
    ended: tuple[Journey, ...]


def load_journeys(unit: Unit, key: bytes, now: datetime) -> Journeys:
    """Give the consignments with whose move each is."""

    def of(*states: ConsignmentState) -> tuple[Journey, ...]:
        return tuple(journey(unit, one, key, now) for one in consignments.in_state(unit, *states))

    return Journeys(
        packed=of(_C.PACKED),
        under_way=of(_C.HANDED_OVER, _C.IN_TRANSIT),
        to_settle=of(*ENDED),
        ended=tuple(
            journey(unit, one, key, now) for one in consignments.last_in_state(unit, SHOWN, _C.RECONCILED, _C.CANCELLED)
        ),
    )


def journey(unit: Unit, one: Consignment, key: bytes, now: datetime) -> Journey:
    """Give one consignment with whose move it is and since when, and its open link."""
    links = receipt_links.live(unit, one.id, now) if one.state in OPEN else ()
    newest = links[-1] if links else None
    on_way = one.state in (_C.HANDED_OVER, _C.IN_TRANSIT)
    return Journey(
        consignment=one,
        waits=waits_on(one),
        late=on_way and one.due_at is not None and now >= one.due_at,
        token=token(key, newest.link) if newest else None,
        link_ends=newest.expires_at if newest else None,
        link_id=newest.id if newest else None,
        returning=tuple(line for line in one.lines if line.state in (LineState.REFUSED, LineState.DAMAGED)),
    )


def waits_on(one: Consignment) -> Waits:
    """Give whose move it is: the carrier's while it travels, the laboratory's while units are awaited there."""
    states = {line.state for line in one.lines}
    match one.state:
        case _C.HANDED_OVER | _C.IN_TRANSIT:
            return Waits.CARRIER
        case _C.PARTLY_RECEIVED if LineState.EXPECTED in states:
            return Waits.LAB
        case state if state in ENDED and LineState.REFUSED in states:
            return Waits.CARRIER
        case _C.RECONCILED | _C.CANCELLED:
            return Waits.NOBODY
        case _:
            return Waits.COORDINATOR
