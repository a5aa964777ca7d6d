"""The cells of a worksheet's rows, found all at once: where each of them stands, how it is opened and what it says.

Only the plainest shape is known, `<row r="2"><c r="A2" …><v>…</v></c>…</row>` and the like. Rows and cells lie end to
end, each begins and ends with known words, and no `<` is left over for what stands between: all else makes a sheet odd.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labs.columns import Flags, Ints
from labs.formats.arrow import whole_numbers

Bytes = NDArray[np.uint8]
Eights = NDArray[np.uint64]
ROW_END = b"</row>"
MOST_ROWS = 1_048_576
MOST_CELLS = 5_000_000
_ROW, _CELL = b'<row r="', b'<c r="'
_TAIL = re.compile(r'(?: [A-Za-z][A-Za-z0-9:]*="[^"<&]*")*>')
_TELLING = re.compile(r' r="|hidden(?!="(?:0|false)")')
"""What changes a row behind its number: another number, or that it is hidden."""
_OPENING = re.compile(
    rb'(?: s="([0-9]{1,7})")?(?: t="(s|inlineStr|n)")?'
    rb'(?:(/>|></c>|><is><t/></is></c>)|(><v>)|><is><t( xml:space="preserve")?>)'
)
_MOST_OPENINGS = 256
_LONGEST = 128
"""More bytes than any opening has."""
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], np.uint64)
_ONE = np.uint64(1)


class Odd(Exception):
    """Something that a plain worksheet does not hold."""


class Kind(IntEnum):
    """What a cell holds."""

    BLANK = 0
    TEXT = 1
    KEPT = 2
    """A text whose blanks at its ends count."""
    SHARED = 3
    """The place of a text among those that the workbook shares."""
    NUMBER = 4


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands between the address of a cell and its text, and what follows the text."""

    words: bytes
    kind: Kind
    style: str | None
    closing: bytes

    @property
    def marks(self) -> int:
        """How many `<` a cell has that is opened so."""
        return 1 + self.words.count(b"<") + self.closing.count(b"<")


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of some whole rows, column by column and downwards."""

    numbers: Ints
    """The number of each row."""
    columns: Ints
    """Each cell's column, counted from 0."""
    places: Ints
    """Each cell's place among the rows."""
    opened: Ints
    """Each cell's place in the openings."""
    openings: tuple[Opening, ...]
    texts: pa.StringArray
    """As they are written; nothing in a blank cell."""


def read_cells(block: bytes) -> Cells:
    """Give the cells of whole rows, or raise Odd."""
    page = _Page(block)
    begins = page.begins()
    of_row = page.bytes[begins + 1] == ord("r")
    rows, cells = begins[of_row], begins[~of_row]
    if not len(rows) or rows[0] != 0 or b"\r" in block:
        raise Odd
    ends = np.append(rows[1:], page.size) - len(ROW_END)
    numbers, quotes = _numbered(page, rows)
    held = np.diff(np.append(np.searchsorted(cells, rows), len(cells)))
    places = np.repeat(np.arange(len(rows)), held)
    firsts = np.where(held > 0, np.append(cells, 0)[np.cumsum(held) - held], ends)
    _check_rows(page, quotes + 1, firsts, ends)
    columns, starts = _addressed(page, cells, places, rows + len(_ROW), quotes)
    stops = np.append(cells[1:], page.size)
    stops[np.cumsum(held)[held > 0] - 1] = ends[held > 0]
    opened, openings, starts, stops = _opened(page, starts, stops)
    marks = np.bincount(opened, minlength=len(openings)) @ np.array([one.marks for one in openings], np.int64)
    if page.marks != marks + 2 * len(rows) or not _ascend(columns, places):
        raise Odd
    order = np.argsort(columns.astype(np.uint16), kind="stable")
    return Cells(numbers, columns[order], places[order], opened[order], openings, page.cut(starts, stops, order))


class _Page:
    """A block of bytes that is compared at many places at once."""

    def __init__(self, block: bytes) -> None:
        self.size = len(block)
        self.block = block + bytes(_LONGEST)  # so that there is something to compare behind its end
        self.bytes: Bytes = np.frombuffer(self.block, np.uint8)
        self._eights = np.ndarray(len(self.block) - 7, "V8", self.block, strides=(1,))
        self.marks = 0

    def begins(self) -> Ints:
        """Give where rows and cells begin, and count the marks of any kind."""
        following, marked = self.bytes[1:], self.bytes[:-1] == ord("<")
        self.marks = int(np.count_nonzero(marked))
        marked &= (following == ord("c")) | (following == ord("r"))
        return np.flatnonzero(marked)

    def eights(self, at: Ints) -> Eights:
        """Give the eight bytes at each of the places as one number."""
        found: Eights = self._eights[at].view("<u8")
        return found

    def holds(self, at: Ints, words: bytes) -> Flags:
        """Tell at which of the places these words stand."""
        same = np.ones(len(at), np.bool_)
        for start in range(0, len(words), 8):
            part = words[start : start + 8]
            same &= self.eights(at + start) & _MASKS[len(part)] == np.uint64(int.from_bytes(part, "little"))
        return same

    def cut(self, starts: Ints, stops: Ints, order: Ints) -> pa.StringArray:
        """Give the texts between these places, in this order; the places ascend."""
        offsets = np.empty(2 * len(starts), np.int32)
        offsets[0::2], offsets[1::2] = starts, stops
        whole = pa.StringArray.from_buffers(max(len(offsets) - 1, 0), pa.py_buffer(offsets), pa.py_buffer(self.block))
        texts = whole.take(whole_numbers(2 * order))
        texts.validate(full=True)
        return texts


def _numbered(page: _Page, rows: Ints) -> tuple[Ints, Ints]:
    """The numbers of the rows, and where the quotation marks behind them stand."""
    if not page.holds(rows, _ROW).all() or (page.bytes[rows + len(_ROW)] == ord("0")).any():
        raise Odd
    numbers, here = np.zeros(len(rows), np.int64), rows + len(_ROW)
    for _ in range(7):
        digits = page.bytes[here] - np.uint8(ord("0"))
        going = digits < 10
        numbers = np.where(going, numbers * 10 + digits, numbers)
        here = here + going
    if (page.bytes[here] != ord('"')).any() or (np.diff(numbers) <= 0).any() or numbers[0] == 0:
        raise Odd
    return numbers, here


def _check_rows(page: _Page, starts: Ints, firsts: Ints, ends: Ints) -> None:
    """Each row ends as it must, and is opened by nothing but attributes, none of which hides it."""
    if (firsts <= starts).any() or not page.holds(ends, ROW_END).all():
        raise Odd
    tails = page.cut(starts, firsts, np.arange(len(starts))).dictionary_encode().dictionary.to_pylist()
    if not all(_TAIL.fullmatch(tail) and not _TELLING.search(tail) for tail in tails):
        raise Odd


def _addressed(page: _Page, cells: Ints, places: Ints, digits: Ints, quotes: Ints) -> tuple[Ints, Ints]:
    """The column of each cell, and where its address ends; it must name the row it stands in."""
    heads = page.eights(cells)
    if (heads & _MASKS[6] != np.uint64(int.from_bytes(_CELL, "little"))).any():
        raise Odd
    first, second = (heads >> np.uint64(48) & _MASKS[1]) - 65, (heads >> np.uint64(56)) - 65
    third = page.bytes[cells + 8] - np.uint8(65)
    two = second < 26
    three = two & (third < 26)
    columns = np.where(two, (first + _ONE) * 26 + second, first)
    columns = np.where(three, (columns + _ONE) * 26 + third, columns).astype(np.int64)
    masks = _MASKS[quotes + 1 - digits]
    after = cells + len(_CELL) + 1 + two + three
    named = page.eights(after) & masks[places] == (page.eights(digits) & masks)[places]
    if not (named & (first < 26)).all():
        raise Odd
    return columns, after + (quotes + 1 - digits)[places]


def _opened(page: _Page, starts: Ints, stops: Ints) -> tuple[Ints, tuple[Opening, ...], Ints, Ints]:
    """How each cell is opened, the different openings, and where the texts begin and end."""
    opened, openings = np.zeros(len(starts), np.int64), list[Opening]()
    begins, ends, left = starts.copy(), stops.copy(), np.arange(len(starts))
    while len(left):
        if len(openings) == _MOST_OPENINGS:
            raise Odd
        opening = _opening(page.block, int(starts[left[0]]), int(stops[left[0]]))
        same = page.holds(starts[left], opening.words)
        these, left = left[same], left[~same]
        opened[these] = len(openings)
        begins[these] += len(opening.words)
        ends[these] -= len(opening.closing)
        openings.append(opening)
        spans = ends[these] - begins[these]
        fits = spans == 0 if opening.kind is Kind.BLANK else spans >= 0
        if not fits.all() or not page.holds(ends[these], opening.closing).all():
            raise Odd
    return opened, tuple(openings), begins, ends


def _opening(block: bytes, start: int, stop: int) -> Opening:
    found = _OPENING.match(block, start, stop)
    if found is None:
        raise Odd
    style, kind, blank, value, kept = (part.decode() if part else None for part in found.groups())
    if (value and kind == "inlineStr") or (b"<is>" in found[0] and kind != "inlineStr"):
        raise Odd
    if blank:
        return Opening(found[0], Kind.BLANK, style, b"")
    if value:
        return Opening(found[0], Kind.SHARED if kind == "s" else Kind.NUMBER, style, b"</v></c>")
    return Opening(found[0], Kind.KEPT if kept else Kind.TEXT, style, b"</t></is></c>")


def _ascend(columns: Ints, places: Ints) -> bool:
    """Whether the cells of each row stand from left to right."""
    return bool(((columns[1:] > columns[:-1]) | (places[1:] != places[:-1])).all())
