"""Partitions: the rows of a frame in a number of parts, all rows of one listing in the same.

The part is decided by the first bits of the ticket of the listing's id under a published seed: so any source, batch
or machine sends a listing to the same part, and one row a listing is found in each part alone.
"""

import numpy as np
import pyarrow as pa

from sampling.columns import WORDS, Ints, codes, words
from sampling.digest import sha256
from sampling.tickets import tickets

SEED = sha256(b"msw/partition/v1")
"""It is known before any draw and decides none: it only says which rows are worked on together."""
HALF = np.uint64(32)


def partition(ids: pa.Array | pa.ChunkedArray, parts: int) -> Ints:
    """Give the part of each id, from 0, of so many (below 2^31)."""
    first = tickets(ids, SEED) >> HALF
    return ((first * np.uint64(parts)) >> HALF).astype(np.int64)


def split(listings: pa.Table, parts: int) -> list[pa.Table]:
    """Give the rows of each of fewer than 32,768 parts in their order, each part with no more words than it uses."""
    part = partition(listings.column("listing_id"), parts)
    # Small numbers are sorted by their digits, ten times as fast.
    ranked = listings.take(pa.array(np.argsort(part.astype(np.int16), kind="stable")))
    ends = np.cumsum(np.bincount(part, minlength=parts)).tolist()
    return [compact(ranked.slice(start, end - start)) for start, end in zip([0, *ends], ends, strict=False)]


def compact(table: pa.Table) -> pa.Table:
    """Give a table whose dictionaries hold the words that its rows use and no others."""
    for place, field in enumerate(table.schema):
        if field.type == WORDS:
            of, names = codes(table, field.name)
            used = np.flatnonzero(np.bincount(of, minlength=len(names)))
            to = np.zeros(len(names), np.int32)
            to[used] = np.arange(len(used))
            table = table.set_column(place, field, words(to[of], [names[at] for at in used]))
    return table
