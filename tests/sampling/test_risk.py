"""Risk: prices out of line get a larger chance, a listing without one a stratum of its own, nobody is left out."""

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sampling.columns import FRAME, GATHERED, MARKS
from sampling.errors import ImpossiblePlan, LoopingCategories
from sampling.outlier import PriceCounts, count_prices, limits
from sampling.plan import is_targeted
from sampling.risk import (
    PRICE_INVALID,
    bound,
    check_picks,
    explain,
    least_sizes,
    mark,
    merge_least,
    picked,
    rates,
    sizes,
    stratify,
)
from sampling.unique import unique
from sampling.weights import load
from tests.sampling.listings import crawled, hashes, listings

THIN, MOST_RATIO = load().outlier.thin, load().size.most_ratio
YUAN = 10_000


def priced(*prices: int | None, **more: Any) -> pa.Table:
    return listings(
        price=[price and price * YUAN for price in prices],
        **{name: [value] * len(prices) for name, value in more.items()},
    )


def test_a_price_far_from_its_category_is_an_anomaly() -> None:
    frame = stratify(priced(*(50 + n % 7 for n in range(THIN)), 5, None))
    assert frame["anomaly"].to_pylist() == [*[False] * THIN, True, False]
    size, stratum = frame["size"].to_pylist(), frame["stratum"].to_pylist()
    assert size[THIN] > size[0]
    assert (stratum[0], stratum[-1]) == ("x/toys", f"x/toys/{PRICE_INVALID}")


def test_a_frame_has_its_columns_and_keeps_the_others() -> None:
    given = listings([{"live": True}, {"live": False}])
    frame = stratify(given)
    assert frame.schema == pa.schema({**GATHERED, "live": MARKS["live"], **FRAME})
    assert frame.select(given.column_names).equals(given)


def test_an_empty_frame_stays_one() -> None:
    frame = stratify(listings())
    assert frame.schema == pa.schema({**GATHERED, **FRAME})
    assert len(frame) == 0


def test_sales_and_points_enlarge_a_chance_but_never_beyond_the_ratio() -> None:
    found = sizes(np.array([0, 0, 1], np.int32), np.array([0, 1_000_000, 0]))
    assert found[0] < found[1]
    assert found[0] < found[2]
    frame = stratify(listings(sales=[0, 0, 0, 10**12], live=[False, False, False, True], complaints=[0, 0, 0, 10**6]))
    assert max(frame["size"].to_pylist()) <= MOST_RATIO * min(frame["size"].to_pylist())
    lone = frame.set_column(frame.column_names.index("size"), "size", pa.array([1, 2, 30, 10**6]))
    assert bound(lone, least_sizes(lone))["size"].to_pylist() == [1, 2, MOST_RATIO, MOST_RATIO]


def test_the_least_chance_is_above_nought() -> None:
    assert sizes(np.array([10_000], np.int32), np.array([0])).tolist() == [1]
    assert rates(np.array([0, 40])).tolist() == pytest.approx([0.0391657, 0.5])


# The points of the risk file: so many for a mark, so many for one up to a bound, or growing with the logarithm.
@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("live", True, "live+10"),
        ("live", False, ""),
        ("live", None, ""),
        ("influencer", True, "influencer+10"),
        ("shortvideo", True, "shortvideo+5"),
        ("anomaly", True, "anomaly+15"),
        ("fails_24m", 0, ""),
        ("fails_24m", -1, ""),
        ("fails_24m", None, ""),
        ("fails_24m", 2, "fails_24m+16"),
        ("fails_24m", 3, "fails_24m+20"),
        ("complaints", 0, ""),
        ("complaints", 1, "complaints+2"),  # 3 ln 2 = 2.08
        ("complaints", 19, "complaints+9"),
        ("complaints", 124, "complaints+14"),  # 3 ln 125 = 14.48
        ("complaints", 125, "complaints+15"),  # 3 ln 126 = 14.51
        ("complaints", 10**6, "complaints+15"),
        ("colour", 1, ""),
    ],
)
def test_points_say_where_they_come_from(column: str, value: Any, expected: str) -> None:
    type_ = {**MARKS, **FRAME}.get(column)
    assert explain(pa.table({column: pa.array([value], type_)})) == [expected]


def test_points_add_up_and_enlarge_the_size() -> None:
    given = listings(price=[YUAN] * 3, live=[True, False, False], complaints=[7, 7, 0], fails_24m=[1, 0, 0])
    found = stratify(given)
    assert found["points"].to_pylist() == [10 + 6 + 8, 6, 0]
    assert explain(found) == ["live+10 fails_24m+8 complaints+6", "complaints+6", ""]
    # x = 1000 √(p (1 − p)), p = 1/(1 + e^(3.2 − 0.08 points))
    assert found["size"].to_pylist() == [413, 241, 194]


def test_the_tree_of_categories_reaches_the_scores() -> None:
    tree = {"dolls": "toys", "blocks": "toys"}
    part = listings(
        price=[YUAN * (50 + n % 7) for n in range(THIN)] + [YUAN * 900] + [YUAN * (900 + n % 7) for n in range(99)],
        category=["dolls"] * THIN + ["blocks"] + ["lamps"] * 99,
    )
    assert not stratify(part)["anomaly"][THIN].as_py()
    assert stratify(part, parents=tree)["anomaly"][THIN].as_py()
    with pytest.raises(LoopingCategories, match=r"^toys → toys$"):
        stratify(part, parents={"toys": "toys"})


def test_two_ways_to_one_name_are_one_stratum() -> None:
    frame = stratify(listings(platform=["a", "a/b"], category=["b/c", "c"], price=[YUAN, YUAN], sales=[0, 10**9]))
    assert frame["stratum"].to_pylist() == ["a/b/c", "a/b/c"]
    assert least_sizes(frame) == {"a/b/c": 194}


def test_picked_listings_have_a_stratum_of_their_label_for_ever() -> None:
    given = priced(10, None, 12)
    found = stratify(given, picks={"x:0001": "tip-off", "x:0002": "repeat"})
    assert found["stratum"].to_pylist() == ["x/toys", "targeted/tip-off", "targeted/repeat"]
    assert [is_targeted(name) for name in found["stratum"].to_pylist()] == [False, True, True]
    assert picked(found) == {"x:0001", "x:0002"}
    with pytest.raises(ImpossiblePlan, match="lacks the picked listings x:8, x:9"):
        stratify(given, picks={"x:9": "tip-off", "x:0001": "tip-off", "x:8": "repeat"})


@pytest.mark.parametrize("many", [1, 3, 37])
def test_any_split_gives_the_frame_of_the_whole(many: int) -> None:
    whole = unique(crawled(20_000), hash_of=hashes).listings
    tree = {f"cat{at}": "some" for at in range(15)}
    some = [whole["listing_id"][at].as_py() for at in (5, 10_000)]
    picks = {some[0]: "tip-off", some[1]: "repeat"}
    expected = stratify(whole, parents=tree, picks=picks)

    cuts = np.linspace(0, len(whole), many + 1).astype(int)
    parts = [whole.slice(start, end - start) for start, end in pairwise(cuts)]
    found = limits(sum(map(count_prices, parts), PriceCounts()), tree)
    marked = [mark(part, found, picks) for part in parts]
    check_picks(picks, set[str]().union(*map(picked, marked)))
    least = merge_least(map(least_sizes, marked))
    joined = pa.concat_tables([bound(part, least) for part in marked]).unify_dictionaries()
    assert joined.to_pylist() == expected.to_pylist()
