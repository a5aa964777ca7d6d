"""Nominees: the few listings of a frame, or of a part of it, that can come into the draw or its reserve.

Nominees of parts are put together and thinned again: the smallest of all are among the smallest of each part.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sampling.columns import Codes, Ints, codes, numbers
from sampling.draw import SLACK, SPAN, ticket
from sampling.inclusion import Floats
from sampling.tally import Shares
from sampling.tickets import Tickets, tickets

NEAR = 1 + 2**-40
"""Keys as floats are off by less than 2^-48 of themselves: what is further apart than this stands in its true order."""
BLOCK = 1 << 18
"""So many rows are looked at at a time: what is computed of them stays near the processor."""
CERTAIN = -1.0
"""The key of a listing that is certain: before all others."""
NOMINEE = {"listing_id": pa.large_string(), "stratum": pa.dictionary(pa.int32(), pa.string()), "size": pa.int64(),
           "ticket": pa.uint64()}  # fmt: skip
"""The columns of nominees; with a cap they have `merchant` as well."""


def nominees(
    part: pa.Table, shares: Shares, seed: str, *, reserve: int, cap: int = 0, engine: str = "numpy"
) -> pa.Table:
    """Give the listings of a part that are certain, or among the n + reserve smallest keys of their stratum in it.

    The columns are those of `NOMINEE`; a few more than needed are among them. With a cap, a merchant (column
    `merchant`) has at most so many in a stratum.
    """
    return ENGINES[engine](part, shares, seed, reserve, cap)


def thinned(held: pa.Table, shares: Shares, *, reserve: int, cap: int = 0) -> pa.Table:
    """Give nominees of several parts (`pa.concat_tables`) without those that cannot be drawn any more."""
    group, most = groups(held, shares), _most(shares, reserve)
    key = keys(numbers(held, "ticket"), numbers(held, "size"), group, shares)
    if not cap:
        return held.filter(pa.array(key <= _limits(key, group, most)[group]))
    pair = _pairs(held, group)
    order = np.argsort(key, kind="stable")
    first = order[ranks(pair[order]) < cap]
    offered = _limits(key, pair, np.full(int(pair.max(initial=-1)) + 1, cap))
    limits = _limits(key[first], group[first], most)
    return held.filter(pa.array((key <= offered[pair]) & (key <= limits[group])))


def settled(held: pa.Table, shares: Shares, *, reserve: int, cap: int = 0) -> pa.Table:
    """Give the nominees of the whole frame in the order of the draw, by stratum, with what became of them.

    That is `rank` (int64, from 1), `certain` and `selected`. Where two keys are nearer than floats can tell, exact
    fractions decide, and ids where these are equal.
    """
    held = held.sort_by("listing_id")
    group, size, number = groups(held, shares), numbers(held, "size"), numbers(held, "ticket")
    key = keys(number, size, group, shares)
    order = np.lexsort((key, group))
    one, next_ = order[:-1], order[1:]
    near = (group[one] == group[next_]) & (key[one] >= 0) & (key[next_] <= key[one] * NEAR)
    for start, stop in _runs(near):
        exact = {at: _exact(at, number, size, group, shares) for at in order[start:stop].tolist()}
        order[start:stop] = sorted(exact, key=lambda at: (exact[at], at))
    if cap:
        order = order[ranks(_pairs(held, group)[order]) < cap]
    rank = ranks(group[order])
    kept = rank < _most(shares, reserve)[group[order]]
    order, rank = order[kept], rank[kept]
    told = {"rank": rank + 1, "certain": key[order] < 0, "selected": rank < shares.n[group[order]]}
    placed = held.take(pa.array(order))
    for name, column in told.items():
        placed = placed.append_column(name, pa.array(column))
    return placed


def groups(part: pa.Table, shares: Shares) -> Codes:
    """Give the row in the shares of each listing's stratum."""
    of, names = codes(part, "stratum")
    number = {name: place for place, name in enumerate(shares.strata)}
    # A word that no row has may be no stratum of the frame.
    return np.array([number.get(name, -1) for name in names], np.int32)[of]


def keys(number: Tickets, size: Ints, group: Codes, shares: Shares) -> Floats:
    """Give the Pareto keys of listings with these tickets, sizes and rows of the shares; certain ones have -1."""
    # A stratum of which nothing was asked still has a reserve order; a size above its share sorts first.
    weight = np.maximum(shares.left, 1)[group] * size
    gap = np.maximum(shares.total[group] - weight, 0)
    odds = (2.0 * number + 1) / (2.0 * ~number + 1)
    return np.where(size >= shares.certain[group], CERTAIN, odds * (gap / weight))


def ranks(of: NDArray[Any]) -> Ints:
    """Give how many of the same stand before each."""
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    rank = np.empty(len(of), np.int64)
    rank[order] = np.arange(len(of)) - np.repeat(starts, np.diff(starts, append=len(of)))
    return rank


def _by_numpy(part: pa.Table, shares: Shares, seed: str, reserve: int, cap: int) -> pa.Table:
    group, most = groups(part, shares), _most(shares, reserve)
    here = np.bincount(group, minlength=len(most))
    # Of keys below b about b m are met, in this part its share of them: six deviations more make a lack improbable.
    expected = most + 6 * np.sqrt(most) + 10
    bound = expected * shares.listings / (np.maximum(shares.left, 1) * np.maximum(here, 1))
    bound[here <= 2 * expected] = np.inf
    found = thinned(_below(part, group, shares, seed, bound), shares, reserve=reserve, cap=cap)
    met = groups(found, shares)
    lacking = np.isfinite(bound) & (np.bincount(met, minlength=len(most)) < np.minimum(most, here))
    if not lacking.any():
        return found
    again = part.filter(pa.array(lacking[group]))
    rest = _below(again, groups(again, shares), shares, seed, np.full(len(most), np.inf))
    return pa.concat_tables([found.filter(pa.array(~lacking[met])), thinned(rest, shares, reserve=reserve, cap=cap)])


def _below(part: pa.Table, group: Codes, shares: Shares, seed: str, bound: Floats) -> pa.Table:
    """The nominees with keys below the bound of their stratum."""
    columns = [name for name in (*NOMINEE, "merchant") if name in part.column_names]
    part, found = part.select(columns), []
    for start in range(0, part.num_rows, BLOCK):
        block, mine = part.slice(start, BLOCK), group[start : start + BLOCK]
        number = tickets(block.column("listing_id"), seed)
        kept = np.flatnonzero(keys(number, numbers(block, "size"), mine, shares) < bound[mine])
        found.append(block.take(pa.array(kept)).append_column("ticket", pa.array(number[kept])))
    schema = part.schema.append(pa.field("ticket", pa.uint64()))
    return pa.concat_tables(found) if found else schema.empty_table()


def _by_pandas(part: pa.Table, shares: Shares, seed: str, reserve: int, cap: int) -> pa.Table:
    """The plain way, row by row with exact keys, against which the other is held."""
    import pandas as pd  # a second for every process, most of which never come here

    table = part.select([name for name in (*NOMINEE, "merchant") if name in part.column_names])
    number = np.array([ticket(seed, id_) for id_ in part.column("listing_id").to_pylist()], np.uint64)
    group, size = groups(part, shares), numbers(part, "size")
    exact = [
        float(_exact(at, number, size, group, shares)) if size[at] < shares.certain[group[at]] else CERTAIN
        for at in range(len(group))
    ]
    frame = pd.DataFrame({"group": group, "key": exact, "id": part.column("listing_id").to_pylist()})
    frame = frame.sort_values(["group", "key", "id"])
    if cap:
        frame["merchant"] = pd.Series(part.column("merchant").to_pylist()).reindex(frame.index)
        kept = frame[frame.groupby(["group", "merchant"]).cumcount() < cap + SLACK]
    else:
        kept = frame[frame.groupby("group").cumcount() < _most(shares, reserve)[frame["group"]] + SLACK]
    return table.append_column("ticket", pa.array(number)).take(pa.array(kept.index.to_numpy()))


Engine = Callable[[pa.Table, Shares, str, int, int], pa.Table]
ENGINES: Mapping[str, Engine] = {"numpy": _by_numpy, "pandas": _by_pandas}


def _most(shares: Shares, reserve: int) -> Ints:
    """How many of each stratum have a rank: a stratum that is taken whole has no others."""
    return np.where(shares.n >= shares.listings, shares.listings, shares.n + reserve)


def _limits(key: Floats, group: NDArray[Any], most: Ints) -> Floats:
    """The key of each group that no listing among its smallest can surpass, however the floats were rounded."""
    order = np.lexsort((key, group))
    last = order[ranks(group[order]) == most[group[order]] - 1]
    limits = np.where(most > 0, np.inf, -np.inf)
    limits[group[last]] = np.where(key[last] < 0, CERTAIN, key[last] * NEAR)
    return limits


def _pairs(held: pa.Table, group: Codes) -> Ints:
    """A number for each merchant of each stratum."""
    merchant, names = codes(held, "merchant")
    pairs: Ints = np.unique(group.astype(np.int64) * len(names) + merchant, return_inverse=True)[1]
    return pairs


def _runs(near: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """From where to where each stands near the one before it."""
    edges = np.flatnonzero(np.diff(near.astype(np.int8), prepend=0, append=0))
    return [(start, stop + 1) for start, stop in edges.reshape(-1, 2).tolist()]


def _exact(at: int, number: Tickets, size: Ints, group: Codes, shares: Shares) -> Fraction:
    odds, stratum = 2 * int(number[at]) + 1, group[at]
    weight = max(int(shares.left[stratum]), 1) * int(size[at])
    return Fraction(odds * max(int(shares.total[stratum]) - weight, 0), (SPAN - odds) * weight)
