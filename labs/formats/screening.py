"""Screening of a workbook before anything reads it: bombs, macros, entities, and what a cell reader cannot see."""

import io
import re
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree

from labs.formats.inflation import MOST_INFLATED, Inflation, Refused
from labs.formats.literal import Literal, read_plain
from labs.formats.styles import plain_styles, shows_as_is
from labs.formats.table import refusal
from labs.result import Finding

MOST_CELLS = 5_000_000
_FULL = 4
"""Filled cells; a row of results has more."""
_MOST_DIGITS = 17
_TYPES, _WORKBOOK, _LINKS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_HEADS = (_TYPES, _WORKBOOK, _LINKS)
"""What says where the sheets are."""
_MACROS = ("vbaproject.bin", "/externallinks/", "/embeddings/", "/activex/", "/ctrlprops/")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Address = tuple[int, int]
"""The row as a spreadsheet shows it, and the column counted from 0."""


@dataclass(slots=True)
class Screened:
    """What screening found: the first visible sheet, its odd cells and ranges, or a finding that refuses."""

    findings: list[Finding] = field(default_factory=list)
    sheet: str = ""
    marks: dict[Address, str] = field(default_factory=dict)
    dressed: set[Address] = field(default_factory=set)
    """The cells whose format shows another number than they hold, should they hold one."""
    merged: list[tuple[Address, Address]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    corner: Address = (0, 0)
    plain: Literal | None = None
    """The first visible sheet, where it holds nothing but rows of texts and numbers."""


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ElementTree.ParseError,
    KeyError,
    ValueError,
    EOFError,
    OSError,
    RuntimeError,  # an encrypted member; a method of compression that is not supported
)


def screen(data: bytes, *, most: int = MOST_INFLATED) -> Screened:
    """Give what a workbook hides; one finding that refuses it ends the screening at once."""
    screened = Screened()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            _screen(book, Inflation(book, len(data), most), screened)
    except Refused as refused:
        screened.findings.append(refused.finding)
    except _BROKEN as error:
        screened.findings.append(refusal("workbook-broken", found=str(error)))
    return screened


def _screen(book: zipfile.ZipFile, inflation: Inflation, screened: Screened) -> None:
    """Every member is inflated once and looked at before it is parsed; the sheet that counts is read as it inflates."""
    names = book.namelist()
    _refuse_active(names)
    if len({name.lower().replace("\\", "/").lstrip("/") for name in names}) != len(names):
        # Readers may differ on which of the two counts.
        raise Refused(refusal("workbook-broken", found="a member stands twice"))
    inflation.check_declared()
    inflation.pass_over(_HEADS)
    if b"macroenabled" in book.read(_TYPES).lower():
        raise Refused(refusal("active-content", found="macroEnabled"))
    sheets = _sheets(book, screened)
    screened.sheet, part = sheets[0] if sheets else ("", "")
    inflation.pass_over(name for name in names if name not in {*_HEADS, part})
    if not sheets:
        raise Refused(refusal("no-visible-sheet"))
    inflating = inflation.chunks(part)
    screened.plain = read_plain(inflating, _parts(book))
    deque(inflating, maxlen=0)  # what a sheet that is not plain has left
    if screened.plain is None:
        _cells(book, part, screened)
    for title, other in sheets[1:]:
        if _has_rows(book, other):
            screened.findings.append(Finding("other-sheet", "warn", None, None, title, screened.sheet))


def _refuse_active(names: Iterable[str]) -> None:
    for name in names:
        if any(word in f"/{name}".lower() for word in _MACROS):
            raise Refused(refusal("active-content", found=name))


def _sheets(book: zipfile.ZipFile, screened: Screened) -> list[tuple[str, str]]:
    """The title and the part of each visible sheet."""
    workbook = ElementTree.fromstring(book.read(_WORKBOOK))
    if any(properties.get("date1904") in {"1", "true"} for properties in workbook.iter(f"{_MAIN}workbookPr")):
        screened.findings.append(Finding("other-day-zero", "hold", None, None, "", ""))
    links = ElementTree.fromstring(book.read(_LINKS))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    visible = []
    for sheet in workbook.iter(f"{_MAIN}sheet"):
        title = str(sheet.get("name"))
        if sheet.get("state", "visible") != "visible":
            screened.findings.append(Finding("hidden-sheet", "hold", None, None, title, ""))
        else:
            visible.append((title, _part_of(targets[sheet.get(_LINK)])))
    return visible


def _part_of(target: str) -> str:
    """The member that a link names; one that is no XML by its name would not have been looked at as such."""
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if not part.lower().endswith(".xml"):
        raise KeyError(f"{part} is no worksheet")
    return part


def _has_rows(book: zipfile.ZipFile, name: str) -> bool:
    """Whether a sheet holds two rows as full as those of results; a note beside them does not."""
    full = 0
    with book.open(name) as part:
        for _, element in ElementTree.iterparse(part):
            if element.tag.rpartition("}")[2] == "row":
                full += sum(len(cell) > 0 for cell in element.findall("{*}c")) >= _FULL
                element.clear()
            if full > 1:
                return True
    return False


def _parts(book: zipfile.ZipFile) -> Callable[[str], bytes]:
    names = frozenset(book.namelist())
    return lambda name: book.read(name) if name in names else b""


def _cells(book: zipfile.ZipFile, name: str, screened: Screened) -> None:
    """Names count without their namespace, as for the reader of cells; a cell outside a row is nobody's."""
    styles, outside, row = plain_styles(_parts(book)("xl/styles.xml")), 0, 0
    with book.open(name) as part:
        for _, element in ElementTree.iterparse(part):
            match element.tag.rpartition("}")[2]:
                case "c":
                    outside += 1
                case "row":
                    row = int(element.get("r", row + 1))
                    outside -= _row(element, row, styles, screened)
                    element.clear()
                case "col" if element.get("hidden") in {"1", "true"}:
                    first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                    screened.hidden_columns.update(range(first - 1, min(last, 16384)))
                case "mergeCell":
                    ends = str(element.get("ref")).split(":")
                    screened.merged.append((address(ends[0]), address(ends[-1])))
    if outside:
        screened.findings.append(refusal("workbook-broken", found=f"{outside} cells outside rows"))
    rows, width = screened.corner
    if rows * (width + 1) > MOST_CELLS:
        screened.findings.append(refusal("sparse-bomb", found=f"{rows} x {width + 1}", expected=str(MOST_CELLS)))


def _row(element: ElementTree.Element, row: int, styles: tuple[bool, ...], screened: Screened) -> int:
    """Screen the cells of a row and give how many there are; one without an address follows the one before."""
    if element.get("hidden") in {"1", "true"}:
        screened.hidden_rows.add(row)
    cells, here = element.findall("{*}c"), (row, -1)
    for cell in cells:
        here = address(str(cell.get("r"))) if cell.get("r") else (here[0], here[1] + 1)
        _cell(cell, here, styles, screened)
    return len(cells)


def _cell(element: ElementTree.Element, here: Address, styles: tuple[bool, ...], screened: Screened) -> None:
    screened.corner = (max(screened.corner[0], here[0]), max(screened.corner[1], here[1]))
    if element.find("{*}f") is not None:
        screened.marks[here] = "formula"
    if element.get("t") == "e" or _too_long(element):
        screened.marks[here] = "error"
    if not shows_as_is(styles, element.get("s")):
        screened.dressed.add(here)


def _too_long(element: ElementTree.Element) -> bool:
    """A number with more digits than a spreadsheet keeps; the reader of cells would cut it."""
    value = element.findtext("{*}v", "")
    return element.get("t", "n") == "n" and len(value.partition("E")[0].strip("-0").replace(".", "")) > _MOST_DIGITS


def address(text: str) -> Address:
    """Give the row and column of `B7`; a reference of another shape raises KeyError."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise KeyError(f"{text} is no cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1
