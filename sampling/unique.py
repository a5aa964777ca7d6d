"""Unique: one row a listing, whichever source, worker or engine it came through, in the order of the ids' bytes.

Of the rows of one listing that crawled last counts, among those the cheapest (one without a price last), among those
the one whose texts hash highest. Rows alike in all of that are the same row in two places: the first place counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.columns import Ints, numbers, texts, words
from sampling.sortkey import order

HashOf = Callable[[NDArray[np.int16], Ints], list[str]]
"""Gives the row hashes (hex SHA-256 of the row's texts) of rows named by their `source` and `row`."""
DROPPED = ("listing_id", "source", "row")
NO_PRICE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Unique:
    """The listings, one row each, sorted by id, and `listing_id source row` of what was dropped, by source and row."""

    listings: pa.Table
    dropped: pa.Table


def unique(listings: pa.Table, *, hash_of: HashOf, engine: str = "numpy") -> Unique:
    """Give one row a listing (columns as they were), and the duplicates; `numpy` and `pandas` give the same.

    `hash_of` is asked for rows alone that are alike in id, time and price. The columns are taken one after the
    other, so that a table which the caller lets go of is freed while its successor is made.
    """
    # Ids are asked for most: they become one array here, once for all.
    listings = listings.set_column(0, "listing_id", listings.column("listing_id").combine_chunks())
    rows = ENGINES[engine](listings, hash_of)
    gone = np.ones(len(listings), bool)
    gone[rows] = False
    lost = pa.array(np.flatnonzero(gone))
    dropped = listings.select(DROPPED).take(lost).sort_by([("source", "ascending"), ("row", "ascending")])
    columns = dict(zip(listings.column_names, listings.columns, strict=True))
    del listings
    return Unique(pa.table({name: take(columns.pop(name), rows) for name in tuple(columns)}), dropped)


def take(column: pa.ChunkedArray, rows: Ints) -> pa.Array:
    """Give these rows of a column as one array; each must be there."""
    one = column.combine_chunks()
    if pa.types.is_dictionary(one.type) and len(one.dictionary) == 1 and not one.null_count:
        return words(np.zeros(len(rows), np.int32), one.dictionary.to_pylist())
    return pc.take(one, pa.array(rows), boundscheck=False)


def _numpy(listings: pa.Table, hash_of: HashOf) -> Ints:
    rows, same = order(*texts(listings, "listing_id"))
    twin = same.copy()
    twin[:-1] |= same[1:]
    twins = np.flatnonzero(twin)
    first, kept = ~same[twins], rows[~same]
    # Of the rows before the first of a run those that are the same as the one before them were left out.
    again = twins[first] - np.searchsorted(np.flatnonzero(same), twins[first])
    kept[again] = _best(listings, rows[twins], np.cumsum(first) - 1, hash_of)
    return kept


def _best(listings: pa.Table, rows: Ints, run: Ints, hash_of: HashOf) -> Ints:
    # `run` says which rows are of one listing; it begins with 0 and grows by steps of 1.
    twins, at = listings.select(["crawled_at", "price", "source", "row"]).take(pa.array(rows)), np.arange(len(rows))
    for value in (-numbers(twins, "crawled_at"), _prices(twins)):
        least = np.full(int(run.max(initial=-1)) + 1, NO_PRICE)
        np.minimum.at(least, run, value[at])
        best = value[at] == least[run]
        at, run = at[best], run[best]
    rows, source, number = rows[at], numbers(twins, "source")[at], numbers(twins, "row")[at]
    tied, rank = np.bincount(run)[run] > 1, np.zeros(len(rows), np.int64)
    if tied.any():
        rank[tied] = np.unique(hash_of(source[tied], number[tied]), return_inverse=True)[1]
    ranked = np.lexsort((number, source, -rank, run))
    rows, run = rows[ranked], run[ranked]
    return rows[np.flatnonzero(np.append(-1, run[:-1]) != run)]


def _pandas(listings: pa.Table, hash_of: HashOf) -> Ints:
    import pandas as pd  # a second for every process, most of which never come here

    alike = ["listing_id", "crawled_at", "price"]
    named = {name: numbers(listings, name) for name in ("crawled_at", "source", "row")}
    table = pd.DataFrame({"listing_id": listings.column("listing_id").to_pylist(), **named, "price": _prices(listings)})
    table = table.sort_values(alike, ascending=[True, False, True])
    best = table.drop_duplicates("listing_id").set_index(alike).index
    tied = table.duplicated(alike, keep=False) & table.set_index(alike).index.isin(best)
    table["hash"] = ""
    if tied.any():
        table.loc[tied, "hash"] = hash_of(table["source"][tied].to_numpy(), table["row"][tied].to_numpy())
    up = {"listing_id": True, "crawled_at": False, "price": True, "hash": False, "source": True, "row": True}
    ranked = table.sort_values(list(up), ascending=list(up.values()))
    return ranked.drop_duplicates("listing_id").index.to_numpy(np.int64)


def _prices(listings: pa.Table) -> Ints:
    prices: Ints = listings.column("price").fill_null(NO_PRICE).to_numpy()
    return prices


ENGINES: Mapping[str, Callable[[pa.Table, HashOf], Ints]] = {"numpy": _numpy, "pandas": _pandas}
