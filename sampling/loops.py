"""Loops: what is done for each of millions of rows, compiled by numba; `sampling.compiled` says when they run.

Each has a twin in NumPy, Arrow or hashlib that gives the same bits. Nothing but `sampling.compiled` imports this.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

LANES = 16
"""So many messages are hashed side by side: one AVX-512 register of 32-bit words."""
SHORT = 55
"""So many bytes leave room for the closing mark and the length in one block of 64."""
MIX = np.uint64(0x9E3779B97F4A7C15)
_PRIMES = [
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
]  # fmt: skip
_K = np.array(_PRIMES, dtype=np.uint32)
_START = np.array(
    [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19], dtype=np.uint32
)


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        made: Callable[..., Any] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba finds no folder in which it may keep what it compiled
        made = numba.njit(nogil=True)(function)
    return made


@numba.njit(inline="always")
def _turned(word, by):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    return np.uint32((word >> np.uint32(by)) | (word << np.uint32(32 - by)))


@_compiled
def _spread(w):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill the 64 rows of w from the 16 words of each lane."""
    for t in range(16, 64):
        for lane in range(LANES):
            x, y = w[t - 15, lane], w[t - 2, lane]
            one = _turned(x, 7) ^ _turned(x, 18) ^ (x >> np.uint32(3))
            other = _turned(y, 17) ^ _turned(y, 19) ^ (y >> np.uint32(10))
            w[t, lane] = np.uint32(w[t - 16, lane] + one + w[t - 7, lane] + other)


@_compiled
def _compress(state, w, v):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Give in the 8 rows of v what the state becomes by the words of each lane."""
    _spread(w)
    for word in range(8):
        for lane in range(LANES):
            v[word, lane] = state[word]
    for t in range(64):
        k = _K[t]
        # Rows change their parts from step to step instead of moving: row (i - t) mod 8 is word i.
        ra, rb, rc, rd = (0 - t) & 7, (1 - t) & 7, (2 - t) & 7, (3 - t) & 7
        re, rf, rg, rh = (4 - t) & 7, (5 - t) & 7, (6 - t) & 7, (7 - t) & 7
        for lane in range(LANES):
            a, b, c = v[ra, lane], v[rb, lane], v[rc, lane]
            e, f, g = v[re, lane], v[rf, lane], v[rg, lane]
            one = np.uint32(
                v[rh, lane] + (_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + ((e & f) ^ (~e & g)) + k + w[t, lane]
            )
            two = np.uint32((_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c)))
            v[rd, lane] = np.uint32(v[rd, lane] + one)
            v[rh, lane] = np.uint32(one + two)
    for word in range(8):
        for lane in range(LANES):
            v[word, lane] = np.uint32(v[word, lane] + state[word])


@_compiled
def _laid(data, start, long, block, w, lane):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Lay the last block of a message into a lane: its bytes, the closing mark and its length with the block before."""
    for place in range(long):
        block[place] = data[start + place]
    block[long] = 0x80
    for place in range(long + 1, 64):
        block[place] = 0
    for word in range(15):
        w[word, lane] = (
            (np.uint32(block[4 * word]) << np.uint32(24))
            | (np.uint32(block[4 * word + 1]) << np.uint32(16))
            | (np.uint32(block[4 * word + 2]) << np.uint32(8))
            | np.uint32(block[4 * word + 3])
        )
    w[15, lane] = np.uint32((64 + long) * 8)


@_compiled
def tickets(seed, data, ends, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Fill out with the ticket of each id under a seed of 16 words; those of ids longer than SHORT are wrong."""
    n = len(out)
    w = np.empty((64, LANES), np.uint32)
    v = np.empty((8, LANES), np.uint32)
    block = np.empty(64, np.uint8)
    for word in range(16):
        for lane in range(LANES):
            w[word, lane] = seed[word]
    _compress(_START, w, v)
    state = v[:, 0].copy()
    for first in range(0, n, LANES):
        for lane in range(LANES):
            at = min(first + lane, n - 1)
            _laid(data, ends[at], min(ends[at + 1] - ends[at], SHORT), block, w, lane)
        _compress(state, w, v)
        for lane in range(min(LANES, n - first)):
            out[first + lane] = (np.uint64(v[0, lane]) << np.uint64(32)) | np.uint64(v[1, lane])


@_compiled
def _whole(data, start, long):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Give a whole number that stands in data, or 0 where none is written as it must be."""
    number = np.int64(0)
    if long > 18 or data[start] == 48:
        return number
    for place in range(long):
        digit = np.int64(data[start + place]) - 48
        if digit < 0 or digit > 9:
            return np.int64(0)
        number = number * 10 + digit
    return number


@_compiled
def _known(data, start, long, slots, begins, longs, count):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Give the number of a word that stands in data; it is `count` for one that was not met before."""
    mask = np.uint64(len(slots) - 1)
    one, two, three, four = np.uint64(long), np.uint64(1), np.uint64(2), np.uint64(3)
    # Four sums side by side, for each waits on itself alone.
    place, stop = start, start + long
    while place + np.uint64(4) <= stop:
        one = one * MIX + np.uint64(data[place])
        two = two * MIX + np.uint64(data[place + np.uint64(1)])
        three = three * MIX + np.uint64(data[place + np.uint64(2)])
        four = four * MIX + np.uint64(data[place + np.uint64(3)])
        place += np.uint64(4)
    while place < stop:
        one = one * MIX + np.uint64(data[place])
        place += np.uint64(1)
    mixed = ((one * MIX + two) * MIX + three) * MIX + four
    slot = (mixed ^ (mixed >> np.uint64(32))) & mask
    while slots[slot]:
        known = np.uint64(slots[slot] - 1)
        if longs[known] == long:
            apart, other = np.uint8(0), begins[known]
            for place in range(long):
                apart |= data[start + place] ^ data[other + place]
            if not apart:
                return known
        slot = (slot + np.uint64(1)) & mask
    slots[slot] = count + np.uint64(1)
    begins[count], longs[count] = start, long
    return count


@_compiled
def _copied(data, start, stop, out, at, mark):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Copy a field and the mark that ends it; give where the next begins."""
    for place in range(stop - start):
        out[at + place] = data[start + place]
    out[at + stop - start] = mark
    return at + stop - start + 1


@_compiled
def parse(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    data, at, marks, width, first, ids, out, ends, sizes, codes, slots, begins, longs, count
):
    """Read the lines whose fields end at the marks, from byte `at` into row `first` and on.

    Gives the row after the last that was right, the bytes of ids and the words until then. Words are strata and,
    where a line has four fields, merchants: codes has a row for each, both count into the same.
    """
    at = np.uint64(at)
    for line in range(len(marks) // width):
        row = np.uint64(first + line)
        if 2 * count > len(slots):
            return row, out, count
        for field in range(width):
            stop = np.uint64(marks[line * width + field])
            long = stop - at
            if long == 0 or data[stop] != (10 if field + 1 == width else 9):
                return row, out, count
            if field == 0:
                _copied(data, at, stop, ids, out, 0)
                out += long
                ends[row + np.uint64(1)] = out
            elif field == 2:
                sizes[row] = _whole(data, at, long)
                if sizes[row] == 0:
                    return row, out, count
            else:
                known = _known(data, at, long, slots, begins, longs, count)
                codes[field // 2, row] = known
                count = max(count, known + np.uint64(1))
            at = stop + np.uint64(1)
    return np.uint64(first + len(marks) // width), out, count


@_compiled
def lines(named, data, ends, codes, words, starts, sizes, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Write `id, stratum, size(, merchant)` a line and give how many bytes that made.

    codes has a row for the strata and one for the merchants; both count into the same words.
    """
    digits, at = np.empty(20, np.uint8), 0
    for row in range(len(sizes)):
        at = _copied(data, ends[row], ends[row + 1], out, at, 9)
        at = _copied(words, starts[codes[0, row]], starts[codes[0, row] + 1], out, at, 9)
        size, first = sizes[row], 20
        while size > 0:
            first -= 1
            digits[first] = 48 + size % 10
            size //= 10
        at = _copied(digits, first, 20, out, at, 9 if named else 10)
        if named:
            at = _copied(words, starts[codes[1, row]], starts[codes[1, row] + 1], out, at, 10)
    return at


@_compiled
def led(data, ends, codes, words, begins, fit):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Tell of each text whether the word with its code, a colon and at least one byte more are what it begins with."""
    for row in range(len(fit)):
        start, first = ends[row], begins[codes[row]]
        long = begins[codes[row] + 1] - first
        fits = long > 0 and ends[row + 1] - start > long + 1
        if fits:
            apart = data[start + long] ^ np.uint8(58)
            for place in range(long):
                apart |= data[start + place] ^ words[first + place]
            fits = apart == 0
        fit[row] = fits
