"""A frame's parts: what one source, or a batch of its rows, gives to a frame, and what was wrong with it.

A part is of the columns `GATHERED` and those of `MARKS` that the source has. Rows count as a spreadsheet does, the
header being row 1, so that a finding can be looked up in the file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sampling.cell import Mask, flags_in, is_readable, texts_in, times_in, whole, wholes_in, words_in
from sampling.columns import GATHERED, MARKS, Ints
from sampling.errors import WrongMapping
from sampling.finding import FINDING, gathered, one, told
from sampling.identity import from_ids, from_items, platforms_in
from sampling.mapping import Mapped
from sampling.tag import FINE, REASONS, read_tags

UNKNOWN = "unknown"
MOST = {"sales": 10**12 - 1, "complaints": 2**31 - 1, "fails_24m": 2**31 - 1}
"""The largest count of each kind."""
Findings = list[pa.Table]


@dataclass(frozen=True, slots=True)
class Part:
    """Listings as columns, one row for each usable row of the source, and the findings about them."""

    listings: pa.Table
    findings: pa.Table


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one source under one mapping; `number` counts them."""

    table: pa.Table
    mapping: Mapped
    number: Ints

    def cells(self, ours: str) -> pa.Array | None:
        """Give the column that is mapped to ours as it came, None where none is."""
        theirs = self.mapping.columns.get(ours)
        return None if theirs is None else whole(self.table.column(theirs))

    def words(self, ours: str, read: Callable[[pa.Array], pa.DictionaryArray] = words_in) -> pa.DictionaryArray:
        """Give a column as words: the source's own, else the constant of the mapping, else empty ones."""
        cells = self.cells(ours)
        if cells is not None:
            return read(cells)
        constant = read(pa.array([self.mapping.constants.get(ours, "")]))
        return constant.take(pa.array(np.zeros(len(self.table), np.int32)))

    def told(self, wrong: Mask, ours: str, reason: str) -> Findings:
        """Give a finding for each row that is wrong in a column of ours, under the source's own name of it."""
        if not wrong.any():
            return []
        return told(self.number, wrong, self.mapping.columns.get(ours, ours), reason, self.cells(ours))


def read_part(table: pa.Table, mapping: Mapped, *, source: int = 0, first: int = 2) -> Part:
    """Give the listings of a table of a source, texts or typed, whose first row counts as `first`.

    A row without a usable id is refused; all else is kept and reported. A table that lacks a mapped column, or has
    it twice or of a kind without one value a row, gives no listings.
    """
    unfit = unfit_columns(table.schema, mapping.read)
    if len(unfit):
        return Part(empty(), unfit)
    rows = Rows(table, mapping, np.arange(first, first + len(table)))
    ids, platform = identities(rows)
    refused: Findings = []
    if ids.null_count:
        usable = ids.is_valid()
        refused = rows.told(~np.asarray(usable), "item_id" if "item_id" in mapping.columns else "listing_id",
                            "id_unusable")  # fmt: skip
        rows = Rows(table.filter(usable), mapping, rows.number[np.asarray(usable)])
        ids, platform = ids.filter(usable), platform.filter(usable)
    price, price_wrong = _prices(rows)
    category, category_wrong = _categories(rows)
    sales, sales_wrong = counts(rows, "sales")
    seen, seen_wrong = _times(rows)
    marks, marks_wrong = read_marks(rows)
    columns = {
        "listing_id": ids, "platform": platform, "category": category, "seller": rows.words("seller"),
        "currency": rows.words("currency"), "pack": rows.words("pack"), "price": price, "sales": sales,
        "crawled_at": seen, "source": np.full(len(ids), source, np.int16), "row": rows.number,
    }  # fmt: skip
    wrong = gathered([*refused, *price_wrong, *category_wrong, *sales_wrong, *seen_wrong, *marks_wrong])
    return Part(_table({**columns, **marks}), wrong)


def together(parts: Iterable[Part]) -> Part:
    """Give several parts as one, rows as they come; where a part lacks a mark that another has, nothing is marked."""
    held = list(parts)
    marks = [name for name in MARKS if any(name in part.listings.column_names for part in held)]
    tables = [with_marks(part.listings, marks) for part in held]
    listings = pa.concat_tables(tables).unify_dictionaries() if tables else empty()
    findings = [part.findings for part in held if len(part.findings)]
    return Part(listings, pa.concat_tables(findings).unify_dictionaries() if findings else FINDING.empty_table())


def with_marks(listings: pa.Table, names: Iterable[str]) -> pa.Table:
    """Give the listings with these marks, those that were not there set to nothing, in the order of `MARKS`."""
    held = {name: listings.column(name) for name in GATHERED}
    kept = {name: listings.column(name) for name in MARKS if name in listings.column_names}
    none = {name: np.zeros(len(listings), MARKS[name].to_pandas_dtype()) for name in names}
    return _table({**held, **{name: {**none, **kept}[name] for name in MARKS if name in none or name in kept}})


def empty() -> pa.Table:
    """Give the listings of a source that has none."""
    return pa.schema(GATHERED).empty_table()


def unfit_columns(schema: pa.Schema, names: Iterable[str]) -> pa.Table:
    """Give a finding for each named column that a source lacks, has twice or cannot give as plain values."""
    wrong = []
    for name in sorted(set(names)):
        match [schema.field(place).type for place in schema.get_all_field_indices(name)]:
            case []:
                wrong.append(one(1, name, "column_missing"))
            case [kind] if is_readable(kind):
                continue
            case kinds:
                wrong.append(one(1, name, "column_unreadable", ", ".join(map(str, kinds))))
    return gathered(wrong)


def identities(rows: Rows) -> tuple[pa.Array, pa.DictionaryArray]:
    """Give the canonical id of each row, null where it has none, and its platform."""
    whole_ids, items = rows.cells("listing_id"), rows.cells("item_id")
    named = {*rows.mapping.columns, *rows.mapping.constants}
    platform = rows.words("platform", platforms_in) if "platform" in named else None
    if whole_ids is not None:
        return from_ids(texts_in(whole_ids), platform)
    if items is None or platform is None:
        raise WrongMapping("the mapping says neither listing_id nor platform with item_id")
    return from_items(platform, texts_in(items)), platform


def counts(rows: Rows, ours: str) -> tuple[Ints, Findings]:
    """Give a whole number a row, 0 where there is none, and what could not be read."""
    cells = rows.cells(ours)
    if cells is None:
        return np.zeros(len(rows.number), np.int64), []
    found, wrong = wholes_in(cells, MOST[ours])
    return found, rows.told(wrong, ours, "number_unreadable")


def read_marks(rows: Rows) -> tuple[dict[str, pa.Array], Findings]:
    """Give the marks that the source has, one column each, and what could not be read of them."""
    marks: dict[str, pa.Array] = {}
    findings: Findings = []
    for name in (name for name in MARKS if name in rows.mapping.columns):
        marks[name], more = _flags(rows, name) if pa.types.is_boolean(MARKS[name]) else counts(rows, name)
        findings += more
    for theirs, said in rows.mapping.marks.items():
        cells = whole(rows.table.column(theirs))
        spoken = words_in(cells)
        of, names = spoken.indices.to_numpy(zero_copy_only=False), spoken.dictionary.to_pylist()
        for mark in sorted({mark for marked in said.values() for mark in marked}):
            here = np.array([mark in said.get(name, ()) for name in names], bool)[of]
            marks[mark] = here | marks[mark] if mark in marks else here
        strange = np.array([bool(name) and name not in said for name in names], bool)[of]
        findings += told(rows.number, strange, theirs, "mark_unknown", cells)
    return {name: pa.array(marks[name], kind) for name, kind in MARKS.items() if name in marks}, findings


def _flags(rows: Rows, ours: str) -> tuple[Mask, Findings]:
    found, wrong = flags_in(whole(rows.table.column(rows.mapping.columns[ours])))
    return found, rows.told(wrong, ours, "number_unreadable")


def _prices(rows: Rows) -> tuple[pa.Array, Findings]:
    cells = rows.cells("price")
    if cells is None:
        missing = np.ones(len(rows.number), bool)
        return pa.nulls(len(missing), pa.int64()), rows.told(missing, "price", "price_missing")
    price, reason = read_tags(cells)
    wrong = [found for place, name in enumerate(REASONS) if place != FINE
             for found in rows.told(reason == place, "price", name)]  # fmt: skip
    return pa.array(price, mask=reason != FINE), wrong


def _categories(rows: Rows) -> tuple[pa.DictionaryArray, Findings]:
    given, codes = rows.words("category"), rows.mapping.categories
    names = given.dictionary.to_pylist()
    known = [codes.get(name, UNKNOWN) if codes else name or UNKNOWN for name in names]
    of = given.indices.to_numpy(zero_copy_only=False)
    lacks = np.array([not name for name in names], bool)
    strange = np.array([bool(name and codes) and name not in codes for name in names], bool)
    found = pa.array(known, pa.string()).dictionary_encode()
    category = pa.DictionaryArray.from_arrays(found.indices.take(given.indices), found.dictionary)
    wrong = [*rows.told(lacks[of], "category", "category_missing"),
             *rows.told(strange[of], "category", "category_unknown")]  # fmt: skip
    return category, wrong


def _times(rows: Rows) -> tuple[Ints, Findings]:
    cells = rows.cells("crawled_at")
    if cells is None:
        return np.zeros(len(rows.number), np.int64), []
    found, wrong = times_in(cells)
    return found, rows.told(wrong, "crawled_at", "time_unreadable")


def _table(columns: dict[str, pa.Array]) -> pa.Table:
    kinds = {**GATHERED, **MARKS}
    return pa.table(columns, schema=pa.schema([(name, kinds[name]) for name in columns]))
