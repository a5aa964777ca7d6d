"""The workload: as many placed as can be, in proportion to capacity, and what is left named."""

from collections import Counter
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.assignment import Need, Party, assign
from sampling.workload import PICKED, expect, needed_of


def party(name: str, skills: str, capacity: int) -> Party:
    return Party(name, frozenset(skills.split()), capacity)


@pytest.mark.parametrize(
    ("needed", "parties", "shares", "unplaced"),
    [
        ({}, [], {}, {}),
        ({"x": 3}, [], {}, {"x": D(3)}),
        ({"x": 0}, [party("a", "x", 3)], {}, {}),
        ({"x": 10}, [party("d", "x", 40), party("a", "x", 10), party("b", "x", 50)], {"ax": 1, "bx": 5, "dx": 4}, {}),
        ({"x": 1}, [party("a", "x", 10), party("b", "x", 10)], {"ax": D("0.5"), "bx": D("0.5")}, {}),
        # Only a can do y, so b takes every x.
        ({"x": 10, "y": 10}, [party("a", "x y", 10), party("b", "x", 10)], {"ay": 10, "bx": 10}, {}),
        ({"x": 50, "z": 3}, [party("a", "x", 10), party("b", "x", 10)], {"ax": 10, "bx": 10}, {"x": D(30), "z": D(3)}),
        ({"x": 4}, [party("a", "x", 0), party("b", "x", -2), party("c", "y", 9)], {}, {"x": D(4)}),
    ],
)
def test_who_may_expect_what(
    needed: dict[str, int], parties: list[Party], shares: dict[str, D], unplaced: dict[str, D]
) -> None:
    made = expect(needed, parties)
    assert {one.party + one.skill: one.samples for one in made.shares} == shares
    assert dict(made.unplaced) == unplaced
    assert made.placed == sum(made.totals.values())


PARTIES = st.lists(
    st.builds(
        lambda skills, capacity: (frozenset(skills), capacity), st.sets(st.sampled_from("xyz")), st.integers(0, 6)
    ),
    max_size=5,
).map(lambda found: [Party(f"p{place}", skills, room) for place, (skills, room) in enumerate(found)])


@given(st.dictionaries(st.sampled_from("xyz"), st.integers(0, 8)), PARTIES)
def test_as_many_are_placed_as_the_assignment_places(needed: dict[str, int], parties: list[Party]) -> None:
    made = expect(needed, parties)
    needs = [Need(f"{skill}{number}", skill) for skill, count in needed.items() for number in range(count)]
    given_ = assign(needs, parties, "ab" * 32)
    assert made.placed == sum(name is not None for name in given_.values())
    assert made.placed + sum(made.unplaced.values()) == len(needs)
    rooms = {one.name: one.capacity for one in parties}
    assert all(total <= rooms[name] for name, total in made.totals.items())


def test_the_expectation_is_what_the_tickets_give_on_average() -> None:
    parties = [party("a", "x y", 30), party("b", "x", 60), party("c", "y", 30)]
    made = expect({"x": 12, "y": 10}, parties)
    seen: Counter[str] = Counter()
    for seed in range(200):
        needs = [Need(f"{skill}{number}", skill) for skill, many in (("x", 12), ("y", 10)) for number in range(many)]
        seen.update(str(name) for name in assign(needs, parties, f"{seed:064x}").values())
    assert {name: pytest.approx(float(total), abs=0.5) for name, total in made.totals.items()} == {
        name: count / 200 for name, count in seen.items()
    }


def test_a_strata_name_says_which_platform_and_category_its_samples_need() -> None:
    given_ = {"mart/toys": 3, "mart/toys/price-invalid": 1, "mall/toys": 2, "targeted/tip/off": 4, "odd": 1}
    assert needed_of(given_, 0) == {"mart": 4, "mall": 2, PICKED: 5}
    assert needed_of(given_, 1) == {"toys": 6, PICKED: 5}
