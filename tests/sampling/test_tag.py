"""The price tag: exact or not at all, and always with the reason."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.tag import MOST, REASONS, read_tags

# what a text says: the price in ten-thousandths, or why there is none
TEXTS: list[tuple[str | None, int | str]] = [
    ("39.9", 399_000),
    (" 39.90 ", 399_000),
    ("0.0001", 1),
    ("999999999.9999", 9_999_999_999_999),
    ("0000000.5", 5_000),
    (None, "price_missing"),
    ("", "price_missing"),
    ("  ", "price_missing"),
    ("0", "price_zero"),
    ("0.00", "price_zero"),
    ("-0", "price_zero"),
    ("0.00000", "price_zero"),
    ("-5", "price_negative"),
    ("−5", "price_negative"),
    ("¥-5", "price_negative"),
    ("-¥5.00", "price_negative"),
    ("1000000000", "price_too_large"),
    ("12345678901.50", "price_too_large"),
    ("1e12", "price_too_large"),
    ("1e9999", "price_too_large"),
    ("39.9-59.9", "price_range"),
    ("¥39.9 ~ ¥59.9", "price_range"),
    ("39至59元", "price_range"),
    ("1,299 – 1,499", "price_range"),
    ("¥1,299起", "price_from"),
    ("99元起", "price_from"),
    ("from 9.99", "price_from"),
    ("9.99+", "price_from"),
    ("起9.99", "price_unreadable"),
    ("面议", "price_on_request"),
    ("价格面议", "price_on_request"),
    ("Price on request", "price_on_request"),
    ("1e2", "price_unreadable"),
    ("0.00001", "price_unreadable"),
    ("¥39.90", "price_unreadable"),
    ("1,299", "price_unreadable"),
    ("NaN", "price_unreadable"),
    ("3９.9", "price_unreadable"),
    ("12.5\n13", "price_unreadable"),
    ("+5", "price_unreadable"),
]

FLOAT, WHOLE = pa.float64(), pa.int64()
# what a typed cell says
TYPED: list[tuple[pa.DataType, Any, int | str]] = [
    (FLOAT, 39.9, 399_000),
    (FLOAT, 2176.33, 21_763_300),
    (FLOAT, 999_999_999.99, 9_999_999_999_900),
    (FLOAT, None, "price_missing"),
    (FLOAT, float("nan"), "price_missing"),
    (FLOAT, 0.0, "price_zero"),
    (FLOAT, -0.0, "price_zero"),
    (FLOAT, -5.0, "price_negative"),
    (FLOAT, float("-inf"), "price_negative"),
    (FLOAT, float("inf"), "price_too_large"),
    (FLOAT, 1e12, "price_too_large"),
    (FLOAT, 1e300, "price_too_large"),
    (FLOAT, 1 / 3, "price_unreadable"),
    (FLOAT, 1e-9, "price_unreadable"),
    (pa.float32(), 39.9, 399_000),
    (pa.float32(), float("nan"), "price_missing"),
    (pa.float16(), 0.5, 5_000),
    (WHOLE, 12, 120_000),
    (WHOLE, 0, "price_zero"),
    (WHOLE, -1, "price_negative"),
    (WHOLE, None, "price_missing"),
    (WHOLE, MOST, "price_too_large"),
    (pa.uint64(), 2**64 - 1, "price_too_large"),
    (pa.int8(), 5, 50_000),
    (pa.decimal128(20, 6), Decimal("12.500000"), 125_000),
    (pa.decimal128(20, 6), Decimal("12.500001"), "price_unreadable"),
    (pa.decimal128(20, 6), None, "price_missing"),
    (pa.decimal128(20, 0), Decimal("1200"), 12_000_000),
    (pa.decimal256(40, 2), Decimal("-3.00"), "price_negative"),
    (pa.bool_(), True, "price_unreadable"),
    (pa.dictionary(pa.int32(), pa.string()), "39.9", 399_000),
    (pa.dictionary(pa.int32(), pa.string()), None, "price_missing"),
    (pa.null(), None, "price_missing"),
]


def answer(cells: pa.Array) -> list[int | str]:
    price, reason = read_tags(cells)
    assert (price[reason != 0] == 0).all()
    return [REASONS[why] if why else int(whole) for whole, why in zip(price, reason, strict=True)]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_a_text_is_an_exact_price_or_has_a_reason(text: str | None, expected: int | str) -> None:
    assert answer(pa.array([text], pa.string())) == [expected]


@pytest.mark.parametrize(("kind", "value", "expected"), TYPED)
def test_a_typed_cell_is_an_exact_price_or_has_a_reason(kind: pa.DataType, value: Any, expected: int | str) -> None:
    given_value = np.float16(value) if kind == pa.float16() else value
    assert answer(pa.array([given_value], kind)) == [expected]


def test_many_cells_are_read_as_each_alone() -> None:
    texts = [text for text, _ in TEXTS] * 2
    assert answer(pa.array(texts, pa.large_string())) == [expected for _, expected in TEXTS] * 2
    assert answer(pa.array(texts).slice(3, 4)) == [expected for _, expected in TEXTS][3:7]
    assert answer(pa.array([], pa.string())) == []


@given(st.integers(1, 10**13 - 1))
def test_every_price_is_the_same_as_text_as_decimal_and_as_double(whole: int) -> None:
    exact = Decimal(whole) / 10_000
    assert answer(pa.array([f"{exact:f}"])) == [whole]
    assert answer(pa.array([exact], pa.decimal128(20, 4))) == [whole]
    assert answer(pa.array([float(exact)])) == [whole]
