"""The parts of a frame: nothing is dropped without a word, whether a source is typed or not."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from sampling.columns import GATHERED, MARKS
from sampling.errors import WrongMapping
from sampling.frame import Part, read_part, together, with_marks
from sampling.mapping import Mapped

PLAIN = Mapped(
    columns={"item_id": "id", "title": "title", "price": "price", "category": "category", "sales": "sales"},
    constants={"platform": "mart", "currency": "CNY"},
)
EXPORT = Mapped(
    columns={"listing_id": "listing_id", "platform": "platform", "seller": "merchant_id", "category": "category",
             "price": "price", "sales": "monthly_sales", "fails_24m": "past_fails", "complaints": "complaints",
             "crawled_at": "crawled_at"},
    constants={"currency": "CNY", "pack": "500g"},
    marks={"channel": {"shelf": (), "tv": ("live",), "star": ("live", "influencer")}},
)  # fmt: skip


def table(*rows: dict[str, str | None]) -> pa.Table:
    default = {"id": "1", "title": "t", "price": "10", "category": "toys", "sales": ""}
    return pa.Table.from_pylist([{**default, **row} for row in rows])


def found(part: Part) -> list[tuple[int, str, str, str]]:
    return [(row["row"], row["column"], row["reason"], row["found"]) for row in part.findings.to_pylist()]


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("price", "", "price_missing"),
        ("price", "面议", "price_on_request"),
        ("price", "¥1,299起", "price_from"),
        ("price", "39.9-59.9", "price_range"),
        ("price", "-5", "price_negative"),
        ("price", "1e12", "price_too_large"),
        ("price", "NaN", "price_unreadable"),
        ("price", "0.00", "price_zero"),
        ("category", "", "category_missing"),
        ("sales", "many", "number_unreadable"),
    ],
)
def test_a_bad_field_is_reported_and_the_listing_is_kept(column: str, text: str, reason: str) -> None:
    part = read_part(table({"id": "7"}, {"id": "8", column: text}), PLAIN)
    assert found(part) == [(3, column, reason, text)]
    assert part.listings.column("listing_id").to_pylist() == ["mart:7", "mart:8"]


@pytest.mark.parametrize("text", ["", "a\tb", "a\u200bb", "\n", None])
def test_a_row_without_a_usable_id_is_refused(text: str | None) -> None:
    part = read_part(table({"id": "7"}, {"id": text, "price": ""}, {"id": "9", "price": ""}), PLAIN, first=11)
    assert found(part) == [(12, "id", "id_unusable", text or ""), (13, "price", "price_missing", "")]
    assert part.listings.select(["listing_id", "row"]).to_pylist() == [
        {"listing_id": "mart:7", "row": 11}, {"listing_id": "mart:9", "row": 13},
    ]  # fmt: skip


def test_two_unicode_forms_of_one_id_are_one_listing() -> None:
    part = read_part(table({"id": "caf\u00e9"}, {"id": "cafe\u0301"}), PLAIN)
    assert part.listings.column("listing_id").to_pylist() == ["mart:caf\u00e9"] * 2


def test_a_column_that_is_missing_doubled_or_no_column_is_one_finding_and_no_listing() -> None:
    part = read_part(pa.table({"id": ["1"]}), PLAIN)
    assert found(part) == [(1, name, "column_missing", "") for name in ("category", "price", "sales")]
    assert part.listings.schema == pa.schema(GATHERED)
    assert len(part.listings) == 0
    doubled = pa.table([["1"], ["2"]], names=["id", "id"])
    assert found(read_part(doubled, Mapped({"listing_id": "id"}))) == [(1, "id", "column_unreadable", "string, string")]
    nested = pa.table({"id": [["1"]]})
    assert found(read_part(nested, Mapped({"listing_id": "id"}))) == [
        (1, "id", "column_unreadable", "list<item: string>")
    ]


def test_category_words_become_codes_and_an_unknown_word_is_not_guessed() -> None:
    mapped = Mapped(PLAIN.columns, PLAIN.constants, {"玩具": "toys", "玩偶": "toys"})
    rows = [{"id": str(n), "category": word} for n, word in enumerate(["玩具", "玩 具", " 玩偶 ", None])]
    part = read_part(table(*rows), mapped)
    assert part.listings.column("category").to_pylist() == ["toys", "unknown", "toys", "unknown"]
    assert [row[:3] for row in found(part)] == [
        (3, "category", "category_unknown"),
        (5, "category", "category_missing"),
    ]


AT = datetime(2026, 1, 1, tzinfo=UTC)
TYPED = {
    "listing_id": pa.array(["x:1", "x:2", "y:3", "x:4"]),
    "platform": pa.array(["x", "x", "y", "y"]).dictionary_encode(),
    "merchant_id": pa.array([7, 8, None, 9], pa.int32()),
    "category": pa.array(["toys", "lamps", None, "toys"]),
    "price": pa.array([9.9, None, 1 / 3, 1.0]),
    "monthly_sales": pa.array([5, None, 2**39, 1], pa.int64()),
    "channel": pa.array(["shelf", "star", "radio", "tv"]),
    "past_fails": pa.array([1, -1, 2**31, 0], pa.int64()),
    "complaints": pa.array([0, 3, 4, 5], pa.int16()),
    "crawled_at": pa.array([AT, None, AT, AT], pa.timestamp("us", "UTC")),
}
AS_TEXT: dict[str, list[Any]] = {
    **{name: [None if cell is None else str(cell) for cell in column.to_pylist()] for name, column in TYPED.items()},
    "crawled_at": [AT.isoformat(), None, "1767225600", None],
}


@pytest.mark.parametrize("given", [pa.table(TYPED), pa.table(AS_TEXT)], ids=["typed", "texts"])
def test_a_typed_source_is_read_like_one_of_texts(given: pa.Table) -> None:
    part = read_part(given, EXPORT, source=3)
    kinds = {**GATHERED, **MARKS}
    assert part.listings.schema == pa.schema([(name, kinds[name]) for name in kinds if name != "shortvideo"])
    first, second, third = part.listings.to_pylist()
    assert first == {
        "listing_id": "x:1", "platform": "x", "category": "toys", "seller": "7", "currency": "CNY", "pack": "500g",
        "price": 99_000, "sales": 5, "crawled_at": 1_767_225_600, "source": 3, "row": 2,
        "live": False, "influencer": False, "fails_24m": 1, "complaints": 0,
    }  # fmt: skip
    assert (second["price"], second["sales"], second["live"], second["influencer"]) == (None, 0, True, True)
    assert (second["crawled_at"], second["fails_24m"]) == (0, 0)
    assert (third["seller"], third["sales"], third["live"]) == ("", 2**39, False)
    assert [row[:3] for row in found(part)] == [
        (3, "price", "price_missing"), (3, "past_fails", "number_unreadable"), (4, "price", "price_unreadable"),
        (4, "category", "category_missing"), (4, "past_fails", "number_unreadable"), (4, "channel", "mark_unknown"),
        (5, "listing_id", "id_unusable"),
    ]  # fmt: skip


def test_flags_and_words_mark_a_listing_together() -> None:
    mapped = Mapped(
        {"listing_id": "id", "live": "live", "crawled_at": "at"}, marks={"way": {"tv": ("live",), "shelf": ()}}
    )
    given = pa.table(
        {"id": ["x:1", "x:2", "x:3"], "live": ["no", "yes", "so"], "way": ["tv", "shelf", ""], "at": ["x", "", ""]}
    )
    part = read_part(given, mapped)
    assert part.listings.column("live").to_pylist() == [True, True, False]
    assert [row[:3] for row in found(part) if row[1] != "price" and row[1] != "category"] == [
        (2, "at", "time_unreadable"), (4, "live", "number_unreadable"),
    ]  # fmt: skip
    assert {reason for _, column, reason, _ in found(part) if column == "price"} == {"price_missing"}


def test_a_mapping_without_an_id_is_refused() -> None:
    for columns in ({"item_id": "id"}, {"platform": "id"}):
        with pytest.raises(WrongMapping):
            read_part(pa.table({"id": ["1"]}), Mapped(columns))


def test_parts_are_put_together_and_a_mark_that_one_lacks_is_nothing() -> None:
    marked = Mapped({"listing_id": "id", "live": "live", "category": "kind", "price": "price"})
    bare = Mapped({"listing_id": "id", "category": "kind", "price": "price"})
    one = read_part(pa.table({"id": ["x:1"], "live": ["yes"], "kind": ["toys"], "price": ["1"]}), marked)
    two = read_part(pa.table({"id": ["y:1"], "kind": ["lamps"], "price": [""]}), bare, source=1)
    both = together([one, two])
    assert both.listings.select(["listing_id", "category", "source", "live"]).to_pylist() == [
        {"listing_id": "x:1", "category": "toys", "source": 0, "live": True},
        {"listing_id": "y:1", "category": "lamps", "source": 1, "live": False},
    ]  # fmt: skip
    assert found(both) == [(2, "price", "price_missing", "")]
    assert together([]).listings.schema == pa.schema(GATHERED)
    assert len(together([]).findings) == 0
    assert with_marks(one.listings, ["complaints"]).column_names[-2:] == ["live", "complaints"]


def test_an_empty_source_is_a_part() -> None:
    part = read_part(table({})[:0], PLAIN)
    assert (len(part.listings), len(part.findings)) == (0, 0)
    assert part.listings.schema == pa.schema(GATHERED)


def test_wide_decimals_are_prices_too() -> None:
    given = table({}).set_column(2, "price", pa.array([Decimal("9.900000")], pa.decimal128(18, 6)))
    assert read_part(given, PLAIN).listings.column("price").to_pylist() == [99_000]
