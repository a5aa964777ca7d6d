"""The network of an assignment: who may take which sample, and what a ticket makes that cost."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

Ints = NDArray[np.int64]
Tickets = NDArray[np.uint64]

BITS = 40
# The largest -ln u that a ticket of 52 bits can have is just under 37.
MOST = 37
LN2 = 0.6931471805599453
HALF = 0.7071067811865476


@dataclass(frozen=True, slots=True)
class Need:
    """One sample that wants somebody: its id, what must be able to be done, and what it must not meet again."""

    id: str
    skill: str
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A laboratory or a person: what it can do, how much is left of its capacity, and what it may not meet."""

    name: str
    skills: frozenset[str]
    capacity: int
    conflicts: frozenset[str] = frozenset()

    def can(self, need: Need) -> bool:
        """Tell whether this party may take the sample."""
        return self.works_on(need.skill) and need.conflict not in self.conflicts

    def works_on(self, skill: str) -> bool:
        """Tell whether this party has room left for something that takes the skill."""
        return self.capacity > 0 and skill in self.skills


@dataclass(frozen=True, slots=True)
class Network:
    """All arcs from a sample to a place, in the order of sample ids and then of names.

    A place is a party, by its number, or after those a party's one meeting with what several samples
    share: it holds one, so that nobody meets a seller twice in a draw.
    """

    needs: tuple[Need, ...]
    parties: tuple[Party, ...]
    meetings: tuple[tuple[int, str], ...]
    need: Ints
    place: Ints
    party: Ints
    cost: Ints

    @property
    def capacity(self) -> Ints:
        """How many each place holds."""
        return np.array([*(max(party.capacity, 0) for party in self.parties), *(1 for _ in self.meetings)], np.int64)

    @property
    def owner(self) -> Ints:
        """The party of each place."""
        return np.array([*range(len(self.parties)), *(party for party, _ in self.meetings)], np.int64)


def build(needs: Iterable[Need], parties: Iterable[Party], seed: str, *, once: bool = True) -> Network:
    """Give the network of the needs and parties, the same for any order of both.

    With `once`, a party may take one sample at most of those that share a conflict.
    """
    wanting, able = sorted(needs, key=lambda need: need.id), sorted(parties, key=lambda party: party.name)
    counted = Counter(need.conflict for need in wanting if once and need.conflict)
    working: dict[str, list[int]] = {}
    meetings: dict[tuple[int, str], int] = {}
    arcs: list[tuple[int, int, int]] = []
    for number, need in enumerate(wanting):
        if need.skill not in working:
            working[need.skill] = [place for place, party in enumerate(able) if party.works_on(need.skill)]
        for party in working[need.skill]:
            if need.conflict not in able[party].conflicts:
                new = len(able) + len(meetings)
                shared = counted[need.conflict] > 1
                place = meetings.setdefault((party, need.conflict), new) if shared else party
                arcs.append((number, place, party))
    numbers, places, people = np.array(arcs, np.int64).reshape(-1, 3).T
    cost = _costs(_tickets(wanting, able, numbers, people, seed), people, able)
    return Network(tuple(wanting), tuple(able), tuple(meetings), numbers, places, people, cost)


def solve(network: Network, each: int) -> NDArray[np.bool_]:
    """Tell of each arc whether it is chosen: as many as can be, `each` a sample at most, at the least cost."""
    needs, places = len(network.needs), len(network.parties) + len(network.meetings)
    sink = needs + places
    flow = SimpleMinCostFlow()
    met, everybody = np.arange(len(network.parties), places), np.arange(len(network.parties))
    for tails, heads, room, cost in (
        (network.need, needs + network.place, np.ones_like(network.cost), network.cost),
        (needs + met, needs + network.owner[met], network.capacity[met], np.zeros_like(met)),
        (needs + everybody, np.full_like(everybody, sink), network.capacity[everybody], np.zeros_like(everybody)),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, room, cost)
    flow.set_nodes_supplies(np.arange(sink + 1), np.array([*[each] * needs, *[0] * places, -each * needs]))
    status = flow.solve_max_flow_with_min_cost()
    assert status == flow.OPTIMAL, status
    chosen: NDArray[np.bool_] = flow.flows(np.arange(len(network.cost))) > 0
    return chosen


def logarithm(tickets: Tickets) -> NDArray[np.float64]:
    """Give -ln u of 64-bit tickets t, u = (2 (t >> 12) + 1) / 2^53, by + - x / alone.

    These round alike on every machine; the logarithms of two mathematical libraries may differ in the last bit.
    """
    part, power = np.frexp(((tickets >> np.uint64(12)).astype(np.float64) * 2 + 1) / 2.0**53)
    low = part < HALF
    part, power = np.where(low, part * 2, part), power - low
    ratio = (part - 1) / (part + 1)
    square, series = ratio * ratio, np.zeros_like(ratio)
    for odd in range(25, 0, -2):
        series = series * square + 1 / odd
    result: NDArray[np.float64] = -(power * LN2 + 2 * ratio * series)
    return result


def _tickets(needs: Sequence[Need], parties: Sequence[Party], number: Ints, party: Ints, seed: str) -> Tickets:
    # The ticket of seed, sample and party is that of draw.ticket(seed, "sample/party").
    names, heads = [party.name.encode() for party in parties], {}
    base, found = hashlib.sha256(seed.encode()), bytearray()
    for need, other in zip(number.tolist(), party.tolist(), strict=True):
        if need not in heads:
            heads[need] = base.copy()
            heads[need].update(needs[need].id.encode() + b"/")
        ticket = heads[need].copy()
        ticket.update(names[other])
        found += ticket.digest()[:8]
    return np.frombuffer(bytes(found), ">u8").astype(np.uint64)


def _costs(tickets: Tickets, party: Ints, parties: Sequence[Party]) -> Ints:
    # An exponential race at the speed of the capacity: with room for all, each wins in proportion to it.
    # 40 bits leave the solver's 64 room for two million samples; digits for a rank below them would not.
    speeds = np.array([max(party.capacity, 1) for party in parties], np.float64)
    race = logarithm(tickets) / MOST * (speeds.min(initial=np.inf) / speeds[party]) if len(party) else np.zeros(0)
    return np.asarray(np.floor(race * 2.0**BITS), np.int64)
