"""Comma, semicolon or tab separated text: decoded strictly, split strictly."""

import codecs
import csv
import io

from labs.formats.table import Row, Table, canonical_column, refused
from labs.result import Finding

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t|"


def read(data: bytes) -> Table:
    """Give the rows of the file; bytes that are no text, or text that no header explains, are refused."""
    decoded = _decode(data)
    if decoded is None:
        return refused("encoding-unknown", expected="UTF-8, UTF-16 with BOM, GB18030")
    text, name = decoded
    if "\0" in text:
        return refused("nul-character")
    findings = [] if name.startswith("utf-8") else [Finding("encoding-other", "fix", None, None, name, "utf-8")]
    if "\r" in text.replace("\r\n", ""):
        findings.append(Finding("line-ends", "fix", None, None, "CR", "LF"))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        split = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True))
    except csv.Error as error:
        return refused("csv-broken", found=str(error))
    rows = (Row(number, tuple(cells)) for number, cells in enumerate(split, start=1))
    return Table(tuple(row for row in rows if any(cell.strip() for cell in row.cells)), findings=tuple(findings))


def _decode(data: bytes) -> tuple[str, str] | None:
    """Chinese in UTF-8 decodes as GB18030 without an error, so GB18030 is believed only with known headers."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, name)
    return _strict(data, "utf-8") or _with_headers(_strict(data, "gb18030"))


def _strict(data: bytes, name: str) -> tuple[str, str] | None:
    try:
        return data.decode(name), name
    except UnicodeDecodeError:
        return None


def _with_headers(decoded: tuple[str, str] | None) -> tuple[str, str] | None:
    return decoded if decoded and _known_headers(decoded[0], _delimiter(decoded[0])) >= 3 else None


def _delimiter(text: str) -> str:
    return max(_DELIMITERS, key=lambda mark: _known_headers(text, mark))


def _known_headers(text: str, delimiter: str) -> int:
    """The most header names that one of the first fifty lines would hold if it were split there."""
    lines = ([cell.strip('"') for cell in line.split(delimiter)] for line in text.splitlines()[:50])
    return max((sum(canonical_column(cell) is not None for cell in cells) for cells in lines), default=0)
