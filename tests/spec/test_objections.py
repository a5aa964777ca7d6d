"""Objections and re-tests by rulebook: every row goes through the functions and the data that the product uses."""

from dataclasses import replace as with_changes
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from labs.errors import UnknownProcedure
from labs.judgement import judge
from labs.objection import (
    OBJECTION,
    ObjectionDecision,
    ObjectionEvent,
    ObjectionKind,
    ObjectionState,
    assess,
    assess_supplement,
    barred,
    leads_to_retest,
    may_be_retested,
    retest_refusal,
    review_bar,
    upheld,
)
from labs.procedure import CountsFrom, Procedure, in_force, procedure, procedures
from labs.retest import overturned, replace, split
from labs.verdict import Outcome, Verdict
from reputation.publication import PublicationState, gates, taken_back
from sampling.calendar import due
from sampling.errors import UnknownRule
from sampling.rulebook import load
from sampling.sample import SAMPLE, SampleEvent, SampleState
from tests.labs.build import NOW, limit, limits, result, verdict
from tests.labs.build import SAMPLE as SAMPLE_ID
from tests.reputation.build import a_readiness
from tests.spec.disputed import CONCLUDED, DECIDED, ENDED, LODGED, SUPPLEMENTED, WHILE_OPEN

S, E = ObjectionState, ObjectionEvent
DAY = date(2026, 3, 2)
RULES = limits(limit())


def rules(code: str) -> Procedure:
    return in_force(code, DAY)


def local(text: str, under: Procedure) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=under.zone).astimezone(UTC)


def last_day(due_at: datetime, under: Procedure) -> str:
    return (due_at - timedelta(microseconds=1)).astimezone(under.zone).date().isoformat()


@pytest.mark.parametrize(
    ("procedure", "kind", "party", "start", "received", "grounds", "day", "event", "why"), LODGED.rows
)
def test_an_objection_comes_in(
    procedure: str, kind: str, party: str, start: str, received: str, grounds: str, day: str, event: str, why: str
) -> None:
    under = rules(procedure)
    window = under.window(ObjectionKind(kind))
    end = due(local(start, under), window.rule, under.zone).due_at
    at = local(received, under)
    given = assess(party=party, parties=window.parties, grounds=grounds, received_at=at, deadline=end)
    assert (last_day(end, under), given.event, given.reason or "") == (day, event, why)
    after = OBJECTION.move(OBJECTION.initial, given.event)
    assert (after in OBJECTION.final) is (event != "accepted")  # kept as it is, and nothing reopens it


@pytest.mark.parametrize(("procedure", "asked", "came", "day", "state", "why"), SUPPLEMENTED.rows)
def test_a_supplement_is_asked_for_once(procedure: str, asked: str, came: str, day: str, state: str, why: str) -> None:
    under = rules(procedure)
    [until] = under.deadlines(["supplement_limit"], local(asked, under))
    assert last_day(until.due_at, under) == day
    now = OBJECTION.move(S.LODGED, E.SUPPLEMENT_ASKED)
    reason = None
    if came:
        given = assess_supplement(received_at=local(came, under), due_at=until.due_at)
        now, reason = OBJECTION.move(now, given.event), given.reason
    assert (now, reason or "") == (state, why)
    assert not OBJECTION.allows(now, E.SUPPLEMENT_ASKED)


REFUSALS: dict[str, dict[str, Any]] = {
    "no backup": {"has_backup": False},
    "broken seal": {"seal_ok": False},
    "expired": {"expires_on": date(2026, 3, 9)},
    "last day of its life": {"expires_on": date(2026, 3, 10)},
}


@pytest.mark.parametrize(("procedure", "kind", "state", "sample", "case", "decision", "code"), DECIDED.rows)
def test_a_decision_is_open_or_barred(
    procedure: str, kind: str, state: str, sample: str, case: str, decision: str, code: str
) -> None:
    under = rules(procedure)
    items = ("microbiology.salmonella", "lead") if case == "microbiology" else ("lead",)
    unit: dict[str, Any] = {"has_backup": True, "seal_ok": True, "expires_on": None, **REFUSALS.get(case, {})}
    refusal = retest_refusal(
        **unit, on=date(2026, 3, 10), retestable=may_be_retested(items, under.rule("not_retestable").words)
    )
    given = barred(
        ObjectionDecision(decision),
        ObjectionState(state),
        on_paper=not leads_to_retest(ObjectionKind(kind), under.rule("retest_kinds").words),
        refusal=refusal,
        review=review_bar(SampleState(sample)),
        silent=case == "silent",
        held=case in ("held", "corrected"),
        corrected=case == "corrected",
    )
    assert (given or "") == code


def judged(text: str, purpose: str) -> Verdict:
    return judge(id=UUID(int=2), sample_id=SAMPLE_ID, category="toys", results=(result(text),), ordered=("lead",),
                 limits=RULES, now=NOW, purpose=purpose)  # fmt: skip


@pytest.mark.parametrize(
    ("procedure", "policy", "before", "after", "other", "outcome", "state", "bearer"), CONCLUDED.rows
)
def test_a_retest_ends(
    procedure: str, policy: str, before: str, after: str, other: str, outcome: str, state: str, bearer: str
) -> None:
    under = rules(procedure)
    assert policy in {under.rule("retest_policy").word, "P2"}
    first, third = verdict(result(before), rules=RULES), judged(other, "arbitration") if other else None
    final = replace(first, judged(after, "retest"), policy, id=UUID(int=3), now=NOW, third=third)
    assert final.outcome == outcome
    assert split(final) == (("lead",) if outcome == "hold" else ())
    if final.outcome is Outcome.HOLD:
        assert (state, bearer) == (S.REINSPECT, "")
        return
    event = E.RETEST_PASSED if overturned(final, first) else E.RETEST_FAILED
    assert OBJECTION.move(S.REINSPECT, event) == state
    assert under.rule("fee_advanced_by").word == "objector"
    assert under.rule(f"fee_borne_by.{'overturned' if overturned(final, first) else 'stands'}").word == bearer


@pytest.mark.parametrize(("outcome", "fell"), [(Outcome.PASS, True), (Outcome.REVIEW, False), (Outcome.FAIL, False)])
def test_what_was_to_be_reviewed_stands_unless_it_passes(outcome: Outcome, fell: bool) -> None:
    first = with_changes(verdict(result("0.56"), rules=RULES), outcome=Outcome.REVIEW)
    assert overturned(with_changes(first, outcome=outcome), first) is fell


@pytest.mark.parametrize(("kind", "ends", "sample", "published", "unpublished"), ENDED.rows)
def test_a_case_goes_on_or_ends(kind: str, ends: str, sample: str, published: str, unpublished: str) -> None:
    if ends == "upheld":
        assert SAMPLE.move(SampleState.UNDER_REVIEW, upheld(ObjectionKind(kind))) == sample
        assert taken_back(PublicationState.PUBLISHED) == taken_back(PublicationState.CORRECTED) == published
        assert taken_back(PublicationState.PROPOSED) == taken_back(PublicationState.APPROVED) == unpublished
    else:
        assert SAMPLE.move(SampleState.OBJECTED, SampleEvent(f"objection_{ends}")) == sample
        assert SAMPLE.allows(SampleState(sample), SampleEvent.OBJECTED)  # another party may still come


@pytest.mark.parametrize(("procedure", "word", "gate"), WHILE_OPEN.rows)
def test_what_is_contested_is_held_or_noted(procedure: str, word: str, gate: str) -> None:
    told = rules(procedure).rule("publication_while_open").word
    ready = a_readiness(objection_open=True, disputed=told == "noted")
    assert (told, "objection_open" in gates(ready, {}, ())) == (word, bool(gate))


def test_no_lapse_of_time_closes_an_objection() -> None:
    assert not any("expired" in event or "closed_by" in event for event in ObjectionEvent)
    opened = {state for state in ObjectionState if state not in OBJECTION.final}
    assert {state for state in opened if OBJECTION.allows(state, E.CLOSED)} == {
        S.UPHELD, S.DISMISSED, S.REINSPECT_PASS, S.REINSPECT_FAIL,
    }  # fmt: skip


def test_a_procedure_counts_from_its_day_on() -> None:
    assert procedure(load("cn-product"), DAY).in_force == date(2020, 1, 1)
    with pytest.raises(UnknownProcedure, match="cn-product"):
        in_force("cn-product", date(2019, 12, 31))


@pytest.mark.parametrize("code", ["cn-product", "cn-food", "eu"])
def test_each_procedure_is_whole(code: str) -> None:
    under = rules(code)
    assert [under.window(kind).parties for kind in ObjectionKind] == [("seller", "nominal_producer")] * 4
    sealed = [kind for kind in ObjectionKind if under.window(kind).counts_from is CountsFrom.SEALED]
    assert sealed == ([ObjectionKind.SAMPLING] if code == "cn-food" else [])
    decided = under.deadlines([f"decision_limit.{kind}" for kind in ObjectionKind], NOW)
    assert len(decided) == (4 if code == "cn-food" else 0)
    assert [window.rule.key for window in under.served()] == ["objection_window"]
    for rule in (*under.rules.values(), *(window.rule for window in under.windows)):
        assert rule.source != "product" or rule.status == "unconfirmed", rule


def test_what_a_procedure_does_not_hold_is_an_error_of_the_data() -> None:
    none = Procedure("xx", DAY, "Asia/Shanghai", (), {})
    for ask in (lambda: none.window(ObjectionKind.RESULT), lambda: none.rule("retest_policy")):
        with pytest.raises(UnknownRule, match="xx"):
            ask()
    assert {one.code for one in procedures()} == {"cn-product", "cn-food", "eu"}
