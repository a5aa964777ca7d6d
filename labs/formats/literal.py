"""A plain worksheet, read as it is written: nothing but rows of texts and numbers, each literal kept exactly.

Anything else that a worksheet may hold is left to the reader that knows it, so this one may be strict and quick.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from labs.columns import Codes, Ints, Words
from labs.formats.marks import Marks, Odd, read_marks
from labs.formats.styles import plain_styles, shows_as_is
from labs.formats.table import Grid, Row

Part = Callable[[str], bytes]
_OPEN, _CLOSE, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_OPENING = re.compile(r'"(?: s="([0-9]+)")?(?: t="(s|inlineStr|n)")?>')
_CODING = re.compile(rb"<\?xml[^>]*encoding=(?![\"']utf-8[\"'])", re.IGNORECASE)
"""A declaration of another coding than UTF-8."""
_SHARED = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_NO_TEXT = re.compile(rb"<si><t ?/></si>")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?", re.ASCII)
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos);|#([0-9]{2,7});|#x([0-9A-Fa-f]{2,6});)?")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_ROUND_TRIP = 17
"""More digits than this no spreadsheet writes: a number of 64 bits has no more."""
MOST_DIGITS = 15
"""What a spreadsheet keeps of a number that is typed; more are the noise of a calculation."""
_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Literal:
    """The header and the rows of a plain worksheet, and which cells were numbers."""

    header: Row
    grid: Grid
    numbers: dict[tuple[int, int], str]


def read_plain(sheet: bytes, part: Part) -> Literal | None:
    """Give what a plain worksheet holds, or None; `part` gives another part of the workbook, empty if there is none."""
    start, end = sheet.find(_OPEN) + len(_OPEN), sheet.rfind(_CLOSE)
    if start < len(_OPEN) or end <= start or _is_odd(sheet, start, end):
        return None
    try:
        return _literal([read_marks(block) for block in _blocks(sheet, start, end)], part)
    except (Odd, UnicodeDecodeError, pa.ArrowInvalid):
        return None


def _is_odd(sheet: bytes, start: int, end: int) -> bool:
    """Merged and hidden cells, comments, another coding, and line ends that XML would read as others."""
    around = sheet[:start] + sheet[end:]
    if b"<mergeCell " in around or b"<!" in around or b"\r" in sheet or _CODING.match(sheet):
        return True
    shown = sheet.count(b' hidden="false"') + sheet.count(b' hidden="0"') if b"hidden=" in sheet else 0
    return b"hidden=" in sheet and sheet.count(b"hidden=") != shown


def _blocks(sheet: bytes, start: int, end: int) -> Iterator[bytes]:
    """Whole rows, so many bytes at a time."""
    while start < end:
        found = sheet.rfind(_ROW_END, start, min(end, start + _BLOCK))
        if found < 0:
            raise Odd
        yield sheet[start : found + len(_ROW_END)]
        start = found + len(_ROW_END)


def _literal(blocks: Sequence[Marks], part: Part) -> Literal:
    """The first row is the header; whoever finds that it is none reads the sheet another way."""
    marks = Marks.joined(blocks)
    width = int(np.searchsorted(marks.places, 1))
    if not width or (marks.columns[:width] != np.arange(width)).any() or int(marks.columns.max()) >= width:
        raise Odd
    reader = _Reader(marks, _shared(part("xl/sharedStrings.xml")), plain_styles(part("xl/styles.xml")))
    columns = [reader.column(at) for at in range(width)]
    numbers = marks.numbers
    header = Row(int(numbers[0]), tuple(column.at(0) or "" for column in columns))
    body = tuple(Words(column.codes[1:], column.words) for column in columns)
    return Literal(header, Grid(numbers[1:], body), reader.typed)


class _Reader:
    """The cells of one sheet, column by column."""

    def __init__(self, marks: Marks, shared: Sequence[str], styles: tuple[bool, ...]) -> None:
        self.marks, self.shared, self.styles = marks, shared, styles
        self.words = marks.texts.dictionary
        self.openings = [str(opening) for opening in marks.openings.dictionary.to_pylist()]
        self.texts = marks.texts.indices.to_numpy(zero_copy_only=False)
        self.opened = marks.openings.indices.to_numpy(zero_copy_only=False)
        self.typed: dict[tuple[int, int], str] = {}

    def column(self, at: int) -> Words:
        """Give one column, each different text once."""
        marks = self.marks
        cells = (marks.columns == at).nonzero()[0]
        codes, known = np.full(len(marks.numbers), -1, np.int32), dict[str, int]()
        kinds = self.opened[cells] * np.int32(3) + marks.elements[cells]
        for kind in np.unique(kinds).tolist():
            these = cells[kinds == kind]
            name = _kind(self.openings[kind // 3], kind % 3, self.styles)
            codes[marks.places[these]] = self._codes(self.texts[these], name, known)
            if name == "number":
                rows = marks.numbers[marks.places[these]].tolist()
                self.typed |= {(row, at): "number" for row in rows}
        if (codes < 0).any():
            codes[codes < 0] = known.setdefault("", len(known))
        return Words(codes, tuple(known))

    def _codes(self, texts: Ints, kind: str, known: dict[str, int]) -> Codes:
        """The place of each text among the words, which are written out once each."""
        seen = np.zeros(len(self.words), np.bool_)
        seen[texts] = True
        different = seen.nonzero()[0]
        written = self.words.take(pa.array(different)).to_pylist()
        place = np.zeros(len(self.words), np.int32)
        place[different] = [known.setdefault(_word(kind, text, self.shared), len(known)) for text in written]
        codes: Codes = place[texts]
        return codes


def _kind(opening: str, element: int, styles: tuple[bool, ...]) -> str:
    """Whether the cells that are opened so hold nothing, a text, the number of a shared text, or a number."""
    if element == 0:
        return "blank"
    parts = _OPENING.fullmatch(opening)
    if parts is None or (parts[2] == "inlineStr") != (element == 2):
        raise Odd
    style, kind = parts.groups()
    if element == 2:
        return "text"
    if kind == "s":
        return "shared"
    if not shows_as_is(styles, style):
        raise Odd  # perhaps a day, or a percentage
    return "number"


def _word(kind: str, written: str, shared: Sequence[str]) -> str:
    if "_x" in written:
        raise Odd  # perhaps an escape
    match kind:
        case "shared":
            if not written.isdecimal() or int(written) >= len(shared):
                raise Odd
            return shared[int(written)]
        case "number":
            return _number(written)
        case _:
            return _unescaped(written)


def _unescaped(text: str) -> str:
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    if match[1]:
        return _ENTITIES[match[1]]
    code = int(match[2] or "0") or int(match[3] or "0", 16)
    if not 0x20 <= code < 0x7F and not 0xA0 <= code < 0xD800 and not 0xE000 <= code < 0xFFFE:
        raise Odd  # a control, or no character at all
    return chr(code)


def _number(text: str) -> str:
    """The shortest text of the number that the literal stands for; a longer literal is not a spreadsheet's."""
    if not _NUMBER.fullmatch(text) or digits_of(text) > _ROUND_TRIP:
        raise Odd
    value = float(text)
    shortest = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if digits_of(shortest) > MOST_DIGITS:
        raise Odd
    return shortest


def digits_of(number: str) -> int:
    """Give how many digits a number is written with, without zeros before the first other one."""
    return sum(char.isdigit() for char in number.lower().partition("e")[0].lstrip("-0."))


def _shared(part: bytes) -> list[str]:
    part = _NO_TEXT.sub(b"<si><t></t></si>", part)
    found = _SHARED.findall(part)
    odd = any(mark in part for mark in (b"<!", b"_x", b"\r")) or _CODING.match(part)
    if len(found) != part.count(b"<si>") or odd:
        raise Odd  # rich text, or escapes
    return [_unescaped(text.decode("utf-8")) for text in found]
