"""Performance: times, agreement by En, and spread among laboratories."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from labs.performance import Agreement, Job, Pair, agreement, criteria, spreads, turnaround, usual

AT = datetime(2026, 11, 22, tzinfo=UTC)
D = Decimal


def job(days: float | None, due: float | None = 20) -> Job:
    start = AT - timedelta(days=30)
    return Job(
        start,
        None if days is None else start + timedelta(days=days),
        None if due is None else start + timedelta(days=due),
    )


def test_the_median_and_the_slow_end_of_the_times_and_who_is_late() -> None:
    found = turnaround([*(job(days) for days in range(1, 11)), job(25), job(None), job(None, due=40), job(3, None)], AT)
    assert (found.reported, found.waiting, found.late) == (12, 2, 2)
    assert (found.middle, found.slow) == (timedelta(days=5.5), timedelta(days=10))
    assert turnaround([job(20)], AT).late == 1  # the instant at which it is due is too late
    nothing = turnaround([job(None, None)], AT)
    assert (nothing.reported, nothing.waiting, nothing.middle, nothing.slow, nothing.late) == (0, 1, None, None, 0)


def test_what_is_no_value_with_an_uncertainty_on_both_sides_is_counted_and_left_out() -> None:
    pairs = [
        Pair(D("0.56"), D("0.05"), D("0.49"), D("0.05")),
        Pair(D("0.40"), D("0.05"), D("0.56"), D("0.05")),
        Pair(None, None, D("0.49"), D("0.05")),
        Pair(D("0.56"), None, D("0.49"), D("0.05")),
        Pair(D(1), D(0), D(1), D(0)),
    ]
    assert agreement(pairs) == Agreement(compared=2, agreeing=1, worst=D("2.26"), left_out=3)
    assert agreement([]) == Agreement(0, 0, None, 0)


def test_nothing_is_rounded_before_it_is_compared_and_no_number_is_too_great() -> None:
    near = Pair(D("1.004"), D("0.6"), D(0), D("0.8"))
    assert agreement([near]) == Agreement(compared=1, agreeing=0, worst=D("1.00"), left_out=0)
    [far] = spreads("F", {"lead": {**FOUND["lead"], "F": [D("1E+99")]}})
    assert far.band == "action"
    assert agreement([Pair(D("1E+99"), D("1E-99"), D(1), D(0))]).agreeing == 0
    almost = spreads("E", {"lead": {"A": [D(0), D(0)], "B": [D(1), D(-1)], "E": [D("4.451")]}})
    assert [(str(one.z), one.band) for one in almost] == [("3.00", "action")]


@pytest.mark.parametrize(("k", "u"), [(None, "0.05"), ("2", "0.05"), ("1", "0.10"), ("4", "0.025"), ("0", "0.05")])
def test_an_uncertainty_is_compared_with_the_usual_coverage_factor(k: str | None, u: str) -> None:
    assert usual(D("0.05"), None if k is None else D(k)) == D(u)


FOUND = {
    "lead": {"A": [D(10), D(11)], "B": [D(12)], "C": [D(9), D(10)], "D": [D(30)], "E": [D(13)]},
    "few": {"A": [D(10), D(11)], "B": [D(12)]},
    "two": {"A": [D(1), D(2), D(3)], "B": [D(2), D(4)], "C": []},
    "same": {"A": [D(5)] * 2, "B": [D(5)] * 2, "C": [D(5)]},
    "others": {"B": [D(5)] * 2, "C": [D(6)] * 2, "D": [D(5)]},
}


def test_the_spread_is_told_where_enough_laboratories_have_enough_results() -> None:
    assert [(one.item, one.results, str(one.z), one.band) for one in spreads("A", FOUND)] == [
        ("lead", 2, "-0.34", "usual")
    ]
    [far] = spreads("D", {"lead": FOUND["lead"]})
    assert (far.results, far.band) == (1, "action")
    middling = {"lead": {**FOUND["lead"], "E": [D(14)]}}
    assert [one.band for one in spreads("E", middling)] == ["question"]


def test_the_criteria_say_what_they_are_from() -> None:
    assert (criteria().status, criteria().en_most) == ("unconfirmed", D(1))
