"""Listings and the files they come from: one id a listing, and no column read by guess."""

from decimal import Decimal

import pyarrow as pa
import pytest

from sampling.frame import read_part
from sampling.listing import Listing, canonical_id, gtin_is_valid
from sampling.money import Money
from sampling.offer import texts_of
from sampling.source import fitting, known, listing_table

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
    assert fitting(OURS) == known()["frame"].settled(OURS)
    assert fitting(THEIRS) == known()["listings-cn"]
    assert fitting([*OURS, "store", "complaints"]) == known()["frame"].settled(["complaints"])
    assert fitting(["platform", "item_id", "complaints"]) == known()["marks-items"].settled(["complaints"])
    assert fitting(["a", "b"]) is None


def test_a_foreign_file_is_read_under_our_names() -> None:
    row = ["7", "shop", "Lamp", "灯", "9.90", "202106", "12", "118.8", ""]
    mapping = fitting(THEIRS)
    assert mapping is not None
    [listing] = read_part(pa.table([[cell] for cell in row], THEIRS), mapping).listings.to_pylist()
    assert (listing["listing_id"], listing["seller"], listing["sales"]) == ("cn-market:7", "shop", 12)
    assert (listing["price"], listing["currency"]) == (99_000, "CNY")


def test_a_crawl_is_a_table_that_is_read_like_a_file() -> None:
    whole = Listing("x", "1", "u", "t", category="toys", price=Money(Decimal("9.90"), "CNY"), seller="s", brand="b")
    table = listing_table([whole, Listing("x", "2", "u", "t")], at=1_767_225_600)
    mapping = fitting(table.column_names)
    assert mapping is not None
    part = read_part(table, mapping)
    assert part.listings.select(["listing_id", "price", "crawled_at", "row"]).to_pylist() == [
        {"listing_id": "x:1", "price": 99_000, "crawled_at": 1_767_225_600, "row": 2},
        {"listing_id": "x:2", "price": None, "crawled_at": 1_767_225_600, "row": 3},
    ]
    assert sorted(part.findings.column("reason").to_pylist()) == ["category_missing", "price_missing"]
    assert texts_of(table, mapping).to_pylist()[0]["price"] == "9.90"
    assert listing_table([whole]).column("crawled_at").to_pylist() == [""]
    assert len(read_part(listing_table([]), mapping).listings) == 0
