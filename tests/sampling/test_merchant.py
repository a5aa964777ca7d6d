"""Draws that do not fall on one seller alone."""

from collections import Counter

import pytest

from sampling.draw import draw_stratum
from sampling.errors import ImpossiblePlan
from sampling.inclusion import probabilities
from sampling.merchant import draw_capped, draw_stages

SEED = "ab" * 32
# One seller with half of all, ten with five each.
UNITS = [(f"p:{number:03d}", 1 + number % 3) for number in range(100)]
MERCHANT = {id_: "big" if number < 50 else f"m{number % 10}" for number, (id_, _) in enumerate(UNITS)}


def test_two_stages_take_at_most_so_many_of_each_merchant() -> None:
    drawn = draw_stages(UNITS, MERCHANT, merchants=4, each=2, seed=SEED, reserve=1)
    assert [place.selected for place in drawn.merchants] == [True] * 4 + [False]
    assert "big" in {place.id for place in drawn.merchants if place.certain}
    for place in drawn.merchants:
        inside = drawn.listings[place.id]
        assert [item.selected for item in inside] == [True, True, False]
        assert {MERCHANT[item.id] for item in inside} == {place.id}
    assert drawn == draw_stages(UNITS[::-1], MERCHANT, merchants=4, each=2, seed=SEED, reserve=1)


def test_chances_of_two_stages_multiply_and_add_up_to_the_listings_drawn() -> None:
    chances = draw_stages(UNITS, MERCHANT, merchants=4, each=2, seed=SEED, reserve=1).chances
    assert sum(chances.values()) == pytest.approx(8)
    # The big one is certain; two of its fifty are drawn by their sizes.
    assert chances["p:001"] == pytest.approx(2 * 2 / sum(size for id_, size in UNITS if MERCHANT[id_] == "big"))


def test_chances_are_those_of_one_draw_while_nothing_is_certain() -> None:
    even = {id_: f"m{number % 50}" for number, (id_, _) in enumerate(UNITS)}
    units = [(id_, 2) for id_, _ in UNITS]
    chances = draw_stages(units, even, merchants=10, each=1, seed=SEED, reserve=0).chances
    assert list(chances.values()) == pytest.approx([10 / 100] * 100)


def test_a_merchant_with_fewer_than_asked_gives_all() -> None:
    drawn = draw_stages([("p:1", 1), ("p:2", 1)], {"p:1": "a", "p:2": "b"}, merchants=2, each=3, seed=SEED, reserve=0)
    assert {name: len(items) for name, items in drawn.listings.items()} == {"a": 1, "b": 1}
    assert drawn.chances == {"p:1": 1.0, "p:2": 1.0}


def test_a_cap_goes_on_in_the_published_order_past_the_full_merchants() -> None:
    plain = draw_stratum(UNITS, 12, SEED, reserve=len(UNITS))
    capped = draw_capped(UNITS, MERCHANT, 12, most=2, seed=SEED, reserve=4)
    assert capped.bound
    assert [item.selected for item in capped.drawn] == [True] * 12 + [False] * 4
    assert [item.rank for item in capped.drawn] == list(range(1, 17))
    assert max(Counter(MERCHANT[item.id] for item in capped.drawn).values()) == 2
    order = [item.id for item in plain]
    kept = [item.id for item in capped.drawn]
    assert sorted([*kept, *capped.passed], key=order.index) == order[: len(kept) + len(capped.passed)]
    assert kept == sorted(kept, key=order.index)
    assert capped.passed


def test_a_cap_that_nobody_reaches_changes_nothing() -> None:
    plain = draw_stratum(UNITS, 12, SEED, reserve=4)
    capped = draw_capped(UNITS, MERCHANT, 12, most=50, seed=SEED, reserve=4)
    assert (capped.drawn, capped.passed, capped.bound) == (plain, (), False)


def test_a_cap_takes_from_the_chances_of_large_merchants_and_gives_to_the_others() -> None:
    seeds = [f"{number:064x}" for number in range(400)]
    taken = Counter(
        MERCHANT[item.id]
        for seed in seeds
        for item in draw_capped(UNITS, MERCHANT, 12, most=2, seed=seed, reserve=0).drawn
    )
    chances = probabilities([size for _, size in UNITS], 12)
    uncapped = sum(chance for (id_, _), chance in zip(UNITS, chances, strict=True) if MERCHANT[id_] == "big")
    assert taken["big"] / len(seeds) <= 2 < uncapped - 3
    assert sum(taken.values()) == 12 * len(seeds)


def test_more_than_the_merchants_can_give_is_refused_with_the_numbers() -> None:
    with pytest.raises(ImpossiblePlan, match="12 listings are more than the 11 of 11 merchants with 1 each"):
        draw_capped(UNITS, MERCHANT, 12, most=1, seed=SEED, reserve=0)
    assert draw_capped([], {}, 0, most=1, seed=SEED, reserve=3).drawn == ()
