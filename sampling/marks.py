"""Marks: complaints, past failures and flags from sources of their own, added to the listings they are about.

A source of marks names a listing, or a seller of a platform and so all that this seller sells. Counts add up, flags
stay set, and a mark that no listing takes is reported.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.columns import MARKS, WORDS, Ints, codes
from sampling.finding import gathered, told
from sampling.frame import MOST, Findings, Part, Rows, identities, read_marks, unfit_columns, with_marks
from sampling.mapping import Mapped

KEYS = {"listing_id": pa.large_string(), "platform": WORDS, "seller": WORDS, "row": pa.int64()}
"""A marks table: `listing_id` where a mark is about one, null where it is about all of a seller; and its `MARKS`."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Marks as columns (`KEYS` and those of `MARKS` the source has), and the findings about their rows."""

    marks: pa.Table
    findings: pa.Table


def read_marked(table: pa.Table, mapping: Mapped, *, first: int = 2) -> Marked:
    """Give the marks of a table of a source of the kind `marks`, whose first row counts as `first`."""
    unfit = unfit_columns(table.schema, mapping.read)
    if len(unfit):
        return Marked(pa.schema(KEYS).empty_table(), unfit)
    rows = Rows(table, mapping, np.arange(first, first + len(table)))
    ids, platform, refused = _keys(rows)
    marks, wrong = read_marks(rows)
    columns = {"listing_id": ids, "platform": platform, "seller": rows.words("seller"), "row": rows.number, **marks}
    schema = pa.schema([(name, {**KEYS, **MARKS}[name]) for name in columns])
    usable = ~_mask(refused, rows.number)
    return Marked(pa.table(columns, schema=schema).filter(pa.array(usable)), gathered([*refused, *wrong]))


def add_marks(listings: pa.Table, marks: pa.Table) -> Part:
    """Give the listings with the marks of one source added, and `mark_without_listing` for those that none takes.

    The listings are columns as a part or a frame has them; a mark's finding carries the row of its own source.
    """
    names = [name for name in MARKS if name in marks.column_names]
    listings = with_marks(listings, names)
    key, taker = _matched(listings, marks)
    taken = np.zeros(int(max(key.max(initial=-1), taker.max(initial=-1))) + 1, bool)
    taken[taker[taker >= 0]] = True
    for name in names:
        sums = np.zeros(len(taken), np.int64)
        np.add.at(sums, key, marks.column(name).to_numpy().astype(np.int64))
        more = np.append(sums, 0)[taker]
        listings = listings.set_column(listings.column_names.index(name), name, _added(listings, name, more))
    lost = ~taken[key]
    found = pa.array(_names(marks.filter(pa.array(lost))), pa.large_string())
    cells = pc.replace_with_mask(pa.array([""] * len(marks), pa.large_string()), pa.array(lost), found)
    column = "seller" if marks.column("listing_id").null_count else "listing_id"
    return Part(listings, gathered(told(marks.column("row").to_numpy(), lost, column, "mark_without_listing", cells)))


def _keys(rows: Rows) -> tuple[pa.Array, pa.DictionaryArray, Findings]:
    if {"listing_id", "item_id"} & set(rows.mapping.columns):
        ids, platform = identities(rows)
        named = "item_id" if "item_id" in rows.mapping.columns else "listing_id"
        return ids, platform, rows.told(~np.asarray(ids.is_valid()), named, "id_unusable")
    platform, seller = rows.words("platform"), rows.words("seller")
    nobody = _empty(platform) | _empty(seller)
    return pa.nulls(len(rows.table), pa.large_string()), platform, rows.told(nobody, "seller", "id_unusable")


def _empty(words: pa.DictionaryArray) -> NDArray[np.bool_]:
    empty: NDArray[np.bool_] = np.asarray(pc.equal(words.dictionary, ""))[np.asarray(words.indices)]
    return empty


def _mask(findings: Findings, number: Ints) -> NDArray[np.bool_]:
    return np.isin(number, np.concatenate([found.column("row").to_numpy() for found in findings] or [number[:0]]))


def _matched(listings: pa.Table, marks: pa.Table) -> tuple[Ints, Ints]:
    """Give a key for each mark, and for each listing the key of its marks or -1."""
    if not marks.column("listing_id").null_count:
        distinct = marks.column("listing_id").unique()
        taker = pc.index_in(listings.column("listing_id"), value_set=distinct).fill_null(-1)
        return _numbers(pc.index_in(marks.column("listing_id"), value_set=distinct)), _numbers(taker)
    whose, wanted = _sellers(marks, listings), _sellers(listings, listings)
    distinct, key = np.unique(whose, return_inverse=True)
    place = np.searchsorted(distinct, wanted).clip(0, max(len(distinct) - 1, 0))
    met = distinct[place] == wanted if len(distinct) else np.zeros(len(wanted), bool)
    return key, np.where(met, place, -1)


def _sellers(table: pa.Table, known: pa.Table) -> Ints:
    # A seller is a pair of words, told apart by the words of the listings; strangers differ from all of these.
    pair = []
    for name in ("platform", "seller"):
        of, words = codes(table, name)
        place = {word: code for code, word in enumerate(codes(known, name)[1])}
        same = np.array([place.setdefault(word, len(place)) for word in words], np.int64)
        pair.append(same[of] if len(words) else np.zeros(0, np.int64))
    return (pair[0] << 32) + pair[1]


def _added(listings: pa.Table, name: str, more: Ints) -> pa.Array:
    held = listings.column(name).to_numpy()
    if pa.types.is_boolean(MARKS[name]):
        return pa.array(held | (more > 0))
    return pa.array(np.minimum(held + more, MOST[name]), MARKS[name])


def _names(marks: pa.Table) -> list[str]:
    said = zip(*(marks.column(name).to_pylist() for name in ("listing_id", "platform", "seller")), strict=True)
    return [whole_id or f"{platform}/{seller}" for whole_id, platform, seller in said]


def _numbers(column: pa.ChunkedArray | pa.Array) -> Ints:
    return np.asarray(column, dtype=np.int64)
