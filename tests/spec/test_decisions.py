"""Decisions: intervals, comparison modes and decision rules against limits."""

import random
from decimal import Decimal
from typing import Any

import pytest

from labs.decision import Band, acceptance, decide, margin, near_limit, p_conform
from labs.errors import UnknownUnit
from labs.pooling import disagreement, mean, plan, total
from labs.result import Interval, read_result
from labs.rounding import round_half_even
from labs.units import convert
from labs.weighing import weigh_one
from tests.labs.build import demanded, limit, result, span
from tests.spec.vectors import (
    ABSENT,
    ACCEPTED,
    AGREED,
    CONVERTED,
    ENFORCED,
    GUARDED,
    MODES,
    PLACED,
    PLANS,
    REPLICATES,
    SUMMED,
    TWO_SIDED,
)  # fmt: skip


def read(text: str, **limits: str) -> Interval:
    """The interval of a text, as a laboratory would report it."""
    known: dict[str, Any] = {name: Decimal(value) for name, value in limits.items()}
    interval = read_result(text, **known).interval
    assert interval is not None
    return interval


SPANS = [  # a censored result under R3: both ends in one half keep it, else it is across
    ("<0.45", Band.PASS),
    ("<0.48", Band.PASS_COND),
    (">0.53", Band.FAIL_COND),
    ("<0.53", Band.INDETERMINATE),
]


@pytest.mark.parametrize(("text", "requirement", "band"), PLACED.rows)
def test_an_interval_is_placed_against_a_limit(text: str, requirement: str, band: str) -> None:
    assert decide(read(text), demanded(requirement)).band == band


@pytest.mark.parametrize(("value", "requirement", "step", "full", "rounded"), MODES.rows)
def test_a_value_is_compared_in_full_or_rounded(
    value: str, requirement: str, step: str, full: str, rounded: str
) -> None:
    for mode, wanted in (("full", full), ("rounded", rounded)):
        bound = demanded(requirement, mode=mode, step=Decimal(step))
        decision = decide(read(value), bound)
        distance = margin(read(value), bound)
        assert decision.band == wanted
        assert distance is not None and (distance >= 0 if wanted == "pass" else distance <= 0)


def test_a_rounded_limit_agrees_with_rounding_first() -> None:
    draw = random.Random(8170)
    for _ in range(2000):
        step = Decimal(draw.choice(["0.1", "0.5", "0.02", "100"]))
        bound = step * draw.randint(1, 40)
        value = (bound + step * draw.randint(-300, 300) / 100).quantize(step / 100)
        for kind, strict in ((kind, strict) for kind in ("max", "min") for strict in (False, True)):
            near = round_half_even(value, step)
            meets = near < bound or (near == bound and not strict)
            if kind == "min":
                meets = near > bound or (near == bound and not strict)
            rule = limit(str(bound), kind=kind, mode="rounded", step=step, strict=strict)
            assert decide(Interval(value, value), rule).band == ("pass" if meets else "fail"), (value, rule)


@pytest.mark.parametrize(("rule", "value", "band", "chance"), GUARDED.rows)
def test_an_uncertainty_guards_the_limit(rule: str, value: str, band: str, chance: str) -> None:
    bound, u = limit("0.5", decision_rule=rule), Decimal("0.05")
    assert decide(read(value), bound, u_expanded=u).band == band
    assert str(p_conform(Decimal(value), bound, u_expanded=u, k=Decimal(2))) == chance


@pytest.mark.parametrize(("value", "requirement", "u", "k", "chance"), TWO_SIDED.rows)
def test_a_probability_of_conformity_has_four_places(value: str, requirement: str, u: str, k: str, chance: str) -> None:
    assert str(p_conform(Decimal(value), demanded(requirement), u_expanded=Decimal(u), k=Decimal(k))) == chance


@pytest.mark.parametrize(("text", "band"), SPANS)
def test_a_censored_result_is_guarded_by_its_best_and_worst_value(text: str, band: Band) -> None:
    assert decide(read(text), limit("0.5", decision_rule="R3"), u_expanded=Decimal("0.05")).band is band


def test_guards_work_from_below_and_from_both_sides() -> None:
    lower = limit("20", kind="min", decision_rule="R1")
    assert decide(read("21"), lower, u_expanded=Decimal(2)).band is Band.FAIL
    assert decide(read("22"), lower, u_expanded=Decimal(2)).band is Band.PASS
    both = limit("12.5-16.3", kind="range", decision_rule="R3")
    assert decide(read("13.6"), both, u_expanded=Decimal("1")).band is Band.PASS
    assert decide(read("13.6"), both, u_expanded=Decimal("1.9")).reason == "guard_too_wide"


@pytest.mark.parametrize(("value", "band"), ENFORCED.rows)
def test_enforcement_gives_the_seller_the_doubt(value: str, band: str) -> None:
    """Half of the value is the uncertainty in residue control in the EU."""
    u = Decimal(value) / 2
    assert decide(read(value), limit("0.01", decision_rule="R2"), u_expanded=u).band == band


def test_a_guard_without_uncertainty_or_with_rounding_is_held() -> None:
    assert decide(read("0.4"), limit("0.5", decision_rule="R1")).reason == "uncertainty_missing"
    rounded = limit("0.5", decision_rule="R1", mode="rounded")
    assert decide(read("0.4"), rounded, u_expanded=Decimal("0.1")).reason == "rounded_with_guard"


@pytest.mark.parametrize(("text", "lod", "outcome"), ABSENT.rows)
def test_what_must_not_be_detected(text: str, lod: str, outcome: str) -> None:
    given = weigh_one(result(text, lod=lod, loq=max(lod, "0.01")), limit("0.01", kind="absent"))
    assert (given.outcome, given.margin) == (outcome, None)


def test_a_bare_zero_does_not_prove_absence() -> None:
    assert decide(read("0"), limit("0.01", kind="absent")).reason == "lod_unknown"


MARGINS = [
    ("0.45", "0.5", "max", "0.05"),
    ("0.56", "0.5", "max", "-0.06"),
    ("<0.05", "0.5", "max", "0.45"),
    (">0.6", "0.5", "max", "-0.1"),
    (">0.4", "0.5", "max", None),
    ("21", "20", "min", "1"),
    ("<15", "20", "min", "-5"),
    ("1.3", "1.2-1.6", "range", "0.1"),
    ("1.7", "1.2-1.6", "range", "-0.1"),
    (">1.3", "1.2-1.6", "range", None),
]


@pytest.mark.parametrize(("text", "bound", "kind", "wanted"), MARGINS)
def test_the_margin_is_the_least_sure_distance(text: str, bound: str, kind: str, wanted: str | None) -> None:
    assert margin(read(text), limit(bound, kind=kind)) == (None if wanted is None else Decimal(wanted))


@pytest.mark.parametrize(("value", "near"), [("0.45", True), ("0.44", False), ("0.55", True), ("0.56", False)])
def test_a_value_is_near_a_limit_within_its_uncertainty(value: str, near: bool) -> None:
    assert near_limit(Decimal(value), limit("0.5"), u_expanded=Decimal("0.05")) is near


@pytest.mark.parametrize(("units", "band"), PLANS.rows)
def test_a_sampling_plan_counts_sure_and_possible_exceedances(units: str, band: str) -> None:
    counted = [read(unit) for unit in units.split(", ")]
    assert plan(counted, n=5, c=2, m=Decimal(100), top=Decimal(1000)).band == band


@pytest.mark.parametrize(("requirement", "band"), SUMMED.rows)
def test_a_sum_of_congeners_adds_the_ends(requirement: str, band: str) -> None:
    summed = total([read("0.03"), read("<0.01"), read("<0.01")])
    assert summed == span("0.03", "0.05", high_open=True)
    assert decide(summed, demanded(requirement)).band == band


def test_a_sum_with_an_open_end_has_one() -> None:
    assert total([read("1"), read(">2")]) == span("3", None, low_open=True)


@pytest.mark.parametrize(("first", "second", "wanted"), REPLICATES.rows)
def test_replicates_have_a_mean_only_within_the_repeatability(first: str, second: str, wanted: str) -> None:
    middle = None if wanted == "repeat" else span(wanted, wanted)
    assert mean(read(first), read(second), repeatability=Decimal("0.2")) == middle


@pytest.mark.parametrize(("second", "u", "wanted"), AGREED.rows)
def test_two_laboratories_disagree_by_e_n(second: str, u: str, wanted: str) -> None:
    found = disagreement(Decimal("0.56"), Decimal(second), u_first=Decimal("0.05"), u_second=Decimal(u))
    assert str(found) == wanted


@pytest.mark.parametrize(("value", "unit", "into", "wanted"), CONVERTED.rows)
def test_a_unit_is_converted_exactly_or_never(value: str, unit: str, into: str, wanted: str) -> None:
    if wanted == "never":
        with pytest.raises(UnknownUnit):
            convert(Decimal(value), item="lead", unit=unit, to=into)
    else:
        assert convert(Decimal(value), item="lead", unit=unit, to=into) == Decimal(wanted)


def test_an_acceptance_zone_is_the_limit_less_the_guard() -> None:
    """One-sided 95 %: w = 1.645 u leaves 0.458875 of 0.5 (ILAC-G8, table 1)."""
    bound = limit("0.5", decision_rule="R1", guard=Decimal("0.8225"))
    for value, band in ACCEPTED.rows:
        assert decide(read(value), bound, u_expanded=Decimal("0.05")).band == band
    assert acceptance(bound) == span(None, "0.5")
