"""Custody: the units of a sample, and the chain of entries that says who had each of them, where and when."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sampling.digest import Digest
from sampling.lifecycle import Lifecycle

STATION = "sampling station"
CARRIER = "carrier"
SHELF_LIFE = "shelf_life_told"
"""The entry of a case's event log that tells the last day of a unit's shelf life."""


class Role(StrEnum):
    """What a unit is kept for; its letter ends the unit's code."""

    TEST = "A"
    BACKUP = "B"
    ARBITRATION = "C"
    DUPLICATE = "D"


class UnitState(StrEnum):
    """Where one sealed unit stands."""

    REGISTERED = "registered"
    SEALED = "sealed"
    IN_TRANSIT = "in_transit"
    AT_LAB = "at_lab"
    IN_TEST = "in_test"
    TESTED = "tested"
    RETAINED = "retained"
    DISPOSED = "disposed"
    GIVEN_BACK = "given_back"
    LOST = "lost"
    COMPROMISED = "compromised"


class UnitEvent(StrEnum):
    """What happened to one unit."""

    SEALED = "sealed"
    HANDED_OVER = "handed_over"
    PASSED_ON = "passed_on"
    INSPECTED = "inspected"
    ARRIVED = "arrived"
    OPENED = "opened"
    RESEALED = "resealed"
    RETURNED = "returned"
    TESTED = "tested"
    RETAINED = "retained"
    MOVED = "moved"
    DISPOSED = "disposed"
    GIVEN_BACK = "given_back"
    LOST = "lost"
    SEAL_BROKEN = "seal_broken"


_S, _E = UnitState, UnitEvent
_SHUT = (_S.SEALED, _S.IN_TRANSIT, _S.AT_LAB, _S.RETAINED)

UNIT: Lifecycle[UnitState, UnitEvent] = Lifecycle(
    noun="unit",
    initial=_S.REGISTERED,
    moves={
        (_S.REGISTERED, _E.SEALED): _S.SEALED,
        (_S.SEALED, _E.HANDED_OVER): _S.IN_TRANSIT,
        (_S.SEALED, _E.RETAINED): _S.RETAINED,
        (_S.IN_TRANSIT, _E.ARRIVED): _S.AT_LAB,
        (_S.AT_LAB, _E.OPENED): _S.IN_TEST,
        (_S.IN_TEST, _E.TESTED): _S.TESTED,
        (_S.TESTED, _E.RETAINED): _S.RETAINED,
        (_S.RETAINED, _E.HANDED_OVER): _S.IN_TRANSIT,
        (_S.RETAINED, _E.MOVED): _S.RETAINED,
        (_S.RETAINED, _E.DISPOSED): _S.DISPOSED,
        (_S.RETAINED, _E.GIVEN_BACK): _S.GIVEN_BACK,
        # What a laboratory does not take comes back as it left; from its carrier where it never took it over.
        (_S.IN_TRANSIT, _E.RETURNED): _S.SEALED,
        (_S.AT_LAB, _E.RETURNED): _S.SEALED,
        **{(state, _E.PASSED_ON): state for state in _SHUT},
        **{(state, _E.RESEALED): state for state in (*_SHUT, _S.IN_TEST, _S.TESTED)},
        **{(state, _E.INSPECTED): state for state in _SHUT},
        **{(state, _E.LOST): _S.LOST for state in (*_SHUT, _S.IN_TEST, _S.TESTED)},
        **{(state, _E.SEAL_BROKEN): _S.COMPROMISED for state in _SHUT},
        # What has a broken seal is never tested, but it lies somewhere until it is disposed of.
        (_S.COMPROMISED, _E.RETURNED): _S.COMPROMISED,
        (_S.COMPROMISED, _E.MOVED): _S.COMPROMISED,
        (_S.COMPROMISED, _E.DISPOSED): _S.DISPOSED,
        (_S.COMPROMISED, _E.GIVEN_BACK): _S.GIVEN_BACK,
    },
)

MAY_PASS = (_E.SEALED, _E.HANDED_OVER, _E.PASSED_ON, _E.ARRIVED, _E.RETURNED, _E.SEAL_BROKEN, _E.GIVEN_BACK)
"""The events at which a unit may change hands; at all others its holder keeps it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One sealed part of a sample."""

    id: UUID
    sample_id: UUID
    code: str
    role: Role
    state: UnitState
    seal_no: str | None
    lot: str | None = None
    place: str | None = None
    expires_on: date | None = None
    """The last day of its shelf life."""
    stands_in: bool = False
    """Whether it was sealed as the backup unit and is the test unit by now."""


class BusinessStep(StrEnum):
    """What a party was about when it made an entry, in the words of GS1's core business vocabulary."""

    PACKING = "packing"
    SHIPPING = "shipping"
    TRANSPORTING = "transporting"
    RECEIVING = "receiving"
    INSPECTING = "inspecting"
    UNPACKING = "unpacking"
    STORING = "storing"
    DESTROYING = "destroying"
    OTHER = "other"


STEPS = {
    _E.SEALED: BusinessStep.PACKING,
    _E.HANDED_OVER: BusinessStep.SHIPPING,
    _E.PASSED_ON: BusinessStep.TRANSPORTING,
    _E.ARRIVED: BusinessStep.RECEIVING,
    _E.INSPECTED: BusinessStep.INSPECTING,
    _E.OPENED: BusinessStep.UNPACKING,
    _E.RESEALED: BusinessStep.PACKING,
    _E.RETURNED: BusinessStep.RECEIVING,
    _E.TESTED: BusinessStep.OTHER,
    _E.RETAINED: BusinessStep.STORING,
    _E.MOVED: BusinessStep.STORING,
    _E.DISPOSED: BusinessStep.DESTROYING,
    _E.GIVEN_BACK: BusinessStep.SHIPPING,
    _E.LOST: BusinessStep.OTHER,
    _E.SEAL_BROKEN: BusinessStep.INSPECTING,
}
"""The step of each event; a seal found broken keeps the step in which it was looked at."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One entry of a unit's chain: a passing from party to party, or what its holder did to it.

    `at` is the time of the event as its device says, `offset_minutes` that device's distance from UTC, `recorded_at`
    our own time. An entry that `corrects` another states all of that one anew, and gives the reason.
    """

    id: UUID
    unit_id: UUID
    seq: int
    event: UnitEvent
    at: datetime
    offset_minutes: int
    recorded_at: datetime
    by: str
    released_by: str
    received_by: str
    place: str
    step: BusinessStep
    seal_no: str | None
    seal_ok: bool | None
    """None where nobody looked at the seal."""
    condition: str
    temperature: Decimal | None = None
    """In degrees Celsius (UCUM `Cel`)."""
    photos: tuple[Digest, ...] = ()
    old_seal_no: str | None = None
    """The seal that was broken with authority before `seal_no` was put in its place."""
    corrects: int | None = None
    reason: str | None = None
    prev_hash: Digest = ""
    hash: Digest = ""

    @property
    def passes(self) -> bool:
        """Whether the unit changed hands at it."""
        return self.released_by != self.received_by
