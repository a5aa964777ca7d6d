"""Allocation against worked examples."""

from decimal import Decimal
from fractions import Fraction as F

import pytest

from sampling.errors import ImpossiblePlan
from sampling.money import Money
from sampling.plan import Stratum, allocate, bernoulli, check_cost


def strata(sizes: tuple[int, ...], variances: tuple[F, ...]) -> dict[str, Stratum]:
    return {f"s{place}": Stratum(size, variances[place]) for place, size in enumerate(sizes)}


@pytest.mark.parametrize(
    ("sizes", "variances", "n", "least", "expected"),
    [
        (
            (4421, 755, 1018),
            (bernoulli(F(9, 100)), bernoulli(F(48, 100)), bernoulli(F(30, 100))),
            200,
            1,
            (120, 36, 44),
        ),
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


def test_a_budget_below_the_cost_of_the_draw_is_refused_with_the_numbers() -> None:
    prices = [Decimal("10.00"), Decimal("9.50")]
    assert check_cost(prices, 2, Money(Decimal("39.00"), "CNY")) == Money(Decimal("39.00"), "CNY")
    with pytest.raises(ImpossiblePlan, match=r"cost 39.00 CNY for 2 units each, the budget is 38.99 CNY"):
        check_cost(prices, 2, Money(Decimal("38.99"), "CNY"))
