"""Draws that do not fall on one seller alone, against the same drawn plainly, one listing after the other."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import places
from sampling.draw import Drawn, Unit, draw_stratum, seed_for
from sampling.errors import ImpossiblePlan, RefusedDraw
from sampling.inclusion import probabilities, published, rounded
from sampling.merchant import merchants
from sampling.places import Place
from tests.sampling import draws

SEED = "ab" * 32
# One seller with half of all, ten with five each.
UNITS = [(f"p:{number:03d}", 1 + number % 3) for number in range(100)]
MERCHANT = {id_: "big" if number < 50 else f"m{number % 10}" for number, (id_, _) in enumerate(UNITS)}


def place(
    units: Mapping[str, Sequence[Unit]], of: Mapping[str, str], n: Mapping[str, int], seed: str = SEED, **plan: int
) -> list[Place]:
    return places.place(sold(units, of), draws.plan(units, n, **plan), seed)


def sold(units: Mapping[str, Sequence[Unit]], of: Mapping[str, str]) -> pa.Table:
    """Give a frame with the merchant of each listing."""
    frame = draws.frame(units)
    column = pa.array([of[id_] for id_ in frame["listing_id"].to_pylist()], pa.string()).dictionary_encode()
    return frame.append_column("merchant", column)


def capped(units: Sequence[Unit], of: Mapping[str, str], n: int, most: int, reserve: int) -> list[Drawn]:
    """One listing after the other in the published order, past the merchants that are full."""
    taken: Counter[str] = Counter()
    kept: list[Drawn] = []
    for item in draw_stratum(units, n, SEED, reserve=len(units)):
        taken[of[item.id]] += 1
        if len(kept) < n + reserve and taken[of[item.id]] <= most:
            kept.append(replace(item, rank=len(kept) + 1, selected=len(kept) < n))
    return kept


def staged(
    units: Sequence[Unit], of: Mapping[str, str], n: int, each: int, reserve: int
) -> tuple[list[str], list[str], dict[str, float]]:
    """The drawn and the reserve of two stages, and the chance of every listing."""
    offers: dict[str, list[Unit]] = defaultdict(list)
    for unit in sorted(units):
        offers[of[unit[0]]].append(unit)
    names = sorted(offers)
    totals = [sum(size for _, size in offers[name]) for name in names]
    wanted = -(-n // each)
    over = seed_for("merchant", bytes.fromhex(SEED))
    drawn = draw_stratum(list(zip(names, totals, strict=True)), wanted, over, reserve=reserve)
    chances: dict[str, float] = {}
    for name, first in zip(names, probabilities(totals, wanted), strict=True):
        inside = probabilities([size for _, size in offers[name]], each)
        chances |= {id_: float(first * own) for (id_, _), own in zip(offers[name], inside, strict=True)}
    first_of: list[str] = []
    next_of: list[str] = []
    later: list[tuple[int, int, str]] = []
    for merchant in drawn:
        for item in draw_stratum(offers[merchant.id], each, SEED, reserve=reserve):
            if not item.selected:
                later.append((item.rank, merchant.rank, item.id))
            else:
                (first_of if merchant.selected else next_of).append(item.id)
    return first_of, (next_of + [id_ for *_, id_ in sorted(later)])[:reserve], chances


def test_two_stages_take_at_most_so_many_of_each_merchant() -> None:
    drawn = place({"s": UNITS}, MERCHANT, {"s": 8}, each=2, reserve=5)
    assert Counter(MERCHANT[item.id] for item in drawn if item.selected).most_common(1)[0][1] == 2
    assert "big" in {MERCHANT[item.id] for item in drawn if item.selected}
    assert [item.selected for item in drawn] == [True] * 8 + [False] * 5
    assert [item.rank for item in drawn] == list(range(1, 14))


def test_chances_of_two_stages_multiply_and_add_up_to_the_listings_drawn() -> None:
    _, _, chances = staged(UNITS, MERCHANT, 8, 2, 0)
    assert sum(chances.values()) == pytest.approx(8)
    # The big one is certain; two of its fifty are drawn by their sizes.
    assert chances["p:001"] == pytest.approx(2 * 2 / sum(size for id_, size in UNITS if MERCHANT[id_] == "big"))


def test_chances_are_those_of_one_draw_while_nothing_is_certain() -> None:
    even = {id_: f"m{number % 50}" for number, (id_, _) in enumerate(UNITS)}
    drawn = place({"s": [(id_, 2) for id_, _ in UNITS]}, even, {"s": 10}, each=1)
    assert {str(item.chance) for item in drawn} == {"0.100000"}


def test_merchants_with_fewer_than_asked_give_all() -> None:
    units, of = {"s": [("p:1", 1), ("p:2", 1), ("p:3", 1)]}, {"p:1": "a", "p:2": "b", "p:3": "b"}
    drawn = place(units, of, {"s": 3}, each=1, reserve=5)
    assert {of[item.id] for item in drawn if item.selected} == {"a", "b"}
    assert [(item.selected, item.certain) for item in drawn] == [(True, True), (True, False), (False, False)] or [
        (item.selected, item.certain) for item in drawn
    ] == [(True, False), (True, True), (False, False)]
    assert place(units, of, {"s": 0}, each=1, reserve=0) == []
    assert place({}, {}, {"s": 0}, each=1) == []


ids = st.text("pq:甲é", min_size=1, max_size=4)
frames = st.dictionaries(ids, st.tuples(st.sampled_from("st层"), st.sampled_from("abcde"), st.integers(1, 50)),
                         min_size=1, max_size=50)  # fmt: skip


@settings(deadline=None)
@given(frame=frames, wanted=st.integers(0, 9), each=st.integers(1, 4), reserve=st.integers(0, 6))
def test_two_stages_are_those_drawn_plainly(
    frame: dict[str, tuple[str, str, int]], wanted: int, each: int, reserve: int
) -> None:
    units: dict[str, list[Unit]] = defaultdict(list)
    for id_, (stratum, _, size) in frame.items():
        units[stratum].append((id_, size))
    of = {id_: merchant for id_, (_, merchant, _) in frame.items()}
    n = {name: min(wanted, len(held)) for name, held in units.items()}
    drawn = place(units, of, n, each=each, reserve=reserve)
    assert [item.stratum for item in drawn] == sorted(item.stratum for item in drawn)
    for name, held in units.items():
        mine = [item for item in drawn if item.stratum == name]
        selected, spare, chances = staged(held, of, n[name], each, reserve)
        assert [item.id for item in mine if item.selected] == selected
        assert [item.id for item in mine if not item.selected] == spare
        assert [item.chance for item in mine] == [rounded(chances[item.id]) for item in mine]


@settings(deadline=None)
@given(frame=frames, wanted=st.integers(0, 9), cap=st.integers(1, 4), reserve=st.integers(0, 6))
def test_a_cap_is_that_of_one_listing_after_the_other(
    frame: dict[str, tuple[str, str, int]], wanted: int, cap: int, reserve: int
) -> None:
    units: dict[str, list[Unit]] = defaultdict(list)
    room: dict[str, Counter[str]] = defaultdict(Counter)
    for id_, (stratum, merchant, size) in frame.items():
        units[stratum].append((id_, size))
        room[stratum][merchant] += 1
    of = {id_: merchant for id_, (_, merchant, _) in frame.items()}
    n = {name: min(wanted, sum(min(count, cap) for count in held.values())) for name, held in room.items()}
    drawn = place(units, of, n, cap=cap, reserve=reserve)
    for name, held in units.items():
        mine = [item for item in drawn if item.stratum == name]
        expected = capped(held, of, n[name], cap, reserve)
        assert [
            Drawn(item.id, item.size, item.ticket, item.rank, item.selected, item.certain) for item in mine
        ] == expected
        plain = dict(zip([id_ for id_, _ in held], published([size for _, size in held], n[name]), strict=True))
        assert [item.chance for item in mine] == [plain[item.id] for item in mine]


def test_a_cap_that_nobody_reaches_changes_nothing() -> None:
    assert place({"s": UNITS}, MERCHANT, {"s": 12}, cap=50) == place({"s": UNITS}, MERCHANT, {"s": 12})


def test_a_cap_takes_from_the_chances_of_large_merchants_and_gives_to_the_others() -> None:
    seeds = [f"{number:064x}" for number in range(200)]
    taken = Counter(
        MERCHANT[item.id] for seed in seeds for item in place({"s": UNITS}, MERCHANT, {"s": 12}, seed, cap=2, reserve=0)
    )
    chances = probabilities([size for _, size in UNITS], 12)
    uncapped = sum(chance for (id_, _), chance in zip(UNITS, chances, strict=True) if MERCHANT[id_] == "big")
    assert taken["big"] / len(seeds) <= 2 < uncapped - 3
    assert sum(taken.values()) == 12 * len(seeds)


def test_more_than_the_merchants_can_give_is_refused_with_the_numbers() -> None:
    with pytest.raises(ImpossiblePlan, match="s: 12 listings are more than the 11 of 11 merchants with 1 each"):
        place({"s": UNITS}, MERCHANT, {"s": 12}, cap=1)
    with pytest.raises(RefusedDraw, match="s has 100 listings left"):
        place({"s": UNITS}, MERCHANT, {"s": 101}, cap=1)


def test_what_cannot_be_drawn_is_refused_before_it_is_promised() -> None:
    units = {"targeted/tip": UNITS[:20], "s": UNITS[20:]}
    frame = sold(units, MERCHANT)

    def refused(n: int, *taken: str, cap: int = 0) -> None:
        places.refuse_impossible(frame, draws.plan(units, {"targeted/tip": 20, "s": n}, cap=cap), taken)

    refused(11, cap=1)
    refused(80)
    with pytest.raises(ImpossiblePlan, match="s: 12 listings are more than the 11 of 11 merchants with 1 each"):
        refused(12, cap=1)
    with pytest.raises(RefusedDraw, match="s has 79 listings left, the plan asks for 80"):
        refused(80, UNITS[30][0])


@pytest.mark.parametrize("plan", [{"cap": 1}, {"each": 1}])
def test_picked_listings_are_all_taken(plan: dict[str, int]) -> None:
    units = {"targeted/tip": UNITS[:20], "a": UNITS[20:60], "z": UNITS[60:]}
    drawn = place(units, MERCHANT, {"targeted/tip": 20, "a": 1, "z": 3}, SEED, **plan)
    assert sum(item.selected for item in drawn if item.stratum == "targeted/tip") == 20
    assert [item.stratum for item in drawn] == sorted(item.stratum for item in drawn)


def test_a_merchant_is_a_seller_of_a_platform_or_the_listing_where_none_is_known() -> None:
    rows = {"listing_id": ["p:1", "p:2", "p:3", "q:1", "q:2"], "platform": ["p", "p", "p", "q", "q"],
            "seller": ["甲", "", "甲", "甲", "a\tb"]}  # fmt: skip
    columns = {name: pa.array(column) for name, column in rows.items()}
    frame = pa.table({name: column if name == "listing_id" else column.dictionary_encode()
                      for name, column in columns.items()})  # fmt: skip
    assert merchants(frame).to_pylist() == ["p/甲", "p:2", "p/甲", "q/甲", "q/a b"]
    assert merchants(frame.slice(0, 0)).to_pylist() == []
