"""Prices out of line: scored in their category by whole numbers that any split of a frame adds up to."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import LoopingCategories
from sampling.outlier import PriceCounts, count_prices, limits, lineage, scores
from sampling.weights import load
from tests.sampling.listings import listings

THIN, THRESHOLD = load().outlier.thin, load().outlier.threshold


def table(
    prices: Sequence[float | None], categories: Sequence[str] | None = None, packs: Sequence[str] | None = None
) -> pa.Table:
    return listings(
        price=[None if price is None else round(price * 10_000) for price in prices],
        category=categories or ["toys"] * len(prices),
        pack=packs or [""] * len(prices),
    )


def scored(part: pa.Table, parents: Mapping[str, str] | None = None) -> list[float]:
    return [float(score) for score in scores(part, limits(count_prices(part), parents or {}))]


def test_scores_follow_the_worked_example() -> None:
    found = scored(table([39, 89, 95, 99, 100, 101, 105, 110]))
    assert found[0] == pytest.approx(-12.62, abs=0.02)
    assert found[7] == pytest.approx(1.352, abs=0.005)


def test_a_thin_category_is_scored_against_the_whole_frame() -> None:
    prices = [50.0 + n % 7 for n in range(THIN)]
    few = scored(table([*prices, *[900.0] * 3], ["toys"] * THIN + ["lamps"] * 3))
    assert min(few[-3:]) > THRESHOLD
    many = scored(table([*prices, *(900.0 + n % 7 for n in range(THIN))], ["toys"] * THIN + ["lamps"] * THIN))
    assert max(map(abs, many)) < THRESHOLD


def test_a_large_category_is_scored_against_itself() -> None:
    found = scored(table([*map(float, range(100, 140)), 10.0, 11.0], ["big"] * 40 + ["thin"] * 2))
    assert abs(found[0]) < THRESHOLD < abs(found[-1])


def test_where_all_prices_are_alike_another_one_is_infinitely_far() -> None:
    alike = scored(table([9.0] * THIN))
    assert alike == [0.0] * THIN
    # The spread of a part in which all are alike, asked about other prices.
    part = table([9.0] * THIN)
    other = table([9.0, 12.0, 5.0, None])
    found = scores(other, limits(count_prices(part), {})).tolist()
    assert found[:3] == [0.0, np.inf, -np.inf]
    assert np.isnan(found[3])


def test_the_mean_deviation_stands_in_where_most_prices_are_alike() -> None:
    stray = scored(table([5.0] * 39 + [500.0]))
    assert stray[:39] == [0.0] * 39
    # Of 40 prices one is away: the mean is a fortieth of its way.
    assert stray[-1] == pytest.approx(40 / 1.2533)


def test_a_thin_category_is_scored_with_the_nearest_one_above_that_is_not() -> None:
    dolls, blocks = [50.0 + n % 7 for n in range(THIN - 5)], [52.0 + n % 5 for n in range(5)]
    part = table(
        [*dolls, *blocks, *(900.0 + n % 7 for n in range(3 * THIN)), 900.0],
        ["dolls"] * (THIN - 5) + ["blocks"] * 5 + ["lamps"] * (3 * THIN) + ["blocks"],
    )
    tree = {"dolls": "toys", "blocks": "toys", "toys": "all", "lamps": "all"}
    assert abs(scored(part)[-1]) < THRESHOLD  # lamps are most of the frame
    with_parents = scored(part, tree)
    assert with_parents[-1] > THRESHOLD
    assert max(map(abs, with_parents[:-1])) < THRESHOLD


def test_a_known_pack_is_compared_by_its_unit_price_and_with_its_like_alone() -> None:
    # 10 for 100 g in all sizes of pack; one asks as much for a tenth. Per offer it would not be seen.
    packs = ["100g", "1kg", "500 g", "250克×4"] * (THIN // 2)
    grams = {"100g": 10.0, "1kg": 100.0, "500 g": 50.0, "250克×4": 100.0}
    prices = [grams[pack] * (1 + 0.01 * (n % 5)) for n, pack in enumerate(packs)]
    # What is given by the piece, or not at all, is a price of another kind.
    others = [("3片", 3000.0)] * 5 + [("", 2.0)] * 5
    part = table([*prices, 10.0, *(price for _, price in others)], packs=[*packs, "10g", *(pack for pack, _ in others)])
    assert np.flatnonzero(np.abs(scored(part)) > THRESHOLD).tolist() == [len(packs)]


def test_a_tree_that_loops_is_refused_with_its_names() -> None:
    assert lineage("dolls", {"dolls": "toys", "toys": "all"}) == ("dolls", "toys", "all")
    with pytest.raises(LoopingCategories, match=r"^a → b → c → a$"):
        lineage("x", {"x": "a", "a": "b", "b": "c", "c": "a"})
    with pytest.raises(LoopingCategories, match=r"^toys → toys$"):
        limits(count_prices(table([10.0])), {"toys": "toys"})
    with pytest.raises(LoopingCategories):
        limits(count_prices(table([10.0])), {"unused": "other", "other": "unused"})


PRICES = st.lists(st.tuples(st.integers(1, 10**7) | st.none(), st.sampled_from(["a", "b"])), min_size=1, max_size=80)


@given(PRICES, st.integers(0, 80))
def test_any_split_gives_the_scores_of_the_whole(rows: list[tuple[int | None, str]], cut: int) -> None:
    prices, categories = zip(*rows, strict=True)
    whole = listings(price=prices, category=categories)
    parts = [whole.slice(0, cut), whole.slice(cut)]
    counts = sum((count_prices(part) for part in parts), PriceCounts())
    np.testing.assert_array_equal(
        np.concatenate([scores(part, limits(counts, {"b": "a"})) for part in parts]), scored(whole, {"b": "a"})
    )


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=60))
def test_the_spread_is_that_of_the_whole_numbers_themselves(prices: list[int]) -> None:
    bins = np.rint(np.log(np.array(prices) / 10_000) * 10_000)
    away = np.abs(bins - np.median(bins))
    (found,) = limits(count_prices(listings(price=prices)), {}).spreads.values()
    assert found.middle == np.median(bins)
    assert found.unit == (np.median(away) / load().outlier.scale or load().outlier.mean_scale * away.mean())


def test_no_prices_have_no_scores() -> None:
    assert scored(table([])) == []
    assert np.isnan(scored(table([None]))).tolist() == [True]
