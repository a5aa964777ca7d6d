"""A plain worksheet, read as it is written: nothing but rows of texts and numbers, each literal kept exactly.

Anything else that a worksheet may hold is left to the reader that knows it, so this one may be strict and quick.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import numpy as np

from labs.columns import Words
from labs.formats.table import Grid, Row

Part = Callable[[str], bytes]
_AROUND = (b"<mergeCell ", b"hidden=", b"<!")
"""What may not stand before or after the rows of a plain worksheet."""
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
_FIRST_ROW = re.compile(rb'<row r="[0-9]+"[^>]*>(.*?)</row>', re.DOTALL)
_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})[0-9]+"')
_OPENING = re.compile(rb'(?: s="([0-9]+)")?(?: t="(s|inlineStr|n)")?><(v|is><t(?: xml:space="preserve")?)')
_SHARED = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>')
_NO_TEXT = re.compile(rb"<si><t ?/></si>")
_FORMATS = re.compile(rb"<cellXfs[^>]*>(.*?)</cellXfs>", re.DOTALL)
_FORMAT = re.compile(rb'<xf [^>]*?numFmtId="([0-9]+)"')
_NUMERIC = frozenset({0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 37, 38, 39, 40, 48, 49})
"""The built-in formats that show no date."""
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?", re.ASCII)
_ROUND_TRIP = 17
"""More digits than this no spreadsheet writes: a number of 64 bits has no more."""
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Literal:
    """The header and the rows of a plain worksheet, and which cells were numbers."""

    header: Row
    grid: Grid
    numbers: dict[tuple[int, int], str]


class _Odd(Exception):
    """Something that a plain worksheet does not hold."""


def read_plain(sheet: bytes, part: Part) -> Literal | None:
    """Give what a plain worksheet holds, or None; `part` gives another part of the workbook, empty if there is none."""
    start, end = sheet.find(_OPEN) + len(_OPEN), sheet.rfind(_CLOSE)
    around = sheet[:start] + sheet[end:]
    if start < len(_OPEN) or end < start or any(mark in around for mark in _AROUND):
        return None
    try:
        return _read(sheet, start, end, part)
    except (_Odd, UnicodeDecodeError):
        return None


def _read(sheet: bytes, start: int, end: int, part: Part) -> Literal:
    first = _FIRST_ROW.search(sheet)
    letters = _LETTERS.findall(first[1]) if first else []
    if not letters or letters != [_letters(at) for at in range(len(letters))]:
        raise _Odd
    shared = _shared(part("xl/sharedStrings.xml"))
    formats = _formats(part("xl/styles.xml"))
    columns = [_Column(at, shared, formats) for at in range(len(letters))]
    numbers: list[int] = []
    for block in _blocks(_rows(letters), sheet, start, end):
        rows, *cells = zip(*block, strict=True)
        numbers += map(int, rows)
        for column in columns:
            column.take(numbers[-len(rows) :], cells[2 * column.at], cells[2 * column.at + 1])
    if sorted(set(numbers)) != numbers:
        raise _Odd
    return _literal(numbers, columns)


def _blocks(pattern: re.Pattern[bytes], sheet: bytes, start: int, end: int) -> Iterator[list[tuple[bytes, ...]]]:
    """The cells of so many rows at a time; rows follow each other without anything between."""
    block: list[tuple[bytes, ...]] = []
    while start < end:
        found = pattern.match(sheet, start, end)
        if found is None:
            raise _Odd
        block.append(found.groups())
        start = found.end()
        if len(block) == _BLOCK or start >= end:
            yield block
            block = []


def _rows(letters: Sequence[bytes]) -> re.Pattern[bytes]:
    """A row whose cells stand in order; a blank cell may be left out."""
    said = rb'<c r="%s\1"([^>]*><(?:v|is><t)[^>/]*)>([^<]*)</(?:v|t></is)></c>'
    blank = rb'<c r="%s\1"[^>/]*(?:/>|></c>|><is><t ?/></is></c>)'
    cell = rb"(?:" + said + rb"|" + blank + rb")?"
    cells = b"".join(cell.replace(b"%s", letter) for letter in letters)
    return re.compile(rb'<row r="([0-9]+)"(?:(?!hidden=)[^>])*>' + cells + b"</row>")


class _Column:
    """The cells of one column as they come, each different text once."""

    def __init__(self, at: int, shared: Sequence[str], formats: Sequence[int]) -> None:
        self.at, self.shared, self.formats = at, shared, formats
        self.codes = array("i")
        self.known: dict[bytes | None, dict[bytes | None, int]] = {}
        self.words: dict[str, int] = {}
        self.kinds: dict[bytes, str] = {}
        self.numbers: list[int] = []

    def take(self, rows: Sequence[int], openings: Sequence[bytes | None], texts: Sequence[bytes | None]) -> None:
        if len(set(openings)) == 1:
            self._take_alike(rows, openings[0], texts)
            return
        for row, opening, text in zip(rows, openings, texts, strict=True):
            self._take_alike((row,), opening, (text,))

    def _take_alike(self, rows: Sequence[int], opening: bytes | None, texts: Sequence[bytes | None]) -> None:
        """Cells that were opened alike differ by their texts alone."""
        known = self.known.setdefault(opening, {})
        for text in dict.fromkeys(texts):
            if text not in known:
                known[text] = self._code(opening, text)
        self.codes.extend(map(known.__getitem__, texts))
        if opening is not None and self.kinds[opening] == "number":
            self.numbers += rows

    def _code(self, opening: bytes | None, text: bytes | None) -> int:
        if opening is None or text is None:
            word = ""
        else:
            kind = self.kinds.get(opening) or self.kinds.setdefault(opening, _kind(opening, self.formats))
            word = _word(kind, text, self.shared)
        return self.words.setdefault(word, len(self.words))


def _kind(opening: bytes, formats: Sequence[int]) -> str:
    parts = _OPENING.fullmatch(opening)
    if parts is None:
        raise _Odd
    style, kind, element = parts.groups()
    if kind == b"inlineStr" and element != b"v":
        return "text"
    if element != b"v" or kind == b"inlineStr":
        raise _Odd
    if kind == b"s":
        return "shared"
    if style is not None and (int(style) >= len(formats) or formats[int(style)] not in _NUMERIC):
        raise _Odd  # perhaps a date
    return "number"


def _word(kind: str, text: bytes, shared: Sequence[str]) -> str:
    written = text.decode("utf-8")
    if "_x" in written:
        raise _Odd  # perhaps an escape
    match kind:
        case "shared":
            if not written.isdecimal() or int(written) >= len(shared):
                raise _Odd
            return shared[int(written)]
        case "number":
            return _number(written)
        case _:
            return unescape(written) if "&" in written else written


def _number(text: str) -> str:
    """The shortest text of the number that the literal stands for; a longer literal is not a spreadsheet's."""
    if (
        not _NUMBER.fullmatch(text)
        or sum(char.isdigit() for char in text.partition("E")[0].lstrip("-0.")) > _ROUND_TRIP
    ):
        raise _Odd
    value = float(text)
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _shared(part: bytes) -> list[str]:
    part = _NO_TEXT.sub(b"<si><t></t></si>", part)
    found = _SHARED.findall(part)
    if len(found) != part.count(b"<si>") or b"<!" in part or b"_x" in part:
        raise _Odd  # rich text, or escapes
    texts = [text.decode("utf-8") for text in found]
    return [unescape(text) if "&" in text else text for text in texts]


def _formats(part: bytes) -> list[int]:
    found = _FORMATS.search(part)
    return [int(one) for one in _FORMAT.findall(found[1])] if found else []


def _literal(numbers: Sequence[int], columns: Sequence[_Column]) -> Literal:
    """The first row is the header; whoever finds that it is none reads the sheet another way."""
    words = [tuple(column.words) for column in columns]
    codes = [np.frombuffer(column.codes, np.int32) for column in columns]
    header = Row(numbers[0], tuple(words[at][said[0]] for at, said in enumerate(codes)))
    body = tuple(Words(said[1:], words[at]) for at, said in enumerate(codes))
    typed = {(row, column.at): "number" for column in columns for row in column.numbers}
    return Literal(header, Grid(np.array(numbers[1:], np.int64), body), typed)


def _letters(column: int) -> bytes:
    text = b""
    while column >= 0:
        text, column = bytes([65 + column % 26]) + text, column // 26 - 1
    return text
