"""Tickets: the first 64 bits of SHA-256 over seed and id, for a whole column of ids."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sampling.columns import Bytes, Ints, texts
from sampling.compiled import loops

Tickets = NDArray[np.uint64]
BLOCK = 64
"""A seed of 64 characters is one block of SHA-256, so that an id of up to 55 bytes costs one more."""


def tickets(ids: pa.Array | pa.ChunkedArray, seed: str, *, threads: int = 2) -> Tickets:
    """Give the ticket of every id, as `sampling.draw.ticket` does for one."""
    data, ends = texts(pa.table({"id": ids}), "id")
    fast = loops(len(ids)) if len(seed.encode()) == BLOCK else None
    if fast is None:
        return _plain(data, ends, seed)
    out = np.empty(len(ids), np.uint64)
    words = np.frombuffer(seed.encode(), ">u4").astype(np.uint32)
    cuts = np.linspace(0, len(out), threads + 1, dtype=np.int64)
    # Threads of Python, not of numba: its pool stops the process when two threads of a caller meet in it.
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(fast.tickets, words, data, ends[a : b + 1], out[a:b]) for a, b in pairwise(cuts)]:
            done.result()
    long = np.flatnonzero(np.diff(ends) > fast.SHORT)
    out[long] = _of(data, ends, long, seed)
    return out


def _plain(data: Bytes, ends: Ints, seed: str) -> Tickets:
    return _of(data, ends, np.arange(len(ends) - 1), seed)


def _of(data: Bytes, ends: Ints, rows: Ints, seed: str) -> Tickets:
    base, out, first = hashlib.sha256(seed.encode()), np.empty(len(rows), np.uint64), ends[0]
    held = data[first : ends[-1]].tobytes() if len(rows) else b""
    both = zip((ends[rows] - first).tolist(), (ends[rows + 1] - first).tolist(), strict=True)
    for place, (start, stop) in enumerate(both):
        one = base.copy()
        one.update(held[start:stop])
        out[place] = int.from_bytes(one.digest()[:8], "big")
    return out
