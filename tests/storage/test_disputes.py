"""Objections by acts: supplemented once, withdrawn, barred, and counted from the sealing where the rules say so."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from labs.objection import Objection, ObjectionDecision, ObjectionKind, ObjectionState
from labs.procedure import in_force
from labs.verdict import Outcome, VerdictEvent
from sampling.custody import Role
from sampling.errors import IllegalMove
from sampling.sample import SampleState
from storage import custody, events, objections, retention, samples, verdicts
from storage.acts import disputes, reinspection
from storage.database import Database
from storage.errors import Conflict, NotAllowed, TooEarly
from storage.objects import Objects
from storage.service import running
from tests.build import Case, case, moment

S, A = SampleState, ObjectionState
FOOD = in_force("cn-food", date(2026, 3, 2))
INSIDE, PASSED = 24 * 4, 24 * 30


def lodge(made: Case, kind: ObjectionKind = ObjectionKind.RESULT) -> Objection:
    return disputes.lodge_objection(made.unit, made.sample.id, made.seller, kind, "ours passed", by="u", at=moment(13))


def decide(made: Case, one: Objection, decision: str, hour: float = 14) -> None:
    disputes.decide_objection(made.unit, one.id, decision, "because", by="user:officer", at=moment(hour))


def test_a_supplement_is_asked_for_once_and_comes_in_time(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one = lodge(made)
        decide(made, one, "supplement")
        asked = objections.get(unit, one.id)
        assert (asked.state, asked.asked, asked.received_at) == (A.SUPPLEMENT_ASKED, "because", moment(13))
        assert [date.rule for date in objections.dates(unit, one.id)] == ["supplement_limit", "objection_window"]
        for decision in ObjectionDecision:
            with pytest.raises(NotAllowed, match="supplement_awaited"):
                decide(made, one, decision)
        kept = disputes.supplement_objection(unit, one.id, "the report", by="u", at=moment(INSIDE))
        assert (kept.state, kept.supplement, kept.supplemented_at) == (A.SUPPLEMENTED, "the report", moment(INSIDE))
        with pytest.raises(NotAllowed, match="supplement_asked_before"):
            decide(made, one, "supplement", INSIDE)
        with pytest.raises(IllegalMove):
            disputes.supplement_objection(unit, one.id, "more", by="u", at=moment(INSIDE))
        assert made.state is S.OBJECTED


def test_a_supplement_that_is_late_is_kept_and_refuses_the_objection(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one = lodge(made)
        decide(made, one, "supplement")
        kept = disputes.supplement_objection(unit, one.id, "the report", by="u", at=moment(PASSED))
        assert (kept.state, kept.reason, kept.supplement) == (A.REFUSED, "supplement_late", "the report")
        assert made.state is S.NOTIFIED


def test_what_counts_is_when_an_objection_and_its_supplement_came_in(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        kept = disputes.lodge_objection(
            unit, made.sample.id, made.seller, ObjectionKind.RESULT, "by letter", by="u", at=moment(PASSED),
            came_at=moment(13),
        )  # fmt: skip
        assert (kept.state, kept.received_at, made.state) == (A.LODGED, moment(13), S.OBJECTED)
        [lodged] = objections.history(unit, kept)
        assert (lodged.at, lodged.data["received_at"]) == (moment(PASSED), moment(13).isoformat())
        decide(made, kept, "supplement")
        more = disputes.supplement_objection(
            unit, kept.id, "the report", by="u", at=moment(PASSED), came_at=moment(INSIDE)
        )
        assert (more.state, more.supplemented_at) == (A.SUPPLEMENTED, moment(INSIDE))


def test_nothing_comes_in_before_its_window_began(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        served, who = moment(12), (made.sample.id, made.seller, ObjectionKind.RESULT, "by letter")
        with pytest.raises(TooEarly):
            disputes.lodge_objection(
                unit, *who, by="u", at=moment(PASSED), came_at=served - timedelta(microseconds=1)
            )  # fmt: skip
        assert (objections.of_sample(unit, made.sample.id), made.state) == ((), S.NOTIFIED)
        kept = disputes.lodge_objection(unit, *who, by="u", at=moment(PASSED), came_at=served)
        asked = moment(14) + timedelta(seconds=30)
        disputes.decide_objection(unit, kept.id, "supplement", "because", by="user:officer", at=asked)
        with pytest.raises(TooEarly):
            disputes.supplement_objection(
                unit, kept.id, "x", by="u", at=moment(PASSED), came_at=moment(14) - timedelta(minutes=1)
            )  # fmt: skip
        assert objections.get(unit, kept.id).state is A.SUPPLEMENT_ASKED
        more = disputes.supplement_objection(unit, kept.id, "x", by="u", at=moment(PASSED), came_at=moment(14))
        assert more.state is A.SUPPLEMENTED


def test_what_passed_is_not_tested_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED, outcome=Outcome.PASS)
        with pytest.raises(NotAllowed, match="nothing_failed"):
            decide(made, lodge(made), "reinspect")
        assert made.state is S.OBJECTED


def test_silence_closes_nothing_until_an_officer_refuses(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one = lodge(made)
        decide(made, one, "supplement")
        bars = disputes.bars(unit, objections.get(unit, one.id), moment(PASSED))
        assert [decision for decision, bar in bars.items() if bar is None] == [ObjectionDecision.REFUSE]
        assert made.state is S.OBJECTED
        decide(made, one, "refuse", PASSED)
        assert (objections.get(unit, one.id).state, made.state) == (A.REFUSED, S.NOTIFIED)


def test_what_was_not_asked_for_is_no_supplement(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one = lodge(made)
        with pytest.raises(Conflict, match="no supplement"):
            disputes.supplement_objection(unit, one.id, "more", by="u", at=moment(14))


def test_an_objection_is_withdrawn_and_the_windows_of_the_others_run_on(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        first, second = lodge(made), lodge(made)
        disputes.withdraw_objection(unit, first.id, "by letter", by="u", at=moment(14))
        assert made.state is S.OBJECTED  # the second one waits
        disputes.withdraw_objection(unit, second.id, "by letter", by="u", at=moment(14))
        assert (made.state, objections.get(unit, first.id).state) == (S.NOTIFIED, A.WITHDRAWN)
        assert lodge(made).state is A.LODGED
        assert made.state is S.OBJECTED


@pytest.mark.parametrize(("kind", "ends"), [
    (ObjectionKind.AUTHENTICITY, S.DIVERTED), (ObjectionKind.SAMPLING, S.VOID), (ObjectionKind.METHOD, S.VOID),
])  # fmt: skip
def test_an_objection_that_is_upheld_leaves_no_verdict(
    kind: ObjectionKind, ends: SampleState, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        decide(made, lodge(made, kind), "uphold")
        assert (made.state, verdicts.effective(unit, made.sample.id)) == (ends, None)
        assert samples.get(unit, made.sample.id).reason == f"{kind}_objection_upheld"


def test_an_objection_without_a_verdict_to_void_ends_the_case_all_the_same(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one, verdict = lodge(made, ObjectionKind.SAMPLING), verdicts.effective(unit, made.sample.id)
        assert verdict is not None
        verdicts.end(unit, verdict.id, VerdictEvent.VOIDED, by="u", at=moment(14))
        decide(made, one, "uphold")
        assert made.state is S.VOID


def broken(made: Case) -> None:
    custody.look_at_seal(made.unit, backup(made), False, by="u", at=moment(13))


def expired(made: Case) -> None:
    retention.tell_shelf_life(made.unit, backup(made), date(2026, 3, 1), by="u", at=moment(13))


def backup(made: Case) -> UUID:
    return custody.of_role(made.unit, made.sample.id, Role.BACKUP).id


@pytest.mark.parametrize(("spoil", "code"), [(broken, "backup_seal_broken"), (expired, "backup_expired")])
def test_a_retest_needs_its_backup_unit_and_without_it_the_original_stands(
    spoil: Callable[[Case], None], code: str, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one = lodge(made)
        spoil(made)
        with pytest.raises(NotAllowed, match=code):
            decide(made, one, "reinspect")
        decide(made, one, "dismiss")
        found = verdicts.effective(unit, made.sample.id)
        assert (made.state, found is not None and found.outcome.value) == (S.NOTIFIED, "fail")


def test_the_terms_of_a_retest_are_written_down_before_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one, other = lodge(made), lodge(made, ObjectionKind.AUTHENTICITY)
        decide(made, one, "reinspect")
        kept = objections.retested(unit, made.sample.id)
        assert kept is not None
        assert (kept.id, kept.policy, kept.fee_advanced_by, kept.fee_borne_by) == (one.id, "P1", "objector", None)
        assert {"reinspect_formalities", "reinspect_lab_named"} <= {one.rule for one in objections.dates(unit, kept.id)}
        assert disputes.bars(unit, kept, moment(14)) == dict.fromkeys(ObjectionDecision, "retest_under_way")
        assert disputes.bars(unit, other, moment(14))[ObjectionDecision.UPHOLD] == "retest_under_way"
        assert reinspection.refusal(unit, kept, moment(14)) is None


def test_what_came_before_the_result_is_looked_into_when_there_is_one(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        window = FOOD.window(ObjectionKind.SAMPLING)
        until = running(unit, made.sample.id, made.seller, window, FOOD.zone)
        assert (until.rule, until.starts_at) == ("objection_window_sampling", moment(6))
        one = objections.lodge(unit, made.sample.id, party=made.seller, kind=ObjectionKind.SAMPLING, grounds="x",
                               window=until, by="u", at=moment(9))  # fmt: skip
        with pytest.raises(NotAllowed, match="result_awaited"):
            decide(made, one, "uphold", 10)
        later = case(unit, objects, S.NOTIFIED, number=2)
        told = objections.lodge(unit, later.sample.id, party=later.seller, kind=ObjectionKind.SAMPLING, grounds="x",
                                window=until, by="u", at=moment(9))  # fmt: skip
        decide(later, told, "uphold")
        assert (later.state, made.state) == (S.VOID, S.TESTING)


def test_no_window_runs_before_the_sealing(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.UNBOXED)
        with pytest.raises(Conflict, match="sampling has not ended"):
            running(unit, made.sample.id, made.seller, FOOD.window(ObjectionKind.SAMPLING), FOOD.zone)


def test_why_a_retest_does_not_go_on_is_said_once(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one = lodge(made)
        said = [objections.hold(unit, one, reason, by="t", at=moment(14)) for reason in ("a", "a", "b")]
        assert (said, objections.held(unit, one)) == ([True, False, True], "b")
        assert [entry.type for entry in objections.history(unit, one)] == ["lodged", "held", "held"]
        assert events.breaks(events.history(unit, made.sample.id)) == ()
