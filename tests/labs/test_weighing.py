"""Weighing: replicates, sums and sampling plans of one item."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from labs.bulk import judge_rows
from labs.columns import Words, of_results
from labs.judgement import asked_items
from labs.limits import Limits, Plan, Repeatability
from labs.result import Result
from labs.verdict import ItemVerdict, Outcome
from labs.weighing import weigh
from tests.labs.build import limit, limits, result, verdict

DAY = date(2026, 11, 22)
METHOD = "GB/T 26125"


def weighed(*results: Result, rules: Limits, item: str = "lead") -> ItemVerdict:
    return weigh(item, "toys", results, rules, DAY)


def within(value: str, **changes: object) -> Repeatability:
    record: dict[str, object] = {
        "item": "lead", "method": METHOD, "unit": "mg/kg", "value": Decimal(value), "valid_from": date(2016, 1, 1),
        "valid_to": None, "status": "unconfirmed", "source": "test",
    }  # fmt: skip
    return Repeatability(**{**record, **changes})  # type: ignore[arg-type]


def twice(one: str, other: str, **changes: object) -> tuple[Result, Result]:
    return result(one), result(other, replicate=2, **changes)


REPLICATES = [  # the two, how far they may lie apart, outcome, reason
    (twice("0.44", "0.46"), within("0.02"), Outcome.PASS, "mean_of_replicates"),
    (twice("0.50", "0.52"), within("0.02"), Outcome.FAIL, "mean_of_replicates"),
    (twice("0.44", "0.48"), within("0.02"), Outcome.HOLD, "replicates_apart"),
    (twice("0.44", "<0.46"), within("0.02"), Outcome.HOLD, "replicates_apart"),
    (twice("0.44", "0.45", method="other"), within("0.02"), Outcome.HOLD, "replicates_unsettled"),
    (twice("0.52", "0.46", report_no="R2"), within("0.1"), Outcome.HOLD, "replicates_unsettled"),
    (twice("0.44", "0.45"), within("0.02", method="other"), Outcome.HOLD, "replicates_unsettled"),
    (twice("0.44", "0.45"), within("0.02", valid_to=date(2020, 1, 1)), Outcome.HOLD, "replicates_unsettled"),
    ((*twice("0.44", "0.45"), result("0.45", replicate=3)), within("0.02"), Outcome.HOLD, "replicates_unsettled"),
    (twice("0.44", "0.46"), within("0.00002", unit="g/kg"), Outcome.PASS, "mean_of_replicates"),
    (twice("0.44", "0.45", unit="mg/L"), within("0.02"), Outcome.HOLD, "unit_not_convertible"),
]


@pytest.mark.parametrize("items", [("a", "b"), ("lead", "lead")])
def test_what_no_number_holds_exactly_is_held(items: tuple[str, str]) -> None:
    """The sum of two parts, and the difference of two replicates, of two hundred digits and one."""
    found = [result(text, item=item) for text, item in zip(("12E99", "1.2E-99"), items, strict=True)]
    given = weighed(*found, rules=Limits("limits-test", "1", (limit(parts=("a", "b")),), (within("0.02"),)))
    assert (given.outcome, given.reasons) == (Outcome.HOLD, ("digits_too_many",))


@pytest.mark.parametrize(("results", "apart", "outcome", "reason"), REPLICATES)
def test_replicates_are_averaged_only_within_the_repeatability_of_their_method(
    results: tuple[Result, ...], apart: Repeatability, outcome: Outcome, reason: str
) -> None:
    given = weighed(*results, rules=Limits("limits-test", "1", (limit(),), (apart,)))
    assert (given.outcome, given.reasons) == (outcome, (reason,))
    assert given.raw_text == "; ".join(one.raw_text for one in results)


def test_the_greater_uncertainty_stays_with_the_mean() -> None:
    both = (result("0.44", u_expanded="0.05", coverage_k="2"), result("0.46", u_expanded="0.04", coverage_k="2"))
    rules = Limits("limits-test", "1", (limit(),), (within("0.02"),))
    assert (
        weighed(*both, rules=rules).p_conform
        == weighed(result("0.45", u_expanded="0.05", coverage_k="2"), rules=rules).p_conform
    )


PARTS = limit("0.1", id="sum", item="sum", parts=("dehp", "dbp"))
ABSENCES = [
    ((result("ND", lod="0.01"),), Outcome.PASS, ""),
    ((result("<0.01", lod="0.01"),), Outcome.PASS, ""),
    ((result("<0.010", lod="0.01"),), Outcome.PASS, ""),
    ((result("<0.01"),), Outcome.INDETERMINATE, "detection_unknown"),
    ((result("<=0.01", lod="0.01"),), Outcome.INDETERMINATE, "detection_unknown"),
    ((result("<LOQ", lod="0.005", loq="0.01"),), Outcome.INDETERMINATE, "detection_unknown"),
    ((result("<0.02", lod="0.02"),), Outcome.INDETERMINATE, "lod_above_required"),
]


@pytest.mark.parametrize(("results", "outcome", "reason"), ABSENCES)
def test_what_must_not_be_detected_passes_only_as_not_detected(
    results: tuple[Result, ...], outcome: Outcome, reason: str
) -> None:
    rules = limits(limit("0.01", kind="absent"))
    given = weighed(*results, rules=rules)
    assert (given.outcome, (given.reasons or ("",))[0]) == (outcome, reason)
    columns = of_results(results)
    assert judge_rows(columns, Words.of(["toys"]), rules, DAY).at(0, columns) == given


@pytest.mark.parametrize("changes", [{"replicate": 1}, {"method": "another"}, {"report_no": "R2"}])
def test_a_row_more_is_no_unit_more(changes: dict[str, Any]) -> None:
    units = [result("50", unit="CFU/g", replicate=place) for place in range(2, 6)]
    given = weighed(*units, result("50", unit="CFU/g", **{"replicate": 6, **changes}), rules=limits(COUNTED))
    clear = changes == {"replicate": 1}
    assert (given.outcome, given.reasons) == ((Outcome.PASS, ()) if clear else (Outcome.HOLD, ("units_unclear",)))
    twice = weighed(*units, units[0], rules=limits(COUNTED))
    assert twice.reasons == ("units_unclear",)


SUMS = [
    ((result("0.05", item="dehp"), result("<0.02", item="dbp")), Outcome.PASS, "sum_of_parts"),
    ((result("0.05", item="dehp"), result("<0.06", item="dbp")), Outcome.INDETERMINATE, "interval_across_limit"),
    ((result("0.11", item="dehp"), result("<0.06", item="dbp")), Outcome.FAIL, "sum_of_parts"),
    ((result("0.05", item="dehp"),), Outcome.HOLD, "parts_missing"),
    ((result("0.05", item="dehp"), result("0.05", item="dehp")), Outcome.HOLD, "replicates_unsettled"),
    ((result("0.2", item="sum"), result("0.05", item="dehp")), Outcome.FAIL, ""),
    ((), Outcome.HOLD, "result_missing"),
]


@pytest.mark.parametrize(("results", "outcome", "reason"), SUMS)
def test_parts_are_added_where_the_sum_was_not_reported(
    results: tuple[Result, ...], outcome: Outcome, reason: str
) -> None:
    given = weighed(*results, rules=limits(PARTS), item="sum")
    assert (given.outcome, (given.reasons or ("",))[0]) == (outcome, reason)


def test_an_ordered_part_is_judged_within_its_sum() -> None:
    rules = limits(PARTS, limit(id="own", item="dbp"))
    assert asked_items(("dehp", "lead", "dehp"), "toys", rules, DAY) == ("sum", "lead")
    assert asked_items(("dbp",), "toys", rules, DAY) == ("dbp",)
    given = verdict(result("0.05", item="dehp"), result("0.01", item="dbp"), rules=limits(PARTS))
    assert ([item.item for item in given.items], given.outcome, given.reasons) == (
        ["sum"],
        Outcome.PASS,
        ("sum:sum_of_parts",),
    )


COUNTED = limit("1000", kind="plan", unit="CFU/g", plan=Plan(5, 2, Decimal(100), Decimal(1000)))


@pytest.mark.parametrize(
    ("counts", "outcome", "reasons"),
    [
        (("50", "<10", "120", "300", "80"), Outcome.PASS, ()),
        (("120", "300", "150", "20", "<10"), Outcome.FAIL, ()),
        (("50", "<10", ">300", "20", "30"), Outcome.INDETERMINATE, ("interval_across_limit",)),
        (("50", "<10"), Outcome.HOLD, ("units_missing",)),
        (("50",), Outcome.HOLD, ("units_missing",)),
        (("50", "<10", "120", "300", "80", "20"), Outcome.HOLD, ("units_unclear",)),
    ],
)
def test_the_units_of_a_plan_are_counted(counts: tuple[str, ...], outcome: Outcome, reasons: tuple[str, ...]) -> None:
    units = [result(count, unit="CFU/g", replicate=place) for place, count in enumerate(counts)]
    given = weighed(*units, rules=limits(COUNTED))
    assert (given.outcome, given.reasons, given.margin) == (outcome, reasons, None)


LENIENT = [  # cups give off 0.5 at most, plates 3; the category says neither
    ("0.5", Outcome.PASS, ()),
    ("0.6", Outcome.INDETERMINATE, ("form_unknown",)),
    ("3.0", Outcome.INDETERMINATE, ("form_unknown",)),
    ("3.1", Outcome.FAIL, ()),
    ("<0.6", Outcome.INDETERMINATE, ("interval_across_limit",)),
]


@pytest.mark.parametrize(("text", "outcome", "reasons"), LENIENT)
def test_between_two_forms_of_goods_nothing_is_said(text: str, outcome: Outcome, reasons: tuple[str, ...]) -> None:
    given = weighed(result(text), rules=limits(limit("0.5", lenient=Decimal(3))))
    assert (given.outcome, given.reasons) == (outcome, reasons)


def test_a_lower_limit_has_a_lenient_form_too() -> None:
    rules = limits(limit("20", kind="min", lenient=Decimal(10)))
    outcomes = [weighed(result(text), rules=rules).outcome for text in ("20", "15", "9")]
    assert outcomes == [Outcome.PASS, Outcome.INDETERMINATE, Outcome.FAIL]


def test_a_verdict_names_the_results_it_was_given_on() -> None:
    row = result()
    given = verdict(row, result_ids=(verdict(row).id,))
    assert given.basis is not None
    assert (given.basis.category, given.basis.ordered, given.basis.results) == ("toys", ("lead",), (given.id,))
