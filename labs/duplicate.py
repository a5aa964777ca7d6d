"""A blind duplicate: a further unit of a sample that a second laboratory tests as a sample of its own, unknowing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from sampling.custody import Unit, UnitState
from sampling.digest import canonical, framed, sha256
from sampling.sample import SampleState

UNSEALED = (
    SampleState.TARGETED, SampleState.CAPTURED, SampleState.ORDERED, SampleState.SHIPPED, SampleState.RECEIVED,
    SampleState.UNBOXED,
)  # fmt: skip
"""The states of a sample in which a further unit can still be sealed."""
ENDED = (
    SampleState.SKIPPED, SampleState.NOT_OBTAINED, SampleState.REJECTED, SampleState.DIVERTED, SampleState.UNTESTABLE,
    SampleState.VOID, SampleState.CLOSED,
)  # fmt: skip
"""The states of a sample of which nothing is tested any more."""
WHOLE = (UnitState.SEALED, UnitState.RETAINED)
UNITS = 3
"""The test unit, the backup unit, which stays untouched, and the duplicate."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """That a further unit of a sample is tested blind: planned once, by lot or by name, or refused after all."""

    id: UUID
    sample_id: UUID
    drawn: bool
    planned_by: str
    planned_at: datetime
    refusal: str | None = None
    """Why it is not made after all: a reason code."""
    refused_at: datetime | None = None


def draw_samples(seed: str, codes: Collection[str], share: Decimal) -> tuple[str, ...]:
    """Give the samples with the lowest tickets, a share of all and at least one, in the order of their codes.

    Whoever has the seed and the codes can draw them again.
    """
    number = int((len(codes) * share).to_integral_value(ROUND_CEILING))
    return tuple(sorted(sorted(codes, key=lambda code: framed(seed.encode(), code.encode()))[:number]))


def seed_of(draw_sha256: str | None, about: str) -> str:
    """Give the seed of one lot about duplicates: it follows from the published draw, so nobody chooses it."""
    return sha256(canonical({"draw": draw_sha256, "for": "duplicate", "about": about}))


def plan_refusal(state: SampleState, *, planned: bool, units: int, arbitration: bool) -> str | None:
    """Give the code of what stands against planning a duplicate, or None.

    `units` are bought of each listing; where a third is kept for arbitration, a duplicate is the fourth.
    """
    if planned:
        return "duplicate_planned"
    if state not in UNSEALED:
        return "case_ended" if state in ENDED else "sealed_without_duplicate"
    return "too_few_units" if units < UNITS + arbitration else None


def send_refusal(state: SampleState, part: Unit | None, *, damaged: bool) -> str | None:
    """Give the code of what stands for ever against sending a duplicate of a sealed sample, or None."""
    if state in ENDED:
        return "case_ended"
    if part is None:
        return "no_duplicate_unit"
    return "duplicate_spoilt" if damaged or part.state not in WHOLE else None
