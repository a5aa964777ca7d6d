"""A table with a column an item: every measured cell becomes a row, under the number of the row it stood in."""

from collections.abc import Iterator, Sequence

from labs.formats.table import Row, Table, rows_of
from labs.mapping import FileMapping
from labs.result import Finding

_HEADERS = 2
_ODD = frozenset({"formula", "error", "boolean", "merged", "date", "hidden", "dressed", "noise"})


def lengthened(table: Table, mapping: FileMapping) -> Table:
    """Give the table in the long layout; the row under the header holds the units of a wide one."""
    if mapping.layout != "wide" or len(lines := rows_of(table)) < _HEADERS:
        return table
    header, units, *rows = lines
    units = Row(units.number, (*units.cells, *[""] * (len(header.cells) - len(units.cells))))  # a unit absent is told
    items = [at for at, cell in enumerate(header.cells) if cell.strip() in mapping.items]
    others = [at for at in range(len(header.cells)) if at not in items]
    head = (*(header.cells[at] for at in others), "item_code", "result_text", "unit")
    long = (line for row in rows for line in _lines(row, (header, units), items, others))
    odd = (
        Finding("wide-cell", "hold", row, None, kind, "")
        for (row, _), kind in table.marks.items()
        if kind in _ODD and row > units.number
    )
    return Table((Row(header.number, head), *long), findings=(*table.findings, *odd), addressed=False)


def _lines(row: Row, heads: tuple[Row, Row], items: Sequence[int], others: Sequence[int]) -> Iterator[Row]:
    """A row that is too short or too long keeps its own width, so that it is told as ragged."""
    header, units = heads
    if len(row.cells) != len(header.cells):
        yield row
        return
    shared = tuple(row.cells[at] for at in others)
    for at in items:
        if row.cells[at].strip():
            yield Row(row.number, (*shared, header.cells[at].strip(), row.cells[at], units.cells[at]))
