"""Cells: typed or as text they say the same, and what they do not say plainly is not made up."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.cell import flags_in, is_readable, suspicious, texts_in, times_in, whole, wholes_in, words_in

TEXT, WORDS = pa.string(), pa.dictionary(pa.int32(), pa.string())

# a cell and its text
AS_TEXT: list[tuple[Any, pa.DataType, str]] = [
    ("a ", TEXT, "a "),
    (None, TEXT, ""),
    ("a", WORDS, "a"),
    (None, WORDS, ""),
    (7, pa.int16(), "7"),
    (600_000_000_037.0, pa.float64(), "600000000037"),
    (1e12, pa.float64(), "1000000000000"),
    (1.5, pa.float64(), "1.5"),
    (None, pa.float64(), ""),
    (float("nan"), pa.float64(), ""),
    (39.9, pa.float32(), "39.9"),
    (np.float16(1.5), pa.float16(), "1.5"),
    (Decimal("1.50"), pa.decimal128(5, 2), "1.50"),
    (True, pa.bool_(), "true"),
    (None, pa.null(), ""),
]

# a cell and its word
AS_WORD: list[tuple[Any, pa.DataType, str]] = [
    (" a ", TEXT, "a"),
    ("\u3000甲\u3000", TEXT, "甲"),
    ("e\u0301", TEXT, "\u00e9"),
    ("a\tb\u0085c", TEXT, "a b c"),
    ("👩\u200d👩", TEXT, "👩\u200d👩"),  # a joiner in a name is part of it
    (None, TEXT, ""),
    ("  ", WORDS, ""),
    (None, WORDS, ""),
    (7, pa.int32(), "7"),
    (7.0, pa.float64(), "7"),
    (None, pa.null(), ""),
]

# a cell and the number, None where it is none
AS_WHOLE: list[tuple[Any, pa.DataType, int | None]] = [
    ("12", TEXT, 12), (" 12 ", TEXT, 12), ("", TEXT, 0), (None, TEXT, 0), ("0", TEXT, 0),
    ("999", TEXT, 999), ("1000", TEXT, None), ("-1", TEXT, None), ("1.0", TEXT, None), ("many", TEXT, None),
    ("1" * 13, TEXT, None), ("１", TEXT, None), ("12", WORDS, 12), (Decimal("3"), pa.decimal128(5, 0), 3),
    (12, pa.int32(), 12), (-1, pa.int32(), None), (1000, pa.int64(), None), (2**64 - 1, pa.uint64(), None),
    (None, pa.int32(), 0), (12.0, pa.float64(), 12), (1.5, pa.float64(), None), (float("nan"), pa.float64(), 0),
    (float("inf"), pa.float64(), None), (None, pa.float32(), 0), (True, pa.bool_(), 1), (None, pa.bool_(), 0),
    (date(2026, 1, 1), pa.date32(), None),
]  # fmt: skip

# a cell and whether it says yes, None where it says neither
AS_FLAG: list[tuple[Any, pa.DataType, bool | None]] = [
    ("yes", TEXT, True), ("TRUE", TEXT, True), ("是", TEXT, True), ("1", TEXT, True), ("no", TEXT, False),
    ("否", TEXT, False), ("", TEXT, False), (None, TEXT, False), ("perhaps", TEXT, None), ("2", TEXT, None),
    (True, pa.bool_(), True), (False, pa.bool_(), False), (None, pa.bool_(), False), (1, pa.int8(), True),
    (2, pa.int8(), None), (0.0, pa.float64(), False), (0.5, pa.float64(), None),
]  # fmt: skip

NOON = datetime(2026, 1, 1, 12, 0, 0, 250_000)
SECONDS = 1_767_268_800
EAST = timezone(timedelta(hours=8))

# a cell and the seconds since 1970, None where it is no time
AS_TIME: list[tuple[Any, pa.DataType, int | None]] = [
    ("1767268800", TEXT, SECONDS), ("2026-01-01T12:00:00Z", TEXT, SECONDS), ("2026-01-01 12:00:00", TEXT, SECONDS),
    ("2026-01-01T20:00:00.9+08:00", TEXT, SECONDS), ("2026-01-01", TEXT, SECONDS - 43_200),
    ("1-1-2026", TEXT, None),
    ("", TEXT, 0), (None, TEXT, 0), ("1767268800000", TEXT, None), ("yesterday", TEXT, None), ("12", TEXT, None),
    ("1969-01-01", TEXT, None), ("9999-12-31T23:59:59-12:00", TEXT, None), ("99999999999999999999", TEXT, None),
    (SECONDS, pa.int64(), SECONDS), (SECONDS * 1000, pa.int64(), None), (-1, pa.int32(), None), (None, pa.int64(), 0),
    (SECONDS + 0.25, pa.float64(), SECONDS), (float("nan"), pa.float64(), 0), (float("inf"), pa.float64(), None),
    (NOON, pa.timestamp("ms"), SECONDS), (NOON.replace(tzinfo=UTC), pa.timestamp("ns", "UTC"), SECONDS),
    (NOON.replace(hour=20, tzinfo=EAST), pa.timestamp("us", "+08:00"), SECONDS), (None, pa.timestamp("s"), 0),
    (date(2026, 1, 1), pa.date32(), SECONDS - 43_200), (datetime(1969, 1, 1), pa.timestamp("s"), None),
]  # fmt: skip


def one(value: Any, kind: pa.DataType) -> pa.Array:
    return pa.array([value], kind)


@pytest.mark.parametrize(("value", "kind", "expected"), AS_TEXT)
def test_a_cell_is_a_text(value: Any, kind: pa.DataType, expected: str) -> None:
    assert texts_in(one(value, kind)).to_pylist() == [expected]


@pytest.mark.parametrize(("value", "kind", "expected"), AS_WORD)
def test_a_cell_is_a_word(value: Any, kind: pa.DataType, expected: str) -> None:
    assert words_in(one(value, kind)).to_pylist() == [expected]


def test_words_that_become_the_same_are_one() -> None:
    found = words_in(pa.array(["a", " a", None, "b", "a\n", ""]))
    assert found.to_pylist() == ["a", "a", "", "b", "a", ""]
    assert sorted(found.dictionary.to_pylist()) == ["", "a", "b"]
    held = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["x", None]))
    assert words_in(held).to_pylist() == ["x", "", ""]


@pytest.mark.parametrize(("value", "kind", "expected"), AS_WHOLE)
def test_a_cell_is_a_whole_number_or_none(value: Any, kind: pa.DataType, expected: int | None) -> None:
    found, wrong = wholes_in(one(value, kind), 999)
    assert (found.dtype.name, list(found), list(wrong)) == ("int64", [expected or 0], [expected is None])


@pytest.mark.parametrize(("value", "kind", "expected"), AS_FLAG)
def test_a_cell_says_yes_or_no_or_neither(value: Any, kind: pa.DataType, expected: bool | None) -> None:
    found, wrong = flags_in(one(value, kind))
    assert (found.dtype.name, list(found), list(wrong)) == ("bool", [bool(expected)], [expected is None])


@pytest.mark.parametrize(("value", "kind", "expected"), AS_TIME)
def test_a_cell_is_a_time_or_none(value: Any, kind: pa.DataType, expected: int | None) -> None:
    found, wrong = times_in(one(value, kind))
    assert (found.dtype.name, list(found), list(wrong)) == ("int64", [expected or 0], [expected is None])


@pytest.mark.parametrize(
    ("kind", "readable"),
    [
        (TEXT, True), (pa.large_string(), True), (WORDS, True), (pa.decimal128(9, 2), True), (pa.null(), True),
        (pa.binary(), False), (pa.large_binary(), False), (pa.binary(4), False), (pa.binary_view(), False),
        (pa.list_(TEXT), False), (pa.struct([("a", TEXT)]), False), (pa.duration("s"), False),
        (pa.dictionary(pa.int32(), pa.binary()), False),
    ],
)  # fmt: skip
def test_a_column_of_something_else_than_values_is_not_readable(kind: pa.DataType, readable: bool) -> None:
    assert is_readable(kind) is readable


def test_a_column_in_pieces_is_one_array() -> None:
    pieces = pa.chunked_array([["a", "b"], ["c"]])
    assert whole(pieces).to_pylist() == ["a", "b", "c"]
    assert whole(pa.chunked_array([pa.array(["a"]).dictionary_encode(), pa.array(["b"]).dictionary_encode()])
                 ).to_pylist() == ["a", "b"]  # fmt: skip
    for kind in (TEXT, pa.int64(), WORDS):
        assert len(whole(pa.chunked_array([], kind))) == 0


@given(st.lists(st.text(st.sampled_from("a b\t\u00e9\u3000甲~ \x7f"), max_size=4), max_size=6), st.integers(0, 3))
def test_every_text_that_may_deceive_is_suspected_and_no_other(texts: list[str], skip: int) -> None:
    cells = pa.array(texts, pa.large_string()).slice(min(skip, len(texts)))
    plain = [bool(text.isascii() and text.isprintable() and text == text.strip()) for text in cells.to_pylist()]
    assert list(suspicious(cells)) == [not is_plain for is_plain in plain]
