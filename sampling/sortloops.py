"""Sorting loops: what is done for each byte of millions of texts, compiled by numba.

`sampling.sortkey` has each of them in NumPy as well, with the same bits, and alone imports this.
"""

from collections.abc import Callable
from typing import Any

import numba
import numpy as np


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    try:
        made: Callable[..., Any] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # pragma: no cover - numba finds no folder in which it may keep what it compiled
        made = numba.njit(nogil=True)(function)
    return made


@_compiled
def see(data, ends, seen):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Mark in `seen` (places by 257 symbols) which byte occurs at which place of a text."""
    for row in range(len(ends) - 1):
        start = ends[row]
        for place in range(ends[row + 1] - start):
            seen[place, data[start + place]] = True


@_compiled
def pack(data, ends, rows, places, many, digits, word):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Write for each row into `word` the number that its digits at these places make."""
    for at in range(len(rows)):
        start, end = ends[rows[at]], ends[rows[at] + 1]
        value = np.uint64(0)
        for index in range(len(places)):
            place = start + places[index]
            symbol = data[place] if place < end else 256
            value = value * many[index] + digits[index, symbol]
        word[at] = value
