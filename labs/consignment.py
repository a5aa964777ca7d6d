"""A consignment: sealed units on their way to one laboratory, under blind codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sampling.digest import Digest
from sampling.lifecycle import Lifecycle

FIRST, DUPLICATE = "first", "duplicate"
"""The purposes of a first test, and of the blind duplicate that looks like one to its laboratory."""


class ConsignmentState(StrEnum):
    """Where a consignment stands."""

    DRAFT = "draft"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    PARTLY_RECEIVED = "partly_received"
    REFUSED = "refused"
    LOST = "lost"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


class ConsignmentEvent(StrEnum):
    """What happened to a consignment."""

    PACKED = "packed"
    HANDED_OVER = "handed_over"
    ANNOUNCED = "announced"
    RECEIVED = "received"
    PARTLY_RECEIVED = "partly_received"
    REFUSED = "refused"
    LOST = "lost"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


_S, _E = ConsignmentState, ConsignmentEvent

CONSIGNMENT: Lifecycle[ConsignmentState, ConsignmentEvent] = Lifecycle(
    noun="consignment",
    initial=_S.DRAFT,
    moves={
        (_S.DRAFT, _E.PACKED): _S.PACKED,
        (_S.DRAFT, _E.CANCELLED): _S.CANCELLED,
        (_S.PACKED, _E.HANDED_OVER): _S.HANDED_OVER,
        (_S.PACKED, _E.CANCELLED): _S.CANCELLED,
        (_S.HANDED_OVER, _E.ANNOUNCED): _S.IN_TRANSIT,
        (_S.IN_TRANSIT, _E.RECEIVED): _S.RECEIVED,
        (_S.IN_TRANSIT, _E.PARTLY_RECEIVED): _S.PARTLY_RECEIVED,
        (_S.IN_TRANSIT, _E.REFUSED): _S.REFUSED,
        (_S.IN_TRANSIT, _E.LOST): _S.LOST,
        # Stragglers: what was missing comes in a second parcel.
        (_S.PARTLY_RECEIVED, _E.RECEIVED): _S.RECEIVED,
        # What was given up for lost turns up after all.
        (_S.LOST, _E.RECEIVED): _S.RECEIVED,
        (_S.LOST, _E.PARTLY_RECEIVED): _S.PARTLY_RECEIVED,
        (_S.RECEIVED, _E.RECONCILED): _S.RECONCILED,
        (_S.PARTLY_RECEIVED, _E.RECONCILED): _S.RECONCILED,
        (_S.REFUSED, _E.RECONCILED): _S.RECONCILED,
        (_S.LOST, _E.RECONCILED): _S.RECONCILED,
    },
)

UNSEEN = (_S.DRAFT, _S.PACKED, _S.CANCELLED)
"""The states in which a laboratory does not see a consignment: it has not left."""
UNDER_WAY = (_S.HANDED_OVER, _S.IN_TRANSIT)
OPEN = (*UNDER_WAY, _S.PARTLY_RECEIVED, _S.LOST)
"""The states in which a laboratory may still take units in."""
ENDED = (_S.RECEIVED, _S.PARTLY_RECEIVED, _S.REFUSED, _S.LOST)
"""The states that wait for the station to reconcile."""


class LineState(StrEnum):
    """What became of one unit of a consignment."""

    EXPECTED = "expected"
    RECEIVED = "received"
    DAMAGED = "damaged"
    REFUSED = "refused"
    MISSING = "missing"
    RETURNED = "returned"


class LineEvent(StrEnum):
    """What happened to one unit of a consignment."""

    RECEIVED = "received"
    DAMAGED = "damaged"
    REFUSED = "refused"
    MISSED = "missed"
    RETURNED = "returned"


_L, _M = LineState, LineEvent

LINE: Lifecycle[LineState, LineEvent] = Lifecycle(
    noun="line",
    initial=_L.EXPECTED,
    moves={
        (_L.EXPECTED, _M.RECEIVED): _L.RECEIVED,
        (_L.EXPECTED, _M.DAMAGED): _L.DAMAGED,
        (_L.EXPECTED, _M.REFUSED): _L.REFUSED,
        (_L.EXPECTED, _M.MISSED): _L.MISSING,
        # A consignment that is cancelled never left, so its units are with the station.
        (_L.EXPECTED, _M.RETURNED): _L.RETURNED,
        (_L.MISSING, _M.RECEIVED): _L.RECEIVED,
        (_L.MISSING, _M.DAMAGED): _L.DAMAGED,
        (_L.MISSING, _M.REFUSED): _L.REFUSED,
        (_L.REFUSED, _M.RETURNED): _L.RETURNED,
        (_L.DAMAGED, _M.RETURNED): _L.RETURNED,
    },
)

AWAITED = (_L.EXPECTED, _L.MISSING)
"""The states in which a laboratory may take a unit in."""
SETTLED = (_L.RECEIVED, _L.DAMAGED, _L.MISSING, _L.RETURNED)
"""What lets a consignment be reconciled; a refused unit is on its way back until the station has it again."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit in a consignment, as the laboratory may see it: no seller, no brand, no platform."""

    blind_code: str
    seal_no: str
    category: str
    items: tuple[str, ...]
    """The test items ordered, by code."""
    state: LineState = LineState.EXPECTED
    reason: str | None = None
    """Why it was refused, or in what it is damaged: a reason code."""
    condition: str | None = None
    temperature: Decimal | None = None
    """As it arrived, in degrees Celsius."""
    seal_ok: bool | None = None
    photo: Digest | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    methods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Item to the methods asked for; an item that is not in it may be tested by any."""


@dataclass(frozen=True, slots=True)
class Consignment:
    """Who receives what, and where it stands."""

    id: UUID
    number: str
    lab: str
    state: ConsignmentState
    purpose: str
    """`first`, `retest` or `arbitration`; no laboratory is told. A blind duplicate travels among first tests."""
    lines: tuple[Line, ...]
    since: datetime
    manifest_sha256: Digest | None = None
    document_sha256: Digest | None = None
    """Of the printed manifest that left with it; None where none was printed."""
    courier: str | None = None
    waybill: str | None = None
    warmest: Decimal | None = None
    """In degrees Celsius, as `coldest`; None where the goods travel as any parcel does."""
    coldest: Decimal | None = None
    due_at: datetime | None = None
    """By when the laboratory must have it."""

    @property
    def may_reconcile(self) -> bool:
        """Whether every unit is accounted for."""
        return self.state in ENDED and all(line.state in SETTLED for line in self.lines)


def outcome(lines: Iterable[LineState], stands: ConsignmentState) -> ConsignmentEvent | None:
    """Give what the states of all lines say of a consignment, or None while nothing of it was taken in.

    One of which something was missing once is not refused any more: it was received in part.
    """
    states = set(lines)
    if states <= {LineState.EXPECTED, LineState.REFUSED} and stands in UNDER_WAY:
        return ConsignmentEvent.REFUSED if LineState.EXPECTED not in states else None
    return ConsignmentEvent.RECEIVED if states == {LineState.RECEIVED} else ConsignmentEvent.PARTLY_RECEIVED


def too_warm(consignment: Consignment, temperature: Decimal | None) -> bool:
    """Tell whether a unit arrived outside the temperatures that its consignment was to keep."""
    if temperature is None:
        return False
    low, high = consignment.coldest, consignment.warmest
    return (low is not None and temperature < low) or (high is not None and temperature > high)
