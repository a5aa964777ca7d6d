"""Decisions: intervals, comparison modes and decision rules against limits."""

import random
from decimal import Decimal
from typing import Any

import pytest

from labs.decision import Band, acceptance, decide, margin, near_limit, p_conform
from labs.limits import Limit
from labs.pooling import disagreement, mean, plan, total
from labs.result import Interval, read_result
from labs.rounding import round_half_even
from tests.labs.build import limit, span


def read(text: str, **limits: str) -> Interval:
    """The interval of a text, as a laboratory would report it."""
    known: dict[str, Any] = {name: Decimal(value) for name, value in limits.items()}
    interval = read_result(text, **known).interval
    assert interval is not None
    return interval


SIMPLE = [  # inside passes, outside fails, across is indeterminate; never half a limit of detection
    ("<0.05", limit("0.5"), Band.PASS),
    ("0.5", limit("0.5"), Band.PASS),
    (">0.4", limit("0.5"), Band.INDETERMINATE),
    (">0.5", limit("0.5"), Band.FAIL),
    ("<0.05", limit("0.01"), Band.INDETERMINATE),
    ("<25", limit("20", kind="min", unit="N"), Band.INDETERMINATE),
    ("<10", limit("100", unit="CFU/g"), Band.PASS),
    (">300", limit("100", unit="CFU/g"), Band.FAIL),
    ("<=0.5", limit("0.5", strict=True), Band.INDETERMINATE),
    ("<0.5", limit("0.5", strict=True), Band.PASS),
    (">=20", limit("20", kind="min"), Band.PASS),
    (">=20", limit("20", kind="min", strict=True), Band.INDETERMINATE),
    (">20", limit("20", kind="min", strict=True), Band.PASS),
    ("0.50(+)", limit("0.5"), Band.FAIL),
    ("0.50(-)", limit("0.5"), Band.PASS),
]

MODES = [  # GB/T 8170-2008, 4.3: value, limit, kind, step, compared in full, compared rounded
    ("97.00", "97.0", "min", "0.1", "pass", "pass"),
    ("96.96", "97.0", "min", "0.1", "fail", "pass"),
    ("96.94", "97.0", "min", "0.1", "fail", "fail"),
    ("0.500", "0.5", "max", "0.1", "pass", "pass"),
    ("0.549", "0.5", "max", "0.1", "fail", "pass"),
    ("0.551", "0.5", "max", "0.1", "fail", "fail"),
    ("1349", "1400", "min", "100", "fail", "fail"),
    ("1351", "1400", "min", "100", "fail", "pass"),
    ("1402", "1400", "min", "100", "pass", "pass"),
    ("1.151", "1.2-1.6", "range", "0.1", "fail", "pass"),
    ("1.649", "1.2-1.6", "range", "0.1", "fail", "pass"),
    ("1.651", "1.2-1.6", "range", "0.1", "fail", "fail"),
    ("9.89", "9.9-10.1", "range", "0.1", "fail", "pass"),
    ("9.85", "9.9-10.1", "range", "0.1", "fail", "fail"),
    ("10.10", "9.9-10.1", "range", "0.1", "pass", "pass"),
    ("10.16", "9.9-10.1", "range", "0.1", "fail", "fail"),
]

GUARDED = [  # ILAC-G8:09/2019, 4.2, limit 0.5, U = 0.05, k = 2; probabilities by JCGM 106:2012, 7.4
    ("R3", "0.45", Band.PASS, "0.9772"),
    ("R3", "0.46", Band.PASS_COND, "0.9452"),
    ("R3", "0.49", Band.PASS_COND, "0.6554"),
    ("R3", "0.50", Band.PASS_COND, "0.5000"),
    ("R3", "0.52", Band.FAIL_COND, "0.2119"),
    ("R3", "0.55", Band.FAIL_COND, "0.0228"),
    ("R3", "0.56", Band.FAIL, "0.0082"),
    ("R1", "0.45", Band.PASS, "0.9772"),
    ("R1", "0.46", Band.FAIL, "0.9452"),
    ("R2", "0.55", Band.PASS, "0.0228"),
    ("R2", "0.56", Band.FAIL, "0.0082"),
]

SPANS = [  # a censored result under R3: both ends in one half keep it, else it is across
    ("<0.45", Band.PASS),
    ("<0.48", Band.PASS_COND),
    (">0.53", Band.FAIL_COND),
    ("<0.53", Band.INDETERMINATE),
]

ABSENT = [  # must not be detected, with a limit of detection of 0.01 or better
    ("ND", "0.01", Band.PASS),
    ("ND", "0.005", Band.PASS),
    ("ND", "0.02", Band.INDETERMINATE),
    ("detected <LOQ", "0.005", Band.FAIL),
    ("0.02", "0.005", Band.FAIL),
    (">1", "0.005", Band.FAIL),
]

PLANS = [  # ICMSF three-class plan n=5, c=2, m=100, M=1000 (GB 29921)
    (("50", "<10", "120", "300", "80"), Band.PASS),
    (("120", "300", "150", "20", "<10"), Band.FAIL),
    (("50", "<10", "20", "30", "1100"), Band.FAIL),
    (("50", "<10", ">300", "20", "30"), Band.INDETERMINATE),
    (("50", "<10", ">1000", "20", "30"), Band.FAIL),
    (("50", "<10"), Band.HOLD),
]


@pytest.mark.parametrize(("text", "rule", "band"), SIMPLE)
def test_an_interval_is_placed_against_a_limit(text: str, rule: Limit, band: Band) -> None:
    assert decide(read(text), rule).band is band


@pytest.mark.parametrize(("value", "rule", "kind", "step", "full", "rounded"), MODES)
def test_a_value_is_compared_in_full_or_rounded(
    value: str, rule: str, kind: str, step: str, full: str, rounded: str
) -> None:
    for mode, wanted in (("full", full), ("rounded", rounded)):
        bound = limit(rule, kind=kind, mode=mode, step=Decimal(step))
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


@pytest.mark.parametrize(("rule", "value", "band", "chance"), GUARDED)
def test_an_uncertainty_guards_the_limit(rule: str, value: str, band: Band, chance: str) -> None:
    bound, u = limit("0.5", decision_rule=rule), Decimal("0.05")
    assert decide(read(value), bound, u_expanded=u).band is band
    assert p_conform(Decimal(value), bound, u_expanded=u, k=Decimal(2)) == Decimal(chance)


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
    assert p_conform(Decimal("13.6"), both, u_expanded=Decimal("3.6"), k=Decimal(2)) == Decimal("0.6626")
    assert p_conform(Decimal("22"), lower, u_expanded=Decimal(2), k=Decimal(2)) == Decimal("0.9772")


@pytest.mark.parametrize(("value", "band"), [("0.019", Band.PASS), ("0.020", Band.PASS), ("0.021", Band.FAIL)])
def test_enforcement_gives_the_seller_the_doubt(value: str, band: Band) -> None:
    """Half of the value is the uncertainty in residue control in the EU."""
    u = Decimal(value) / 2
    assert decide(read(value), limit("0.01", decision_rule="R2"), u_expanded=u).band is band


def test_a_guard_without_uncertainty_or_with_rounding_is_held() -> None:
    assert decide(read("0.4"), limit("0.5", decision_rule="R1")).reason == "uncertainty_missing"
    rounded = limit("0.5", decision_rule="R1", mode="rounded")
    assert decide(read("0.4"), rounded, u_expanded=Decimal("0.1")).reason == "rounded_with_guard"


def test_no_uncertainty_at_all_makes_conformity_certain() -> None:
    assert p_conform(Decimal("0.4"), limit("0.5"), u_expanded=Decimal(0), k=Decimal(2)) == Decimal("1.0000")
    assert p_conform(Decimal("0.6"), limit("0.5"), u_expanded=Decimal(0), k=Decimal(2)) == Decimal("0.0000")


@pytest.mark.parametrize(("text", "lod", "band"), ABSENT)
def test_what_must_not_be_detected(text: str, lod: str, band: Band) -> None:
    bound = limit("0.01", kind="absent")
    interval = read(text, lod=lod, loq="0.02")
    assert decide(interval, bound).band is band
    assert margin(interval, bound) is None


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


@pytest.mark.parametrize(("units", "band"), PLANS)
def test_a_sampling_plan_counts_sure_and_possible_exceedances(units: tuple[str, ...], band: Band) -> None:
    assert plan([read(unit) for unit in units], n=5, c=2, m=Decimal(100), top=Decimal(1000)).band is band


@pytest.mark.parametrize(
    ("bound", "band"),
    [("0.1", Band.PASS), ("0.04", Band.INDETERMINATE), ("0.03", Band.INDETERMINATE), ("0.02", Band.FAIL)],
)
def test_a_sum_of_congeners_adds_the_ends(bound: str, band: Band) -> None:
    summed = total([read("0.03"), read("<0.01"), read("<0.01")])
    assert summed == span("0.03", "0.05", high_open=True)
    assert decide(summed, limit(bound)).band is band


def test_a_sum_with_an_open_end_has_one() -> None:
    assert total([read("1"), read(">2")]) == span("3", None, low_open=True)


def test_replicates_have_a_mean_only_within_the_repeatability() -> None:
    assert mean(read("1.0"), read("1.2"), repeatability=Decimal("0.2")) == span("1.1", "1.1")
    assert mean(read("1.0"), read("1.3"), repeatability=Decimal("0.2")) is None
    assert mean(read("1.0"), read("<1.1"), repeatability=Decimal("0.2")) is None
    assert mean(read("<1.1"), read("1.0"), repeatability=Decimal("0.2")) is None


@pytest.mark.parametrize(("second", "wanted"), [("0.49", "0.99"), ("0.40", "2.26")])
def test_two_laboratories_disagree_by_e_n(second: str, wanted: str) -> None:
    u = Decimal("0.05")
    assert disagreement(Decimal("0.56"), Decimal(second), u_first=u, u_second=u) == Decimal(wanted)


def test_an_acceptance_zone_is_the_limit_less_the_guard() -> None:
    """One-sided 95 %: w = 1.645 u leaves 0.458875 of 0.5 (ILAC-G8, table 1)."""
    bound = limit("0.5", decision_rule="R1", guard=Decimal("0.8225"))
    for value, band in (("0.458875", Band.PASS), ("0.458876", Band.FAIL)):
        assert decide(read(value), bound, u_expanded=Decimal("0.05")).band is band
    assert acceptance(bound) == span(None, "0.5")
