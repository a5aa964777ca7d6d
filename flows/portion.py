"""A portion: what one process does for a part of a frame's rows until every listing is there once.

Every step takes hashes of pieces and small records, and gives such. What is known of all rows between two steps adds
up over the portions, so that any number of them, on any number of machines, makes the same frame.
"""

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.gathering import mapping_at, of_categories
from flows.pieces import Stores, counts_table
from flows.wiring import each_part, hasher, unreadable
from sampling.columns import MARKS, Ints, numbers
from sampling.digest import Digest
from sampling.errors import UnreadableSource
from sampling.frame import empty, with_marks
from sampling.frozen import SourceFile
from sampling.mapping import Mapped
from sampling.marks import add_marks
from sampling.outlier import count_prices
from sampling.partition import split
from sampling.unique import Unique, unique

SAMPLE = 256
"""So many ids of a portion, evenly apart, say where all ids are cut into ranges."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which share of which source is read, and into how many portions its rows go."""

    source: SourceFile
    number: int
    share: tuple[int, int]
    portions: int
    sellers: bool
    """Whether a later step asks who sells what."""


@dataclass(frozen=True, slots=True)
class Read:
    """The pieces of each portion, the findings, and which marks the source has; `broken` says why there are none."""

    pieces: tuple[tuple[Digest, ...], ...] = ()
    findings: tuple[Digest, ...] = ()
    marks: tuple[str, ...] = ()
    broken: Digest = ""


@dataclass(frozen=True, slots=True)
class Settling:
    """The pieces of one portion, and what is added to its listings and taken from them."""

    pieces: tuple[Digest, ...]
    marks: tuple[str, ...]
    """The marks that any source of listings has."""
    marked: tuple[Digest, ...]
    """The tables of the sources of marks."""
    categories: tuple[str, ...]
    sources: tuple[SourceFile, ...] = ()
    """Given, rows that are tied are settled by their texts; else they are put aside."""


@dataclass(frozen=True, slots=True)
class Settled:
    """One row a listing, what was dropped, put aside (empty: nothing), and counted on the way."""

    listings: Digest
    dropped: Digest
    tied: Digest
    lost: tuple[Digest, ...]
    """Of each source of marks what no listing of this portion takes."""
    prices: Digest
    ids: tuple[str, ...]


def read(stores: Stores, given: Reading) -> Read:
    """Read a share of a source into pieces, the rows of one listing into one portion."""
    pieces: list[list[Digest]] = [[] for _ in range(given.portions)]
    findings: list[Digest] = []
    marks: tuple[str, ...] = ()
    with stores.objects.file(given.source.digest) as path:
        mapping = mapping_at(stores.objects, given.source, path)
        try:
            unread = () if given.sellers else ("seller",)
            for part in each_part(path, mapping=mapping, source=given.number, share=given.share, unread=unread):
                findings += [stores.put(part.findings)] if len(part.findings) else []
                if len(part.listings):
                    marks = tuple(name for name in MARKS if name in part.listings.column_names)
                    for held, piece in zip(pieces, split(part.listings, given.portions), strict=True):
                        held += [stores.put(piece)] if len(piece) else []
        except UnreadableSource as wrong:
            return Read(broken=stores.put(unreadable(wrong).findings))
    return Read(tuple(map(tuple, pieces)), tuple(findings), marks)


def settle(stores: Stores, given: Settling) -> Settled:
    """Give one row a listing of a portion, with all its marks."""
    held = [with_marks(stores.get(digest), given.marks) for digest in given.pieces]
    table = pa.concat_tables(held or [with_marks(empty(), given.marks)]).unify_dictionaries()
    del held
    if given.sources:
        found, tied = _by_texts(stores, table, given.sources), table.slice(0, 0)
    else:
        found, tied = _but_tied(table)
    listings, lost = found.listings, []
    for digest in given.marked:
        added = add_marks(listings, stores.get(digest))
        listings = added.listings
        lost.append(stores.put(added.findings))
    listings = of_categories(listings, given.categories)
    ids = listings.column("listing_id")
    return Settled(
        listings=stores.put(listings), dropped=stores.put(found.dropped), tied=stores.put(tied) if len(tied) else "",
        lost=tuple(lost), prices=stores.put(counts_table(count_prices(listings))),
        ids=tuple(ids[at].as_py() for at in range(0, len(ids), -(-len(ids) // SAMPLE) or 1)),
    )  # fmt: skip


def _by_texts(stores: Stores, table: pa.Table, sources: tuple[SourceFile, ...]) -> Unique:
    with ExitStack() as stack:
        places = [stack.enter_context(stores.objects.file(source.digest)) for source in sources]
        mappings = [mapping_at(stores.objects, source, path) for source, path in zip(sources, places, strict=True)]
        pairs = [(path, mapping or Mapped({})) for path, mapping in zip(places, mappings, strict=True)]
        return unique(table, hash_of=hasher(pairs))


def _but_tied(table: pa.Table) -> tuple[Unique, pa.Table]:
    """Give one row a listing, and all rows of the listings whose rows only their texts can tell apart."""
    asked = [_place(np.zeros(0, np.int64), np.zeros(0, np.int64))]

    def noted(source: NDArray[np.int16], row: Ints) -> list[str]:
        asked.append(_place(source.astype(np.int64), row))
        return [""] * len(row)

    found = unique(table, hash_of=noted)
    met = np.isin(_place(numbers(table, "source").astype(np.int64), numbers(table, "row")), np.concatenate(asked))
    ids = table.column("listing_id").filter(pa.array(met)).combine_chunks()
    kept, dropped = (_without(one, ids) for one in (found.listings, found.dropped))
    return Unique(kept, dropped), table.filter(pc.is_in(table.column("listing_id"), ids))


def _place(source: Ints, row: Ints) -> Ints:
    return (source << 48) + row


def _without(table: pa.Table, ids: pa.Array) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table.column("listing_id"), ids))) if len(ids) else table
