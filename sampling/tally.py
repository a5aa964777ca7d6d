"""A tally: how many listings of a frame have each size, stratum by stratum; all that shares and chances are taken from.

Tallies of parts add up to that of the whole, so that no process needs to see all listings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sampling.columns import Codes, Ints, codes, numbers
from sampling.errors import RefusedDraw
from sampling.inclusion import Floats, inexact, pareto, take_all

SPARSE = 8
"""Cells are counted in a grid of stratum and size while it has fewer than so many for a row."""
GRID = 1 << 24
BLOCK = 1 << 18
LIMIT = 1 << 62
"""Products of places and sizes stay below it, so that whole numbers of 64 bits hold them."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How many listings have each size: a row for every size of a stratum, by the names of strata and then by size."""

    strata: tuple[str, ...]
    stratum: Codes
    size: Ints
    listings: Ints

    def __add__(self, other: "Tally") -> "Tally":
        names = sorted({*self.strata, *other.strata})
        number = {name: place for place, name in enumerate(names)}
        mine, theirs = (np.array([number[name] for name in one.strata], np.int32) for one in (self, other))
        group = np.concatenate([mine[self.stratum], theirs[other.stratum]])
        size, listings = np.concatenate([self.size, other.size]), np.concatenate([self.listings, other.listings])
        return Tally(tuple(names), *_added(group, size, listings))

    def counts(self) -> dict[str, int]:
        """Give the number of listings of each stratum."""
        held = np.bincount(self.stratum, self.listings, len(self.strata))
        return {name: int(count) for name, count in zip(self.strata, held, strict=True)}


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What a number of places comes to in each stratum, as arrays with a row a stratum.

    Listings of `certain` size and above are taken first; the `left` places go to the rest, whose sizes add up to
    `total`. Where fewer listings are there than places, all are certain.
    """

    strata: tuple[str, ...]
    n: Ints
    listings: Ints
    certain: Ints
    left: Ints
    total: Ints


def count(table: pa.Table) -> Tally:
    """Give the tally of a frame or of a part of it, from its columns stratum and size."""
    of, names = codes(table, "stratum")
    order = np.flatnonzero(np.bincount(of, minlength=len(names)))
    order = np.array(sorted(order, key=names.__getitem__), np.int64)
    place = np.zeros(len(names), np.int32)
    place[order] = np.arange(len(order))
    size = numbers(table, "size")
    return Tally(tuple(names[at] for at in order), *_added(place[of], size, None))


def shares(tally: Tally, n: Mapping[str, int]) -> Shares:
    """Give the shares of so many places a stratum; a stratum that n does not name gets none."""
    strata = tuple(sorted({*tally.strata, *n}))
    number = {name: place for place, name in enumerate(strata)}
    wanted = np.array([n.get(name, 0) for name in strata], np.int64)
    group = np.array([number[name] for name in tally.strata], np.int32)[tally.stratum]
    held = np.bincount(group, tally.listings, len(strata)).astype(np.int64)
    # Sums of floats, so that what would not fit is seen before it overflows.
    if len(held) and float((tally.size.astype(float) * tally.listings).sum()) * max(int(wanted.max()), 1) >= LIMIT:
        raise RefusedDraw("the sizes of the frame add up to more than a draw can count")
    least, left, total = take_all(group, tally.size, tally.listings, wanted)
    return Shares(strata, wanted, held, least, left, total)


def chances(tally: Tally, held: Shares, strata: Codes, sizes: Ints) -> Floats:
    """Give the chance of being drawn for listings of these strata (rows of the shares) and sizes.

    They are those of `sampling.inclusion.probabilities` over all listings of the stratum.
    """
    left, total = held.left[strata], np.maximum(held.total[strata], 1)
    chance: Floats = np.where(sizes >= held.certain[strata], 1.0, left * sizes / total)
    number = {name: place for place, name in enumerate(held.strata)}
    rows = np.array([number[name] for name in tally.strata], np.int32)[tally.stratum]
    open_ = np.flatnonzero((tally.size < held.certain[rows]) & (held.left[rows] > 0))
    rows, size, many = rows[open_], tally.size[open_], tally.listings[open_]
    target = held.left[rows] * size / held.total[rows]
    # Rows of the tally are in the order of the strata; what is asked for is brought into it.
    order, every = np.argsort(strata, kind="stable"), np.arange(len(held.strata) + 1, dtype=np.int32)
    its, mine = np.searchsorted(rows, every), np.searchsorted(strata[order], every)
    for stratum in np.flatnonzero(inexact(rows, target, many, len(held.strata))).tolist():
        asked = order[mine[stratum] : mine[stratum + 1]]
        asked, at = asked[chance[asked] < 1], slice(its[stratum], its[stratum + 1])
        if len(asked):
            exact = pareto(target[at], int(held.left[stratum]), many[at])
            chance[asked] = exact[np.searchsorted(size[at], sizes[asked])]
    return chance


def _added(group: Codes, size: Ints, listings: Ints | None) -> tuple[Codes, Ints, Ints]:
    """The rows of a tally, each pair of group and size once."""
    if not len(size):
        return group, size, np.zeros(0, np.int64)
    low, groups = int(size.min()), int(group.max()) + 1
    span = int(size.max()) - low + 1
    if span * groups <= min(SPARSE * len(size), GRID):
        sums = np.zeros(span * groups, np.int64)
        for rows in (slice(start, start + BLOCK) for start in range(0, len(size), BLOCK)):
            cell = group[rows].astype(np.int64) * span + size[rows] - low
            np.add.at(sums, cell, 1 if listings is None else listings[rows])
        met = np.flatnonzero(sums)
        return (met // span).astype(np.int32), met % span + low, sums[met]
    order = np.lexsort((size, group))
    group, size = group[order], size[order]
    first = np.flatnonzero(np.r_[True, (group[1:] != group[:-1]) | (size[1:] != size[:-1])])
    ones = np.ones(len(size), np.int64) if listings is None else listings[order]
    return group[first], size[first], np.add.reduceat(ones, first)
