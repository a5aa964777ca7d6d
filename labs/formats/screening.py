"""Screening of a workbook before anything reads it: bombs, macros, entities, and what a cell reader cannot see."""

import io
import lzma
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from xml.etree import ElementTree

from labs.formats.cells import MOST_ROWS
from labs.formats.inflation import MOST_INFLATED, Inflation, Refused
from labs.formats.literal import read_plain
from labs.formats.table import refusal
from labs.formats.worksheet import Screened, SharedTexts, screen_cells, shared_texts
from labs.result import Finding

_FULL = 4
"""Filled cells; a row of results has more."""
_TYPES, _WORKBOOK, _LINKS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ROOT, _SHARED, _STYLES = "_rels/.rels", "xl/sharedStrings.xml", "xl/styles.xml"
_HEADS = (_TYPES, _ROOT, _WORKBOOK, _LINKS)
"""What says where the sheets are."""
_MACROS = ("vbaproject.bin", "/externallinks/", "/embeddings/", "/activex/", "/ctrlprops/")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ElementTree.ParseError,
    lzma.LZMAError,
    LookupError,
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
    _check_links(book)
    sheets = _sheets(book, screened)
    screened.sheet, part = sheets[0] if sheets else ("", "")
    inflation.pass_over(name for name in names if name not in {*_HEADS, part})
    if not sheets:
        raise Refused(refusal("no-visible-sheet"))
    inflating = inflation.chunks(part)
    screened.plain = read_plain(inflating, _parts(book))
    deque(inflating, maxlen=0)  # what a sheet that is not plain has left
    if screened.plain is None:
        shared = SharedTexts()
        if _SHARED in names and book.getinfo(_SHARED).file_size:
            with book.open(_SHARED) as texts:
                shared = shared_texts(texts)
        with book.open(part) as sheet:
            screen_cells(sheet, screened, _parts(book)(_STYLES), shared)
    for title, other in sheets[1:]:
        if _has_rows(book, other):
            screened.findings.append(Finding("other-sheet", "warn", None, None, title, screened.sheet))


def _refuse_active(names: Iterable[str]) -> None:
    for name in names:
        if any(word in f"/{name}".lower() for word in _MACROS):
            raise Refused(refusal("active-content", found=name))


def _check_links(book: zipfile.ZipFile) -> None:
    """The parts that are read by their names are those that the workbook names, or others would be shown."""
    names = frozenset(book.namelist())
    for links, folder, kind, part in (
        (_ROOT, "", "officeDocument", _WORKBOOK),
        (_LINKS, "xl/", "sharedStrings", _SHARED),
        (_LINKS, "xl/", "styles", _STYLES),
    ):
        found = [
            str(link.get("Target"))
            for link in ElementTree.fromstring(book.read(links))
            if str(link.get("Type")).rpartition("/")[2] == kind
        ]
        named = [target.removeprefix("/") if target.startswith("/") else f"{folder}{target}" for target in found]
        if named != [part] * (part in names):
            raise KeyError(f"{part} is not the one that {links} names")


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
    full = rows = 0
    with book.open(name) as part:
        for _, element in ElementTree.iterparse(part):
            if element.tag.rpartition("}")[2] == "row":
                rows += 1
                full += sum(len(cell) > 0 for cell in element.findall("{*}c")) >= _FULL
                element.clear()
            if rows > MOST_ROWS:
                raise ValueError(f"{rows} rows")
            if full > 1:
                return True
    return False


def _parts(book: zipfile.ZipFile) -> Callable[[str], bytes]:
    names = frozenset(book.namelist())
    return lambda name: book.read(name) if name in names else b""
