"""The ends of a limit as they are drawn: what the standard says, the band by the decision rule, and what fails."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from labs.decision import acceptance, most_lenient
from labs.limits import Limit

BANDS: Mapping[str, tuple[int, int]] = {"R0": (-1, 1), "R1": (-1, 0), "R2": (0, 1), "R3": (-1, 1)}
"""From where to where the band of each decision rule reaches, in its width: -1 is inside the limit, 1 outside."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of a limit."""

    said: Decimal
    """The number in the standard."""
    sign: int
    """1 for an upper end, -1 for a lower one."""
    band: tuple[Decimal, Decimal] | None
    """Where the uncertainty counts: the guard band, or without one what is near the limit."""
    fails: Decimal
    """Beyond which value it fails in any case: rounded, guarded, and of the most lenient form of the goods."""


def width(limit: Limit, spread: Decimal) -> Decimal:
    """Give how wide the band is for an expanded uncertainty; near the limit is within the uncertainty itself."""
    return spread if limit.decision_rule == "R0" else spread * limit.guard


def ends(limit: Limit, spread: Decimal) -> tuple[End, ...]:
    """Give the ends of a limit, the lower one first, for a result with this expanded uncertainty in its unit."""
    return tuple(_ends(limit, width(limit, spread)))


def _ends(limit: Limit, wide: Decimal) -> Iterator[End]:
    held = acceptance(limit if limit.lenient is None else most_lenient(limit))
    inside, outside = BANDS[limit.decision_rule]
    # By the simple rule a value fails at the limit; by the others a guard band further in, or further out.
    moved = Decimal(0) if limit.decision_rule == "R0" else wide * (outside or inside)
    for said, end, sign in ((limit.low, held.low, -1), (limit.high, held.high, 1)):
        if said is None or end is None:
            continue
        band = sorted((said + sign * inside * wide, said + sign * outside * wide))
        yield End(said, sign, (band[0], band[1]) if wide else None, end + sign * moved)
