"""Risk: prices out of line get a larger chance, a listing without one a stratum of its own, nobody is left out."""

import numpy as np
import pandas as pd

from sampling.frame import join
from sampling.risk import PRICE_INVALID, scores, sizes, stratify
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
