"""Impasses: re-tests that come to no verdict by themselves, and how an officer ends each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from flows import dispatch
from flows.wiring import World
from labs.columns import of_results
from labs.consignment import ConsignmentState
from labs.objection import ENDING, ObjectionDecision, ObjectionState
from labs.report import Reading, UploadEvent
from labs.result import Finding, Interval
from labs.verdict import Outcome
from sampling.calendar import Deadline
from storage import (
    clock,
    consignments,
    deadlines,
    impasse,
    objections,
    owed,
    releases,
    samples,
    uploads,
    verdicts,
)
from storage.acts import bench, disputes, office
from storage.errors import NotAllowed
from tests import build
from tests.build import LAB, Case, moment
from tests.flows.retests import S, objected, ordered, p3, reported


def unsettled(world: World, made: Case) -> None:
    reported(world, made, "retest", "300", interval=Interval(Decimal(0), Decimal(300), high_open=True), qualifier="<")


def sent_back(world: World, made: Case) -> None:
    reported(world, made, "retest", "50")
    with world.database.unit() as unit:
        final = verdicts.live(unit, made.sample.id, "final")
        assert final is not None
        verdicts.send_back(unit, final.id, "look again", by="user:officer", at=clock.now(unit))


def out_of_scope(world: World, made: Case) -> None:
    reported(world, made, "retest", "50", method="EN 71-3")


def differing(world: World, made: Case) -> None:
    reported(world, made, "retest", "50")
    dispatch.sweep(world, 9)
    reported(world, made, "arbitration", "200")


def corrected(world: World, made: Case) -> None:
    reported(world, made, "retest", "200")
    with world.database.unit() as unit:
        at = clock.now(unit)
        sent = uploads.receive(unit, world.objects, LAB, "r.csv", b"again", by="user:lab", at=at)
        row = build.result(made.blind, "180", report_version=2)
        reading = Reading((build.report("R-1", 2),), (), of_results([row]))
        uploads.commit(unit, sent.id, reading, {made.blind: made.sample.id}, by="t", at=at)
        [final] = verdicts.to_confirm(unit)
        with pytest.raises(NotAllowed, match="corrected"):
            office.confirm_verdict(unit, final.id, by="user:officer", at=at, limits_read=True)


def overdue(world: World, made: Case) -> None:
    with world.database.unit() as unit:
        at, order = clock.now(unit), ordered(unit, made, "retest")
        [one] = consignments.in_state(unit, ConsignmentState.PACKED)
        office.hand_over(unit, one.id, "K2", by="user:coordinator", at=at)
        bench.receive(unit, one.id, {order.blind_code: True}, by="user:other", at=at)
        objection = objections.retested(unit, made.sample.id)
        assert objection is not None and impasse.reason(unit, objection, at) is None
        late = replace(WORKED, starts_at=at - timedelta(days=30), due_at=at - timedelta(days=1))
        first = ordered(unit, made, "first")
        deadlines.start(unit, made.sample.id, f"lab:{order.lab}", late, {}, unit_id=first.unit_id)
        assert impasse.reason(unit, objection, at) is None, "that is the clock of another unit"
        deadlines.start(unit, made.sample.id, f"lab:{order.lab}", late, {}, unit_id=order.unit_id)


WORKED = Deadline(owed.TEST_REPORT, "cn-product@1", "none", moment(), moment())
IMPASSES: dict[str, tuple[Callable[[World, Case], None], Outcome, str]] = {
    "retest_unsettled": (unsettled, Outcome.FAIL, "dismiss"),
    "retest_sent_back": (sent_back, Outcome.FAIL, "uphold"),
    "retest_out_of_scope": (out_of_scope, Outcome.FAIL, "dismiss"),
    "laboratories_differ": (differing, Outcome.REVIEW, "uphold"),
    "first_report_corrected": (corrected, Outcome.FAIL, "uphold"),
    "retest_overdue": (overdue, Outcome.FAIL, "dismiss"),
}
ENDS = {"dismiss": (S.FINAL, "objector", "first"), "uphold": (S.VOID, "authority", None)}


@pytest.mark.parametrize("code", IMPASSES)
def test_a_retest_that_comes_to_no_verdict_is_ended_by_an_officer(code: str, quiet: World) -> None:
    come_to, outcome, decision = IMPASSES[code]
    with quiet.database.unit() as unit:
        made = objected(quiet, unit, third=True, outcome=outcome)
        p3(unit, made)
    dispatch.sweep(quiet, 9)
    come_to(quiet, made)
    with quiet.database.unit() as unit:
        one, at = objections.of_sample(unit, made.sample.id)[0], clock.now(unit)
        assert impasse.reason(unit, one, at) == code
        options = [option for option, bar in disputes.bars(unit, one, at).items() if bar is None]
        # no verdict stands whose results were taken back
        assert options == ([ObjectionDecision.UPHOLD] if code == "first_report_corrected" else list(ENDING))
        disputes.decide_objection(unit, one.id, decision, "it leads nowhere", by="user:officer", at=at)
        [done] = objections.of_sample(unit, made.sample.id)
        stands, (state, bearer, purpose) = verdicts.effective(unit, made.sample.id), ENDS[decision]
        assert (samples.get(unit, made.sample.id).state, done.fee_borne_by) == (state, bearer)
        assert (done.state, stands and stands.purpose) == (ObjectionState.CLOSED, purpose)
        assert impasse.reason(unit, done, at) is None


def test_no_retest_is_overdue_while_a_file_of_its_laboratory_waits_here(quiet: World) -> None:
    missing = Finding("report-missing", "hold", None, None, "", "")
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
    dispatch.sweep(quiet, 9)
    overdue(quiet, made)
    with quiet.database.unit() as unit:
        [one], at, order = objections.of_sample(unit, made.sample.id), clock.now(unit), ordered(unit, made, "retest")
        early = at - timedelta(days=40)
        uploads.receive(unit, quiet.objects, order.lab, "old.csv", b"old", by="user:other", at=early)
        uploads.receive(unit, quiet.objects, LAB, "first.csv", b"first", by="user:lab", at=at)
        assert impasse.reason(unit, one, at) == "retest_overdue"
        sent = uploads.receive(unit, quiet.objects, order.lab, "r.csv", b"r", by="user:other", at=at)
        assert impasse.reason(unit, one, at) is None
        uploads.refuse(unit, sent.id, UploadEvent.HELD, [missing], by="flow:intake", at=at)
        assert impasse.reason(unit, one, at) is None
        releases.refuse(unit, sent.id, "no report beside it", by="user:officer", at=at)
        assert impasse.reason(unit, one, at) == "retest_overdue"
