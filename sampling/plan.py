"""A plan: how many listings each stratum gets, exactly, inside a size and a budget."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt, sqrt

from sampling.errors import ImpossiblePlan
from sampling.money import Money

# Square roots are compared as whole numbers of this scale: every machine gets the same order.
EXACT = 10**12
TARGETED = "targeted/"
"""How the name of a stratum of picked listings begins, for ever: what was picked never stands for the rest."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """How many listings a stratum has, the variance of what is looked for in it, and what a sample of it costs."""

    listings: int
    variance: Fraction
    cost: Decimal = Decimal(1)


def allocate(strata: Mapping[str, Stratum], n: int, *, least: int = 1) -> dict[str, int]:
    """Give the integer allocation of least variance, by Wright's priority method; ties go by name.

    Every stratum gets `least`, or all it has, and a targeted one always all it has. Fewer than that in total
    raises ImpossiblePlan with the numbers.
    """
    given = _least(strata, least)
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


def allocate_money(strata: Mapping[str, Stratum], budget: Money, *, least: int = 1) -> dict[str, int]:
    """Give the allocation that a budget buys: the next sample goes where a unit of money lowers the variance most.

    The squared priority is divided by the stratum's cost; a stratum whose next sample is dearer than what is left
    gets no more. Near the optimum, not on it: what the last units buy is a knapsack problem.
    A budget that does not pay the least raises ImpossiblePlan with the numbers.
    """
    given = _least(strata, least)
    needed = Money(sum((strata[name].cost * count for name, count in given.items()), Decimal(0)), budget.currency)
    if not needed <= budget:
        raise ImpossiblePlan(
            f"the least of {sum(given.values())} samples in {len(given)} strata costs {needed}, the budget is {budget}"
        )
    left = (budget - needed).amount
    waiting = [_worth(name, strata[name], count) for name, count in given.items() if count < strata[name].listings]
    heapq.heapify(waiting)
    while waiting:
        _, name = heapq.heappop(waiting)
        if strata[name].cost <= left:
            left -= strata[name].cost
            given[name] += 1
            if given[name] < strata[name].listings:
                heapq.heappush(waiting, _worth(name, strata[name], given[name]))
    return given


def standard_error(strata: Mapping[str, Stratum], given: Mapping[str, int]) -> float:
    """Give the standard error to expect of the mean over all strata: the root of Σ (N_h/N)² S_h² (1/n_h - 1/N_h).

    Infinite when a stratum with variance gets nothing.
    """
    whole, variance = sum(stratum.listings for stratum in strata.values()), Fraction(0)
    for name, stratum in strata.items():
        if stratum.variance and not given[name]:
            return float("inf")
        if stratum.variance:
            fpc = Fraction(1, given[name]) - Fraction(1, stratum.listings)
            variance += Fraction(stratum.listings, whole) ** 2 * stratum.variance * fpc
    return sqrt(variance)


def bernoulli(rate: Fraction) -> Fraction:
    """Give the variance of a defect that occurs at this rate."""
    return rate * (1 - rate)


def targeted(label: str) -> str:
    """Give the name of the stratum of listings picked for this reason: a tip-off, a repeat offender."""
    return TARGETED + label


def is_targeted(stratum: str) -> bool:
    """Tell whether a stratum holds picked listings: all are taken, and none is counted with those drawn."""
    return stratum.startswith(TARGETED)


def _least(strata: Mapping[str, Stratum], least: int) -> dict[str, int]:
    return {
        name: stratum.listings if is_targeted(name) else min(least, stratum.listings)
        for name, stratum in strata.items()
    }


def _next(name: str, stratum: Stratum, count: int) -> tuple[int, str]:
    # The priority N S / sqrt(k (k + 1)), squared, scaled and rooted in whole numbers; negated for the heap.
    if not count:
        return -isqrt(EXACT**3), name
    variance = stratum.variance
    above, below = stratum.listings**2 * variance.numerator * EXACT**2, variance.denominator * count * (count + 1)
    return -isqrt(above // below), name


def _worth(name: str, stratum: Stratum, count: int) -> tuple[Fraction, str]:
    return -_square(stratum, count) / Fraction(stratum.cost), name


def _square(stratum: Stratum, count: int) -> Fraction:
    return stratum.listings**2 * stratum.variance / (count * (count + 1)) if count else Fraction(EXACT)
