"""A range: how the listings of all portions, weighed, become the frozen frame, range by range of ids."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa

from flows.freezing import INDEX
from flows.pieces import Stores
from sampling.columns import texts
from sampling.digest import Digest
from sampling.facts import Facts, count_facts
from sampling.framefile import lines
from sampling.merchant import merchants
from sampling.outlier import Outliers
from sampling.partition import compact
from sampling.risk import bound, least_sizes, mark, picked
from sampling.sortkey import order
from sampling.unique import take

FRAME = ("listing_id", "price", *INDEX, "stratum", "size")


@dataclass(frozen=True, slots=True)
class Weighing:
    """What every listing of a portion is weighed by, and where the ids are cut into ranges."""

    listings: Digest
    outliers: Outliers
    picks: Mapping[str, str]
    cuts: tuple[str, ...]
    merchants: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """The piece of each range of ids, the least size of each stratum, and the picks that were met."""

    ranges: tuple[Digest, ...]
    least: Mapping[str, int]
    picked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Joining:
    """The pieces of one range of ids from every portion, and the least size of each stratum of the frame."""

    pieces: tuple[Digest, ...]
    least: Mapping[str, int]
    merchants: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """The lines of a range of ids, their index, and the facts of their strata."""

    lines: Digest
    index: Digest
    facts: Facts


def weigh(stores: Stores, given: Weighing) -> Weighed:
    """Give the listings of a portion, sizes not yet bounded, by ranges of ids."""
    listings = stores.get(given.listings)
    marked = mark(listings, given.outliers, given.picks)
    table = marked.select([name for name in FRAME if name in marked.column_names])
    if given.merchants:
        table = table.append_column("merchant", merchants(listings))
    ids = table.column("listing_id").combine_chunks()
    # Python orders texts by code points, which is the order of their bytes.
    cuts = [bisect_left(range(len(ids)), cut, key=lambda at: ids[at].as_py()) for cut in given.cuts]
    slices = [table.slice(start, end - start) for start, end in pairwise([0, *cuts, len(ids)])]
    ranges = tuple(stores.put(compact(piece)) for piece in slices)
    return Weighed(ranges, least_sizes(marked), frozenset(picked(marked)))


def join(stores: Stores, given: Joining) -> Joined:
    """Give the part of the frozen frame whose ids are in one range."""
    table = bound(_sorted(stores.all(given.pieces)), given.least)
    written = b"".join(lines(table, merchants=given.merchants))
    index = table.select([name for name in INDEX if name in table.column_names])
    return Joined(stores.scratch.put(written), stores.put(index), count_facts(table))


def _sorted(table: pa.Table) -> pa.Table:
    rows, _ = order(*texts(table, "listing_id"))
    columns = dict(zip(table.column_names, table.columns, strict=True))
    del table
    return pa.table({name: take(columns.pop(name), rows) for name in tuple(columns)})
