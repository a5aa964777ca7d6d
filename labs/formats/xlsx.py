"""Workbooks: the first visible sheet after screening, every cell as text beside what kind it was."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from labs.formats.literal import MOST_DIGITS, Literal, digits_of
from labs.formats.screening import screen
from labs.formats.table import Row, Table, canonical_column, refused, rows_of
from labs.formats.worksheet import Address, Area, Screened

_RECOGNISED = 4
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAY, _DAY_ZERO = timedelta(days=1), datetime(1899, 12, 30)
_OTHER_ZERO = 1462
"""Days between the two days that workbooks count from."""
_LEAP = 61
"""Up to this day spreadsheets count one that 1900 did not have."""
_SECOND = 1 / 86400
Cell = int | float | str | bool | time | date | datetime | timedelta


def read(data: bytes) -> Table:
    """Give the rows of the first visible sheet; what a workbook must not hold refuses it."""
    screened = screen(data)
    if any(finding.reaction == "reject" for finding in screened.findings):
        return Table((), findings=tuple(screened.findings))
    if screened.plain is not None:
        return _plain(screened.plain, screened)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            grid = book.get_sheet_by_name(screened.sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        return refused("workbook-broken", found=str(error))
    if not _compare(grid, screened):
        return refused("workbook-broken", found="cells that are passed over")
    marks: dict[Address, str] = {}
    rows = []
    for number, cells in enumerate(grid, start=1):
        texts = tuple(_text(cell) for cell in cells)
        kinds = (_kind(cell, (number, column) in screened.dressed) for column, cell in enumerate(cells))
        marks |= {(number, column): kind for column, kind in enumerate(kinds) if kind}
        if any(text.strip() or (number, column) in screened.marks for column, text in enumerate(texts)):
            rows.append(Row(number, texts))
    filled, merged = _merges(grid, screened)
    formulas = {here: "formula" for area in screened.spilled for here in _within(area, grid)}
    marks |= _dressed(grid, screened) | merged | formulas | screened.marks | _hidden(rows, screened)
    return Table(tuple(rows), marks=marks, filled=filled, findings=tuple(screened.findings), ragged=False,
                 sheet=screened.sheet)  # fmt: skip


def _plain(plain: Literal, screened: Screened) -> Table:
    """The rows on columns, where the first of them is a header; else one by one."""
    table = Table((plain.header,), plain.grid, marks=plain.numbers, findings=tuple(screened.findings), ragged=False,
                  sheet=screened.sheet)  # fmt: skip
    header, first = plain.header.cells, plain.grid.columns[0]
    known = sum(canonical_column(cell) is not None for cell in header)
    again = any(first.words[code] == header[0] or not first.words[code].strip() for code in np.unique(first.codes))
    if known >= _RECOGNISED and not again and all(cell.strip() for cell in header):
        return table
    rows = tuple(row for row in rows_of(table) if any(cell.strip() for cell in row.cells))
    return replace(table, rows=rows, grid=None)


def _compare(grid: list[list[Cell]], screened: Screened) -> bool:
    """Mark what was read otherwise than the markup says it; False where something was not read at all."""
    for number, row in screened.said.items():
        cells = grid[number - 1] if number <= len(grid) else []
        for column, said in row.items():
            if column >= len(cells):
                return False
            if _differs(cells[column], said):
                screened.marks[number, column] = "error"
    return True


def _differs(cell: Cell, said: float | str) -> bool:
    match cell, said:
        case str(), str():
            return cell != said and _bare(cell) != _bare(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), said))
        case ((datetime() | date() | time() | timedelta()), float()):
            apart = abs(_days(cell) - said) % _OTHER_ZERO
            return said >= _LEAP and min(apart, _OTHER_ZERO - apart) > _SECOND
        case _:
            return isinstance(cell, bool) or cell != said


def _bare(text: str) -> str:
    return "".join(text.split())


def _days(cell: datetime | date | time | timedelta) -> float:
    match cell:
        case datetime():
            return (cell - _DAY_ZERO) / _DAY
        case date():
            return (cell - _DAY_ZERO.date()) / _DAY
        case time():
            return 0
        case _:
            return cell / _DAY


def _text(cell: Cell) -> str:
    match cell:
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime() | date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _kind(cell: Cell, dressed: bool) -> str | None:
    match cell:
        case bool():
            return "boolean"
        case int() | float() if dressed:
            return "dressed"
        case float() if digits_of(_text(cell)) > MOST_DIGITS:
            return "noise"
        case int() | float():
            return "number"
        case date() | time() | timedelta():
            return "date"
        case _:
            return None


def _merges(grid: list[list[Cell]], screened: Screened) -> tuple[dict[Address, str], dict[Address, str]]:
    """A range of one column is filled downwards if its column allows it; any other is only marked."""
    filled: dict[Address, str] = {}
    marks: dict[Address, str] = {}
    for (top, left), (bottom, right) in screened.merged:
        for row, column in _within(((top, left), (bottom, right)), grid):
            if (row, column) != (top, left):
                marks[row, column] = "merged"
            if left == right and row > top:
                filled[row, column] = _text(grid[top - 1][left])
    return filled, marks


def _within(area: Area, grid: list[list[Cell]]) -> Iterator[Address]:
    (top, left), (bottom, right) = area
    width = len(grid[0]) if grid else 0
    return (
        (row, column) for row in range(top, min(bottom, len(grid)) + 1) for column in range(left, min(right + 1, width))
    )


def _dressed(grid: list[list[Cell]], screened: Screened) -> dict[Address, str]:
    """The cells with something in them that a condition may show in another format."""
    areas = (here for area in screened.dressed_areas for here in _within(area, grid))
    return {(row, column): "dressed" for row, column in areas if _text(grid[row - 1][column]).strip()}


def _hidden(rows: list[Row], screened: Screened) -> dict[Address, str]:
    return {
        (row.number, column): "hidden"
        for row in rows
        for column in range(len(row.cells))
        if row.number in screened.hidden_rows or column in screened.hidden_columns
    }
