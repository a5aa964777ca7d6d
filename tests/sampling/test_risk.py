"""Risk: prices out of line get a larger chance, a listing without one a stratum of its own, nobody is left out."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sampling.errors import ImpossiblePlan, LoopingCategories
from sampling.frame import join
from sampling.plan import is_targeted
from sampling.risk import PRICE_INVALID, explain, lineage, parts, scores, sizes, stratify
from sampling.source import read_listings
from sampling.weights import load

THIN, THRESHOLD, MOST_RATIO = load().outlier.thin, load().outlier.threshold, load().size.most_ratio


def table(prices: list[float | None], category: str = "toys", sales: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {"platform": "x", "category": category, "price": pd.Series(prices, dtype=object), "sales": sales}
    )


def test_a_price_far_from_its_category_is_an_anomaly() -> None:
    spread = [50 + n % 7 for n in range(THIN)]
    frame = stratify(table([*spread, 5, None]))
    assert list(frame["anomaly"]) == [*[False] * THIN, True, False]
    size, stratum = list(frame["size"]), list(frame["stratum"])
    assert size[THIN] > size[0]
    assert (stratum[0], stratum[-1]) == ("x/toys", f"x/toys/{PRICE_INVALID}")


def test_a_thin_category_is_scored_against_the_whole_frame() -> None:
    prices = pd.Series([50.0 + n % 7 for n in range(THIN)] + [900.0] * 3)
    categories = pd.Series(["toys"] * THIN + ["lamps"] * 3)
    assert (scores(prices, categories)[-3:] > THRESHOLD).all()
    own = pd.Series(["toys"] * THIN + ["lamps"] * THIN)
    both = pd.Series([50.0 + n % 7 for n in range(THIN)] + [900.0 + n % 7 for n in range(THIN)])
    assert (scores(both, own).abs() < THRESHOLD).all()


def test_where_all_prices_are_alike_another_one_is_infinitely_far() -> None:
    found = scores(pd.Series([9.0] * THIN), pd.Series(["toys"] * THIN))
    assert (found == 0).all()
    odd = scores(pd.Series([9.0] * THIN + [9.0, 12.0]), pd.Series(["toys"] * (THIN + 2)))
    assert odd.iloc[-1] > THRESHOLD


def test_a_score_of_all_alike_is_zero_or_infinite_for_another_category() -> None:
    prices = pd.Series([9.0] * THIN + [np.nan])
    found = scores(prices, pd.Series(["toys"] * (THIN + 1)))
    assert found.isna().tolist() == [False] * THIN + [True]


def test_sales_and_points_enlarge_a_chance_but_never_beyond_the_ratio() -> None:
    found = sizes(pd.Series([False, False, True]), pd.Series([0, 1_000_000, 0]))
    assert found[0] < found[1]
    assert found[0] < found[2]
    assert found.dtype == "int64"
    frame = stratify(pd.concat([table([10.0] * 3), table([10.0], sales=10**12)], ignore_index=True))
    assert frame["size"].max() <= MOST_RATIO * frame["size"].min()


def test_an_empty_frame_stays_one() -> None:
    frame = stratify(join([read_listings([])]))
    assert frame.empty
    assert {"anomaly", "stratum", "size"} <= set(frame.columns)


# The points of the risk file: so many for a mark, so many for one up to a bound, or growing with the logarithm.
@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("live", True, "live+10"),
        ("live", False, ""),
        ("influencer", True, "influencer+10"),
        ("shortvideo", True, "shortvideo+5"),
        ("anomaly", True, "anomaly+15"),
        ("fails_24m", 0, ""),
        ("fails_24m", 2, "fails_24m+16"),
        ("fails_24m", 3, "fails_24m+20"),
        ("complaints", 0, ""),
        ("complaints", 1, "complaints+2"),  # 3 ln 2 = 2.08
        ("complaints", 19, "complaints+9"),
        ("complaints", 10**6, "complaints+15"),
        ("colour", True, ""),
    ],
)
def test_points_say_where_they_come_from(column: str, value: Any, expected: str) -> None:
    assert list(explain(parts(pd.DataFrame({column: [value]})))) == [expected]


def test_points_add_up_and_enlarge_the_size() -> None:
    frame = table([10.0] * 3).assign(live=[True, False, False], complaints=[7, 7, 0], fails_24m=[1, 0, 0])
    found = stratify(frame)
    assert list(found["points"]) == [10 + 6 + 8, 6, 0]
    assert list(found["why"]) == ["live+10 fails_24m+8 complaints+6", "complaints+6", ""]
    # x = 1000 √(p (1 − p)), p = 1/(1 + e^(3.2 − 0.08 points))
    assert list(found["size"]) == [413, 241, 194]


def test_a_thin_category_is_scored_with_the_nearest_one_above_that_is_not() -> None:
    dolls, blocks = [50.0 + n % 7 for n in range(THIN - 5)], [52.0 + n % 5 for n in range(5)]
    prices = pd.Series([*dolls, *blocks, *(900.0 + n % 7 for n in range(3 * THIN)), 900.0])
    categories = pd.Series(["dolls"] * (THIN - 5) + ["blocks"] * 5 + ["lamps"] * (3 * THIN) + ["blocks"])
    tree = {"dolls": "toys", "blocks": "toys", "toys": "all", "lamps": "all"}
    assert scores(prices, categories).abs().iloc[-1] < THRESHOLD  # lamps are most of the frame
    with_parents = scores(prices, categories, parents=tree)
    assert with_parents.iloc[-1] > THRESHOLD
    assert (with_parents.iloc[:-1].abs() < THRESHOLD).all()
    assert list(with_parents.index) == list(prices.index)


def test_a_tree_that_loops_is_refused_with_its_names() -> None:
    assert lineage("dolls", {"dolls": "toys", "toys": "all"}) == ("dolls", "toys", "all")
    with pytest.raises(LoopingCategories, match=r"^a → b → c → a$"):
        lineage("x", {"x": "a", "a": "b", "b": "c", "c": "a"})
    with pytest.raises(LoopingCategories, match=r"^toys → toys$"):
        stratify(table([10.0]), parents={"toys": "toys"})
    with pytest.raises(LoopingCategories):
        stratify(table([10.0]), parents={"unused": "other", "other": "unused"})


def test_a_known_pack_is_compared_by_its_unit_price_and_with_its_like_alone() -> None:
    # 100 g for 10 in all sizes of pack; one asks as much for a tenth. Per offer it would not be seen.
    packs = ["100g", "1kg", "500 g", "250克×4"] * (THIN // 2)
    grams = {"100g": 10.0, "1kg": 100.0, "500 g": 50.0, "250克×4": 100.0}
    prices = [grams[pack] * (1 + 0.01 * (n % 5)) for n, pack in enumerate(packs)]
    # What is given by the piece, or not at all, is a price of another kind.
    others = [("3片", 3000.0)] * 5 + [("", 2.0)] * 5
    frame = table([*prices, 10.0, *(price for _, price in others)])
    frame["pack"] = [*packs, "10g", *(pack for pack, _ in others)]
    found = stratify(frame)
    assert list(found.index[found["anomaly"]]) == [len(packs)]


def test_picked_listings_have_a_stratum_of_their_label_for_ever() -> None:
    frame = table([10.0, None, 12.0]).assign(listing_id=["x:1", "x:2", "x:3"])
    found = stratify(frame, picks={"x:2": "tip-off", "x:3": "repeat"})
    assert list(found["stratum"]) == ["x/toys", "targeted/tip-off", "targeted/repeat"]
    assert [is_targeted(name) for name in found["stratum"]] == [False, True, True]
    with pytest.raises(ImpossiblePlan, match="lacks the picked listings x:8, x:9"):
        stratify(frame, picks={"x:9": "tip-off", "x:1": "tip-off", "x:8": "repeat"})
