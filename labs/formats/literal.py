"""A plain worksheet, read as it is written: nothing but rows of texts and numbers, each literal kept exactly.

Anything else that a worksheet may hold is left to the reader that knows it, so this one may be strict and quick.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa

from labs.columns import Codes, Ints, Words
from labs.formats.arrow import codes_of, whole_numbers
from labs.formats.cells import ROW_END, Cells, Kind, Odd, Opening, read_cells
from labs.formats.styles import plain_styles, shows_as_is
from labs.formats.table import Grid, Row

Part = Callable[[str], bytes]
_OPEN = b"<sheetData>"
_TELLING = frozenset({"c", "mergeCell", "row"})
"""What has no place outside the rows, or changes what is in them."""
_CODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=(?![\"']utf-8[\"'])", re.IGNORECASE)
"""A declaration of another coding than UTF-8."""
_SHARED = re.compile(rb'<si><t(?: xml:space="preserve">([^<]*)|>(?![ \t\n])([^<]*)(?<![ \t\n]))</t></si>')
_NO_TEXT = re.compile(rb"<si><t ?/></si>")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?", re.ASCII)
_PLACE = re.compile(r"[0-9]{1,9}", re.ASCII)
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos);|#([0-9]{2,7});|#x([0-9A-Fa-f]{2,6});)?")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_ROUND_TRIP = 17
"""More digits than this no spreadsheet writes: a number of 64 bits has no more."""
MOST_DIGITS = 15
"""What a spreadsheet keeps of a number that is typed; more are the noise of a calculation."""
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Literal:
    """The header and the rows of a plain worksheet, and which cells were numbers."""

    header: Row
    grid: Grid
    numbers: dict[tuple[int, int], str]


def read_plain(sheet: Iterator[bytes], part: Part) -> Literal | None:
    """Give what a plain worksheet holds, or None as soon as it is none, with the rest of its bytes not taken.

    `part` gives another part of the workbook, empty if there is none.
    """
    try:
        return _literal([read_cells(block) for block in _blocks(sheet)], part)
    except (Odd, UnicodeDecodeError, pa.ArrowInvalid):
        return None


def _blocks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Whole rows, so many bytes at a time; what stands before and behind them must be plain as well."""
    head, rows = _begun(chunks)
    held = [rows]
    for chunk in chunks:
        held.append(chunk)
        if sum(map(len, held)) >= _BLOCK:
            rows, rest = _parted(held)
            if not rows:
                raise Odd
            yield rows
            held = [rest]
    rows, rest = _parted(held)
    if rows:
        yield rows
    if _is_odd(head + _OPEN + rest):
        raise Odd


def _parted(held: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The rows that are whole, and what follows them."""
    whole = b"".join(held)
    end = whole.rfind(ROW_END) + len(ROW_END)
    return (whole[:end], whole[end:]) if end >= len(ROW_END) else (b"", whole)


def _begun(chunks: Iterator[bytes]) -> tuple[bytes, bytes]:
    """What stands before the rows, and what follows their start as far as it is there."""
    head = b""
    for chunk in chunks:
        head += chunk
        before, begun, rows = head.partition(_OPEN)
        if begun:
            return before, rows
        if len(head) >= _BLOCK:
            break
    raise Odd


def _is_odd(around: bytes) -> bool:
    """Whether a sheet without its rows holds more than how it looks: merged or hidden cells, comments, another coding.

    Line ends count that XML would read as others, and what is no XML at all.
    """
    if b"<!" in around or b"\r" in around or _CODING.match(around):
        return True
    try:
        sheet = ElementTree.fromstring(around)
    except ElementTree.ParseError:
        return True
    named = [(element.tag.rpartition("}")[2], element.get("hidden", "0")) for element in sheet.iter()]
    hidden = any(name == "col" and said not in {"0", "false"} for name, said in named)
    names = [name for name, _ in named]
    return hidden or not _TELLING.isdisjoint(names) or names.count("sheetData") != 1


def _literal(blocks: Sequence[Cells], part: Part) -> Literal:
    """The first row is the header; whoever finds that it is none reads the sheet another way."""
    numbers = np.concatenate([block.numbers for block in blocks]) if blocks else np.zeros(0, np.int64)
    header = blocks[0].columns[blocks[0].places == 0] if blocks else numbers
    width = len(header)
    if not width or (np.diff(numbers) <= 0).any() or (header != np.arange(width)).any():
        raise Odd
    if any(len(block.columns) and block.columns[-1] >= width for block in blocks):
        raise Odd
    reader = _Reader(blocks, numbers, _shared(part("xl/sharedStrings.xml")), plain_styles(part("xl/styles.xml")))
    columns = [reader.column(at) for at in range(width)]
    first = Row(int(numbers[0]), tuple(column.at(0) or "" for column in columns))
    body = tuple(Words(column.codes[1:], column.words) for column in columns)
    return Literal(first, Grid(numbers[1:], body), reader.typed)


class _Reader:
    """The cells of one sheet, column by column."""

    def __init__(self, blocks: Sequence[Cells], numbers: Ints, shared: Sequence[str], styles: tuple[bool, ...]) -> None:
        self.blocks, self.numbers, self.shared, self.styles = blocks, numbers, shared, styles
        self.before = np.cumsum([0, *(len(block.numbers) for block in blocks)])
        self.typed: dict[tuple[int, int], str] = {}

    def column(self, at: int) -> Words:
        """Give one column, each different text once."""
        parts = [slice(*np.searchsorted(block.columns, (at, at + 1)).tolist()) for block in self.blocks]
        pairs = list(zip(self.blocks, parts, strict=True))
        places = np.concatenate(
            [block.places[part] + before for (block, part), before in zip(pairs, self.before, strict=False)]
        )
        texts = pa.concat_arrays([block.texts[part] for block, part in pairs]).dictionary_encode()
        written, spelled = texts.dictionary, codes_of(texts)
        kinds = np.concatenate([self._kinds(block)[block.opened[part]] for block, part in pairs])
        codes, known = np.full(len(self.numbers), -1, np.int32), dict[str, int]()
        for kind in map(Kind, np.bincount(kinds).nonzero()[0].tolist()):
            these = kinds == kind
            codes[places[these]] = self._codes(spelled[these], written, kind, known)
            if kind is Kind.NUMBER:
                self.typed |= {(row, at): "number" for row in self.numbers[places[these]].tolist()}
        if (codes < 0).any():
            codes[codes < 0] = known.setdefault("", len(known))
        return Words(codes, tuple(known))

    def _kinds(self, block: Cells) -> Ints:
        """What each opening of a block says; a number that is shown as another, or as a day, makes the sheet odd."""
        return np.array([_shown(opening, self.styles) for opening in block.openings], np.int64)

    def _codes(self, spelled: Ints, written: pa.StringArray, kind: Kind, known: dict[str, int]) -> Codes:
        """The place of each text among the words, which are written out once each."""
        seen = np.zeros(len(written), np.bool_)
        seen[spelled] = True
        different = seen.nonzero()[0]
        words = (_word(kind, text, self.shared) for text in written.take(whole_numbers(different)).to_pylist())
        place = np.zeros(len(written), np.int32)
        place[different] = [known.setdefault(word, len(known)) for word in words]
        codes: Codes = place[spelled]
        return codes


def _shown(opening: Opening, styles: tuple[bool, ...]) -> Kind:
    if opening.kind is Kind.NUMBER and not shows_as_is(styles, opening.style):
        raise Odd  # perhaps a day, or a percentage
    return opening.kind


def _word(kind: Kind, written: str, shared: Sequence[str]) -> str:
    match kind:
        case Kind.SHARED:
            if not _PLACE.fullmatch(written) or int(written) >= len(shared):
                raise Odd
            return shared[int(written)]
        case Kind.NUMBER:
            return _number(written)
        case Kind.TEXT if written != written.strip(" \t\n"):
            raise Odd  # blanks that do not say that they count
        case _:
            return _unescaped(written)


def _unescaped(text: str) -> str:
    said = _ENTITY.sub(_entity, text) if "&" in text else text
    if "_x" in said:
        raise Odd  # perhaps an escape
    return said


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
    odd = any(mark in part for mark in (b"<!", b"\r")) or _CODING.match(part)
    if len(found) != part.count(b"<si>") or odd:
        raise Odd  # rich text, or blanks that do not say that they count
    return [_unescaped((kept or trimmed).decode("utf-8")) for kept, trimmed in found]
