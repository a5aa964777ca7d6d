"""Sorting loops: what is done for each byte of millions of texts, compiled by numba.

`sampling.sortkey` does the same in NumPy, with the same order, and alone imports this. A text is a head, up to its
first colon or its end, and a tail; the heads are the states of a tree of bytes, the root being 0.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

COLON = 0x3A
SHORT = 24
"""Runs of so many are sorted in place."""


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        made: Callable[..., Any] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # pragma: no cover - numba finds no folder in which it may keep what it compiled
        made = numba.njit(nogil=True)(function)
    return made


@_compiled
def heads(data, ends, tree, state, met):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Note the state of each text's head in a tree (states by 256 bytes, 0 where none is) and give how many it has.

    `met` tells which states a head ends in. There is one more than there is room for when the heads are too many.
    """
    count = 1
    for row in range(len(state)):
        at = 0
        for place in range(ends[row], ends[row + 1]):
            above, at = at, tree[at, data[place]]
            if at == 0:
                if count == len(tree):
                    return count + 1
                at = count
                tree[above, data[place]] = at
                count += 1
            if data[place] == COLON:
                break
        state[row], met[at] = at, True
    return count


@_compiled
def see(data, ends, state, long, seen):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Mark in `seen` (places by 257 symbols) which byte occurs at which place of a tail, 256 being the end."""
    for row in range(len(state)):
        start = ends[row] + long[state[row]]
        many = ends[row + 1] - start
        for place in range(many):
            seen[place, data[start + place]] = True
        seen[many, 256] = True


@_compiled
def _value(data, ends, row, start, value, places, many, digits):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Give the number that a first value and the digits of a text's tail at these places make."""
    end = ends[row + 1]
    for index in range(len(places)):
        place = start + places[index]
        symbol = data[place] if place < end else 256
        value = value * many[index] + digits[index, symbol]
    return value


@_compiled
def pack(data, ends, state, long, rank, places, many, digits, low, key):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Write for each row the number that its head and its digits at these places make, above the number of the row."""
    for row in range(len(key)):
        head = state[row]
        value = _value(data, ends, row, ends[row] + long[head], np.uint64(rank[head]), places, many, digits)
        key[row] = (value << low) | np.uint64(row)


@_compiled
def again(data, ends, state, long, places, many, digits, low, key, same, runs):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Write the keys of rows in runs of the same anew and sort each run; give how many are left to be sorted.

    Where these begin and end stands in `runs`, those that are longer than `SHORT`.
    """
    mask, count, at = (np.uint64(1) << low) - np.uint64(1), 0, 0
    while at < len(key):
        stop = at + 1
        while stop < len(key) and same[stop]:
            stop += 1
        if stop - at > 1:
            for place in range(at, stop):
                row = np.int64(key[place] & mask)
                start = ends[row] + long[state[row]]
                value = _value(data, ends, row, start, np.uint64(0), places, many, digits)
                key[place] = (value << low) | np.uint64(row)
            if stop - at > SHORT:
                runs[count, 0], runs[count, 1] = at, stop
                count += 1
            else:
                for place in range(at + 1, stop):
                    own, to = key[place], place
                    while to > at and key[to - 1] > own:
                        key[to] = key[to - 1]
                        to -= 1
                    key[to] = own
        at = stop
    return count


@_compiled
def part(key, low, same):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Keep the flags alone of those that still have the key of the one before; give how many."""
    count = 0
    for at in range(1, len(key)):
        if same[at]:
            same[at] = key[at] >> low == key[at - 1] >> low
            count += same[at]
    return count
