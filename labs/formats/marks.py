"""The marks of a worksheet's rows, found all at once: where each cell stands, how it is opened and what it says.

Only the plainest shape is known, `<row r="2"><c r="A2" …><v>…</v></c>…</row>` and the like; whatever else stands
between two marks makes the sheet odd.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labs.columns import Flags, Ints

Bytes = NDArray[np.uint8]


class Odd(Exception):
    """Something that a plain worksheet does not hold."""


class Mark(IntEnum):
    """What begins at a `<`."""

    OTHER = 0
    ROW = 1
    CELL = 2
    CLOSED_CELL = 3
    VALUE = 4
    INLINE = 5
    TEXT = 6
    NO_TEXT = 7
    VALUE_END = 8
    TEXT_END = 9
    INLINE_END = 10
    CELL_END = 11
    ROW_END = 12


_NAMED = {
    b"ro": Mark.ROW, b"c ": Mark.CELL, b"v>": Mark.VALUE, b"is": Mark.INLINE, b"t>": Mark.TEXT, b"t ": Mark.TEXT,
    b"t/": Mark.NO_TEXT, b"/v": Mark.VALUE_END, b"/t": Mark.TEXT_END, b"/i": Mark.INLINE_END, b"/c": Mark.CELL_END,
    b"/r": Mark.ROW_END,
}  # fmt: skip
"""By the two bytes that follow."""
_CELLS = (Mark.CELL, Mark.CLOSED_CELL, Mark.ROW_END)
_FOLLOWS = {
    Mark.ROW: _CELLS, Mark.CELL: (Mark.VALUE, Mark.INLINE, Mark.CELL_END), Mark.CLOSED_CELL: _CELLS,
    Mark.VALUE: (Mark.VALUE_END,), Mark.INLINE: (Mark.TEXT, Mark.NO_TEXT), Mark.TEXT: (Mark.TEXT_END,),
    Mark.NO_TEXT: (Mark.INLINE_END,), Mark.VALUE_END: (Mark.CELL_END,), Mark.TEXT_END: (Mark.INLINE_END,),
    Mark.INLINE_END: (Mark.CELL_END,), Mark.CELL_END: _CELLS, Mark.ROW_END: (Mark.ROW,),
}  # fmt: skip
_LENGTHS = {
    Mark.INLINE: 4, Mark.NO_TEXT: 4, Mark.VALUE_END: 4, Mark.TEXT_END: 4, Mark.INLINE_END: 5, Mark.CELL_END: 4,
    Mark.ROW_END: 6,
}  # fmt: skip
_KEPT = b' xml:space="preserve">'


def _table() -> Bytes:
    named = np.zeros(1 << 16, np.uint8)
    for name, mark in _NAMED.items():
        named[int.from_bytes(name, "little")] = mark
    return named


def _pairs() -> Flags:
    pairs = np.zeros(16 * 16, np.bool_)
    for mark, following in _FOLLOWS.items():
        pairs[[16 * mark + one for one in following]] = True
    return pairs


def _sizes() -> Ints:
    sizes = np.zeros(16, np.int64)
    for mark, size in _LENGTHS.items():
        sizes[mark] = size
    return sizes


_MARKS, _MAY_FOLLOW, _EXACT = _table(), _pairs(), _sizes()


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The cells of some rows, in the order of the sheet."""

    numbers: Ints
    """The number of each row."""
    places: Ints
    """Each cell's place among the rows."""
    columns: Ints
    """Each cell's column, counted from 0."""
    elements: Bytes
    """What a cell holds: 0 nothing, 1 a value, 2 a text of its own."""
    openings: pa.DictionaryArray
    """What stands in a cell's mark after its address."""
    texts: pa.DictionaryArray

    @classmethod
    def joined(cls, blocks: Sequence["Marks"]) -> "Marks":
        """Give the cells of all blocks; rows that are out of order, and cells that are, make the sheet odd."""
        before = np.cumsum([0, *(len(block.numbers) for block in blocks)])
        whole = cls(
            np.concatenate([block.numbers for block in blocks]),
            np.concatenate([block.places + start for block, start in zip(blocks, before, strict=False)]),
            np.concatenate([block.columns for block in blocks]),
            np.concatenate([block.elements for block in blocks]),
            _unified([block.openings for block in blocks]),
            _unified([block.texts for block in blocks]),
        )
        if (np.diff(whole.numbers) <= 0).any() or (np.diff(whole.places * 20_000 + whole.columns) <= 0).any():
            raise Odd
        return whole


def read_marks(block: bytes) -> Marks:
    """Give the cells of whole rows, or raise Odd."""
    data = np.frombuffer(block, np.uint8)
    at = (data == ord("<")).nonzero()[0]
    ends = np.append(at[1:], len(data))
    marks = _checked(data, at, ends)
    rows, cells = marks == Mark.ROW, ((marks == Mark.CELL) | (marks == Mark.CLOSED_CELL)).nonzero()[0]
    numbers, _ = _numbered(data, at[rows], b'<row r="')
    columns, digits = _lettered(data, at[cells])
    said, after = _digits(data, digits)
    places = np.cumsum(rows)[cells] - 1
    if (said != numbers[places]).any():
        raise Odd
    starts, elements = _contents(data, at, marks, cells)
    stops = np.where(elements > 0, ends[np.minimum(cells + elements, len(ends) - 1)], starts)
    return Marks(numbers, places, columns, elements, _cut(data, after, ends[cells]), _cut(data, starts, stops))


def _checked(data: Bytes, at: Ints, ends: Ints) -> Bytes:
    """What each mark is, every one in an order and of a length that is known."""
    if len(at) < 2 or at[0] != 0:
        raise Odd
    marks: Bytes = _MARKS[data[at + 1] | data[at + 2].astype(np.uint16) << 8]
    closed = (data[ends - 2] == ord("/")) & (data[ends - 1] == ord(">"))
    marks[closed & (marks == Mark.CELL)] = Mark.CLOSED_CELL
    _spaced(data, at, ends, marks)
    texts = (marks == Mark.VALUE) | (marks == Mark.TEXT)
    exact = _EXACT[marks]
    if (
        not _MAY_FOLLOW[marks[:-1] * np.uint8(16) + marks[1:]].all()
        or marks[0] != Mark.ROW
        or marks[-1] != Mark.ROW_END
        or not ((exact == 0) | (exact == ends - at)).all()
        or not (texts | (data[ends - 1] == ord(">"))).all()
    ):
        raise Odd
    return marks


def _spaced(data: Bytes, at: Ints, ends: Ints, marks: Bytes) -> None:
    """A text whose blanks are kept says so in these words, and in no others."""
    spaced = at[(marks == Mark.TEXT) & (data[at + 2] == ord(" "))]
    for place, byte in enumerate(_KEPT):
        if (data[np.minimum(spaced + 2 + place, len(data) - 1)] != byte).any():
            raise Odd


def _contents(data: Bytes, at: Ints, marks: Bytes, cells: Ints) -> tuple[Ints, Bytes]:
    """Where the text of each cell begins, and what holds it."""
    first = marks[cells + 1]
    second = marks[np.minimum(cells + 2, len(marks) - 1)]
    elements = np.where(first == Mark.VALUE, 1, np.where((first == Mark.INLINE) & (second == Mark.TEXT), 2, 0))
    elements[marks[cells] == Mark.CLOSED_CELL] = 0
    holders = at[np.minimum(cells + elements, len(at) - 1)]
    kept = (elements == 2) & (data[np.minimum(holders + 2, len(data) - 1)] == ord(" "))
    return holders + 3 + kept * (len(_KEPT) - 1), elements.astype(np.uint8)


def _numbered(data: Bytes, at: Ints, begun: bytes) -> tuple[Ints, Ints]:
    """The numbers that follow these words, and where they end."""
    for place, byte in enumerate(begun):
        if (data[np.minimum(at + place, len(data) - 1)] != byte).any():
            raise Odd
    return _digits(data, at + len(begun))


def _lettered(data: Bytes, at: Ints) -> tuple[Ints, Ints]:
    """The columns of cells, and where their letters end."""
    for place, byte in enumerate(b'<c r="'):
        if (data[np.minimum(at + place, len(data) - 1)] != byte).any():
            raise Odd
    columns, here = np.zeros(len(at), np.int64), at + 6
    for _ in range(3):
        letters = data[here] - np.uint8(ord("A"))
        going = letters < 26
        columns = np.where(going, columns * 26 + letters + 1, columns)
        here = here + going
    if not (columns > 0).all():
        raise Odd
    return columns - 1, here


def _digits(data: Bytes, at: Ints) -> tuple[Ints, Ints]:
    """The whole numbers that end at a quotation mark, and where that stands."""
    numbers, here = np.zeros(len(at), np.int64), at
    for _ in range(7):
        digits = data[here] - np.uint8(ord("0"))
        going = digits < 10
        if not going.any():
            break
        numbers = np.where(going, numbers * 10 + digits, numbers)
        here = here + going
    if (data[here] != ord('"')).any():
        raise Odd
    return numbers, here


def _cut(data: Bytes, starts: Ints, ends: Ints) -> pa.DictionaryArray:
    """The texts between these places, each different one once."""
    steps = np.zeros(len(data) + 1, np.int8)
    some = ends > starts
    steps[starts[some]] = 1
    steps[ends[some]] -= 1
    inside = np.cumsum(steps[:-1], dtype=np.int8).view(np.bool_)
    offsets = np.concatenate([[0], np.cumsum(ends - starts)])
    texts = pa.LargeStringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(data[inside]))
    texts.validate(full=True)
    return texts.dictionary_encode()


def _unified(parts: Sequence[pa.DictionaryArray]) -> pa.DictionaryArray:
    return pa.chunked_array(parts).unify_dictionaries().combine_chunks()
