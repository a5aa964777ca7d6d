"""Judging on columns: each row says what the record alone says."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from benchmarks.judging import compared
from labs.bulk import OUTCOMES, Judged, judge_rows
from labs.columns import Columns, Words, of_results
from labs.limits import Limits, Plan
from labs.result import Result
from labs.scaling import fitting, pick, whole
from labs.verdict import Outcome
from labs.weighing import weigh
from tests.labs.build import limit, limits, result, span

DAY = date(2026, 11, 22)
HUGE = "9" * 24


def judged(*results: Result, rules: Limits | None = None) -> tuple[Judged, Columns]:
    columns = of_results(results)
    return judge_rows(columns, Words.of("toys" for _ in results), rules or limits(), DAY), columns


@pytest.mark.parametrize("seed", [1, 2])
def test_random_rows_are_judged_as_records(seed: int) -> None:
    seen, differing = compared(seed, 1500)
    assert (len(seen), differing) == (len(OUTCOMES), [])


CASES = [  # what is beyond 64 bits, or has too many places for the others, is weighed alone
    (result(HUGE), result("0.45"), result("<" + HUGE)),
    (result("0." + "0" * 20 + "1"), result("123456789012345"), *[result("0.5")] * 3),
    (result("0.45", u_expanded="-0.05"), result("0.45", u_expanded="0.05", coverage_k="-2"), result("9")),
    (result("0.45", u_expanded="0.05", coverage_k="2.7764451051"), result("0.45", u_expanded="0.05", coverage_k="0")),
    (result("0.45", u_expanded="0.05", coverage_k=HUGE), result("0.45", u_expanded="0.05", coverage_k="1E+1")),
    (result("0.5", u_expanded="1E-17"), result("0.45", u_expanded="1E+12", coverage_k="2.00")),
    (result("0.4500000000000001", u_expanded="0.05", coverage_k="1.96"), result("0.45", u_expanded="1E-16")),
    (result("0.45", u_expanded="0"), result("0.55", u_expanded="0")),
    (result("0.45", unit="mg/L"), result("0.45", item="nickel")),
    (result("0.4", u_expanded="0.05", interval=span("0.4", "0.4", low_open=True)),),
]


@pytest.mark.parametrize("results", CASES)
@pytest.mark.parametrize("kind", ["max", "min", "range"])
def test_what_is_unusual_is_judged_as_a_record(results: tuple[Result, ...], kind: str) -> None:
    rules = limits(limit("0.4-0.5" if kind == "range" else "0.5", kind=kind, decision_rule="R3"))
    rows, columns = judged(*results, rules=rules)
    for row, one in enumerate(results):
        assert rows.at(row, columns) == weigh(one.item, "toys", [one], rules, DAY)


def test_a_limit_beyond_64_bits_is_weighed_alone() -> None:
    rules = limits(limit("8" * 24))
    rows, columns = judged(result("5"), result(HUGE), rules=rules)
    assert [rows.at(row, columns).outcome for row in range(2)] == [Outcome.PASS, Outcome.FAIL]


def test_a_sampling_plan_is_counted_alone() -> None:
    rules = limits(limit("1000", kind="plan", plan=Plan(5, 2, Decimal(100), Decimal(1000))))
    rows, columns = judged(result("50"), rules=rules)
    assert rows.at(0, columns).reasons == ("units_missing",)


def test_nothing_is_judged_as_nothing() -> None:
    rows, columns = judged()
    assert len(rows.outcome) == len(columns) == 0


def test_each_row_has_the_limit_of_its_own_day() -> None:
    rules = limits(
        limit("0.6", id="old", valid_to=date(2020, 12, 31)),
        limit("0.4", id="new", valid_from=date(2021, 1, 1), withdrawn_on=date(2026, 1, 1)),
    )
    columns = of_results([result("0.5")] * 5)
    days = np.array(["2020-12-31", "2021-01-01", "2015-12-31", "NaT", "2026-01-01"], "datetime64[D]")
    rows = judge_rows(columns, Words.of(["toys"] * 5), rules, days)
    assert [rows.at(row, columns).limit_id for row in range(5)] == ["old", "new", None, None, None]
    assert [OUTCOMES[code] for code in rows.outcome[:3]] == [Outcome.PASS, Outcome.FAIL, Outcome.HOLD]


@pytest.mark.parametrize(("text", "wanted"), [("0.50", (50, 2)), ("1E+3", (1000, 0)), ("-2", (-2, 0))])
def test_a_number_is_whole_at_its_places(text: str, wanted: tuple[int, int]) -> None:
    assert whole(Decimal(text)) == wanted


def test_a_scale_is_the_one_that_most_rows_fit() -> None:
    column = of_results([result("0.12345678"), result("0.12345679"), result("0.5"), result("1" * 16)]).low
    scale, fit = fitting([pick(column, np.arange(4))], least=1, spare=0)
    assert (scale, fit.tolist()) == (8, [True, True, True, False])


def test_rows_of_two_sizes_are_judged_at_two_scales() -> None:
    fine, coarse = [result("0.50000001")] * 1100, [result("4" * 14)] * 1001
    rows, _ = judged(*fine, *coarse)
    assert set(rows.outcome.tolist()) == {OUTCOMES.index(Outcome.FAIL)}
    assert (set(rows.margin.places.tolist()), rows.margin.huge) == ({8, 2}, {})
