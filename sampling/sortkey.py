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
STATES = 1024
"""The tree of all heads has at most so many."""

Flags = NDArray[np.bool_]
Digits = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The places at which texts differ, and for each its number of digits and the digit of each symbol."""

    places: Ints
    many: list[int]
    digits: Digits

    def between(self, start: int, stop: int) -> tuple[Ints, NDArray[np.uint64], Digits]:
        """Give the places, the numbers of digits and the digits of these places."""
        return self.places[start:stop], np.array(self.many[start:stop], np.uint64), self.digits[start:stop]


@dataclass(frozen=True, slots=True)
class Heads:
    """The state of each text's head, for each state its length and its rank by bytes, and how many ranks there are.

    Where the heads are too many to be worth it, every head is empty.
    """

    state: NDArray[np.uint16]
    long: Ints
    rank: Ints
    many: int


def order(data: Bytes, ends: Ints) -> tuple[Ints, Flags]:
    """Give the rows of texts (n + 1 `ends` in their bytes) in byte order, equal ones as they came, and n flags.

    A flag tells that the text at this place of the order is the same as the one before.
    """
    return _plain(data, ends) if loops(len(ends) - 1) is None else _compiled(data, ends)


def _plain(data: Bytes, ends: Ints) -> tuple[Ints, Flags]:
    alphabet, used = _alphabet(_seen(data, ends)), 0
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


def _compiled(data: Bytes, ends: Ints) -> tuple[Ints, Flags]:
    # A key holds the number of its row below the digits. Rows of the same digits are runs: each is sorted by the
    # digits that follow, until no rows are alike or no digits are left.
    fast = import_module("sampling.sortloops")
    many, heads = len(ends) - 1, _heads(fast, data, ends)
    seen = np.zeros((int(np.diff(ends).max(initial=0)) + 1, END + 1), bool)
    fast.see(data, ends, heads.state, heads.long, seen)
    seen[:, END] = np.logical_or.accumulate(seen[:, END])
    alphabet, low = _alphabet(seen), _bits(many)
    used = _upto(alphabet, 0, WORD - low, heads.many)
    key, same = np.empty(many, np.uint64), np.ones(many, bool)
    fast.pack(data, ends, heads.state, heads.long, heads.rank, *alphabet.between(0, used), np.uint64(low), key)
    key.sort()
    runs = np.empty((many // fast.SHORT + 1, 2), np.int64)
    while fast.part(key, np.uint64(low), same) and used < len(alphabet.many):
        digits, used = alphabet.between(used, upto := _upto(alphabet, used, WORD - low)), upto
        long = fast.again(data, ends, heads.state, heads.long, *digits, np.uint64(low), key, same, runs)
        for start, stop in runs[:long].tolist():
            key[start:stop].sort()
    same[:1] = False
    key &= np.uint64((1 << low) - 1)
    return key.view(np.int64), same


def _heads(fast: ModuleType, data: Bytes, ends: Ints) -> Heads:
    tree, state, met = np.zeros((STATES, END), np.uint16), np.zeros(len(ends) - 1, np.uint16), np.zeros(STATES, bool)
    count = fast.heads(data, ends, tree, state, met)
    if count > STATES:
        return Heads(np.zeros_like(state), np.zeros(1, np.int64), np.zeros(1, np.int64), 1)
    names = [b""] * count
    for at, byte in np.argwhere(tree[:count]).tolist():  # a state comes after the one above it
        names[tree[at, byte]] = names[at] + bytes([byte])
    rank, ranked = np.zeros(count, np.int64), sorted(np.flatnonzero(met).tolist(), key=names.__getitem__)
    rank[ranked] = np.arange(len(ranked))
    return Heads(state, np.array([len(name) for name in names], np.int64), rank, len(ranked))


def _bits(many: int) -> int:
    return (many - 1).bit_length()


def _alphabet(seen: Flags) -> Alphabet:
    many = seen.sum(axis=1)
    places = np.flatnonzero(many > 1)
    # An end is the last symbol and the lowest digit.
    ranked = np.cumsum(np.roll(seen[places], 1, axis=1), axis=1, dtype=np.int64) - 1
    return Alphabet(places, many[places].tolist(), np.roll(ranked, -1, axis=1).astype(np.uint16))


def _seen(data: Bytes, ends: Ints) -> Flags:
    lengths = np.diff(ends)
    seen = np.zeros((int(lengths.max(initial=0)), END + 1), bool)
    for place in range(len(seen)):
        there = ends[:-1] + place
        seen[place, data[there[there < ends[1:]]]] = True
    seen[int(lengths.min(initial=len(seen))) :, END] = True
    return seen


def _upto(alphabet: Alphabet, used: int, room: int, values: int = 1) -> int:
    # At least one digit fits beside the numbers of 2^28 rows and the heads.
    while used < len(alphabet.many) and _bits(values * alphabet.many[used]) <= room:
        values *= alphabet.many[used]
        used += 1
    return used


def _words(data: Bytes, ends: Ints, rows: Ints, alphabet: Alphabet, used: int, upto: int) -> NDArray[np.uint64]:
    places, many, digits = alphabet.places[used:upto], alphabet.many[used:upto], alphabet.digits[used:upto]
    word = np.zeros(len(rows), np.uint64)
    for place, values, digit in zip(places.tolist(), many, digits, strict=True):
        at, end = ends[rows] + place, ends[rows + 1]
        symbol = np.where(at < end, data[np.minimum(at, len(data) - 1)], np.int64(END))
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
