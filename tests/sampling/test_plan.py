"""Allocation against worked examples."""

from decimal import Decimal
from fractions import Fraction as F

import pytest

from sampling.errors import ImpossiblePlan
from sampling.money import Money
from sampling.plan import (
    Stratum,
    allocate,
    allocate_money,
    bernoulli,
    is_targeted,
    standard_error,
    targeted,
)

THREE = ((4421, 755, 1018), (bernoulli(F(9, 100)), bernoulli(F(48, 100)), bernoulli(F(30, 100))))


def strata(sizes: tuple[int, ...], variances: tuple[F, ...]) -> dict[str, Stratum]:
    return {f"s{place}": Stratum(size, variances[place]) for place, size in enumerate(sizes)}


@pytest.mark.parametrize(
    ("sizes", "variances", "n", "least", "expected"),
    [
        (*THREE, 200, 1, (120, 36, 44)),
        ((3, 50, 50), (F(1, 4), F(1, 4), F(1, 100)), 20, 2, (2, 15, 3)),
        ((3, 2), (F(1, 4), F(1, 4)), 10, 1, (3, 2)),
        ((5, 5), (F(1, 4), F(1, 4)), 3, 0, (2, 1)),
    ],
)
def test_allocation(
    sizes: tuple[int, ...], variances: tuple[F, ...], n: int, least: int, expected: tuple[int, ...]
) -> None:
    assert tuple(allocate(strata(sizes, variances), n, least=least).values()) == expected


def test_too_few_samples_for_the_strata_are_refused_with_the_numbers() -> None:
    with pytest.raises(ImpossiblePlan, match="6 samples are fewer than the 8 that 4 strata need"):
        allocate(strata((9, 9, 9, 9), (F(1, 4),) * 4), 6, least=2)


# Expected standard errors of the mean: optimal, proportional and equal allocation.
@pytest.mark.parametrize(
    ("given", "expected"),
    [((120, 36, 44), 0.0236582), ((143, 24, 33), 0.0244595), ((67, 67, 66), 0.0272785), ((4421, 755, 1018), 0.0)],
)
def test_precision_follows_the_allocation(given: tuple[int, ...], expected: float) -> None:
    whole = strata(*THREE)
    assert standard_error(whole, dict(zip(whole, given, strict=True))) == pytest.approx(expected, abs=5e-8)


def test_a_stratum_without_samples_has_no_precision_unless_nothing_varies_in_it() -> None:
    two = strata((10, 10), (F(1, 4), F(0)))
    assert standard_error(two, {"s0": 0, "s1": 5}) == float("inf")
    assert standard_error(two, {"s0": 10, "s1": 0}) == 0.0


def test_no_other_allocation_of_the_same_size_is_more_precise() -> None:
    small = strata((9, 6, 12), (F(1, 4), F(2, 25), F(3, 20)))
    best = standard_error(small, allocate(small, 10))
    others = [(a, b, 10 - a - b) for a in range(1, 9) for b in range(1, 7) if 10 - a - b >= 1]
    assert best == min(standard_error(small, dict(zip(small, given, strict=True))) for given in others)


def costly(*costs: str) -> dict[str, Stratum]:
    return {f"s{place}": Stratum(50, F(1, 4), Decimal(cost)) for place, cost in enumerate(costs)}


@pytest.mark.parametrize(
    ("costs", "budget", "expected"),
    [
        (("1", "1"), "20", (10, 10)),
        (("1", "4"), "60", (20, 10)),  # n ∝ 1/√c
        (("1", "9"), "20", (11, 1)),  # when the dear one's turn comes it is past the budget
        (("1", "7"), "15.50", (8, 1)),  # what is left buys the cheap ones
        (("1", "1"), "2", (1, 1)),
        (("1", "1"), "1000", (50, 50)),
    ],
)
def test_money_goes_where_it_lowers_the_variance_most(
    costs: tuple[str, ...], budget: str, expected: tuple[int, ...]
) -> None:
    assert tuple(allocate_money(costly(*costs), Money(Decimal(budget), "CNY")).values()) == expected


def test_a_budget_below_the_least_is_refused_with_the_numbers() -> None:
    with pytest.raises(ImpossiblePlan, match=r"the least of 4 samples in 2 strata costs 22 CNY, the budget is 21.99"):
        allocate_money(costly("2", "9"), Money(Decimal("21.99"), "CNY"), least=2)


def test_picked_listings_are_all_taken_before_anything_is_drawn() -> None:
    mixed = {**strata((50, 50), (F(1, 4), F(1, 4))), targeted("tip-off"): Stratum(3, F(1, 4))}
    assert allocate(mixed, 13) == {"s0": 5, "s1": 5, "targeted/tip-off": 3}
    assert allocate_money(mixed, Money(Decimal(13), "CNY"))["targeted/tip-off"] == 3
    assert [name for name in mixed if is_targeted(name)] == ["targeted/tip-off"]
    with pytest.raises(ImpossiblePlan, match="4 samples are fewer than the 5 that 3 strata need"):
        allocate(mixed, 4)
