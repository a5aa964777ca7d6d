"""Workbooks: the first visible sheet after screening, every cell as text beside what kind it was."""

import io
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np
from python_calamine import CalamineError, CalamineWorkbook

from labs.formats.literal import MOST_DIGITS, Literal, digits_of
from labs.formats.screening import Address, Screened, screen
from labs.formats.table import Row, Table, canonical_column, refused, rows_of

_RECOGNISED = 4
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
    marks: dict[Address, str] = {}
    rows = []
    for number, cells in enumerate(grid, start=1):
        texts = tuple(_text(cell) for cell in cells)
        kinds = (_kind(cell, (number, column) in screened.dressed) for column, cell in enumerate(cells))
        marks |= {(number, column): kind for column, kind in enumerate(kinds) if kind}
        if any(text.strip() or (number, column) in screened.marks for column, text in enumerate(texts)):
            rows.append(Row(number, texts))
    filled, merged = _merges(grid, screened)
    marks |= merged | screened.marks | _hidden(rows, screened)
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
        bottom, right = min(bottom, len(grid)), min(right, len(grid[0]) - 1 if grid else 0)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    marks[row, column] = "merged"
                if left == right and row > top:
                    filled[row, column] = _text(grid[top - 1][left])
    return filled, marks


def _hidden(rows: list[Row], screened: Screened) -> dict[Address, str]:
    return {
        (row.number, column): "hidden"
        for row in rows
        for column in range(len(row.cells))
        if row.number in screened.hidden_rows or column in screened.hidden_columns
    }
