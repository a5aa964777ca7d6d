"""The header of a table: found among the first rows, complete, and without a name that is not known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from labs.columns import Ints, Words
from labs.formats.sheet import Sheet, rewritten
from labs.formats.table import Grid, Row, Table, canonical_column, columns, refusal
from labs.mapping import FileMapping, places
from labs.result import Finding

SEARCHED = 50
"""The rows a header may hide behind."""
_RECOGNISED = 4
_SHOWN = 60
ASIDE = "!"
"""What stands before the name of a column that a mapping knows and that is none of ours."""
UNKNOWN = "?"
"""What stands before the name of a column that nobody knows."""


def headed(table: Table, mapping: FileMapping) -> tuple[Sheet | None, tuple[Finding, ...]]:
    """Give the rows of data under their columns, and what is wrong with the header and the widths."""
    place = place_of(table, mapping)
    if place is None:
        return None, (refusal("header-missing", expected=", ".join(columns().required)),)
    header = table.rows[place]
    names = names_of(table, place, mapping)
    if refusals := tuple(_refusals(names, header, mapping)):
        return None, refusals
    found = [
        Finding("preamble", "warn", row.number, None, " ".join(row.cells).strip()[:_SHOWN], "")
        for row in table.rows[:place]
    ]
    grid, fixes = _body(table, place, names)
    return _sheet(table, grid, names, fixes), (*found, *fixes)


def place_of(table: Table, mapping: FileMapping) -> int | None:
    """Give the place of the header among the rows; None where no row is one."""
    return next((at for at, row in enumerate(table.rows[:SEARCHED]) if _recognised(row, mapping)), None)


def names_of(table: Table, place: int, mapping: FileMapping) -> tuple[str, ...]:
    """Give what each cell of the header is taken for: a column, one of the mapping behind `!`, or unknown behind `?`.

    A spreadsheet's used range may reach past the last of them.
    """
    cells = [cell.strip() for cell in table.rows[place].cells]
    while not table.ragged and not cells[-1]:
        cells.pop()
    return tuple(_known(cell, mapping) or f"{UNKNOWN}{cell}" for cell in cells)


def letters(column: int) -> str:
    """Give the letters of a spreadsheet's column, counted from 0."""
    text = ""
    while column >= 0:
        text, column = chr(65 + column % 26) + text, column // 26 - 1
    return text


def _known(cell: str, mapping: FileMapping) -> str | None:
    """The column that a header cell names, or itself behind a mark where a mapping names it and it is none."""
    text = cell.strip()
    if text in mapping.headers:
        return mapping.headers[text]
    if text in mapping.ignored or any(text in places(template) for template in mapping.templates.values()):
        return f"{ASIDE}{text}"
    return canonical_column(text)


def _recognised(row: Row, mapping: FileMapping) -> bool:
    return sum(_known(cell, mapping) is not None for cell in row.cells) >= _RECOGNISED


def _refusals(names: Sequence[str], header: Row, mapping: FileMapping) -> Iterator[Finding]:
    known = ", ".join((*columns().names, *mapping.headers))
    for name in dict.fromkeys(names):
        if name == UNKNOWN:
            yield refusal("header-blank", row=header.number, expected=known)
        elif name.startswith(UNKNOWN):
            yield refusal("header-unknown", row=header.number, found=name[1:], expected=known)
        elif names.count(name) > 1:
            yield refusal("header-duplicate", row=header.number, found=name)
    named = (*(name for name in names if not name.startswith((ASIDE, UNKNOWN))), *mapping.templates)
    for name in (name for name in dict.fromkeys(named) if name not in columns().names):
        yield refusal("mapping-astray", row=header.number, found=name, expected=", ".join(columns().names))
    for name in columns().required:
        if name not in names and name not in mapping.templates:
            yield refusal("column-missing", row=header.number, expected=name)


def _body(table: Table, place: int, names: Sequence[str]) -> tuple[Grid, list[Finding]]:
    """The rows under the header on columns, without those that are no data."""
    if table.grid is not None:
        return table.grid, []
    header, found, kept = table.rows[place], [], []
    for row in table.rows[place + 1 :]:
        if row.cells == header.cells:
            found.append(Finding("header-repeated", "fix", row.number, None, "", ""))
        elif not _fits(row, header, names, table):
            found.append(Finding("ragged-row", "hold", row.number, None, str(len(row.cells)), str(len(names))))
        else:
            kept.append(row)
    width = len(names)
    cells: Iterable[tuple[str, ...]] = zip(*(row.cells[:width] for row in kept), strict=True) if kept else [()] * width
    numbers = np.array([row.number for row in kept], np.int64)
    return Grid(numbers, tuple(Words.of(column) for column in cells)), found


def _fits(row: Row, header: Row, names: Sequence[str], table: Table) -> bool:
    if table.ragged:
        return len(row.cells) == len(header.cells)
    return len(row.cells) >= len(names) and not any(cell.strip() for cell in row.cells[len(names) :])


def _sheet(table: Table, grid: Grid, names: Sequence[str], fixes: list[Finding]) -> Sheet:
    columns_found = dict(zip(names, grid.columns, strict=True))
    marks = _marks(table, grid.numbers, names)
    prefix = f"{table.sheet}!" if table.sheet else ""
    addresses = {name: f"{prefix}{letters(at)}" for at, name in enumerate(names)} if table.addressed else {}
    for name in (name for name in names if name in columns().identity):
        filled, more = _filled(table, grid, names.index(name), columns_found[name], marks.get(name, {}))
        columns_found[name] = filled
        fixes += [replace(fix, column=name, cell=f"{addresses.get(name, '')}{fix.row}") for fix in more]
    raw = columns_found.get("result_text") or Words(np.zeros(len(grid.numbers), np.int32), ("",))
    cells = {name: rewritten(column, str.strip) for name, column in columns_found.items()}
    return Sheet(grid.numbers, cells, raw, marks, addresses)


def _marks(table: Table, numbers: Ints, names: Sequence[str]) -> dict[str, dict[int, str]]:
    if not table.marks:
        return {}
    at = {number: place for place, number in enumerate(numbers.tolist())}
    marks: dict[str, dict[int, str]] = {}
    for (row, column), kind in table.marks.items():
        if row in at and column < len(names):
            marks.setdefault(names[column], {})[at[row]] = kind
    return marks


def _filled(table: Table, grid: Grid, at: int, column: Words, marks: dict[int, str]) -> tuple[Words, list[Finding]]:
    """A column of identity, filled downwards inside its merged ranges."""
    merged: Mapping[int, str] = {
        place: table.filled[row, at]
        for place, kind in marks.items()
        if kind == "merged" and (row := int(grid.numbers[place]), at) in table.filled
    }
    if not merged:
        return column, []
    texts = [merged.get(place, column.at(place)) for place in range(len(column))]
    for place in merged:
        del marks[place]
    fixes = [
        Finding("merged-filled", "fix", int(grid.numbers[place]), None, "", text) for place, text in merged.items()
    ]
    return Words.of(texts), fixes
