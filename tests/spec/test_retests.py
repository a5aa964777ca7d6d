"""Verdicts: what items add up to, and what a retest changes."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from labs.errors import AmbiguousLimit, UnknownPolicy
from labs.judgement import ENGINE_VERSION, compose, judge
from labs.result import Result
from labs.retest import replace
from labs.verdict import Outcome, Verdict, VerdictState
from tests.labs.build import NOW, SAMPLE, limit, limits, result, verdict
from tests.spec.vectors import RETESTS

BOTH = limits(limit(), limit("75", id="cadmium-toys", item="cadmium", severity="performance"))
LABEL = limit("10", id="label", item="label_height", unit="mm", kind="min", severity="label")
FREE = limit("10", id="free", item="gloss", unit="%", kind="min", severity="performance", mandatory=False)

COMPOSITES = [
    ((result("0.45"),), Outcome.PASS, None, ()),
    ((result("0.56"),), Outcome.FAIL, "safety", ("lead:fail",)),
    ((result("<0.6"),), Outcome.HOLD, None, ("lead:interval_across_limit",)),
    ((result("0.45"), result("80", item="cadmium")), Outcome.FAIL, "performance", ("cadmium:fail",)),
    ((result("0.56"), result("80", item="cadmium")), Outcome.FAIL, "safety", ("lead:fail", "cadmium:fail")),
    ((result("0.56"), result("<80", item="cadmium")), Outcome.FAIL, "safety",
     ("lead:fail", "cadmium:interval_across_limit")),
    ((result("0.45"), result("8", item="label_height", unit="mm")), Outcome.PASS, None, ("label_height:fail",)),
    ((result("0.45"), result("8", item="gloss", unit="%")), Outcome.PASS, None, ("gloss:fail",)),
    ((result("0.45"), result("1", item="nickel")), Outcome.HOLD, None, ("nickel:no_limit",)),
    ((result("0.45"), result("0.46", replicate=2)), Outcome.HOLD, None, ("lead:replicates_unsettled",)),
    ((result("0.45", unit="mg/L"),), Outcome.HOLD, None, ("lead:unit_not_convertible",)),
    ((result("0.45", unit="ppm"),), Outcome.PASS, None, ()),
    ((result("0.0006", unit="g/kg"),), Outcome.FAIL, "safety", ("lead:fail",)),
]  # fmt: skip


@pytest.mark.parametrize(("results", "outcome", "severity", "reasons"), COMPOSITES)
def test_items_add_up_to_a_verdict(
    results: tuple[Result, ...], outcome: Outcome, severity: str | None, reasons: tuple[str, ...]
) -> None:
    given = verdict(*results, rules=limits(*BOTH.limits, LABEL, FREE))
    assert (given.outcome, given.severity, given.reasons) == (outcome, severity, reasons)


def test_an_ordered_item_without_a_result_holds_the_verdict() -> None:
    given = verdict(result(), rules=BOTH, ordered=("lead", "cadmium"))
    assert (given.outcome, given.reasons) == (Outcome.HOLD, ("cadmium:result_missing",))


def test_a_label_item_without_a_result_holds_it_too() -> None:
    given = verdict(result(), rules=limits(limit(), LABEL), ordered=("lead", "label_height"))
    assert given.outcome is Outcome.HOLD


def test_nothing_ordered_is_no_pass() -> None:
    assert compose(()) == (Outcome.HOLD, None, ("no_items",))


def test_the_limits_of_the_day_of_purchase_apply_as_they_are_known_today() -> None:
    old = limit("0.5", id="old", valid_to=date(2026, 6, 30))
    strict = limit("0.3", id="strict", valid_from=date(2026, 7, 1))
    wrong = limit("0.1", id="wrong", valid_to=date(2026, 6, 30), withdrawn_on=date(2026, 11, 1))
    for on, limit_id in ((date(2026, 6, 30), "old"), (date(2026, 7, 1), "strict"), (None, "strict")):
        given = verdict(result(), rules=limits(old, strict, wrong), on=on)
        assert ([item.limit_id for item in given.items], given.basis and given.basis.on) == ([limit_id], on)


def test_a_sample_of_which_only_what_is_not_mandatory_was_judged_is_reviewed_where_that_fails() -> None:
    rules = limits(limit(severity="label"))
    assert [verdict(result(text), rules=rules).outcome for text in ("0.4", "0.9")] == [Outcome.PASS, Outcome.REVIEW]


def test_an_item_that_was_not_ordered_is_named_and_changes_nothing() -> None:
    given = verdict(result(), result("99", item="cadmium"), rules=BOTH, ordered=("lead",))
    assert (given.outcome, given.reasons) == (Outcome.PASS, ("not_ordered:cadmium",))


def test_a_value_in_the_guard_band_is_reviewed() -> None:
    rules = limits(limit(decision_rule="R3"))
    passed, failed = (
        verdict(result(text, u_expanded="0.05", coverage_k="2"), rules=rules) for text in ("0.46", "0.52")
    )
    assert (passed.outcome, passed.reasons) == (Outcome.REVIEW, ("lead:pass_cond", "lead:near_limit"))
    assert (failed.outcome, failed.reasons) == (Outcome.REVIEW, ("lead:fail_cond", "lead:near_limit"))


def test_a_borderline_result_keeps_its_outcome_and_is_flagged() -> None:
    given = verdict(result("0.52", u_expanded="0.05"))
    item = given.items[0]
    assert (given.outcome, item.near_limit, item.margin) == (Outcome.FAIL, True, Decimal("-0.02"))
    assert (item.p_conform, item.reasons) == (Decimal("0.2119"), ("near_limit", "coverage_assumed"))


def test_an_uncertainty_is_converted_with_its_result() -> None:
    item = verdict(result("0.00052", unit="g/kg", u_expanded="0.00005", coverage_k="2")).items[0]
    assert (item.p_conform, item.reasons) == (Decimal("0.2119"), ("near_limit",))


def test_an_uncertainty_says_nothing_of_absence() -> None:
    rules = limits(limit("0.01", kind="absent"))
    item = verdict(result("ND", lod="0.01", u_expanded="0.05"), rules=rules).items[0]
    assert (item.outcome, item.p_conform, item.near_limit) == (Outcome.PASS, None, False)


def test_a_missing_uncertainty_under_a_guard_holds() -> None:
    given = verdict(result("0.2"), rules=limits(limit(decision_rule="R1")))
    assert (given.outcome, given.items[0].reasons) == (Outcome.HOLD, ("uncertainty_missing",))


def test_a_verdict_names_its_rules_and_can_be_replayed() -> None:
    first, again = (verdict(result("0.56", u_expanded="0.05")) for _ in range(2))
    assert first == again
    assert (first.rule_version, first.engine_version, first.state) == (
        "limits-test@1",
        ENGINE_VERSION,
        VerdictState.PROVISIONAL,
    )


def test_two_limits_for_one_item_are_an_error_of_the_data() -> None:
    with pytest.raises(AmbiguousLimit):
        verdict(result(), rules=limits(limit(), limit(id="twin")))


def retest(text: str, **known: str) -> Verdict:
    row = result(text, **known)
    return judge(id=UUID(int=2), sample_id=SAMPLE, category="toys", results=(row,), ordered=("lead",),
                 limits=BOTH, now=NOW, purpose="retest")  # fmt: skip


@pytest.mark.parametrize(("before", "after", "other", "policy", "outcome", "reason"), RETESTS.rows)
def test_a_policy_settles_a_retest(before: str, after: str, other: str, policy: str, outcome: str, reason: str) -> None:
    first = verdict(result(before), result("10", item="cadmium"), rules=BOTH)
    third = retest(other) if other else None
    final = replace(first, retest(after), policy, id=UUID(int=3), now=NOW, third=third)
    assert final.outcome == outcome
    assert f"lead:{reason}" in final.reasons and final.reasons[0] == f"retest_policy:{policy}"
    assert (final.id, final.purpose, final.state) == (UUID(int=3), "retest", VerdictState.PROVISIONAL)
    assert [item.item for item in final.items] == ["lead", "cadmium"]
    assert final.items[1] == first.items[1]  # what was not objected to keeps its verdict


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(UnknownPolicy):
        replace(retest("0.56"), retest("0.49"), "P9", id=UUID(int=3), now=NOW)
