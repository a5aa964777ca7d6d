"""The header of a table: found among the first rows, complete, and without a name that is not known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from labs.formats.table import Row, Table, canonical_column, columns, refusal
from labs.result import Finding

SEARCHED = 50
"""The rows a header may hide behind."""
_RECOGNISED = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One row of data under the canonical columns, with what each cell was besides text."""

    number: int
    cells: Mapping[str, str]
    marks: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()


def lines(table: Table) -> tuple[tuple[Line, ...], tuple[Finding, ...]]:
    """Give the rows of data by canonical column, and what is wrong with the header and the widths."""
    place = next((at for at, row in enumerate(table.rows[:SEARCHED]) if _recognised(row) >= _RECOGNISED), None)
    if place is None:
        return (), (refusal("header-missing", expected=", ".join(columns().required)),)
    header = table.rows[place]
    names = _names(header, table)
    if refusals := tuple(_refusals(names, header)):
        return (), refusals
    found = [
        Finding("preamble", "warn", row.number, None, " ".join(row.cells).strip(), "") for row in table.rows[:place]
    ]
    kept = []
    for row in table.rows[place + 1 :]:
        if row.cells == header.cells:
            found.append(Finding("header-repeated", "fix", row.number, None, "", ""))
        elif not _fits(row, header, names, table):
            found.append(Finding("ragged-row", "hold", row.number, None, str(len(row.cells)), str(len(names))))
        else:
            line, fixes = _line(row, names, table)
            found += fixes
            kept.append(line)
    return tuple(kept), tuple(found)


def _recognised(row: Row) -> int:
    return sum(canonical_column(cell) is not None for cell in row.cells)


def _names(header: Row, table: Table) -> tuple[str, ...]:
    """The header's cells; a spreadsheet's used range may reach past the last of them."""
    cells = [cell.strip() for cell in header.cells]
    while not table.ragged and not cells[-1]:
        cells.pop()
    return tuple(canonical_column(cell) or f"?{cell}" for cell in cells)


def _refusals(names: tuple[str, ...], header: Row) -> Iterator[Finding]:
    known = ", ".join(columns().names)
    for name in dict.fromkeys(names):
        if name == "?":
            yield refusal("header-blank", row=header.number, expected=known)
        elif name.startswith("?"):
            yield refusal("header-unknown", row=header.number, found=name[1:], expected=known)
        elif names.count(name) > 1:
            yield refusal("header-duplicate", row=header.number, found=name)
    for name in columns().required:
        if name not in names:
            yield refusal("column-missing", row=header.number, expected=name)


def _fits(row: Row, header: Row, names: tuple[str, ...], table: Table) -> bool:
    if table.ragged:
        return len(row.cells) == len(header.cells)
    return not any(cell.strip() for cell in row.cells[len(names) :])


def _line(row: Row, names: tuple[str, ...], table: Table) -> tuple[Line, list[Finding]]:
    cells = dict(zip(names, row.cells, strict=False))
    marks = {name: kind for at, name in enumerate(names) if (kind := table.marks.get((row.number, at)))}
    fixes = []
    for at, name in enumerate(names):
        if marks.get(name) == "merged" and name in columns().identity and (row.number, at) in table.filled:
            cells[name] = table.filled[row.number, at]
            del marks[name]
            fixes.append(Finding("merged-filled", "fix", row.number, name, "", cells[name]))
    return Line(row.number, cells, marks), fixes
