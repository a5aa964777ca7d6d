"""Findings: what was wrong in a source, by row, as a table of any size.

Rows count as a spreadsheet does, the header being row 1; 0 is the source as a whole.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.cell import texts_in
from sampling.columns import WORDS, Ints

FINDING = pa.schema([("row", pa.int64()), ("column", WORDS), ("reason", WORDS), ("found", pa.large_string())])
LONGEST = 200
"""So many characters of what was found are kept."""
WHOLE = frozenset({"source_unreadable", "no_source_fits", "column_missing", "column_unreadable"})
"""The findings about a source as a whole: nothing can be drawn from it."""


def told(
    rows: Ints, wrong: NDArray[np.bool_], column: str, reason: str, cells: pa.Array | None = None
) -> list[pa.Table]:
    """Give one finding for each row that is wrong, with the text of its cell; no table where none is."""
    places = np.flatnonzero(wrong)
    if not len(places):
        return []
    found = pa.array([""] * len(places), pa.large_string()) if cells is None else texts_in(cells.take(pa.array(places)))
    return [_table(rows[places], column, reason, pc.utf8_slice_codeunits(found, 0, LONGEST))]


def one(row: int, column: str, reason: str, found: str = "") -> pa.Table:
    """Give a single finding."""
    return _table(np.array([row]), column, reason, pa.array([found[:LONGEST]], pa.large_string()))


def gathered(parts: Iterable[pa.Table]) -> pa.Table:
    """Give several findings as one table in the order of their rows."""
    held = [part for part in parts if len(part)]
    if not held:
        return FINDING.empty_table()
    whole = pa.concat_tables(held).unify_dictionaries()
    row = whole.column("row").to_numpy()
    ordered = bool((row[1:] >= row[:-1]).all())
    return whole if ordered else whole.take(pa.array(np.argsort(row, kind="stable")))


def counted(findings: pa.Table) -> list[tuple[str, str, int]]:
    """Give column, reason and how many findings have them, sorted."""
    plain = findings.select(["column", "reason"]).cast(pa.schema([("column", pa.string()), ("reason", pa.string())]))
    counts = plain.group_by(["column", "reason"]).aggregate([([], "count_all")]).to_pydict()
    return sorted(zip(counts["column"], counts["reason"], counts["count_all"], strict=True))


def is_useless(findings: pa.Table) -> bool:
    """Tell whether the findings say that the source as a whole cannot be read."""
    return not WHOLE.isdisjoint(reason for _, reason, _ in counted(findings))


def named(findings: Sequence[tuple[str, pa.Table]]) -> pa.Table:
    """Give the findings of several sources as one table, led by the source's name."""
    parts = [part.add_column(0, "source", _same(name, len(part))) for name, part in findings]
    return pa.concat_tables(parts).unify_dictionaries()


def counted_by_source(findings: pa.Table) -> dict[tuple[str, str, str], int]:
    """Give how many findings that are led by a source have each source, column and reason."""
    keys = ["source", "column", "reason"]
    plain = findings.select(keys).cast(pa.schema([(key, pa.string()) for key in keys]))
    counts = plain.group_by(keys).aggregate([([], "count_all")]).to_pylist()
    return {(one["source"], one["column"], one["reason"]): one["count_all"] for one in counts}


def first_of_each(findings: pa.Table, most: int) -> pa.Table:
    """Give the first rows, so many at most, of each source, column and reason, as texts."""
    columns = [findings.column(name).cast(pa.string()) if name != "row" else findings.column(name)
               for name in findings.column_names]  # fmt: skip
    plain = pa.table(columns, findings.column_names)
    kind = plain.select(["source", "column", "reason"]).to_pandas()
    return plain.filter(pa.array(kind.groupby(["source", "column", "reason"]).cumcount().to_numpy() < most))


def _table(rows: Ints, column: str, reason: str, found: pa.Array) -> pa.Table:
    columns = [pa.array(rows, pa.int64()), _same(column, len(rows)), _same(reason, len(rows)), found]
    return pa.Table.from_arrays(columns, schema=FINDING)


def _same(text: str, many: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(many, np.int32)), pa.array([text]))
