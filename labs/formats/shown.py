"""A file as its sender may look at it: what each heading is taken for, and the first rows as written and as read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from labs.formats import FORMATS, sniff
from labs.formats.heading import ASIDE, UNKNOWN, headed, letters, names_of, place_of
from labs.formats.mapped import mapped
from labs.formats.numbers import Measured, read_limits, read_results
from labs.formats.sheet import Notes, Sheet
from labs.formats.table import Table, columns, rows_of
from labs.formats.wide import lengthened
from labs.mapping import FileMapping
from labs.report import Reading
from labs.signed import SignedReport

ROWS = 10
_OPENED = frozenset(
    {"header-missing", "header-blank", "header-unknown", "header-duplicate", "column-missing", "no-rows"}
    | {"report-broken", "report-changed", "report-too-large"}
)
"""What refuses a file, and leaves it readable."""
_UNOPENED = frozenset({"scanner-down", "scanner-refused"})
_WIDEST = 200
"""Characters of a cell: a look at a file is not the file."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading as it stands in the file, with the column it is taken for."""

    place: str
    """The letters of its column."""
    written: str
    taken: str
    """Empty where it is known and not read; a mark of interrogation where it is not known."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row as it is written, and each canonical column that is read from it."""

    number: int
    written: tuple[str, ...]
    read: Mapping[str, str]
    interval: str
    """The result as an interval; empty where it cannot be read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The start of a file as it is read."""

    format: str
    headings: tuple[Heading, ...]
    rows: tuple[ShownRow, ...]
    more: int
    """How many rows follow."""


@dataclass(frozen=True, slots=True)
class Preview:
    """How a table and its report would be read; nothing of it is stored."""

    reading: Reading
    report: SignedReport | None
    shown: Shown | None
    """None where the file could not be opened."""


def may_be_shown(reading: Reading) -> bool:
    """Tell whether a file could be opened: it was not refused, or for its header alone."""
    refusals = {finding.rule for finding in reading.findings if finding.reaction == "reject"}
    return not refusals - _OPENED and not any(finding.rule in _UNOPENED for finding in reading.findings)


def show(data: bytes, mapping: FileMapping) -> Shown:
    """Give the headings and the first rows of a file that can be opened; where no header is found, the rows alone."""
    form = sniff(data)
    table = lengthened(FORMATS[form](data), mapping)
    place = place_of(table, mapping)
    if place is None:
        rows = table.rows[:ROWS]
        plain = tuple(ShownRow(row.number, _cut(row.cells), {}, "") for row in rows)
        return Shown(form, (), plain, len(rows_of(table)) - len(rows))
    header = table.rows[place].cells
    headings = tuple(
        Heading(letters(at), header[at].strip()[:_WIDEST], _taken(name, mapping))
        for at, name in enumerate(names_of(table, place, mapping))
    )
    raw, _ = headed(table, mapping)
    start = _start(table, place)
    read = _read(raw, mapping) if raw is not None and len(raw) else {}
    shown = tuple(ShownRow(number, cells, *next(read.get(number, iter(())), ({}, ""))) for number, cells in start)
    return Shown(form, headings, shown, _behind(table, place) - len(shown))


def record(shown: Shown) -> dict[str, Any]:
    """Give it as plain lists and texts."""
    return {
        "format": shown.format,
        "headings": [[one.place, one.written, one.taken] for one in shown.headings],
        "rows": [[one.number, one.written, dict(one.read), one.interval] for one in shown.rows],
        "more": shown.more,
    }


def restored(page: Mapping[str, Any]) -> Shown:
    """Give what `record` gave; a page of another shape raises an error of its own kind."""
    rows = tuple(
        ShownRow(int(number), tuple(map(str, written)), {str(key): str(text) for key, text in read.items()}, str(span))
        for number, written, read, span in page["rows"]
    )
    headings = tuple(Heading(*map(str, one)) for one in page["headings"])
    return Shown(str(page["format"]), headings, rows, int(page["more"]))


def _taken(name: str, mapping: FileMapping) -> str:
    if name.startswith(UNKNOWN):
        return UNKNOWN
    used = [column for column, template in mapping.templates.items() if f"{{{name.removeprefix(ASIDE)}}}" in template]
    return ", ".join(used) if name.startswith(ASIDE) else name


def _start(table: Table, place: int) -> list[tuple[int, tuple[str, ...]]]:
    if table.grid is None:
        return [(row.number, _cut(row.cells)) for row in table.rows[place + 1 : place + 1 + ROWS]]
    columns_, numbers = table.grid.columns, table.grid.numbers[:ROWS].tolist()
    return [(number, _cut(column.at(at) or "" for column in columns_)) for at, number in enumerate(numbers)]


def _behind(table: Table, place: int) -> int:
    return len(table.rows) - place - 1 if table.grid is None else len(table.grid.numbers)


def _read(raw: Sheet, mapping: FileMapping) -> dict[int, Iterator[tuple[dict[str, str], str]]]:
    """The first rows by the mapping, each result as an interval; those of one number follow each other."""
    first = np.zeros(len(raw), np.bool_)
    first[:ROWS] = True
    sheet, _ = mapped(raw.kept(first), mapping)
    notes = Notes(sheet)
    measured = read_results(notes, read_limits(notes))
    names = [name for name in columns().names if any(sheet.column(name).words)]
    found: dict[int, list[tuple[dict[str, str], str]]] = {}
    for at, number in enumerate(sheet.numbers.tolist()):
        cells = {name: (sheet.column(name).at(at) or "")[:_WIDEST] for name in names}
        said = {name: text for name, text in cells.items() if text}, _interval(measured, at)
        found.setdefault(number, []).append(said)
    return {number: iter(rows) for number, rows in found.items()}


def _interval(measured: Measured, at: int) -> str:
    if not measured.qualifier.at(at):
        return ""
    low, high = measured.low.at(at), measured.high.at(at)
    if low == high:
        return str(low)
    left = "(" if low is None or measured.low_open[at] else "["
    right = ")" if high is None or measured.high_open[at] else "]"
    return f"{left}{'-∞' if low is None else low}, {'∞' if high is None else high}{right}"


def _cut(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(cell[:_WIDEST] for cell in cells)
