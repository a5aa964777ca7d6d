"""The frame: nothing is dropped without a word, and the same rows give the same bytes."""

import math
from decimal import Decimal

import pandas as pd
import pytest

from sampling import frame
from sampling.frame import Mapped, read_table
from sampling.risk import PRICE_INVALID, scores, stratify

PLAIN = Mapped(
    columns={"item_id": "id", "title": "title", "price": "price", "category": "category", "sales": "sales"},
    constants={"platform": "mart", "currency": "CNY"},
)


def table(*rows: dict[str, str]) -> pd.DataFrame:
    default = {"id": "1", "title": "t", "price": "10", "category": "toys", "sales": ""}
    return pd.DataFrame([{**default, **row} for row in rows])


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("price", "", "price_missing"),
        ("price", "面议", "price_unreadable"),
        ("price", "¥1,299起", "price_unreadable"),
        ("price", "-5", "price_unreadable"),
        ("price", "1e12", "price_unreadable"),
        ("price", "NaN", "price_unreadable"),
        ("price", "0.00", "price_zero"),
        ("category", "", "category_missing"),
        ("sales", "many", "number_unreadable"),
    ],
)
def test_a_bad_field_is_reported_and_the_listing_is_kept(column: str, text: str, reason: str) -> None:
    gathered = read_table(table({"id": "7"}, {"id": "8", column: text}), PLAIN)
    assert gathered.findings.to_dict("records") == [{"row": 3, "column": column, "reason": reason, "found": text}]
    assert list(gathered.listings["listing_id"]) == ["mart:7", "mart:8"]


@pytest.mark.parametrize("text", ["", "a\tb", "a\u200bb", "\n"])
def test_a_row_without_a_usable_id_is_refused(text: str) -> None:
    gathered = read_table(table({"id": "7"}, {"id": text}), PLAIN)
    refused = [(3, "id", "id_unusable")]
    found = gathered.findings[["row", "column", "reason"]].itertuples(index=False)
    assert [tuple(item) for item in found] == refused
    assert list(gathered.listings["listing_id"]) == ["mart:7"]


def test_two_unicode_forms_of_one_id_are_one_listing() -> None:
    gathered = read_table(table({"id": "caf\u00e9", "price": "9"}, {"id": "cafe\u0301", "price": "8"}), PLAIN)
    assert list(gathered.listings["price"]) == [Decimal("8")]
    assert list(gathered.findings["reason"]) == ["duplicate"]


def test_a_missing_column_is_one_finding_and_no_listing() -> None:
    gathered = read_table(pd.DataFrame({"id": ["1"]}), PLAIN)
    assert sorted(gathered.findings["column"]) == ["category", "price", "sales", "title"]
    assert gathered.listings.empty


def test_category_words_become_codes_and_an_unknown_word_is_not_guessed() -> None:
    mapped = Mapped(PLAIN.columns, PLAIN.constants, {"玩具": "toys"})
    gathered = read_table(table({"id": "1", "category": "玩具"}, {"id": "2", "category": "玩 具"}), mapped)
    assert list(gathered.listings["category"]) == ["toys", "unknown"]
    assert list(gathered.findings["reason"]) == ["category_unknown"]


def test_sources_are_joined_to_one_row_a_listing() -> None:
    one, two = read_table(table({"id": "1", "price": "9"}), PLAIN), read_table(table({"id": "1", "price": "5"}), PLAIN)
    assert list(frame.join([one, two])["price"]) == [Decimal("5")]
    assert frame.join([]).empty


def test_scores_follow_the_worked_example() -> None:
    prices = pd.Series([39, 89, 95, 99, 100, 101, 105, 110])
    found = scores(prices, pd.Series(["c"] * 8))
    assert found[0] == pytest.approx(-12.62, abs=0.02)
    assert found[7] == pytest.approx(1.352, abs=0.005)


def test_equal_prices_are_no_anomaly_and_a_stray_one_is() -> None:
    same = scores(pd.Series([5.0] * 8), pd.Series(["c"] * 8))
    assert list(same) == [0.0] * 8
    # Most prices equal: the median deviation is nought, so the mean deviation stands in.
    stray = scores(pd.Series([5.0] * 39 + [500.0]), pd.Series(["c"] * 40))
    assert stray.iloc[-1] > 3.5
    assert math.isclose(stray.iloc[0], 0.0)


def test_a_large_category_is_scored_against_itself_and_a_thin_one_against_all() -> None:
    prices = pd.Series([float(price) for price in range(100, 140)] + [10.0, 11.0])
    found = scores(prices, pd.Series(["big"] * 40 + ["thin"] * 2))
    assert abs(found.iloc[0]) < 3.5
    assert abs(found.iloc[-1]) > 3.5


def test_strata_keep_listings_without_a_price_apart_and_every_size_is_positive_and_bounded() -> None:
    rows = [{"id": str(number), "price": str(number + 50)} for number in range(40)]
    rows += [{"id": "low", "price": "0.01", "sales": "900000"}, {"id": "none", "price": ""}]
    found = stratify(read_table(table(*rows), PLAIN).listings).set_index("listing_id")
    assert found.loc["mart:none", "stratum"] == f"mart/toys/{PRICE_INVALID}"
    assert bool(found.loc["mart:low", "anomaly"])
    assert found["size"].min() > 0
    own = found[found["stratum"] == "mart/toys"]["size"]
    assert own.max() / own.min() <= 20
    assert own.max() == own.loc["mart:low"]


def test_an_empty_frame_is_a_frame() -> None:
    empty = stratify(frame.join([]))
    assert empty.empty
    assert frame.digest(empty) == frame.digest(empty)


def test_the_hash_of_a_frame_does_not_depend_on_its_order() -> None:
    rows = [{"id": str(number), "price": str(number + 50)} for number in range(5)]
    whole = stratify(read_table(table(*rows), PLAIN).listings)
    assert frame.digest(whole) == frame.digest(whole.iloc[::-1])
    assert frame.digest(whole) != frame.digest(whole.iloc[1:])
