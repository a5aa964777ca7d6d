"""Listings and the files they come from: one id a listing, and no column read by guess."""

from decimal import Decimal

import pandas as pd
import pytest

from sampling.listing import Listing, canonical_id, gtin_is_valid
from sampling.money import Money
from sampling.source import fitting, known, read_file, read_listings

OURS = ["platform", "item_id", "url", "title", "category", "seller", "brand", "price", "currency"]
THEIRS = ["item_id", "store", "title", "category", "price", "month", "sales", "amount", "flag"]

# given: the canonical id
IDS = [(" x ", " 1 ", "x:1"), ("x", "e\u0301", "x:\u00e9"), ("x", "a b", "x:a b")]
UNUSABLE = [("", "1"), ("x", ""), (" ", " "), ("x", "a\nb"), ("x", "a\u200bb")]

# GS1 General Specifications 7.9: the check digit, and one wrong
GTINS = [
    ("6901234567892", True), ("6901234567893", False), ("96385074", True), ("036000291452", True),
    ("00012345600012", True), ("690123456789", False), ("69012345678x2", False), ("", False),
    ("９６３８５０７４", False),  # full-width digits are none
]  # fmt: skip


@pytest.mark.parametrize(("platform", "item", "id_"), IDS)
def test_an_id_is_trimmed_and_composed(platform: str, item: str, id_: str) -> None:
    assert canonical_id(platform, item) == id_
    assert Listing(platform, item, "u", "t").id == id_


@pytest.mark.parametrize(("platform", "item"), UNUSABLE)
def test_an_empty_or_hidden_id_is_refused(platform: str, item: str) -> None:
    with pytest.raises(ValueError, match="the id"):
        canonical_id(platform, item)


@pytest.mark.parametrize(("code", "valid"), GTINS)
def test_a_gtin_carries_its_check_digit(code: str, valid: bool) -> None:
    assert gtin_is_valid(code) is valid


def test_the_source_with_most_fitting_columns_is_taken() -> None:
    assert fitting(OURS) == known()["frame"]
    assert fitting(THEIRS) == known()["listings-cn"]
    assert fitting([*OURS, "store", "sales"]) == known()["frame"]
    assert fitting(["a", "b"]) is None


def test_a_file_that_fits_no_source_is_one_finding() -> None:
    gathered = read_file(pd.DataFrame([["1", "2"]], columns=["a", "b"]))
    assert len(gathered.listings) == 0
    [finding] = gathered.findings.to_dict("records")
    assert finding == {"row": 1, "column": "", "reason": "no_source_fits", "found": "a, b"}


def test_a_foreign_file_is_read_under_our_names() -> None:
    row = ["7", "shop", "Lamp", "灯", "9.90", "202106", "12", "118.8", ""]
    [listing] = read_file(pd.DataFrame([row], columns=THEIRS)).listings.to_dict("records")
    assert (listing["listing_id"], listing["seller"], listing["sales"]) == ("cn-market:7", "shop", 12)
    assert (listing["price"], listing["currency"]) == (Decimal("9.90"), "CNY")


def test_what_a_crawled_page_did_not_say_is_reported() -> None:
    whole = Listing("x", "1", "u", "t", category="toys", price=Money(Decimal("9.90"), "CNY"), seller="s", brand="b")
    gathered = read_listings([whole, Listing("x", "2", "u", "t")])
    assert list(gathered.listings["item_id"]) == ["1", "2"]
    assert sorted(gathered.findings["reason"]) == ["category_missing", "price_missing"]
    assert read_listings([]).listings.empty
