"""Comma, semicolon or tab separated text: decoded strictly, split strictly."""

import codecs
import csv
import io
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from labs.columns import Words
from labs.formats.arrow import words_of
from labs.formats.table import Grid, Row, Table, canonical_column, refused
from labs.result import Finding

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",;\t|"
_ENOUGH = 3
LARGE = 1 << 18
"""From so many bytes on a file is read on columns where it can be."""
_BLOCK = 1 << 22
_LOOKED_AT = 200_000


def read(data: bytes, *, large: int = LARGE) -> Table:
    """Give the rows of the file; bytes that are no text, or text that no header explains, are refused."""
    return (_on_columns(data) if len(data) >= large else None) or _on_rows(data)


def _on_columns(data: bytes) -> Table | None:
    """A file without quotes, in UTF-8, whose every row is as wide as its header: all but the header on columns.

    Whatever else a file may be is left to the reader of rows, so that both say the same.
    """
    if b'"' in data or b"\0" in data or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n")):
        return None
    try:
        head = data[:_LOOKED_AT].decode("utf-8-sig", "ignore")
        line = data[:_LOOKED_AT].partition(b"\n")[0].decode("utf-8-sig").removesuffix("\r")
        delimiter = _delimiter(head)
        if sum(canonical_column(cell) is not None for cell in line.split(delimiter)) < _ENOUGH:
            return None
        names = line.split(delimiter)
        columns = _columns(data, delimiter, len(names))
    except (pa.ArrowInvalid, UnicodeDecodeError):  # another width, a blank line or other bytes than UTF-8
        return None
    if _again(names, columns):
        return None
    numbers = np.arange(2, len(columns[0]) + 2, dtype=np.int64)
    return Table((Row(1, tuple(names)),), grid=Grid(numbers, columns))


def _columns(data: bytes, delimiter: str, width: int) -> tuple[Words, ...]:
    names = [str(at) for at in range(width)]
    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names, skip_rows=1),
        arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string())), null_values=[],
            strings_can_be_null=False,
        ),
    )  # fmt: skip
    return tuple(words_of(column.unify_dictionaries().combine_chunks()) for column in table.itercolumns())


def _again(names: Sequence[str], columns: Sequence[Words]) -> bool:
    """Whether a row may be the header again, or blank: such rows are told apart one by one."""
    first = set(columns[0].words)
    return names[0] in first or any(not word.strip() for word in first)


def _on_rows(data: bytes) -> Table:
    decoded = _decode(data)
    if decoded is None:
        told = Finding("encoding-unknown", "hold", None, None, "", "UTF-8, UTF-16 with BOM, GB18030")
        return Table((), findings=(told,))
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
    """Other bytes decode as GB18030 without an error, so it is believed only where it shows a known Chinese header."""
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
    if decoded is None:
        return None
    known = _headers(decoded[0], _delimiter(decoded[0]))
    return decoded if len(known) >= _ENOUGH and not "".join(known).isascii() else None


def _delimiter(text: str) -> str:
    """The mark that parts the most known headers, else the one that the first line has most of."""
    first = text[:_LOOKED_AT].lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=lambda mark: (len(_headers(text, mark)), first.count(mark)))


def _headers(text: str, delimiter: str) -> list[str]:
    """The most header names that one of the first fifty lines would hold if it were split there."""
    lines = ([cell.strip('"') for cell in line.split(delimiter)] for line in text[:_LOOKED_AT].splitlines()[:50])
    return max(([cell for cell in cells if canonical_column(cell)] for cells in lines), key=len, default=[])
