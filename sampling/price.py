"""Prices: what anyone needs to check that an assignment is the best one, without finding it again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.errors import NotOptimal
from sampling.network import Ints, Network

LARGEST = 1 << 61
"""No cost and no price is above this, so that their sums stay whole 64-bit numbers."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What a place costs on top of a sample's own cost: 0 where room is left, else what it takes to keep others out.

    `meetings` holds the prices of (party, conflict) where they are above their party's.
    """

    parties: Mapping[str, int]
    meetings: Mapping[tuple[str, str], int]


def prices(network: Network, chosen: NDArray[np.bool_], each: int) -> Prices:
    """Give the least prices at which every sample is at its cheapest places; a better assignment raises NotOptimal.

    Bellman-Ford over the moves: a place is dearer than any place left for it would make up for.
    """
    price, load = np.zeros(len(network.capacity), np.int64), _load(network, chosen)
    people, owner, spare = len(network.parties), network.owner, load < network.capacity
    short = each - np.bincount(network.need[chosen], minlength=len(network.needs))
    cost, held, free = network.cost, np.flatnonzero(chosen), np.flatnonzero(~chosen)
    # Nobody is a place as well: dearer than any chain of moves could save, and with room for all.
    best = np.where(short > 0, nobody(network), 0)
    for _ in range(len(price) + 2):
        before, worth = price.copy(), best.copy()
        np.maximum.at(worth, network.need[held], price[network.place[held]] + cost[held])
        np.maximum.at(price, network.place[free], worth[network.need[free]] - cost[free])
        np.maximum.at(price, np.arange(len(price)), price[owner])
        open_ = np.flatnonzero(spare[people:]) + people
        np.maximum.at(price, owner[open_], price[open_])
        if price[:people][spare[:people]].any():
            break
        if (price == before).all():
            return _named(network, price)
    raise NotOptimal("there are no prices: another assignment costs less")


def check_prices(
    network: Network, given: Mapping[str, Sequence[str]], published: Prices, each: int
) -> list[tuple[str, str]]:
    """Give what is wrong with a published assignment, as code and name; none when it is the best there is.

    Codes: `not_able`, `over_capacity`, `met_twice`, `too_many`, `negative_price`, `priced_with_room`, `not_cheapest`.
    """
    chosen, wrong = _chosen(network, given)
    names = [party.name for party in network.parties]
    price = np.array(
        [published.parties.get(name, 0) for name in names]
        + [published.meetings.get((names[party], what), published.parties.get(names[party], 0))
           for party, what in network.meetings],
        np.int64,
    )  # fmt: skip
    labels = names + [f"{names[party]} {what}" for party, what in network.meetings]
    load, owner, people = _load(network, chosen), network.owner, len(names)
    spare, met = load < network.capacity, np.arange(len(labels)) >= people
    count = np.bincount(network.need[chosen], minlength=len(network.needs))
    ids = [need.id for need in network.needs]
    return [
        *wrong,
        *(("too_many", ids[place]) for place in np.flatnonzero(count > each)),
        *(("met_twice" if met[place] else "over_capacity", labels[place])
          for place in np.flatnonzero(load > network.capacity)),
        *(("negative_price", labels[place]) for place in np.flatnonzero((price < 0) | (price < price[owner]))),
        *(("priced_with_room", labels[place])
          for place in np.flatnonzero(spare & (price > np.where(met, price[owner], 0)))),
        *(("not_cheapest", ids[place]) for place in np.flatnonzero(_dearer(network, chosen, price, each - count))),
    ]  # fmt: skip


def nobody(network: Network) -> int:
    """Give what it costs to leave a sample with nobody: more than any chain of moves could save."""
    dearest = int(network.cost.max(initial=0)) + 1
    return min(dearest * (len(network.capacity) + 2), LARGEST)


def _dearer(network: Network, chosen: NDArray[np.bool_], price: Ints, short: Ints) -> NDArray[np.bool_]:
    # The dearest place a sample has must not be above the cheapest it has not; nobody is always to be had.
    nowhere = nobody(network)
    worth = network.cost + price[network.place]
    has, lacks = np.where(short > 0, nowhere, 0), np.full(len(network.needs), nowhere)
    np.maximum.at(has, network.need[chosen], worth[chosen])
    np.minimum.at(lacks, network.need[~chosen], worth[~chosen])
    result: NDArray[np.bool_] = has > lacks
    return result


def _load(network: Network, chosen: NDArray[np.bool_]) -> Ints:
    people = len(network.parties)
    load = np.bincount(network.place[chosen], minlength=len(network.capacity))
    load[:people] = np.bincount(network.party[chosen], minlength=people)
    return np.asarray(load, np.int64)


def _chosen(network: Network, given: Mapping[str, Sequence[str]]) -> tuple[NDArray[np.bool_], list[tuple[str, str]]]:
    names, ids = [party.name for party in network.parties], [need.id for need in network.needs]
    asked = Counter((need, name) for need, held in given.items() for name in held)
    pairs = [(ids[need], names[party]) for need, party in zip(network.need, network.party, strict=True)]
    chosen = np.array([pair in asked for pair in pairs], bool)
    able = set(pairs)
    return chosen, [("not_able", f"{need} {name}") for (need, name), times in asked.items()
                    if (need, name) not in able or times > 1]  # fmt: skip


def _named(network: Network, price: Ints) -> Prices:
    names, own = [party.name for party in network.parties], price.tolist()
    return Prices(
        dict(zip(names, own[: len(names)], strict=True)),
        {(names[party], what): cost for (party, what), cost in zip(network.meetings, own[len(names) :], strict=True)
         if cost > own[party]},
    )  # fmt: skip
