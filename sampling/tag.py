"""The price tag: what a cell says of a price, exact to a ten-thousandth, or why it says none.

A price is never guessed: a range, a price to begin from and a price on request are none, and each has its reason.
"""

import re
from decimal import Decimal
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.cell import texts_in, vocabulary
from sampling.columns import SCALE, Ints

REASONS = (
    "", "price_missing", "price_zero", "price_negative", "price_too_large", "price_range", "price_from",
    "price_on_request", "price_unreadable",
)  # fmt: skip
FINE, MISSING, ZERO, NEGATIVE, TOO_LARGE, RANGE, FROM, ON_REQUEST, UNREADABLE = range(len(REASONS))
MOST = 10**9
"""A price is below this."""
_PLAIN = "^[0-9]{1,9}(\\.[0-9]{1,4})?$"
_NUMBER = re.compile(r"[-−]?[0-9]+(\.[0-9]+)?([eE]\+?[0-9]{1,4})?")
_EXACT = pa.decimal128(18, 4)

Reasons = NDArray[np.int8]


def read_tags(cells: pa.Array) -> tuple[Ints, Reasons]:
    """Give prices in ten-thousandths, 0 where there is none, and the place in `REASONS` of why there is none."""
    kind = cells.type
    if pa.types.is_float64(kind):
        return _doubles(cells)
    if pa.types.is_integer(kind):
        return _wholes(cells)
    encoded = cells if pa.types.is_dictionary(kind) else cells.dictionary_encode()
    of = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    price, reason = _texts(encoded.dictionary)
    return np.append(price, 0)[of], np.append(reason, np.int8(MISSING))[of]


def read_tag(text: str) -> int:
    """Give the place in `REASONS` of why a trimmed text is no plain price."""
    if not text:
        return MISSING
    if _NUMBER.fullmatch(text):
        return _reason(Decimal(text.replace("−", "-")))
    plain = text.casefold()
    for reason, pattern in _patterns():
        if pattern.fullmatch(plain):
            return reason
    return ON_REQUEST if any(word in plain for word in vocabulary()["price"]["request"]) else UNREADABLE


def _reason(number: Decimal) -> int:
    if not number:
        return ZERO
    if number < 0:
        return NEGATIVE
    return TOO_LARGE if number >= MOST else UNREADABLE


@cache
def _patterns() -> tuple[tuple[int, re.Pattern[str]], ...]:
    said = {name: "|".join(map(re.escape, sorted(of, key=len, reverse=True)))
            for name, of in vocabulary()["price"].items()}  # fmt: skip
    sign = rf"\s*(?:{said['signs']})?\s*"
    amount = rf"{sign}[0-9][0-9,，]*(?:\.[0-9]+)?{sign}"
    return (
        (NEGATIVE, re.compile(rf"{sign}[-−]{amount}")),
        (RANGE, re.compile(rf"{amount}(?:{said['between']}){amount}")),
        (FROM, re.compile(rf"\s*(?:{said['before']}){amount}|{amount}(?:{said['after']})\s*")),
    )


def _texts(distinct: pa.Array) -> tuple[Ints, Reasons]:
    if pa.types.is_decimal(distinct.type):
        numbers = distinct.to_pylist()
        distinct = pa.array([None if number is None else _shortest(number) for number in numbers], pa.large_string())
    texts = pc.utf8_trim_whitespace(texts_in(distinct))
    plain = np.asarray(pc.match_substring_regex(texts, _PLAIN))
    price, reason = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int8)
    price[plain] = _scaled(texts.filter(pa.array(plain)).cast(_EXACT))
    reason[price == 0] = ZERO
    reason[~plain] = [read_tag(text) for text in texts.filter(pa.array(~plain)).to_pylist()]
    return price, reason


def _shortest(number: Decimal) -> str:
    # A decimal of a wide type has noughts behind: 12.500000 is 12.5.
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scaled(exact: pa.Array) -> Ints:
    # A decimal is a whole number of 128 bits; of one below 10^13 the lower half says all.
    halves = np.frombuffer(exact.buffers()[1], np.int64) if len(exact) else np.empty(0, np.int64)
    return halves[2 * exact.offset : 2 * (exact.offset + len(exact)) : 2]


def _doubles(cells: pa.Array) -> tuple[Ints, Reasons]:
    given = cells.to_numpy(zero_copy_only=False)
    reason = np.zeros(len(given), np.int8)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.rint(given * SCALE)
        # The double nearest to a price is what anyone gets who writes that price down.
        reason[(scaled / SCALE != given) | (scaled == 0)] = UNREADABLE
        reason[given >= MOST] = TOO_LARGE
    reason[given < 0] = NEGATIVE
    reason[given == 0] = ZERO
    reason[np.isnan(given)] = MISSING
    return np.where(reason == FINE, scaled, 0).astype(np.int64), reason


def _wholes(cells: pa.Array) -> tuple[Ints, Reasons]:
    given = cells.fill_null(0).to_numpy(zero_copy_only=False)
    reason = np.zeros(len(given), np.int8)
    reason[given >= MOST] = TOO_LARGE
    reason[given < 0] = NEGATIVE
    reason[given == 0] = ZERO
    reason[np.asarray(cells.is_null())] = MISSING
    return np.where(reason == FINE, given, 0).astype(np.int64) * SCALE, reason
