"""Custody: the units of a sample, their seals, and every handover from hand to hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle


class Role(StrEnum):
    """What a unit is kept for; its letter ends the unit's code."""

    TEST = "A"
    BACKUP = "B"


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
    LOST = "lost"
    COMPROMISED = "compromised"


class UnitEvent(StrEnum):
    """What happened to one unit."""

    SEALED = "sealed"
    HANDED_OVER = "handed_over"
    ARRIVED = "arrived"
    OPENED = "opened"
    TESTED = "tested"
    RETAINED = "retained"
    DISPOSED = "disposed"
    LOST = "lost"
    SEAL_BROKEN = "seal_broken"


_S, _E = UnitState, UnitEvent

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
        (_S.RETAINED, _E.DISPOSED): _S.DISPOSED,
        (_S.IN_TRANSIT, _E.LOST): _S.LOST,
        (_S.SEALED, _E.SEAL_BROKEN): _S.COMPROMISED,
        (_S.IN_TRANSIT, _E.SEAL_BROKEN): _S.COMPROMISED,
        (_S.AT_LAB, _E.SEAL_BROKEN): _S.COMPROMISED,
        (_S.RETAINED, _E.SEAL_BROKEN): _S.COMPROMISED,
    },
)


class SealState(StrEnum):
    """Where a seal stands; a number is never applied twice."""

    APPLIED = "applied"
    VERIFIED = "verified"
    OPENED = "opened"
    BROKEN = "broken"


class SealEvent(StrEnum):
    """What happened to a seal."""

    VERIFIED = "verified"
    OPENED = "opened"
    BROKEN = "broken"


SEAL: Lifecycle[SealState, SealEvent] = Lifecycle(
    noun="seal",
    initial=SealState.APPLIED,
    moves={
        (SealState.APPLIED, SealEvent.VERIFIED): SealState.VERIFIED,
        (SealState.APPLIED, SealEvent.BROKEN): SealState.BROKEN,
        (SealState.VERIFIED, SealEvent.VERIFIED): SealState.VERIFIED,
        (SealState.VERIFIED, SealEvent.OPENED): SealState.OPENED,
        (SealState.VERIFIED, SealEvent.BROKEN): SealState.BROKEN,
    },
)


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


@dataclass(frozen=True, slots=True)
class Handover:
    """One passing of a unit from one party to the next."""

    unit_id: UUID
    seq: int
    at: datetime
    released_by: str
    received_by: str
    place: str
    step: str
    seal_ok: bool
    condition: str


def gaps(handovers: Sequence[Handover]) -> tuple[str, ...]:
    """Give one reason code for each break in a unit's chain; an empty tuple means it is unbroken.

    Sequence numbers run from 1 without a hole, times never go back, and the party that releases
    is the one that received last.
    """
    found: list[str] = []
    for place, (step, before) in enumerate(zip(handovers, (None, *handovers), strict=False), start=1):
        if step.seq != place:
            found.append(f"missing_handover:{place}")
        if before is not None and step.at < before.at:
            found.append(f"time_goes_back:{step.seq}")
        if before is not None and step.released_by != before.received_by:
            found.append(f"unknown_holder:{step.seq}")
    return tuple(found)
