"""Columns packed for the binary form of COPY: each field is its length and its bytes, most significant first."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labs.columns import Days, Scaled, Words

Field = Callable[[slice], pa.Array]
"""Gives the packed field of some rows, so that the first rows can leave before the last are packed."""
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_NOTHING = pa.scalar(b"", pa.large_binary())
_DAY_ZERO = np.datetime64("2000-01-01", "D")
_GROUPS = 5
"""Groups of four digits: so many hold every whole number of 64 bits."""
_FITTING = 9 * 10**14
"""Below this a number stays in 64 bits when its last group of four digits is filled up."""
_NUMBER = np.dtype(
    [("size", ">i4"), ("groups", ">i2"), ("weight", ">i2"), ("sign", ">i2"), ("scale", ">i2"), ("digits", ">i2", 5)]
)
_NEGATIVE = 0x4000


def rows(fields: Sequence[Field], piece: slice) -> bytes:
    """Give some rows, each the number of its fields and the fields."""
    begun = pa.scalar(len(fields).to_bytes(2, "big"), pa.large_binary())
    whole = pc.binary_join_element_wise(begun, *(field(piece) for field in fields), _NOTHING)
    return bytes(whole.buffers()[2])


def texts(column: Words) -> Field:
    """Give a column of texts, which all say something."""
    words = pa.array(column.words, pa.large_string())
    sizes = pc.binary_length(words).to_numpy(zero_copy_only=False).astype(">i4")
    return _taken(pc.binary_join_element_wise(_fixed(sizes), words.cast(pa.large_binary()), _NOTHING), column.codes)


def references(column: Words, rows_of: Mapping[str, UUID]) -> Field:
    """Give the id of the row that each text stands for, null where there is none."""
    found = [rows_of.get(word) for word in column.words]
    packed = [_NULL if one is None else _sized(one.bytes) for one in found]
    return _taken(pa.array(packed, pa.large_binary()), column.codes)


def days(column: Days) -> Field:
    """Give a column of days, null where there is none."""
    different, codes = np.unique(column, return_inverse=True)
    counted = (different - _DAY_ZERO).astype(np.int64).tolist()
    packed = [
        _NULL if absent else _sized(count.to_bytes(4, "big", signed=True))
        for count, absent in zip(counted, np.isnat(different).tolist(), strict=True)
    ]
    return _taken(pa.array(packed, pa.large_binary()), codes)


def plain(values: NDArray[np.generic], kind: str) -> Field:
    """Give a column of values without gaps that are stored as this type of NumPy, such as `>i4`."""

    def field(piece: slice) -> pa.Array:
        packed = np.empty(len(values[piece]), np.dtype([("size", ">i4"), ("value", kind)]))
        packed["size"], packed["value"] = np.dtype(kind).itemsize, values[piece]
        return _fixed(packed)

    return field


def numbers(column: Scaled) -> Field:
    """Give a column of exact decimals, each with the places it was written with; null where there is none."""

    def field(piece: slice) -> pa.Array:
        digits, places = column.digits[piece], column.places[piece].astype(np.int64)
        fits = column.known[piece] & (np.abs(digits) < _FITTING) & (places >= 0)
        for row in column.huge:
            fits[row - piece.start : row - piece.start + 1] &= not piece.start <= row < piece.stop
        packed = _short(np.where(fits, digits, 0), np.where(fits, places, 0))
        rest = (~fits).nonzero()[0]
        if not len(rest):
            return packed
        said = [_long(column.at(piece.start + row)) for row in rest.tolist()]
        return pc.replace_with_mask(packed, pa.array(~fits), pa.array(said, pa.large_binary()))

    return field


def _short(digits: NDArray[np.int64], places: NDArray[np.int64]) -> pa.Array:
    """Numbers that fit: all groups are written, and the server drops those that say nothing."""
    groups = -(-places // 4)
    packed = np.empty(len(digits), _NUMBER)
    packed["size"], packed["groups"] = _NUMBER.itemsize - 4, _GROUPS
    packed["weight"], packed["scale"] = _GROUPS - 1 - groups, places
    packed["sign"] = np.where(digits < 0, _NEGATIVE, 0)
    whole = np.abs(digits) * 10 ** (4 * groups - places)
    for place in range(_GROUPS - 1, -1, -1):
        whole, packed["digits"][:, place] = np.divmod(whole, 10_000)
    return _fixed(packed)


def _long(value: Decimal | None) -> bytes:
    """One number of any size; what trails it stays as it was written."""
    if value is None:
        return _NULL
    sign, figures, exponent = value.as_tuple()
    places = max(0, -int(exponent))
    groups = -(-places // 4)
    whole = int("".join(map(str, figures))) * 10 ** (4 * groups + int(exponent))
    digits: list[int] = []
    while whole:
        whole, last = divmod(whole, 10_000)
        digits.insert(0, last)
    parts = (len(digits), len(digits) - 1 - groups, _NEGATIVE if sign else 0, places, *digits)
    return _sized(b"".join(part.to_bytes(2, "big", signed=True) for part in parts))


def _sized(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _taken(packed: pa.Array, codes: NDArray[np.integer]) -> Field:
    return lambda piece: packed.take(pa.array(codes[piece]))


def _fixed(packed: NDArray[np.generic]) -> pa.Array:
    """One piece of memory, cut into equal fields."""
    size = packed.dtype.itemsize
    offsets = pa.py_buffer(np.arange(0, size * (len(packed) + 1), size, dtype=np.int64))
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(packed), [None, offsets, pa.py_buffer(packed)])
