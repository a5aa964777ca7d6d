"""Columns: a frame of any size as one Arrow table, a row a listing, from the source to the draw.

What a source gives has the columns of `GATHERED`; of its `MARKS` only those it knows. A frame has those of `FRAME`
as well, one row a listing, sorted by the bytes of `listing_id`. Words that repeat are dictionaries: an int32 code a
row and the words once. Prices are whole ten-thousandths of the currency unit, null where none can be used.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Bytes = NDArray[np.uint8]

SCALE = 10_000
"""A price of 1 is so many."""
WORDS = pa.dictionary(pa.int32(), pa.string())
MARKS = {
    "live": pa.bool_(),
    "influencer": pa.bool_(),
    "shortvideo": pa.bool_(),
    "fails_24m": pa.int32(),
    "complaints": pa.int32(),
}
"""What raises the risk of a listing: a column that a source lacks is left out and gives no points."""
GATHERED = {
    "listing_id": pa.large_string(),
    "platform": WORDS,
    "category": WORDS,
    "seller": WORDS,
    "currency": WORDS,
    "pack": WORDS,
    "price": pa.int64(),
    "sales": pa.int64(),
    "crawled_at": pa.int64(),
    "source": pa.int16(),
    "row": pa.int64(),
}
"""`crawled_at` in seconds since 1970, 0 where unknown; `source` and `row` say which row of which source it was."""
FRAME = {"anomaly": pa.bool_(), "points": pa.int32(), "stratum": WORDS, "size": pa.int64()}


def codes(table: pa.Table, name: str) -> tuple[Codes, list[str]]:
    """Give a dictionary column as an int32 code a row and the words they stand for."""
    column = table.column(name).unify_dictionaries()
    if not column.num_chunks:
        return np.empty(0, np.int32), []
    whole = column.combine_chunks()
    one = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    return one.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), one.dictionary.to_pylist()


def words(of: Codes, names: list[str]) -> pa.DictionaryArray:
    """Give codes and the words they stand for as a dictionary column."""
    return pa.DictionaryArray.from_arrays(pa.array(of, pa.int32()), pa.array(names, pa.string()))


def numbers(table: pa.Table, name: str) -> NDArray[Any]:
    """Give a number column without nulls as an array."""
    array: NDArray[Any] = table.column(name).to_numpy()
    return array


def texts(table: pa.Table, name: str) -> tuple[Bytes, Ints]:
    """Give the bytes of a text column, one text after the other, and the n + 1 places where they begin and end."""
    column = table.column(name).cast(pa.large_string()).combine_chunks()
    array = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    if not len(array):
        return np.empty(0, np.uint8), np.zeros(1, np.int64)
    _, places, data = array.buffers()
    ends = np.frombuffer(places, np.int64)[array.offset : array.offset + len(array) + 1]
    return np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8), ends
