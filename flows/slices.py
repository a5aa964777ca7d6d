"""Slices: a draw from the file of a frame, slice by slice, that falls on the same places as from the whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.pieces import Stores
from flows.workers import Mapper, here
from sampling import places
from sampling.ceremony import DrawPlan
from sampling.columns import codes, numbers, words
from sampling.digest import Digest
from sampling.framefile import parse
from sampling.nominee import nominees, thinned
from sampling.places import Place
from sampling.tally import Shares, Tally, count, shares


@dataclass(frozen=True, slots=True)
class Counting:
    """A slice of a frame's file, and the table of what earlier rounds took."""

    lines: Digest
    taken: Digest


@dataclass(frozen=True, slots=True)
class Counted:
    """How many listings a slice has, and the tally of those that can be drawn."""

    listings: int
    tally: Digest


@dataclass(frozen=True, slots=True)
class Naming:
    """A slice of a frame's file, and what its nominees are found by."""

    lines: Digest
    taken: Digest
    shares: Shares
    seed: str
    reserve: int


def place_in_parts(
    stores: Stores,
    frame: Digest,
    plan: DrawPlan,
    seed: str,
    taken: Iterable[str] = (),
    *,
    mapper: Mapper | None = None,
    parts: int = 16,
) -> tuple[list[Place], dict[str, int]]:
    """Give what `sampling.places.place` gives for the frame under a hash, and the row of each place in the frame.

    It is for plans without a cap and of one stage: those look at all listings of a merchant at once.
    """
    mapper = mapper or here(stores)
    gone = stores.put(pa.table({"listing_id": pa.array(list(taken), pa.large_string())}))
    with stores.objects.file(frame) as path:
        slices = [stores.scratch.put(piece) for piece in _cut(path, parts)]
    counted = mapper(tally_slice, [Counting(lines, gone) for lines in slices])
    tally = reduce(add, (_tally_of(stores.get(one.tally)) for one in counted))
    asked = shares(tally, plan.n)
    places.refuse_few(asked)
    named = mapper(name_slice, [Naming(lines, gone, asked, seed, plan.reserve) for lines in slices])
    starts = np.cumsum([0, *(one.listings for one in counted)]).tolist()
    held = [_shifted(stores.get(digest), start) for digest, start in zip(named, starts, strict=False)]
    near = thinned(pa.concat_tables(held).unify_dictionaries(), asked, reserve=plan.reserve)
    row = dict(zip(near.column("listing_id").to_pylist(), near.column("place").to_pylist(), strict=True))
    found = places.settle(near.drop_columns("place"), tally, asked, reserve=plan.reserve)
    return found, {one.id: row[one.id] for one in found}


def tally_slice(stores: Stores, given: Counting) -> Counted:
    """Count the listings of a slice."""
    frame = parse(stores.scratch.get(given.lines))
    tally = count(_pool(stores, frame, given.taken))
    table = {"stratum": words(tally.stratum, list(tally.strata)), "size": tally.size, "listings": tally.listings}
    return Counted(len(frame), stores.put(pa.table(table)))


def name_slice(stores: Stores, given: Naming) -> Digest:
    """Give the piece of a slice's nominees, each with its `place` in the slice."""
    frame = parse(stores.scratch.get(given.lines))
    found = nominees(_pool(stores, frame, given.taken), given.shares, given.seed, reserve=given.reserve)
    ids = frame.column("listing_id")
    rows = np.flatnonzero(np.asarray(pc.is_in(ids, found.column("listing_id").combine_chunks())))
    at = pc.index_in(found.column("listing_id"), ids.take(pa.array(rows)).combine_chunks())
    return stores.put(found.append_column("place", pa.array(rows).take(at.cast(pa.int64()))))


def _cut(path: Path, parts: int) -> Iterator[bytes]:
    """The lines of a file in so many slices of about as many bytes; at least one, which may be empty."""
    size = max(path.stat().st_size // parts, 1)
    with path.open("rb") as file:
        yield file.read(size) + file.readline()
        while piece := file.read(size):
            yield piece + file.readline()


def _pool(stores: Stores, frame: pa.Table, taken: Digest) -> pa.Table:
    return places.pool_of(frame, frozenset(stores.get(taken).column("listing_id").to_pylist()))


def _tally_of(table: pa.Table) -> Tally:
    stratum, strata = codes(table, "stratum")
    return Tally(tuple(strata), stratum, numbers(table, "size"), numbers(table, "listings"))


def _shifted(named: pa.Table, start: int) -> pa.Table:
    rows = pa.array(numbers(named, "place") + start)
    return named.set_column(named.column_names.index("place"), "place", rows)
