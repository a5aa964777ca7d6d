"""Several results of one item: sums of congeners, sampling plans, replicates, and two laboratories."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal

from labs.decision import Band, Decision
from labs.result import Interval
from labs.rounding import EXACT

_TWO_PLACES = Decimal("0.01")
_WIDE = Context(prec=400)
"""Wide enough for the greatest number of a report, with two places, in the least of its uncertainties."""


def total(parts: Sequence[Interval]) -> Interval:
    """Give the interval of the sum: lower ends and upper ends add up, an open part opens its end."""
    return Interval(
        low=_sum([part.low for part in parts]),
        high=_sum([part.high for part in parts]),
        low_open=any(part.low_open for part in parts),
        high_open=any(part.high_open for part in parts),
    )


def plan(units: Sequence[Interval], *, n: int, c: int, m: Decimal, top: Decimal) -> Decision:
    """Give the decision of a sampling plan (n, c, m, M): at most c of n units above m, and none above M."""
    if len(units) < n:
        return Decision(Band.HOLD, "units_missing")
    if _sure(units, m) > c or _sure(units, top) > 0:
        return Decision(Band.FAIL)
    if _possible(units, m) <= c and _possible(units, top) == 0:
        return Decision(Band.PASS)
    return Decision(Band.INDETERMINATE, "interval_across_limit")


def mean(first: Interval, second: Interval, *, repeatability: Decimal) -> Interval | None:
    """Give the mean of two quantified replicates no further apart than the method allows, else None: repeat them."""
    one, two = first.point, second.point
    if one is None or two is None or abs(EXACT.subtract(one, two)) > repeatability:
        return None
    middle = EXACT.multiply(EXACT.add(one, two), Decimal("0.5"))
    return Interval(middle, middle)


def disagreement(first: Decimal, second: Decimal, *, u_first: Decimal, u_second: Decimal) -> Decimal:
    """Give E_n of two laboratories to two places; above 1 they are not compatible (ISO 13528)."""
    spread = (u_first * u_first + u_second * u_second).sqrt()
    return abs((first - second) / spread).quantize(_TWO_PLACES, ROUND_HALF_EVEN, _WIDE)


def _sum(ends: Sequence[Decimal | None]) -> Decimal | None:
    added = Decimal(0)
    for end in ends:
        if end is None:
            return None
        added = EXACT.add(added, end)
    return added


def _sure(units: Sequence[Interval], level: Decimal) -> int:
    """Units above the level whatever the truth is: an open lower end at the level lies above it."""
    ends = [(unit.low, unit.low_open) for unit in units if unit.low is not None]
    return sum(low > level or (opened and low == level) for low, opened in ends)


def _possible(units: Sequence[Interval], level: Decimal) -> int:
    return sum(unit.high is None or unit.high > level for unit in units)
