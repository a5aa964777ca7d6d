"""Bases: a stored verdict is given again from stored results and limits, and differs where one of them did."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from labs.columns import of_results
from labs.judgement import judge
from labs.limits import Limits, Plan, Repeatability
from labs.replay import differences
from labs.report import Reading
from labs.result import Result
from labs.retest import replace as weigh_both
from labs.verdict import Outcome, Verdict
from sampling.sample import SampleState as S
from storage import bases, limits, uploads, verdicts
from storage.database import Database
from storage.errors import Conflict, NotFound
from storage.objects import Objects
from storage.schema.base import new_id
from storage.unit import Unit
from tests.build import ITEM, LAB, Case, case, moment, report, result
from tests.labs.build import limit
from tests.labs.build import limits as family

RULES = family(limit("90", item=ITEM, id="lead"))
APART = Repeatability(ITEM, "GB 6675.4", "mg/kg", Decimal(5), date(2020, 1, 1), None, "unconfirmed", "test")


def committed(made: Case, number: str, *results: Result, version: int = 1, hour: float = 10) -> dict[UUID, Result]:
    """Commit a report, and give what a judge then finds."""
    head = report(number, version)
    named = [replace(one, report_no=number, report_version=version) for one in results]
    file = uploads.receive(made.unit, made.objects, LAB, "r.csv", f"{number}/{version}".encode(), by="user:lab",
                           at=moment(hour))  # fmt: skip
    uploads.commit(made.unit, file.id, Reading((head,), (), of_results(named)), {made.blind: made.sample.id},
                   by="flow:intake", at=moment(hour))  # fmt: skip
    return bases.results_of(made.unit, made.sample.id, made.blind)


def given(
    made: Case, results: dict[UUID, Result], rules: Limits = RULES, purpose: str = "first", on: date | None = None
) -> Verdict:
    """Judge and keep."""
    made_now = judge(id=new_id(), sample_id=made.sample.id, category="toys", results=tuple(results.values()),
                     result_ids=tuple(results), ordered=(ITEM,), limits=rules, now=moment(11),
                     purpose=purpose, on=on)  # fmt: skip
    verdicts.save(made.unit, made_now, uploaded_by="user:lab", by="flow:judge", at=moment(11))
    return verdicts.get(made.unit, made_now.id)


def again(unit: Unit, verdict: Verdict, shipped: Sequence[Limits] = ()) -> list[str]:
    """Give the fields that differ."""
    return [one.field for one in differences(verdict, bases.give_again(unit, verdict, shipped))]


def test_a_verdict_is_given_again_from_what_is_stored(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        limits.keep(unit, RULES, at=moment(9))
        verdict = given(made, committed(made, "R-1", result(made.blind, "95.00", u_expanded=Decimal("12.0"))))
        assert (verdict.outcome, again(unit, verdict)) == (Outcome.FAIL, [])
        assert verdict.basis is not None and len(verdict.basis.results) == 1
        committed(made, "R-1", result(made.blind, "85"), version=2, hour=12)
        assert again(unit, verdict) == []  # a later version is not what it was given on
        unit.execute(text("UPDATE verdict SET items = jsonb_set(items, '{0,margin}', '\"-4\"')"))
        unit.expire_all()
        assert again(unit, verdicts.get(unit, verdict.id)) == ["margin"]


def test_the_day_of_purchase_is_kept_with_a_verdict(database: Database, objects: Objects) -> None:
    bought = date(2025, 12, 31)
    then = limit("90", item=ITEM, id="then", valid_to=bought)
    rules = family(then, limit("99", item=ITEM, id="since", valid_from=date(2026, 1, 1)))
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        limits.keep(unit, rules, at=moment(9))
        verdict = given(made, committed(made, "R-1", result(made.blind, "95.00")), rules, on=bought)
        assert verdict.basis is not None
        assert (verdict.outcome, verdict.basis.on, again(unit, verdict)) == (Outcome.FAIL, bought, [])


def test_a_verdict_after_a_retest_weighs_the_same_two_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        limits.keep(unit, RULES, at=moment(9))
        first = given(made, committed(made, "R-1", result(made.blind, "95")))
        second = given(made, committed(made, "R-2", result(made.blind, "85", replicate=2)), purpose="retest")
        final = replace(weigh_both(first, second, "P2", id=new_id(), now=moment(12)), purpose="final")
        verdicts.save(unit, final, uploaded_by="user:lab", by="flow:judge", at=moment(12))
        assert again(unit, verdicts.get(unit, final.id)) == []
        older = replace(final, basis=None)
        assert again(unit, older) == []
        with pytest.raises(NotFound):
            bases.give_again(unit, replace(older, reasons=()))


def test_a_verdict_from_before_bases_is_given_again_by_its_history(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        verdict = given(made, committed(made, "R-1", result(made.blind, "95")))
        unit.execute(text("UPDATE verdict SET basis = NULL, engine_version = '1'"))
        unit.expire_all()
        older = verdicts.get(unit, verdict.id)
        assert older.basis is None
        committed(made, "R-1", result(made.blind, "85"), version=2, hour=12)
        assert again(unit, older, (RULES,)) == []
        with pytest.raises(NotFound):
            bases.give_again(unit, older)
        assert [one.id for one in verdicts.every(unit)] == [older.id]
        with pytest.raises(NotFound):
            bases.give_again(unit, replace(older, purpose="retest"))


def test_a_result_that_is_gone_is_said(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        limits.keep(unit, RULES, at=moment(9))
        verdict = given(made, {new_id(): result(made.blind, "95")})
        with pytest.raises(NotFound):
            bases.give_again(unit, verdict)


EVERY = Limits("limits-test", "1", (
    limit("90", item=ITEM, id="lead"),
    limit("1000", item="count", id="count", kind="plan", plan=Plan(5, 2, Decimal(100), Decimal(1000))),
    limit("1.2-1.6", item="ph", id="ph", kind="range", parts=("a", "b"), valid_to=date(2030, 1, 1)),
    limit("0.5", item="leached", id="leached", lenient=Decimal(3), recorded_on=date(2020, 5, 5)),
), (APART,))  # fmt: skip


def test_limits_that_are_taken_again_after_others_are_in_force_again(database: Database) -> None:
    one, other = (replace(family(limit(high, item=ITEM, id="lead")), version=version) for high, version in
                  (("90", "A"), ("80", "B")))  # fmt: skip
    with database.unit() as unit:
        for hour, rules in enumerate((one, other, one, one), start=1):
            limits.keep(unit, rules, at=moment(hour))
        seen = [limits.in_force(unit, ITEM, "toys", date(2026, 11, 22), known_at=moment(hour)) for hour in range(5)]
        assert [[str(limit.high) for limit in found] for found in seen] == [[], ["90"], ["80"], ["90"], ["90"]]
        assert unit.scalar(text("SELECT count(*) FROM limit_taken")) == 3
        with pytest.raises(IntegrityError, match="append-only"):
            unit.execute(text("UPDATE limit_taken SET taken_at = now()"))


def test_a_version_that_was_never_kept_has_the_limits_that_are_shipped(database: Database) -> None:
    with database.unit() as unit:
        assert limits.of_rules(unit, "limits-cn@0")["cn-toys-phthalates"].standard == "GB 6675.1"
        assert limits.of_rules(unit, "limits-gone@1") == {}


def test_limits_come_back_as_they_were_kept(database: Database) -> None:
    with database.unit() as unit:
        limits.keep(unit, EVERY, at=moment(1))
        limits.keep(unit, EVERY, at=moment(2))
        assert limits.family(unit, EVERY.rule_version) == EVERY
        with pytest.raises(Conflict):
            limits.keep(unit, family(limit("80", item=ITEM, id="lead")), at=moment(3))
        with pytest.raises(NotFound):
            limits.family(unit, "limits-test@2")
        with pytest.raises(IntegrityError, match="append-only"):
            unit.execute(text("UPDATE limit_row SET valid_from = '2001-01-01'"))


def test_a_limit_is_found_by_the_day_it_holds_and_the_moment_it_was_known(database: Database) -> None:
    with database.unit() as unit:
        limits.keep(unit, RULES, at=moment(1))
        newer = limit("60", item=ITEM, id="lead", valid_from=date(2026, 1, 1), edition="2025")
        limits.keep(unit, Limits("limits-test", "2", (newer,)), at=moment(48))
        on = date(2026, 3, 1)
        known = {hours: limits.in_force(unit, ITEM, "toys", on, known_at=moment(hours)) for hours in (0, 1, 47, 48)}
        assert [[one.high for one in found] for found in known.values()] == [
            [],
            [Decimal(90)],
            [Decimal(90)],
            [Decimal(60)],
        ]
        assert limits.in_force(unit, ITEM, "toys", date(2015, 1, 1), known_at=moment(48)) == []
        assert limits.in_force(unit, ITEM, "toys", on, known_at=moment(48), edition="2014") == []
        assert limits.in_force(unit, ITEM, "toys", on, known_at=moment(48), standard="GB 6675.4") == [newer]
