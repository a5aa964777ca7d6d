"""Assignment: all are served where it can be, in the least costly way, and anyone can check that."""

from collections import Counter
from dataclasses import replace
from itertools import product
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from sampling.assignment import Assigned, Need, Party, assign, assign_teams, assigned
from sampling.draw import ticket
from sampling.errors import NotOptimal
from sampling.network import BITS, MOST, Network, build, logarithm, solve
from sampling.price import Prices, check_prices, nobody, prices

TOYS, BOTH = frozenset({"toys"}), frozenset({"toys", "food"})
LABS = (Party("lab-a", TOYS, 2), Party("lab-b", BOTH, 2))
SEED = "ab" * 32


def needs(count: int, skill: str = "toys", conflict: str = "") -> list[Need]:
    return [Need(f"{skill}{conflict}{number:05d}", skill, conflict) for number in range(count)]


def wrong(found: Assigned, each: int = 1) -> list[tuple[str, str]]:
    return check_prices(found.network, found.given, found.prices, each)


def test_nobody_takes_a_place_that_another_sample_needs_more() -> None:
    wanting = [Need("s1", "toys"), Need("s2", "toys"), Need("s3", "food"), Need("s4", "food")]
    assert assign(wanting, LABS, SEED) == {"s1": "lab-a", "s2": "lab-a", "s3": "lab-b", "s4": "lab-b"}


def test_nobody_is_left_when_the_capacity_is_used_up_or_the_skill_is_missing() -> None:
    given = assign([*needs(5), Need("x", "cars")], LABS, SEED)
    assert sorted(given.values(), key=str) == [None, None, "lab-a", "lab-a", "lab-b", "lab-b"]
    assert given["x"] is None


@pytest.mark.parametrize("parties", [(), (Party("full", TOYS, 0), Party("over", TOYS, -3))])
def test_without_anybody_all_are_left(parties: tuple[Party, ...]) -> None:
    found = assigned(needs(2), parties, SEED)
    assert set(found.given.values()) == {()}
    assert wrong(found) == []
    assert assign([], parties, SEED) == {}


def test_a_shopper_does_not_meet_a_seller_twice() -> None:
    shoppers = (Party("wang", frozenset({"mart"}), 9), Party("lin", frozenset({"mart"}), 9, frozenset({"mart/acme"})))
    given = assign([Need("s1", "mart", "mart/acme"), Need("s2", "mart", "mart/acme")], shoppers, SEED)
    assert set(given.values()) == {None, "wang"}


def test_meetings_are_part_of_the_optimum_so_that_all_are_placed_where_it_can_be() -> None:
    # Three sellers of three listings each and three shoppers of three: only a Latin square places all nine.
    wanting = [need for seller in "abc" for need in needs(3, conflict=seller)]
    people = [Party(name, TOYS, 3) for name in ("lin", "sun", "wang")]
    for number in range(30):
        found = assigned(wanting, people, f"{number:064x}")
        assert all(found.given.values())
        met = Counter((held[0], id_[4]) for id_, held in found.given.items())
        assert max(met.values()) == 1
        assert wrong(found) == []


def test_the_seed_decides_and_repeats() -> None:
    parties = tuple(Party(f"lab-{letter}", TOYS, 50) for letter in "abcd")
    wanting = needs(40)
    assert assign(wanting, parties, "one") == assign(wanting[::-1], parties[::-1], "one")
    assert assign(wanting, parties, "one") != assign(wanting, parties, "two")


def test_with_room_for_all_the_chance_is_in_proportion_to_the_capacity() -> None:
    parties = [Party(f"lab-{share}", TOYS, share * 1000) for share in (1, 2, 3, 4)]
    count = 4000
    taken = Counter(assign(needs(count), parties, SEED).values())
    for share in (1, 2, 3, 4):
        chance = share / 10
        # Four standard errors of four shares: a fair race is outside for one seed in four thousand.
        assert abs(taken[f"lab-{share}"] / count - chance) < 4 * sqrt(chance * (1 - chance) / count)


def test_costs_are_races_of_public_tickets() -> None:
    network = build([Need("s1", "toys")], [Party("a", TOYS, 2), Party("b", TOYS, 6)], SEED)
    for cost, name, speed in zip(network.cost, "ab", (1, 3), strict=True):
        u = (2 * (ticket(SEED, f"s1/{name}") >> 12) + 1) / 2**53
        assert cost == int(-log(u) / MOST / speed * 2**BITS)


def test_the_logarithm_is_that_of_the_library_to_the_last_digits() -> None:
    tickets = np.array([0, 1 << 12, 1 << 40, 1 << 63, (1 << 63) - 1, (1 << 64) - 1, *range(1 << 60, 1 << 63, 1 << 55)],
                       np.uint64)  # fmt: skip
    exact = [-log((2 * (int(one) >> 12) + 1) / 2**53) for one in tickets]
    assert logarithm(tickets) == pytest.approx(exact, rel=4e-16, abs=0)
    assert logarithm(tickets).max() < MOST


@st.composite
def instances(draw: st.DrawFn) -> tuple[list[Need], list[Party], str]:
    skills = st.sampled_from(["x", "y"])
    wanting = [
        Need(f"s{number}", draw(skills), draw(st.sampled_from(["", "m", "n"])))
        for number in range(draw(st.integers(0, 4)))
    ]
    people = [
        Party(name, draw(st.frozensets(skills)), draw(st.integers(0, 3)), draw(st.frozensets(st.just("m"))))
        for name in ("a", "b", "c")[: draw(st.integers(0, 3))]
    ]
    return wanting, people, f"{draw(st.integers(0, 999)):064x}"


@settings(max_examples=100, deadline=None, derandomize=True)
@generated(instances())
def test_no_other_assignment_places_more_or_costs_less(instance: tuple[list[Need], list[Party], str]) -> None:
    wanting, people, seed = instance
    found = assigned(wanting, people, seed)
    assert wrong(found) == []
    options = [[(), *((party.name,) for party in people)] for _ in wanting]
    values = [value(found.network, list(choice), wanting) for choice in product(*options)]
    best = min(each for each in values if each is not None)
    assert value(found.network, [found.given[need.id] for need in wanting], wanting) == best


def value(network: Network, choice: list[tuple[str, ...]], wanting: list[Need]) -> tuple[int, int] | None:
    """How many are left and what the rest costs, None for what is not allowed; only costs are the code's own."""
    by_name = {party.name: party for party in network.parties}
    arcs = {(network.needs[need].id, network.parties[party].name): int(cost)
            for need, party, cost in zip(network.need, network.party, network.cost, strict=True)}  # fmt: skip
    held = [(need, by_name[name]) for need, names in zip(wanting, choice, strict=True) for name in names]
    load = Counter(party.name for _, party in held)
    met = Counter((party.name, need.conflict) for need, party in held if need.conflict)
    if any(not party.can(need) for need, party in held) or any(many > 1 for many in met.values()):
        return None
    if any(many > by_name[name].capacity for name, many in load.items()):
        return None
    return len(wanting) - len(held), sum(arcs[need.id, party.name] for need, party in held)


def tight(count: int = 300) -> Assigned:
    # Six laboratories with exactly as many places as there are samples.
    labs = [Party(f"lab-{place}", TOYS if place % 2 else BOTH, count // 6) for place in range(6)]
    return assigned([*needs(count // 3, "food"), *needs(count - count // 3)], labs, SEED)


def test_tight_places_are_all_filled_and_their_prices_pass() -> None:
    found = tight()
    assert all(found.given.values())
    assert wrong(found) == []
    assert max(found.prices.parties.values()) > 0


def test_a_changed_assignment_or_price_is_found_out() -> None:
    found = tight()
    first, second = next(
        (one, other) for one, other in product(found.given, repeat=2)
        if found.given[one] != found.given[other] and one.startswith("toys") and other.startswith("toys")
    )  # fmt: skip
    swapped = {**found.given, first: found.given[second], second: found.given[first]}
    assert {code for code, _ in wrong(replace(found, given=swapped))} == {"not_cheapest"}
    doubled = {**found.given, first: found.given[second]}
    assert ("over_capacity", found.given[second][0]) in wrong(replace(found, given=doubled))
    assert ("too_many", first) in wrong(replace(found, given={**found.given, first: ("lab-1", "lab-3")}))
    assert ("not_able", f"{first} lab-9") in wrong(replace(found, given={**found.given, first: ("lab-9",)}))
    assert ("not_able", f"{first} lab-1") in wrong(replace(found, given={**found.given, first: ("lab-1", "lab-1")}))
    assert ("not_cheapest", first) in wrong(replace(found, given={**found.given, first: ()}))
    for price, code in ((-1, "negative_price"), (1 << 45, "not_cheapest")):
        dearer = Prices({**found.prices.parties, "lab-1": price}, {})
        assert code in {what for what, _ in wrong(replace(found, prices=dearer))}


def test_a_price_where_room_is_left_is_found_out() -> None:
    roomy = assigned(needs(2), [Party("a", TOYS, 9), Party("b", TOYS, 9)], SEED)
    dear = replace(roomy, prices=Prices({"a": 0, "b": 5}, {}))
    assert ("priced_with_room", "b") in wrong(dear)


def test_a_second_meeting_or_a_meeting_with_a_wrong_price_is_found_out() -> None:
    shared = assigned(needs(2, conflict="m"), [Party("a", TOYS, 9), Party("b", TOYS, 9)], SEED)
    one, other = shared.given
    twice = {one: shared.given[other], other: shared.given[other]}
    assert ("met_twice", f"{shared.given[other][0]} m") in wrong(replace(shared, given=twice))
    low = Prices(shared.prices.parties, {("a", "m"): -1})
    assert ("negative_price", "a m") in wrong(replace(shared, prices=low))
    alone = {one: shared.given[one], other: ()}
    free = next(name for name in "ab" if (name,) != shared.given[one])
    high = Prices(shared.prices.parties, {(free, "m"): 7})
    assert ("priced_with_room", f"{free} m") in wrong(replace(shared, given=alone, prices=high))


def test_a_meeting_wanted_by_more_than_one_has_its_price() -> None:
    # One of the two is left with nobody: keeping him out of the only meeting is worth any cost.
    found = assigned(needs(2, conflict="m"), [Party("a", TOYS, 9)], SEED)
    assert found.prices.parties == {"a": 0}
    assert 0 < found.prices.meetings["a", "m"] <= nobody(found.network)
    assert wrong(found) == []


def test_an_assignment_that_could_be_cheaper_has_no_prices() -> None:
    found = tight()
    chosen = solve(found.network, 1)
    for other in (~chosen, np.zeros_like(chosen)):
        with pytest.raises(NotOptimal):
            prices(found.network, other, 1)
    arcs = [(arc, int(found.network.need[arc]), int(found.network.party[arc])) for arc in np.flatnonzero(chosen)]
    (_, first, here), (_, second, there) = next(
        (one, other) for one, other in product(arcs, repeat=2) if one[2] != other[2] and one[2] % 2 and other[2] % 2
    )
    swapped = chosen.copy()
    for need, party in ((first, here), (second, there)):
        swapped[(found.network.need == need) & (found.network.party == party)] = False
    for need, party in ((first, there), (second, here)):
        swapped[(found.network.need == need) & (found.network.party == party)] = True
    with pytest.raises(NotOptimal):
        prices(found.network, swapped, 1)


def test_pairs_of_a_full_house_are_checked_by_prices_too() -> None:
    people = [Party(f"p{place}", TOYS, 10) for place in range(6)]
    found = assigned(needs(30), people, SEED, each=2, once=False)
    assert {len(names) for names in found.given.values()} == {2}
    assert wrong(found, 2) == []
    assert ("too_many", found.network.needs[0].id) in wrong(found, 1)


@pytest.mark.parametrize(
    ("capacities", "samples", "each", "expected"),
    [((2, 2), 5, 2, 2), ((3, 1), 3, 2, 1), ((9,), 3, 2, 0), ((), 2, 2, 0), ((5, 5, 2), 5, 3, 2), ((2, 1), 4, 1, 3)],
)
def test_no_team_is_broken_when_people_are_short(
    capacities: tuple[int, ...], samples: int, each: int, expected: int
) -> None:
    people = [Party(f"p{place}", TOYS, capacity) for place, capacity in enumerate(capacities)]
    teams = assign_teams(needs(samples), people, SEED, each)
    assert len(teams) == samples
    whole = [team for team in teams.values() if team is not None]
    assert len(whole) == expected
    assert all(len(set(team)) == each for team in whole)
