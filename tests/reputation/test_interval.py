"""The intervals agree with published tables and with R."""

import pytest

from reputation.interval import (
    beta_inverse,
    beta_share,
    clopper_pearson,
    effective_size,
    korn_graubard,
    t_quantile,
    wilson,
)


@pytest.mark.parametrize(
    ("failed", "n", "exact", "score"),
    [  # the first four: Newcombe 1998, Statistics in Medicine 17, table 1; all: R
        (81, 263, (0.2527368, 0.3676219), (0.2552885, 0.3662096)),
        (15, 148, (0.0578440, 0.1616505), (0.0623864, 0.1604872)),
        (0, 20, (0, 0.1684335), (0, 0.1611252)),
        (1, 29, (0.0008726, 0.1776443), (0.0061132, 0.1717552)),
        (3, 60, (0.0104323, 0.1392433), (0.0171495, 0.1370052)),
    ],
)
def test_binomial_intervals(failed: int, n: int, exact: tuple[float, float], score: tuple[float, float]) -> None:
    assert clopper_pearson(failed, n) == pytest.approx(exact, abs=1e-7)
    assert wilson(failed / n, n) == pytest.approx(score, abs=1.2e-7)


@pytest.mark.parametrize(("n", "level", "high"), [(59, 0.95, 0.0606089), (59, 0.90, 0.0495076), (200, 0.90, 0.0148670)])
def test_no_failure_still_leaves_room_for_some(n: int, level: float, high: float) -> None:
    assert clopper_pearson(0, n, level=level) == pytest.approx((0, high), abs=1e-7)


def test_all_failed_mirrors_none_failed() -> None:
    low, high = clopper_pearson(20, 20)
    assert (low, high) == pytest.approx((1 - 0.1684335, 1), abs=1e-7)


@pytest.mark.parametrize(
    ("cut", "n", "interval"),
    [  # R: survey::svyciprop(method = "beta"); with and without the cut at the sample's size
        (False, 240.3240, (0.1265684, 0.2258287)),
        (True, 200, (0.1224702, 0.2316358)),
    ],
)
def test_korn_graubard(cut: bool, n: float, interval: tuple[float, float]) -> None:
    size = effective_size(0.172051986, 0.024344780**2, 200, 197, cut=cut)
    assert size == pytest.approx(n, abs=5e-5)
    assert korn_graubard(0.172051986, size) == pytest.approx(interval, abs=1e-7)


@pytest.mark.parametrize(
    ("rate", "variance", "n", "df"),
    [(0, 0, 50, 49), (1, 0, 50, 49), (0.5, 0, 50, 49), (0.5, 0.1, 1, 0), (0.5, 0.1, 4, 0)],
)
def test_without_a_spread_the_sample_counts_as_it_is(rate: float, variance: float, n: int, df: int) -> None:
    assert effective_size(rate, variance, n, df) == n


@pytest.mark.parametrize(
    ("df", "t"), [(1, 12.706205), (2, 4.302653), (10, 2.228139), (30, 2.042272), (197, 1.972079), (1000, 1.962339)]
)
def test_students_t(df: int, t: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(t, abs=1e-6)


@pytest.mark.parametrize(
    ("x", "a", "b", "share"),
    [
        (0, 2, 3, 0),
        (-1, 2, 3, 0),
        (1, 2, 3, 1),
        (2, 2, 3, 1),
        (0.3, 1, 1, 0.3),
        (0.5, 4, 4, 0.5),
        (0.25, 2, 1, 0.0625),
        (0.8, 2, 3, 0.9728),  # 1 - (1-x)^4 - 4x(1-x)^3
        (0.5, 1000, 1000, 0.5),
    ],
)
def test_the_incomplete_beta_function(x: float, a: float, b: float, share: float) -> None:
    assert beta_share(x, a, b) == pytest.approx(share, abs=1e-12)


def test_large_counts_converge() -> None:
    assert beta_share(0.5, 1e7, 1e7) == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize("a", [0.01, 0.5, 1, 3.7, 100, 5000])
@pytest.mark.parametrize("b", [0.01, 0.5, 1, 3.7, 100, 5000])
def test_the_inverse_undoes_the_function(a: float, b: float) -> None:
    for p in (0.025, 0.5, 0.975):
        x = beta_inverse(p, a, b)
        assert 0 <= x <= 1
        # Where the whole mass sits between two neighbouring doubles, no x gives p.
        if 1e-12 < x < 1 - 1e-12:
            assert beta_share(x, a, b) == pytest.approx(p, abs=1e-6)


@pytest.mark.parametrize(("a", "b", "x"), [(0, 5, 0), (5, 0, 1), (-1, 5, 0)])
def test_the_limits_of_the_distribution(a: float, b: float, x: float) -> None:
    assert beta_inverse(0.5, a, b) == x
