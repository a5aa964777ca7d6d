"""A sort key: the order of texts by their UTF-8 bytes, and which of them are the same.

At each place of the texts a byte becomes a digit among the bytes that occur there, an end counting below them all,
so that what the texts have in common costs nothing. As many digits as fit make a 64-bit word with the number of the
row. Words sort many times faster than texts; rows of equal digits are told apart by the digits that follow.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from sampling.columns import Bytes, Ints
from sampling.compiled import loops

WORD = 64
END = 256
"""The symbol after the last byte of a text."""

Flags = NDArray[np.bool_]
Digits = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The places at which texts differ, and for each its number of digits and the digit of each symbol."""

    places: Ints
    many: list[int]
    digits: Digits


def order(data: Bytes, ends: Ints) -> tuple[Ints, Flags]:
    """Give the rows of texts (n + 1 `ends` in their bytes) in byte order, equal ones as they came, and n flags.

    A flag tells that the text at this place of the order is the same as the one before.
    """
    alphabet, used = _alphabet(data, ends), 0
    rows = np.arange(len(ends) - 1, dtype=np.int64)
    whole, same = rows.copy(), np.zeros(len(rows), bool)
    at, group = rows, np.zeros(len(rows), np.int64)
    while len(rows):
        upto = _upto(alphabet, used, WORD - _bits(len(rows)) - _bits(int(group[-1]) + 1))
        place, key = _sorted(group, _words(data, ends, rows, alphabet, used, upto), alphabet.many[used:upto])
        rows, used = rows[place], upto
        whole[at] = rows
        alike = np.concatenate([[False], key[1:] == key[:-1]])
        if used == len(alphabet.many):
            same[at] = alike
            break
        tied = np.flatnonzero(alike | np.append(alike[1:], False))
        rows, at, group = rows[tied], at[tied], np.cumsum(~alike[tied]) - 1
    return whole, same


def _fast(rows: int) -> ModuleType | None:
    return import_module("sampling.sortloops") if loops(rows) else None


def _bits(many: int) -> int:
    return (many - 1).bit_length()


def _alphabet(data: Bytes, ends: Ints) -> Alphabet:
    lengths = np.diff(ends)
    longest, shortest = (int(lengths.max()), int(lengths.min())) if len(lengths) else (0, 0)
    seen = _seen(data, ends, longest)
    seen[shortest:, END] = True
    many = seen.sum(axis=1)
    places = np.flatnonzero(many > 1)
    # An end is the last symbol and the lowest digit.
    ranked = np.cumsum(np.roll(seen[places], 1, axis=1), axis=1, dtype=np.int64) - 1
    return Alphabet(places, many[places].tolist(), np.ascontiguousarray(np.roll(ranked, -1, axis=1)))


def _seen(data: Bytes, ends: Ints, longest: int) -> Flags:
    seen = np.zeros((longest, END + 1), bool)
    if fast := _fast(len(ends) - 1):
        fast.see(data, ends, seen)
        return seen
    for place in range(longest):
        there = ends[:-1] + place
        seen[place, data[there[there < ends[1:]]]] = True
    return seen


def _upto(alphabet: Alphabet, used: int, room: int) -> int:
    # At least one digit fits beside the numbers of 2^28 rows.
    values = 1
    while used < len(alphabet.many) and _bits(values * alphabet.many[used]) <= room:
        values *= alphabet.many[used]
        used += 1
    return used


def _words(data: Bytes, ends: Ints, rows: Ints, alphabet: Alphabet, used: int, upto: int) -> NDArray[np.uint64]:
    places, many, digits = alphabet.places[used:upto], alphabet.many[used:upto], alphabet.digits[used:upto]
    word = np.zeros(len(rows), np.uint64)
    if fast := _fast(len(rows)):
        fast.pack(data, ends, rows, places, np.array(many, np.uint64), digits.astype(np.uint64), word)
        return word
    for place, values, digit in zip(places.tolist(), many, digits, strict=True):
        at, end = ends[rows] + place, ends[rows + 1]
        symbol = np.where(at < end, data[np.minimum(at, len(data) - 1)], END)
        word *= np.uint64(values)
        word += digit[symbol].astype(np.uint64)
    return word


def _sorted(group: Ints, word: NDArray[np.uint64], many: list[int]) -> tuple[Ints, NDArray[np.uint64]]:
    values, low = 1, np.uint64(_bits(len(group)))
    for each in many:
        values *= each
    key = word
    if group[-1]:
        key |= group.astype(np.uint64) << np.uint64(_bits(values))
    key <<= low
    key |= np.arange(len(group), dtype=np.uint64)
    key.sort()
    place = (key & np.uint64((1 << int(low)) - 1)).view(np.int64)
    key >>= low
    return place, key
