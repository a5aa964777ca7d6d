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
from labs.formats.cells import MOST_CELLS, MOST_ROWS, ROW_END, Cells, Kind, Odd, Opening, read_cells
from labs.formats.inflation import DECLARATION
from labs.formats.styles import dressing_formats, plain_styles, plain_texts, shows_as_is
from labs.formats.table import Grid, Row

Part = Callable[[str], bytes]
_OPEN = b"<sheetData>"
_TELLING = frozenset({"c", "mergeCell", "row"})
"""What has no place outside the rows, or changes what is in them."""
_SHARED = re.compile(rb'<si><t(?: xml:space="preserve">([^<]*)|>(?![ \t\n])([^<]*)(?<![ \t\n]))</t></si>')
_NO_TEXT = re.compile(rb"<si><t ?/></si>")
_PHONETIC = re.compile(rb'(?<=</t>)<phoneticPr(?: [A-Za-z]+="[A-Za-z0-9]*")*/></si>')
"""How a reading aid looks, where there is none."""
_ALL = re.compile(rb"<sst(?:\s[^<>]*)?(?<!/)>[^<]*(?:<si>.*</si>[^<]*)?</sst>\s*", re.DOTALL)
_NONE = re.compile(rb"(?:<sst(?:\s[^<>]*)?/>\s*)?")
_MARKS = 4
"""What a plain shared text has of `<`."""
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
        around: list[bytes] = []
        blocks = [read_cells(block) for block in _blocks(sheet, around)]
        styles = part("xl/styles.xml")
        if _is_odd(around[0], dressing_formats(styles)):
            raise Odd
        return _literal(blocks, part("xl/sharedStrings.xml"), styles)
    except (Odd, UnicodeDecodeError, pa.ArrowInvalid):
        return None


def _blocks(chunks: Iterator[bytes], around: list[bytes]) -> Iterator[bytes]:
    """Whole rows, so many bytes at a time; what stands before and behind them is put beside."""
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
    around.append(head + _OPEN + rest)


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


def _is_odd(around: bytes, dressing: frozenset[str]) -> bool:
    """Whether a sheet without its rows holds more than how it looks: merged or hidden cells, comments, instructions.

    Line ends count that XML would read as others, and what is no XML at all.
    """
    around = _undeclared(around)
    if b"<!" in around or b"<?" in around or b"\r" in around:
        return True
    try:
        sheet = ElementTree.fromstring(around)
    except ElementTree.ParseError:
        return True
    named = [(element.tag.rpartition("}")[2], element) for element in sheet.iter()]
    hidden = any(name == "col" and one.get("hidden", "0") not in {"0", "false"} for name, one in named)
    dressed = any(name == "cfRule" and one.get("dxfId") in dressing for name, one in named)
    names = [name for name, _ in named]
    own = "".join(sheet.tag.rpartition("}")[:2]) + "sheetData"
    alone = names.count("sheetData") == 1 and sheet.find(own) is not None
    return hidden or dressed or not alone or not _TELLING.isdisjoint(names)


def _undeclared(part: bytes) -> bytes:
    """The part without what it says of itself; the line that this ends is nothing that a cell holds."""
    start = DECLARATION.match(part)
    return part[start.end() :].lstrip(b" \t\r\n") if start else part


def _literal(blocks: Sequence[Cells], shared: bytes, styles: bytes) -> Literal:
    """The first row is the header; whoever finds that it is none reads the sheet another way."""
    numbers = np.concatenate([block.numbers for block in blocks]) if blocks else np.zeros(0, np.int64)
    header = blocks[0].columns[blocks[0].places == 0] if blocks else numbers
    width = len(header)
    if not width or (np.diff(numbers) <= 0).any() or (header != np.arange(width)).any():
        raise Odd
    if numbers[-1] > MOST_ROWS or len(numbers) * width > MOST_CELLS:
        raise Odd
    if any(len(block.columns) and block.columns[-1] >= width for block in blocks):
        raise Odd
    reader = _Reader(blocks, numbers, _shared(shared), plain_styles(styles), plain_texts(styles))
    columns = [reader.column(at) for at in range(width)]
    first = Row(int(numbers[0]), tuple(column.at(0) or "" for column in columns))
    body = tuple(Words(column.codes[1:], column.words) for column in columns)
    return Literal(first, Grid(numbers[1:], body), reader.typed)


class _Reader:
    """The cells of one sheet, column by column."""

    def __init__(
        self, blocks: Sequence[Cells], numbers: Ints, shared: Sequence[str], *styles: tuple[bool, ...]
    ) -> None:
        self.blocks, self.numbers, self.shared = blocks, numbers, shared
        self.of_numbers, self.of_texts = styles
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
        """What each opening of a block says; what is shown as another, or as a day, makes the sheet odd."""
        return np.array([self._shown(opening) for opening in block.openings], np.int64)

    def _shown(self, opening: Opening) -> Kind:
        styles = self.of_numbers if opening.kind is Kind.NUMBER else self.of_texts
        if opening.kind is not Kind.BLANK and not shows_as_is(styles, opening.style):
            raise Odd  # perhaps a day, a percentage, or a text beside a sign
        return opening.kind

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
    """The shared texts, each in its place: no `<` may be left over for what stands between them."""
    part = _undeclared(part)
    if _NONE.fullmatch(part):
        return []
    part = _NO_TEXT.sub(b"<si><t></t></si>", part)
    if b"phonetic" in part:
        part = _PHONETIC.sub(b"</si>", part)
    found = _SHARED.findall(part)
    if not _ALL.fullmatch(part) or part.count(b"<") != _MARKS * len(found) + 2 or b"\r" in part:
        raise Odd  # rich text, or blanks that do not say that they count
    return [_unescaped((kept or trimmed).decode("utf-8")) for kept, trimmed in found]
