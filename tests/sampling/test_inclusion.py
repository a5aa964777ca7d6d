"""Inclusion probabilities against exact integrals, their sum, and what other programs give."""

from decimal import Decimal
from itertools import permutations
from math import log

import numpy as np
import pytest

from sampling.inclusion import pareto, probabilities, published, targets

UNEVEN = (1, 2, 3, 4, 5)


# R 4.2.2, sampling::inclusionprobabilities.
@pytest.mark.parametrize(
    ("sizes", "n", "expected"),
    [
        ((1, 2, 3, 4, 5, 10), 3, (2 / 15, 4 / 15, 6 / 15, 8 / 15, 10 / 15, 1)),
        ((10, 20, 100), 2, (1 / 3, 2 / 3, 1)),
        ((1, 1, 100), 1, (1 / 102, 1 / 102, 100 / 102)),
        ((1, 5, 5), 2, (2 / 11, 10 / 11, 10 / 11)),
        ((1, 6, 7), 2, (1 / 7, 6 / 7, 1)),
        ((7, 7), 5, (1, 1)),
        ((7, 7), 0, (0, 0)),
    ],
)
def test_targets_take_certain_units_first(sizes: tuple[int, ...], n: int, expected: tuple[float, ...]) -> None:
    assert targets(sizes, n) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("sizes", "n", "expected"),
    [
        (UNEVEN, 2, (0.12828935, 0.25838109, 0.39541878, 0.53986898, 0.67804181)),
        ((*UNEVEN, 10), 3, (0.12828935, 0.25838109, 0.39541878, 0.53986898, 0.67804181, 1)),
        ((9, 1), 1, (81 * (80 - log(81)) / 6400, 1 - 81 * (80 - log(81)) / 6400)),
        ((1,) * 7, 3, (3 / 7,) * 7),
    ],
)
def test_small_uneven_strata_get_the_exact_chance(sizes: tuple[int, ...], n: int, expected: tuple[float, ...]) -> None:
    assert probabilities(sizes, n) == pytest.approx(expected, abs=5e-9)


@pytest.mark.parametrize(("few", "n"), [(2, 2), (5, 1), (12, 3), (12, 9), (40, 12), (120, 9), (300, 290)])
@pytest.mark.parametrize("spread", [0.2, 1.0, 2.0])
def test_chances_add_up_to_the_number_drawn(few: int, n: int, spread: float) -> None:
    sizes = (np.random.default_rng(few + n).lognormal(0, spread, few) * 1000).astype(int) + 1
    chance = probabilities(sizes, n)
    assert chance.sum() == pytest.approx(min(n, few), abs=1e-12)
    assert ((chance > 0) & (chance <= 1)).all()


def test_a_large_or_fine_grained_stratum_keeps_its_targets() -> None:
    sizes = np.arange(1, 101)
    assert (probabilities(sizes, 30) == targets(sizes, 30)).all()  # Σλ(1 − λ) is 19
    assert (probabilities(sizes, 5) == targets(sizes, 5)).all()  # no λ above 0.2


def test_the_grid_agrees_with_a_sum_over_who_comes_first() -> None:
    # Of three with n = 1: the one with the smallest key, counted on 400,000 draws.
    share = np.array([0.5, 0.3, 0.2])
    u = np.random.default_rng(7).random((400_000, 3))
    first = np.bincount((u / (1 - u) * (1 - share) / share).argmin(axis=1), minlength=3) / len(u)
    error = np.sqrt(share * (1 - share) / len(u))
    assert (np.abs(first - pareto(share, 1)) < 4 * error).all()
    for order in permutations(range(3)):
        assert pareto(share[list(order)], 1) == pytest.approx(pareto(share, 1)[list(order)], abs=1e-14)


def test_both_ways_of_counting_give_the_same() -> None:
    # n of N drawn with targets λ is N - n left with targets 1 - λ: keys turn round.
    share = np.array([0.15, 0.35, 0.4, 0.5, 0.6])
    assert pareto(share, 2) == pytest.approx(1 - pareto(1 - share, 3), abs=1e-13)


@pytest.mark.parametrize(
    ("sizes", "n", "expected"),
    [
        ((9, 1), 1, ("0.956883", "0.043117")),
        ((1, 2, 3, 4, 5, 10), 3, ("0.128289", "0.258381", "0.395419", "0.539869", "0.678042", "1.000000")),
        ((1,) * 4, 1, ("0.250000",) * 4),
        ((1, 10**9), 1, ("0.000001", "1.000000")),  # nobody is published as out of reach
    ],
)
def test_published_chances_have_six_places(sizes: tuple[int, ...], n: int, expected: tuple[str, ...]) -> None:
    assert published(sizes, n) == [Decimal(text) for text in expected]
