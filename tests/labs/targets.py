"""What is fuzzed: each target takes any bytes, raises nothing of its own, and finds no accepted value changed."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache

from labs.errors import UnknownMapping
from labs.formats import Expected, csv, read, sniff
from labs.formats.dates import read_day
from labs.formats.table import rows_of
from labs.mapping import FileMapping, read_mapping
from labs.numeral import declared, plain, read_number
from labs.result import read_result
from tests.labs import bad_inputs, oracle

KNOWN = Expected("LAB1", None, date(2026, 11, 22))
PARTS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml")
MARK = b"\x1e"
"""What stands between the parts of a workbook, and between a mapping and its file."""
_LINKS = "xl/_rels/workbook.xml.rels"
_SHARED = b'<Relationship Id="rId9" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'


def whole(form: str) -> Callable[[bytes], None]:
    """Give the target that reads a file of this format."""

    def target(data: bytes) -> None:
        unchanged(data, form)

    return target


def unchanged(data: bytes, form: str) -> int:
    """Read a file, compare what was accepted with the slow reading, and give how many results that was."""
    reading = read(data, f"r.{form}", KNOWN)
    if len(reading.results):
        faults = oracle.changed(reading, data, sniff(data))
        assert not faults, faults[:3]
    return len(reading.results)


def columns(data: bytes) -> None:
    """Read a file of text on columns and row by row: both must say the same, whatever its size."""
    table = csv.read(data, large=0)
    if table.grid is not None:
        rows = csv.read(data, large=len(data) + 1)
        assert rows_of(table) == rows_of(rows), (rows_of(table)[:3], rows_of(rows)[:3])
        assert table.findings == rows.findings


def workbook(data: bytes) -> None:
    """Read the parts as a workbook."""
    unchanged(book_of(data), "xlsx")


def book_of(data: bytes) -> bytes:
    """Give the workbook with these parts in the place of an ordinary one's."""
    parts = dict(zip(PARTS, data.split(MARK), strict=False))
    book = {**_ordinary(), **parts}
    if PARTS[1] in book:
        book[_LINKS] = book[_LINKS].replace(b"</Relationships>", _SHARED)
    return _zipped(book)


def mapping(data: bytes) -> None:
    """Read a mapping, and a file by it."""
    text, _, file = data.partition(MARK)
    try:
        found = read_mapping(text.decode("utf-8", "replace"))
    except UnknownMapping:
        return
    _by(found, file)


def numerals(data: bytes) -> None:
    """Read a number and a result; a number must be the one that fractions give."""
    text = data.decode("utf-8", "replace")
    said = read_number(plain(text))
    assert said.value is None or Fraction(said.value) == oracle.number(text), (text, said)
    measured = read_result(text)
    assert (measured.interval is None) == (measured.qualifier is None)
    for decimal, thousands in ((",", "."), (".", ","), (",", " "), (".", "'")):
        written = declared(plain(text), decimal=decimal, thousands=thousands)
        found = read_number(written).value
        meant = oracle.number(plain(text).replace(thousands, "").replace(decimal, "."))
        assert written == plain(text) or found is None or Fraction(found) == meant, (text, written)


def days(data: bytes) -> None:
    """Read a day; it must be the one that the digits say."""
    text = data.decode("utf-8", "replace")
    day, _ = read_day(text, "issued_on")
    assert day is None or day == oracle.day(text), (text, day)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "columns": columns,
    "csv": whole("csv"),
    "days": days,
    "json": whole("json"),
    "mapping": mapping,
    "numerals": numerals,
    "xlsx": workbook,
    "xml": whole("xml"),
}


def _by(found: FileMapping, file: bytes) -> None:
    read(file, "r.csv", Expected("LAB1", None, date(2026, 11, 22), mapping=found))


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return file.getvalue()


@cache
def _ordinary() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bad_inputs.book(rows=2))) as book:
        return {name: book.read(name) for name in book.namelist()}
