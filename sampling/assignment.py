"""Assignment: which laboratory tests and who buys or takes each sample, by tickets anyone can recompute.

Among all assignments that place the greatest number of samples, the one of least cost is taken. A cost is
an exponential race of tickets at the speed of the capacities: while there is room for all, each party that can
take a sample gets it with a chance in proportion to its capacity.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sampling.draw import ticket
from sampling.network import Need, Network, Party, build, solve
from sampling.price import Prices, prices

__all__ = ["Assigned", "Need", "Party", "assign", "assign_pairs", "assigned"]


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who has each sample, and the prices with which `sampling.price.check_prices` shows that it is the best."""

    given: Mapping[str, tuple[str, ...]]
    prices: Prices
    network: Network


def assign(needs: Sequence[Need], parties: Iterable[Party], seed: str) -> dict[str, str | None]:
    """Give a party's name for each sample, or None where nobody is left who can take it.

    Nobody gets two samples of the same conflict, and nobody one of those he may not meet.
    """
    given = assigned(needs, parties, seed).given
    return {need.id: next(iter(given[need.id]), None) for need in needs}


def assign_pairs(needs: Sequence[Need], parties: Iterable[Party], seed: str) -> dict[str, tuple[str, str] | None]:
    """Give two parties' names for each sample, neither with that conflict, or None where no two are left.

    Whenever there can be two for all, all get two. Where people are short, half of those left with one give him
    back, the highest tickets first, until nobody stands alone; that need not be the greatest number of pairs.
    """
    people, wanting = tuple(parties), list(needs)
    while alone := _alone(given := assigned(wanting, people, seed, each=2, once=False).given):
        alone.sort(key=lambda id_: (ticket(seed, id_), id_), reverse=True)
        leaving = set(alone[: (len(alone) + 1) // 2])
        wanting = [need for need in wanting if need.id not in leaving]
    pairs = {id_: (names[0], names[1]) for id_, names in given.items() if names}
    return {need.id: pairs.get(need.id) for need in needs}


def assigned(
    needs: Iterable[Need], parties: Iterable[Party], seed: str, *, each: int = 1, once: bool = True
) -> Assigned:
    """Give who has each sample, up to `each` of them, with the prices and the network they are checked on.

    With `once`, a party takes one sample at most of those that share a conflict: that is a place of its own in
    the network which holds one, so the rule is part of the optimum and not a repair of it.
    """
    network = build(needs, parties, seed, once=once)
    chosen = solve(network, each)
    given: dict[str, tuple[str, ...]] = {need.id: () for need in network.needs}
    for need, party in zip(network.need[chosen].tolist(), network.party[chosen].tolist(), strict=True):
        given[network.needs[need].id] += (network.parties[party].name,)
    return Assigned(given, prices(network, chosen, each), network)


def _alone(given: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [id_ for id_, names in given.items() if len(names) == 1]
