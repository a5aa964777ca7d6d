"""Marks: counted once for each listing they are about, and none is lost without a word."""

from typing import Any

import pyarrow as pa
import pytest

from sampling.columns import GATHERED
from sampling.finding import counted
from sampling.frame import read_part
from sampling.marks import Marked, add_marks, read_marked
from sampling.source import fitting, known

LISTINGS = read_part(
    pa.table({
        "platform": ["x", "x", "y", "x"], "item_id": ["1", "2", "1", "3"], "url": "", "title": "",
        "category": ["toys"] * 4, "seller": ["s", "s", "s", "t"], "brand": "", "price": ["5"] * 4, "currency": "CNY",
        "complaints": ["1", "", "2", ""],
    } | {name: [""] * 4 for name in ("url", "title", "brand", "currency")}),
    known()["frame"].settled(["complaints"]),
).listings  # fmt: skip


def marked(**columns: list[Any]) -> Marked:
    table = pa.table(columns)
    mapping = fitting(table.column_names)
    assert mapping is not None
    assert mapping.kind == "marks"
    return read_marked(table, mapping)


def told(findings: pa.Table) -> list[tuple[int, str, str, str]]:
    return [tuple(row.values()) for row in findings.to_pylist()]


def test_counts_add_up_and_flags_stay_set() -> None:
    marks = marked(platform=["x", "x", "x", "y"], item_id=["1", "1", "2", "1"], complaints=[3, 4, None, 0],
                   live=["yes", "no", "no", ""])  # fmt: skip
    part = add_marks(LISTINGS, marks.marks)
    assert part.listings.column_names == [*GATHERED, "live", "complaints"]
    assert part.listings.column("complaints").to_pylist() == [8, 0, 2, 0]
    assert part.listings.column("live").to_pylist() == [True, False, False, False]
    again = add_marks(part.listings, marked(listing_id=["x:2", "x:1"], live=[1, 0], complaints=[2**31 - 1] * 2).marks)
    assert again.listings.column("live").to_pylist() == [True, True, False, False]
    assert again.listings.column("complaints").to_pylist() == [2**31 - 1, 2**31 - 1, 2, 0]
    assert len(part.findings) == len(again.findings) == 0


def test_a_mark_of_a_seller_is_one_of_all_that_it_sells_there() -> None:
    part = add_marks(LISTINGS, marked(platform=["x", "x", "z"], seller=["s", "t", "s"], fails_24m=[2, 1, 5]).marks)
    assert part.listings.column("fails_24m").to_pylist() == [2, 2, 0, 1]
    assert told(part.findings) == [(4, "seller", "mark_without_listing", "z/s")]


def test_a_mark_that_no_listing_takes_is_reported() -> None:
    part = add_marks(LISTINGS, marked(platform=["x", "x"], item_id=["9", "3"], complaints=["1", "1"]).marks)
    assert told(part.findings) == [(2, "listing_id", "mark_without_listing", "x:9")]
    assert part.listings.column("complaints").to_pylist() == [1, 0, 2, 1]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"platform": ["x", ""], "item_id": ["1", "2"], "complaints": ["1", "1"]}, (3, "item_id", "id_unusable", "2")),
        ({"listing_id": ["x:1", "x"], "complaints": ["1", "1"]}, (3, "listing_id", "id_unusable", "x")),
        ({"platform": ["x", "x"], "seller": ["s", " "], "complaints": ["1", "1"]}, (3, "seller", "id_unusable", " ")),
    ],
)
def test_a_mark_about_nothing_is_refused(columns: dict[str, list[str]], expected: tuple[int, str, str, str]) -> None:
    found = marked(**columns)
    assert told(found.findings) == [expected]
    assert found.marks.column("row").to_pylist() == [2]


def test_a_mark_that_cannot_be_read_counts_for_nothing() -> None:
    found = marked(listing_id=["x:1"], complaints=["lots"])
    assert told(found.findings) == [(2, "complaints", "number_unreadable", "lots")]
    assert found.marks.column("complaints").to_pylist() == [0]


def test_a_table_without_the_columns_gives_no_marks() -> None:
    mapping = known()["marks-items"].settled(["live"])
    found = read_marked(pa.table({"platform": ["x"]}), mapping)
    assert counted(found.findings) == [("item_id", "column_missing", 1), ("live", "column_missing", 1)]
    assert len(found.marks) == 0


def test_no_marks_and_no_listings_are_no_trouble() -> None:
    for columns in ({"listing_id": ["x:1"], "live": ["1"]}, {"platform": ["x"], "seller": ["s"], "live": ["1"]}):
        one = marked(**columns).marks
        assert add_marks(LISTINGS, one[:0]).listings.column("live").to_pylist() == [False] * 4
        lost = add_marks(LISTINGS[:0], one)
        assert (len(lost.listings), len(lost.findings)) == (0, 1)
