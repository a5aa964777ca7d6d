"""A preview answers with numbers, also where the plan is impossible, and counts no pick as drawn."""

import csv
import io
import time
from dataclasses import replace
from decimal import ROUND_CEILING
from decimal import Decimal as D
from fractions import Fraction as F
from math import comb, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.design import BY_MONEY, Design
from sampling.detection import smallest_rate
from sampling.errors import ImpossiblePlan
from sampling.levels import levels
from sampling.money import Money
from sampling.preview import CONCERNS, Choice, Preview, StratumFacts, affordable, allocated, middle_price, preview
from sampling.table import COLUMNS, to_csv


def facts(name: str, listings: int, rate: str = "0.05", price: str | None = "10", **changes: Any) -> StratumFacts:
    plain = StratumFacts(name, listings, listings if price else 0, D(rate), D(price) if price else None, 1, 20,
                         listings, 0)  # fmt: skip
    return replace(plain, **changes)


def choice(size: int = 200, budget: str = "100000", units: int = 2, **design: Any) -> Choice:
    return Choice(size, Money(D(budget), "CNY"), units, Design(**design))


THREE = (facts("s0", 4421, "0.09"), facts("s1", 755, "0.48", "20"), facts("s2", 1018, "0.30", None))
PICKED = facts("targeted/tip", 3, "0.5", "100")


def codes(made: Preview) -> dict[str, dict[str, D | int]]:
    assert {one.code for one in made.concerns} <= set(CONCERNS)
    return {one.code: dict(one.numbers) for one in made.concerns}


def test_a_plan_is_worked_out_stratum_by_stratum() -> None:
    made = preview(THREE, choice(test_cost=D("5.50"), reserve=10))
    assert [row.n for row in made.rows] == [120, 36, 44]
    # Two units at 10 and at 20; the third has no price and is guessed at the middle one, 10.
    assert [(row.cost_each, row.guessed) for row in made.rows] == [
        (D("25.50"), False), (D("45.50"), False), (D("25.50"), True),
    ]  # fmt: skip
    assert made.cost == Money(D("5820.00"), "CNY") and made.left == Money(D("94180.00"), "CNY")
    assert made.rows[0].cost == Money(D("3060.00"), "CNY")
    assert made.error == pytest.approx(0.0236582, abs=1e-7)
    assert made.rows[1].error == pytest.approx(sqrt(0.48 * 0.52 * (1 / 36 - 1 / 755)))
    rate = (4421 * 0.09 + 755 * 0.48 + 1018 * 0.30) / 6194
    assert made.simple_error == pytest.approx(sqrt(rate * (1 - rate) * (1 / 200 - 1 / 6194)))
    assert (made.n, made.random_n, made.listings, made.least_n) == (200, 200, 6194, 3)
    # 91 of 6,194 defects are missed by 200 samples with less than 5 %, and 90 are not.
    assert made.smallest_rate == D("0.014692") == (D(91) / 6194).quantize(D("0.000001"), ROUND_CEILING)
    assert comb(6103, 200) * 20 <= comb(6194, 200) < comb(6104, 200) * 20
    assert made.rows[0].smallest_rate == smallest_rate(120, D("0.95"), 4421)
    assert made.rows[0].share == pytest.approx(4421 / 6194)
    assert made.possible and codes(made) == {"price_guessed": {"strata": 1, "listings": 1018, "samples": 44}}


def test_picks_are_all_taken_and_never_counted_with_those_drawn() -> None:
    plain, made = preview(THREE, choice()), preview((*THREE, PICKED), choice(203))
    assert (made.n, made.random_n, made.rows[3].n, made.rows[3].targeted) == (203, 200, 3, True)
    assert (made.error, made.simple_error, made.smallest_rate) == (plain.error, plain.simple_error, plain.smallest_rate)
    assert (made.rows[3].error, made.rows[3].reserve, made.rows[3].short) == (None, 0, False)
    alone = preview((PICKED,), choice(3))
    assert (alone.error, alone.simple_error, alone.smallest_rate) == (None, None, None)
    assert codes(alone) == {"nothing_random": {"picked": 3}}


@pytest.mark.parametrize(
    ("strata", "chosen", "expected", "said"),
    [
        ((), choice(), {"no_listing": {"asked": 200}}, "no listing was found for the 200 samples"),
        (
            (facts("a", 50), facts("b", 50), PICKED),
            choice(6, least=2),
            {"size_below_least": {"asked": 6, "least": 2, "needed": 7, "strata": 3}},
            "6 samples are fewer than the 7 that 3 strata need",
        ),
        (
            (facts("a", 50), facts("b", 50, price="30")),
            choice(budget="159.99", least=2, by=BY_MONEY),
            {"budget_below_least": {"budget": D("159.99"), "cost": D(160), "needed": 4, "strata": 2}},
            "the least of 4 samples in 2 strata costs 160 CNY, the budget is 159.99 CNY",
        ),
        (
            (facts("a", 50, price=None),),
            choice(by=BY_MONEY),
            {"costs_nothing": {}, "price_guessed": {"strata": 1, "listings": 50, "samples": 1}},
            "a sample of a costs nothing",
        ),
    ],
)
def test_what_is_impossible_is_said_with_the_numbers(
    strata: tuple[StratumFacts, ...], chosen: Choice, expected: dict[str, object], said: str
) -> None:
    made = preview(strata, chosen)
    assert codes(made) == expected
    assert said in made.refused and not made.possible
    assert made.n == made.least_n == sum(row.n for row in made.rows)
    with pytest.raises(ImpossiblePlan, match=said):
        allocated(strata, chosen)


@pytest.mark.parametrize(
    ("strata", "chosen", "expected"),
    [
        # 20 samples of 20 each are 400; 399 buy one less.
        ((facts("a", 50),), choice(20, "399"), {"over_budget": {"cost": D(400), "budget": D(399), "bought": 19}}),
        ((facts("a", 50),), choice(20, "19"), {"over_budget": {"cost": D(400), "budget": D(19), "bought": 0}}),
        (
            (facts("a", 3), facts("b", 50)),
            choice(60, least=5),
            {
                "frame_short": {"asked": 60, "listings": 53},
                "strata_short": {"strata": 1, "least": 5, "lacking": 2},
                "reserve_short": {"strata": 2, "reserve": 10},
            },
        ),
    ],
)
def test_what_runs_short_is_said_with_the_numbers(
    strata: tuple[StratumFacts, ...], chosen: Choice, expected: dict[str, object]
) -> None:
    made = preview(strata, chosen)
    assert codes(made) == expected and made.refused == ""
    assert made.possible is ("over_budget" not in expected)


def test_a_budget_decides_the_number_where_it_is_asked() -> None:
    made = preview((facts("a", 50), facts("b", 50)), choice(9_999, "405", by=BY_MONEY, reserve=0))
    assert (made.n, made.left, made.possible, codes(made)) == (20, Money(D(5), "CNY"), True, {})


@pytest.mark.parametrize(
    ("strata", "expected"),
    [
        ((), None),
        ((facts("a", 9, price=None),), None),
        ((facts("a", 9, price="1"), facts("b", 10, price="2"), facts("c", 2, price=None)), D(2)),
        ((facts("a", 9, price="3"), facts("b", 9, price="2")), D(2)),
    ],
)
def test_the_middle_price_counts_each_stratum_by_its_priced_listings(
    strata: tuple[StratumFacts, ...], expected: D | None
) -> None:
    assert middle_price(strata) == expected


STRATA = st.lists(
    st.builds(
        facts,
        st.uuids().map(lambda id_: f"p/{id_}"),
        st.integers(1, 40),
        st.sampled_from(["0", "0.02", "0.3", "1"]),
        st.sampled_from([None, "0.50", "7", "120"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(STRATA, st.integers(1, 90), st.integers(1, 4), st.sampled_from(["size", "money"]), st.integers(1, 9_000))
def test_the_totals_are_those_of_the_rows(
    strata: list[StratumFacts], size: int, least: int, by: str, budget: int
) -> None:
    made = preview(strata, choice(size, str(budget), least=least, by=by, test_cost=D(1)))
    assert made.n == sum(row.n for row in made.rows) <= made.listings
    assert made.cost.amount == sum(row.cost.amount for row in made.rows)
    assert made.left + made.cost == Money(D(budget), "CNY")
    assert all(min(least, row.listings) <= row.n <= row.listings for row in made.rows)
    assert all(0 <= row.reserve <= row.listings - row.n for row in made.rows)
    if not made.refused and by == "size":
        assert made.n == min(size, made.listings)
    if by == "money":
        assert made.possible is not bool(made.refused)


def test_fewer_and_more_samples_stand_beside_the_plan() -> None:
    found = levels((*THREE, PICKED), choice(203))
    assert [(one.n, one.planned) for one in found] == [
        (102, False), (152, False), (203, True), (304, False), (406, False),
    ]  # fmt: skip
    made = preview((*THREE, PICKED), choice(203))
    assert (found[2].cost, found[2].error, found[2].smallest_rate) == (made.cost, made.error, made.smallest_rate)
    assert [one.error for one in found] == sorted((one.error for one in found), reverse=True)


def test_sizes_that_are_impossible_or_the_same_are_left_out() -> None:
    assert [one.n for one in levels((facts("a", 50),), choice(by=BY_MONEY, budget="40"))] == [1, 2, 3, 4]
    assert [(one.n, one.planned) for one in levels((facts("a", 5),), choice(8))] == [(4, False), (5, True)]
    assert [one.n for one in levels((facts("a", 50), facts("b", 50)), choice(2))] == [2, 3, 4], "half is too few"
    assert levels((), choice()) == levels((PICKED,), choice()) == ()


def test_the_table_has_a_row_a_stratum_and_no_formulas() -> None:
    strata = (facts("=1+1/toys", 4421, "0.09", anomalies=7), facts("甲/玩具", 9, price=None), PICKED)
    rows = list(csv.DictReader(io.StringIO(to_csv(preview(strata, choice(80))).decode("utf-8-sig"))))
    assert [row["stratum"] for row in rows] == ["'=1+1/toys", "甲/玩具", "targeted/tip"]
    assert tuple(rows[0]) == COLUMNS and sum(int(row["samples"]) for row in rows) == 80
    assert (rows[0]["price_anomalies"], rows[0]["price_guessed"], rows[1]["price_guessed"]) == ("7", "no", "yes")
    assert (rows[2]["targeted"], rows[2]["standard_error"], rows[2]["cost"]) == ("yes", "", "600.00")


def test_five_thousand_strata_cost_no_more_than_ten_times_five_hundred() -> None:
    """Both in turn, so that whoever else works on the machine slows both; a step for each pair would cost ten times."""
    strata = [
        facts(f"p{n % 70}/c{n}", 1 + n * 37 % 4_000, f"0.{1 + n % 37:02d}", str(1 + n % 400)) for n in range(5_000)
    ]
    ratios = []
    for _ in range(3):
        began = time.process_time()
        made = preview(strata, choice(20_000, "10000000", test_cost=D(80)))
        whole = time.process_time()
        for part in range(10):
            preview(strata[part::10], choice(2_000, "1000000", test_cost=D(80)))
        ratios.append((whole - began) / (time.process_time() - whole))
    assert made.n == 20_000
    assert min(ratios) < 2
    assert made.error is not None and made.simple_error is not None and made.error < made.simple_error


def test_exact_fractions_do_as_rates() -> None:
    assert preview((facts("a", 50, mean_rate=F(1, 3)),), choice(10)).rows[0].mean_rate == pytest.approx(1 / 3)


def test_what_is_expected_to_cost_more_than_the_budget_is_not_affordable() -> None:
    assert sum(affordable(THREE, choice(200, "5000")).values()) == 200
    with pytest.raises(ImpossiblePlan, match=r"200 samples cost about 4[0-9]{3} CNY, the budget is 3000 CNY"):
        affordable(THREE, choice(200, "3000"))


def test_two_stages_are_held_to_the_most_that_they_may_take() -> None:
    two = (facts("a", 9), facts("b", 2), facts("targeted/tip", 1))
    assert preview(two, choice(5, "60", 1, each=3)).cost == Money(D("60"), "CNY"), "three of a, both of b, the pick"
    with pytest.raises(ImpossiblePlan, match="5 samples cost about 60 CNY, the budget is 50 CNY"):
        affordable(two, choice(5, "50", 1, each=3))
