"""Assignment: which laboratory tests and who buys or takes each sample, by tickets anyone can recompute.

Among all assignments that place the greatest number of samples, the one of least cost is taken. A cost is
an exponential race of tickets at the speed of the capacities: while there is room for all, each party that can
take a sample gets it with a chance in proportion to its capacity.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.digest import canonical
from sampling.draw import ticket
from sampling.network import Need, Network, Party, build, solve
from sampling.price import Prices, prices

__all__ = [
    "Assigned",
    "Need",
    "Party",
    "assign",
    "assign_teams",
    "assigned",
    "assignment_of",
    "assignment_record",
    "parties_file",
    "parties_of",
]

SCHEME = "msw/assignment/v1"


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who has each sample, and the prices with which `sampling.price.check_prices` shows that it is the best."""

    given: Mapping[str, tuple[str, ...]]
    prices: Prices
    network: Network
    each: int = 1
    """How many were wanted for a sample."""


def assign(needs: Sequence[Need], parties: Iterable[Party], seed: str) -> dict[str, str | None]:
    """Give a party's name for each sample, or None where nobody is left who can take it.

    Nobody gets two samples of the same conflict, and nobody one of those he may not meet.
    """
    given = assigned(needs, parties, seed).given
    return {need.id: next(iter(given[need.id]), None) for need in needs}


def assign_teams(
    needs: Sequence[Need], parties: Iterable[Party], seed: str, each: int
) -> dict[str, tuple[str, ...] | None]:
    """Give `each` different parties for each sample, none with that conflict, or None where no such team is left.

    Whenever there can be a team for all, all get one. Where people are short, half of those left with a part of one
    give it back, the highest tickets first, until no team is broken; that need not be the greatest number of teams.
    """
    people, wanting = tuple(parties), list(needs)
    while broken := _broken(given := assigned(wanting, people, seed, each=each, once=False).given, each):
        broken.sort(key=lambda id_: (ticket(seed, id_), id_), reverse=True)
        leaving = set(broken[: (len(broken) + 1) // 2])
        wanting = [need for need in wanting if need.id not in leaving]
    return {need.id: given.get(need.id) or None for need in needs}


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
    return Assigned(given, prices(network, chosen, each), network, each)


def parties_file(parties: Iterable[Party]) -> bytes:
    """Give what is promised of parties before a draw, as canonical JSON: names, skills and capacities."""
    return canonical({"parties": [_promised(party) for party in sorted(parties, key=lambda party: party.name)]})


def parties_of(data: bytes) -> tuple[Party, ...]:
    """Give the promised parties back; nobody of them may not meet something."""
    return tuple(Party(one["name"], frozenset(one["skills"]), one["capacity"]) for one in json.loads(data)["parties"])


def assignment_record(made: Assigned, purpose: str, seed: str) -> dict[str, Any]:
    """Give an assignment as the plain JSON that is kept and published: all that decides it, and all that proves it.

    Tickets are taken over samples' ids and parties' names, so a party that must not be named has to be called by a
    code when it is assigned. What samples share is compared alone, never hashed: here it has a number.
    """
    network = made.network
    conflicts = dict.fromkeys(need.conflict for need in network.needs if need.conflict)
    number = {"": "", **{what: str(place) for place, what in enumerate(conflicts, start=1)}}
    return {
        "scheme": SCHEME, "purpose": purpose, "seed": seed, "each": made.each,
        # Where no two samples share a meeting, the network is the same with the rule as without.
        "once": bool(network.meetings),
        "needs": [{"id": need.id, "skill": need.skill, "conflict": number[need.conflict]} for need in network.needs],
        "parties": [
            {**_promised(party), "conflicts": sorted(number[what] for what in party.conflicts if what in number)}
            for party in network.parties
        ],
        "given": {id_: list(names) for id_, names in made.given.items()},
        "prices": {
            "parties": dict(made.prices.parties),
            "meetings": sorted([name, number[what], price] for (name, what), price in made.prices.meetings.items()),
        },
    }  # fmt: skip


def assignment_of(record: Mapping[str, Any]) -> Assigned:
    """Give the assignment back from its plain JSON, on the network that its tickets make."""
    needs = [Need(**need) for need in record["needs"]]
    parties = [Party(one["name"], frozenset(one["skills"]), one["capacity"], frozenset(one["conflicts"]))
               for one in record["parties"]]  # fmt: skip
    meetings = {(name, what): price for name, what, price in record["prices"]["meetings"]}
    given = {id_: tuple(names) for id_, names in record["given"].items()}
    network = build(needs, parties, record["seed"], once=record["once"])
    return Assigned(given, Prices(record["prices"]["parties"], meetings), network, record["each"])


def _promised(party: Party) -> dict[str, Any]:
    return {"name": party.name, "skills": sorted(party.skills), "capacity": party.capacity}


def _broken(given: Mapping[str, tuple[str, ...]], each: int) -> list[str]:
    return [id_ for id_, names in given.items() if 0 < len(names) < each]
