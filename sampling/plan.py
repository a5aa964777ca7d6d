"""A plan: how many listings each stratum gets, exactly, inside a size and a budget."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt

from sampling.errors import ImpossiblePlan
from sampling.money import Money

# Square roots are compared as whole numbers of this scale: every machine gets the same order.
EXACT = 10**12


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many listings a stratum has, and the variance of what is looked for in it."""

    listings: int
    variance: Fraction


def allocate(strata: Mapping[str, Stratum], n: int, *, least: int = 1) -> dict[str, int]:
    """Give the integer allocation of least variance, by Wright's priority method; ties go by name.

    Every stratum gets `least`, or all it has. Fewer than that in total raises ImpossiblePlan with the numbers.
    """
    given = {name: min(least, stratum.listings) for name, stratum in strata.items()}
    if sum(given.values()) > n:
        raise ImpossiblePlan(f"{n} samples are fewer than the {sum(given.values())} that {len(given)} strata need")
    waiting = [_next(name, strata[name], count) for name, count in given.items() if count < strata[name].listings]
    heapq.heapify(waiting)
    for _ in range(min(n, sum(stratum.listings for stratum in strata.values())) - sum(given.values())):
        _, name = heapq.heappop(waiting)
        given[name] += 1
        if given[name] < strata[name].listings:
            heapq.heappush(waiting, _next(name, strata[name], given[name]))
    return given


def check_cost(prices: Iterable[Decimal], units_each: int, budget: Money) -> Money:
    """Give what the drawn listings cost at their frame prices; more than the budget raises ImpossiblePlan."""
    cost = Money(sum(prices, Decimal(0)), budget.currency) * units_each
    if not cost <= budget:
        raise ImpossiblePlan(f"the drawn listings cost {cost} for {units_each} units each, the budget is {budget}")
    return cost


def bernoulli(rate: Fraction) -> Fraction:
    """Give the variance of a defect that occurs at this rate."""
    return rate * (1 - rate)


def _next(name: str, stratum: Stratum, count: int) -> tuple[int, str]:
    # The priority N S / sqrt(k (k + 1)), squared, scaled and rooted in whole numbers; negated for the heap.
    square = stratum.listings**2 * stratum.variance / (count * (count + 1)) if count else Fraction(EXACT)
    return -isqrt(int(square * EXACT**2)), name
