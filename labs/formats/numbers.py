"""The numbers of a line, exact: what almost every row says at once, and the rest by the rule for one result."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labs.columns import Codes, Columns, Flags, Ints, Scaled, Words
from labs.formats.line import told
from labs.formats.sheet import Notes, groups, shown
from labs.numeral import plain, read_number
from labs.result import Finding, Measurement, read_result
from labs.units import table

LIMITS = ("lod", "loq", "u_expanded", "coverage_k")
_WHOLE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_LONGEST = 19
"""Characters of a plain number: eighteen digits and a point."""
_APART = 1e-12
QUALIFIERS = ("=", "<", "<=", ">", ">=", "nd", "trace")


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The intervals of every row; one without a qualifier is held."""

    low: Scaled
    high: Scaled
    low_open: Flags
    high_open: Flags
    qualifier: Words


def read_whole(notes: Notes, name: str, blank: str = "") -> Codes:
    """Give the whole numbers of a column, 0 where there is none."""

    def rule(text: str) -> Iterator[Finding]:
        if (text or blank) and not _WHOLE.fullmatch(text or blank):
            yield told("number-bad", name, found=text, expected="1, 2, 3")

    notes.each((name,), rule)
    column = notes.sheet.column(name)
    texts = (text or blank for text in column.words)
    return np.array([int(text) if _WHOLE.fullmatch(text) else 0 for text in texts], np.int32)[column.codes]


def read_limits(notes: Notes) -> dict[str, Scaled]:
    """Give the limits of detection and quantification, the uncertainties and their factors."""

    return {name: _limit(notes, name) for name in LIMITS}


def _limit(notes: Notes, name: str) -> Scaled:
    column = notes.sheet.column(name)
    read = [read_number(plain(text)) if plain(text) else None for text in column.words]
    bad = {column.words[at]: one.flaw or "negative" for at, one in enumerate(read) if one and not _fine(one.value)}

    def rule(text: str) -> Iterator[Finding]:
        if text in bad:
            rule = "limit-not-a-number" if bad[text] == "not-a-number" else bad[text]
            yield told(rule, name, found=text, expected=">= 0")

    if bad:
        notes.each((name,), rule)
    values = Scaled.of([one.value if one and _fine(one.value) else None for one in read])
    return taken(values, column.codes)


def read_results(notes: Notes, limits: dict[str, Scaled]) -> Measured:
    """Give the interval of every result, and tell what holds those without one."""
    column = notes.sheet.column("result_text")
    numbers = plain_numbers(column)
    simple = _simple(numbers, limits["lod"], limits["loq"])
    rest = (~simple).nonzero()[0]
    names = ("result_text", "lod", "loq", "item_code")
    columns = [Words(notes.sheet.column(name).codes[rest], notes.sheet.column(name).words) for name in names]
    found = groups(columns) if len(rest) else None
    read: list[Measurement] = []
    if found is not None:
        pairs = zip(shown(columns[:1], found.first), shown(columns[3:], found.first), rest[found.first], strict=True)
        read = [_one(text, item, limits, int(place)) for (text,), (item,), place in pairs]
        odd = [key for key, one in enumerate(read) if one.findings]
        for key, places in zip(odd, found.places(odd) if odd else (), strict=True):
            for finding in read[key].findings:
                notes.tell(rest[places], finding)
    keys = np.zeros(0, np.int64) if found is None else found.keys
    return _joined(numbers, simple, rest, keys, read)


def taken(values: Scaled, codes: Codes) -> Scaled:
    """Give the column whose rows say these of the values."""
    huge = {int(row): value for place, value in values.huge.items() for row in (codes == place).nonzero()[0]}
    return Scaled(values.digits[codes], values.places[codes], values.known[codes], huge)


def kept_rows(columns: Columns, which: Flags) -> Columns:
    """Give the columns with these rows alone."""
    if which.all():
        return columns
    places = which.nonzero()[0]
    parts: dict[str, Any] = {}
    for name in columns.__slots__:
        part = getattr(columns, name)
        match part:
            case Words():
                parts[name] = Words(part.codes[places], part.words)
            case Scaled():
                at = {int(row): new for new, row in enumerate(places)} if part.huge else {}
                huge = {at[row]: value for row, value in part.huge.items() if row in at}
                parts[name] = Scaled(part.digits[places], part.places[places], part.known[places], huge)
            case _:
                parts[name] = part[places]
    return Columns(**parts)


def read_column(column: Words) -> Scaled:
    """Give the numbers of a column; a text that is none says nothing."""
    values = Scaled.of([read_number(plain(text)).value if text else None for text in column.words])
    return taken(values, column.codes)


def floats(column: Scaled) -> NDArray[np.float64]:
    """Give the numbers nearly, NaN where there is none; huge ones are NaN as well."""
    near = column.digits / np.power(10.0, column.places)
    near[~column.known] = np.nan
    for row in column.huge:
        near[row] = np.nan
    return near


def _fine(value: Decimal | None) -> bool:
    return value is not None and value >= 0


def plain_numbers(column: Words) -> Scaled:
    """Give the texts that are nothing but digits and at most one point, twelve before it and six behind it.

    At most eighteen digits: they fit a whole number of 64 bits, and a float orders them but for near ties.
    """
    texts = [word if len(word) <= _LONGEST else "" for word in column.words]
    sizes = np.array([len(text) for text in texts], np.int64)
    chars = np.array(texts, f"U{_LONGEST}").view(np.uint32).reshape(-1, _LONGEST).T
    value, whole, after, points = np.zeros((4, len(texts)), np.int64)
    for char in chars[: sizes.max(initial=0)]:
        figure = char - np.uint32(ord("0"))
        digit = figure < 10
        value = np.where(digit, value * 10 + figure, value)
        after += digit & (points > 0)
        whole += digit & (points == 0)
        points += char == ord(".")
    shaped = (whole > 0) & (whole <= 12) & (after <= 6) & (points == (after > 0))
    fits = shaped & (whole + after + points == sizes)  # which a NUL at the end is no part of
    return taken(Scaled(np.where(fits, value, 0), np.where(fits, after, 0).astype(np.int8), fits), column.codes)


def _simple(numbers: Scaled, lod: Scaled, loq: Scaled) -> Flags:
    """Rows that say a number above zero, surely at or above their limits, which are in order."""
    value = floats(numbers)
    simple = numbers.known & (numbers.digits > 0)
    for limit in (lod, loq):
        near = floats(limit)
        simple &= ~limit.known | (value > near * (1 + _APART)) | _same(numbers, limit)
    both = lod.known & loq.known
    if both.any():
        simple &= ~both | (floats(lod) < floats(loq) * (1 - _APART)) | _same(lod, loq)
    return simple


def _same(one: Scaled, other: Scaled) -> Flags:
    same: Flags = (one.digits == other.digits) & (one.places == other.places) & (one.digits > 0)
    return same


def _one(text: str, item: str, limits: dict[str, Scaled], place: int) -> Measurement:
    return read_result(
        text, lod=limits["lod"].at(place), loq=limits["loq"].at(place), signed=item in table().signed_items
    )


def _joined(numbers: Scaled, simple: Flags, rest: Ints,
            keys: Ints, read: list[Measurement]) -> Measured:  # fmt: skip
    """The plain numbers, which are points, with what the rule for one result says of the others."""
    shift = keys.astype(np.int32)
    lows = taken(Scaled.of([one.interval.low if one.interval else None for one in read]), shift)
    highs = taken(Scaled.of([one.interval.high if one.interval else None for one in read]), shift)
    low_open, high_open = np.zeros(len(simple), np.bool_), np.zeros(len(simple), np.bool_)
    low_open[rest] = np.array([bool(one.interval and one.interval.low_open) for one in read], np.bool_)[keys]
    high_open[rest] = np.array([bool(one.interval and one.interval.high_open) for one in read], np.bool_)[keys]
    codes = np.zeros(len(simple), np.int32)
    said = [QUALIFIERS.index(one.qualifier) if one.qualifier and one.interval else -1 for one in read]
    codes[rest] = np.array(said, np.int32)[keys]
    return Measured(
        _over(numbers, simple, rest, lows), _over(numbers, simple, rest, highs), low_open, high_open,
        Words(codes, QUALIFIERS),
    )  # fmt: skip


def _over(numbers: Scaled, simple: Flags, rest: Ints, few: Scaled) -> Scaled:
    digits, places, known = np.where(simple, numbers.digits, 0), numbers.places.copy(), simple.copy()
    digits[rest], places[rest], known[rest] = few.digits, few.places, few.known
    return Scaled(digits, places, known, {int(rest[row]): value for row, value in few.huge.items()})
