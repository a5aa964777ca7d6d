"""The workload: how many samples each laboratory or shopper may expect of a plan, and what nobody could take.

It is an expectation. Who gets which sample is settled after the draw, by tickets.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from sampling.network import Party
from sampling.plan import is_targeted

QUARTERS = (1, 2, 3, 4, 5, 6, 8, 12, 16)
"""Up to how many quarters of its fair share a party is filled before the others are asked for more."""
PARTS = 100
"""An expectation is counted in hundredths of a sample."""
PICKED = ""
"""The skill of picked listings, whose names of strata tell neither platform nor category."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one party may expect of one skill, in samples to two places."""

    party: str
    skill: str
    samples: Decimal


@dataclass(frozen=True, slots=True)
class Workload:
    """What everybody may expect, by party and skill, and how many samples of each skill find nobody."""

    shares: tuple[Share, ...]
    capacity: Mapping[str, int]
    """How much room each party has left, by name."""
    unplaced: Mapping[str, Decimal]

    @property
    def placed(self) -> Decimal:
        """How many samples find somebody."""
        return sum((share.samples for share in self.shares), Decimal(0))

    @property
    def totals(self) -> dict[str, Decimal]:
        """How many samples of all skills each party may expect, by name."""
        found = {name: Decimal(0) for name in self.capacity}
        for share in self.shares:
            found[share.party] += share.samples
        return found


def expect(needed: Mapping[str, int], parties: Iterable[Party]) -> Workload:
    """Give the workload of so many samples for each skill: as many placed as can be, else by capacity.

    With room for all, each party that can take a sample has a chance of it in proportion to its capacity, as in
    the assignment itself; where room is short, those who can do what others cannot keep theirs for it.
    """
    able = sorted((party for party in parties if party.capacity > 0), key=lambda party: party.name)
    skills = [skill for skill, count in sorted(needed.items()) if count > 0]
    pairs = [(skill, party) for skill in range(len(skills)) for party in range(len(able))
             if able[party].works_on(skills[skill])]  # fmt: skip
    flows = _spread(pairs, [needed[skill] * PARTS for skill in skills], [party.capacity * PARTS for party in able])
    left = {skill: needed[skill] * PARTS for skill in skills}
    for (skill, _), flow in zip(pairs, flows, strict=True):
        left[skills[skill]] -= flow
    shares = [Share(able[party].name, skills[skill], Decimal(flow) / PARTS)
              for (skill, party), flow in zip(pairs, flows, strict=True) if flow]  # fmt: skip
    return Workload(
        shares=tuple(sorted(shares, key=lambda one: (one.party, one.skill))),
        capacity={party.name: party.capacity for party in able},
        unplaced={skill: Decimal(count) / PARTS for skill, count in left.items() if count},
    )


def needed_of(given: Mapping[str, int], place: int) -> dict[str, int]:
    """Give how many samples need each platform (place 0) or category (place 1), from the samples of each stratum.

    A stratum is named `platform/category`; what is picked goes under PICKED, because its name tells neither.
    """
    needed: dict[str, int] = {}
    for name, count in given.items():
        parts = name.split("/")
        skill = PICKED if is_targeted(name) or len(parts) < 2 else parts[place]
        needed[skill] = needed.get(skill, 0) + count
    return needed


def _spread(pairs: Sequence[tuple[int, int]], needed: Sequence[int], rooms: Sequence[int]) -> list[int]:
    """Give the flow of each pair: the most in all, and of those the one nearest to the shares by capacity."""
    flow, source, sink = SimpleMinCostFlow(), len(needed) + len(rooms), len(needed) + len(rooms) + 1
    arcs, whole = [], [0] * len(needed)
    for skill, party in pairs:
        whole[skill] += rooms[party]
    for skill, party in pairs:
        fair = needed[skill] * rooms[party] / whole[skill]
        arcs.append(_fill(flow, skill, len(needed) + party, fair, needed[skill]))
    for skill, count in enumerate(needed):
        flow.add_arc_with_capacity_and_unit_cost(source, skill, count, 0)
    for party, room in enumerate(rooms):
        flow.add_arc_with_capacity_and_unit_cost(len(needed) + party, sink, room, 0)
    flow.set_nodes_supplies(np.array([source, sink]), np.array([sum(needed), -sum(needed)]))
    status = flow.solve_max_flow_with_min_cost()
    assert status == flow.OPTIMAL, status
    return [sum(flow.flow(arc) for arc in group) for group in arcs]


def _fill(flow: SimpleMinCostFlow, tail: int, head: int, fair: float, most: int) -> list[int]:
    """Add the arcs of one pair, dearer with each quarter of the fair share that is passed; give their numbers."""
    arcs, before = [], 0
    for quarters in QUARTERS:
        until = min(most, round(fair * quarters / 4))
        if until > before:
            arcs.append(flow.add_arc_with_capacity_and_unit_cost(tail, head, until - before, quarters))
            before = until
    if most > before:
        arcs.append(flow.add_arc_with_capacity_and_unit_cost(tail, head, most - before, 10 * QUARTERS[-1]))
    return arcs
