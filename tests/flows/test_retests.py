"""A re-test from its order to its end: who is drawn, what is sent, how it is weighed, what falls with the verdict."""

from collections.abc import Callable
from datetime import UTC
from uuid import UUID

import pytest

from flows import dispatch, judge, notify, publish
from flows.wiring import World
from labs.accreditation import draw_lab
from labs.consignment import ConsignmentState, LineEvent
from labs.objection import ObjectionKind, ObjectionState
from labs.verdict import Outcome, VerdictState
from platforms.delivery import DeliveryState
from platforms.notice import NoticeEvent, NoticeKind, NoticeState
from reputation.publication import OVERTURNED, PublicationEvent, PublicationState, entry
from sampling.custody import Role, UnitEvent, UnitState
from sampling.sample import SampleEvent
from storage import (
    clock,
    consignments,
    custody,
    deadlines,
    deliveries,
    notices,
    objections,
    owed,
    publications,
    samples,
    verdicts,
)
from storage.acts import bench, carriage, disputes, office, press
from storage.acts.bench import Arrival
from storage.consignments import Order
from storage.unit import Unit
from tests import build
from tests.build import DESK, LAB, Case, case, moment
from tests.flows.retests import OTHERS, S, lodge, objected, ordered, p3, reported, said, settled
from tests.reputation.build import some_facts

LATE = 20 * 24
FAILED = {**entry(some_facts()), "outcome": "fail"}


def test_the_backup_unit_goes_to_a_laboratory_drawn_by_a_lot_that_can_be_drawn_again(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
    assert said(dispatch.sweep, quiet)["packed for retest"] == 1
    dispatch.sweep(quiet, 9)  # is on its way: nothing is sent twice
    with quiet.database.unit() as unit:
        first, again = consignments.of_sample(unit, made.sample.id)
        [objection] = objections.of_sample(unit, made.sample.id)
        [lot] = [one.data for one in objections.history(unit, objection) if one.type == "lab_drawn"]
        assert (first.lab, again.purpose, again.items) == (LAB, "retest", (build.ITEM,))
        assert tuple(lot["candidates"]) == OTHERS
        assert draw_lab(lot["seed"], lot["candidates"]).lab == again.lab == lot["lab"]
    reported(quiet, made, "retest", "50")
    assert settled(quiet, made) == (S.FINAL, ObjectionState.CLOSED, "authority")
    with quiet.database.unit() as unit:
        found = verdicts.effective(unit, made.sample.id)
        assert found is not None and (found.outcome, found.purpose) == (Outcome.PASS, "final")


def test_the_public_is_told_the_laboratory_that_was_asked_again(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
    dispatch.sweep(quiet, 9)
    reported(quiet, made, "retest", "200")
    assert settled(quiet, made)[0] is S.FINAL
    with quiet.database.unit() as unit:
        proposal = press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))
        assert proposal.entry["lab"] == ordered(unit, made, "retest").lab in OTHERS


THIRDS = [("40", Outcome.PASS, "authority"), ("200", Outcome.FAIL, "objector")]


@pytest.mark.parametrize(("value", "outcome", "bearer"), THIRDS)
def test_two_laboratories_that_differ_are_settled_by_a_third(
    quiet: World, value: str, outcome: Outcome, bearer: str
) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit, third=True)
        p3(unit, made)
    dispatch.sweep(quiet, 9)
    reported(quiet, made, "retest", "50")
    assert settled(quiet, made)[0] is S.REINSPECTION  # a split is nothing to confirm
    assert said(dispatch.sweep, quiet)["packed for arbitration"] == 1
    with quiet.database.unit() as unit:
        labs = [one.lab for one in consignments.of_sample(unit, made.sample.id)]
        assert len(set(labs)) == 3
        assert ordered(unit, made, "arbitration").unit_id == custody.of_role(unit, made.sample.id, Role.ARBITRATION).id
    reported(quiet, made, "arbitration", value)
    dispatch.sweep(quiet, 9)  # nothing more is sent
    assert settled(quiet, made) == (S.FINAL, ObjectionState.CLOSED, bearer)
    with quiet.database.unit() as unit:
        found = verdicts.effective(unit, made.sample.id)
        assert found is not None and found.outcome is outcome and "two_of_three" in found.items[0].reasons
        assert found.basis is not None and found.basis.third is not None
        assert len(consignments.of_sample(unit, made.sample.id)) == 3


def no_third_unit(world: World, unit: Unit) -> Case:
    made = objected(world, unit)
    p3(unit, made)
    return made


def no_third_laboratory(world: World, unit: Unit) -> Case:
    made = objected(world, unit, third=True, labs=("L-02",))
    p3(unit, made)
    return made


def broken_third(world: World, unit: Unit) -> Case:
    made = objected(world, unit, third=True)
    p3(unit, made)
    custody.look_at_seal(unit, custody.of_role(unit, made.sample.id, Role.ARBITRATION).id, False, by="u", at=moment(15))
    return made


HELD: dict[str, tuple[Callable[[World, Unit], Case], str]] = {
    "there is no third unit": (no_third_unit, "no_third_unit"),
    "no third laboratory is in scope": (no_third_laboratory, "no_laboratory_for_arbitration"),
    "the third seal is broken": (broken_third, "third_unit_seal_broken"),
}


@pytest.mark.parametrize("why", HELD)
def test_a_split_that_nobody_can_settle_is_held_until_an_officer_ends_it(why: str, quiet: World) -> None:
    begin, reason = HELD[why]
    with quiet.database.unit() as unit:
        made = begin(quiet, unit)
    dispatch.sweep(quiet, 9)
    reported(quiet, made, "retest", "50")
    assert said(dispatch.sweep, quiet)[f"left: {reason}"] == 1
    assert not said(dispatch.sweep, quiet).keys() & {f"left: {reason}"}  # said once
    with quiet.database.unit() as unit:
        [one] = objections.of_sample(unit, made.sample.id)
        assert objections.held(unit, one) == reason
        disputes.decide_objection(unit, one.id, "dismiss", "the first stands", by="user:officer", at=clock.now(unit))
        [done] = objections.of_sample(unit, made.sample.id)
        found = verdicts.effective(unit, made.sample.id)
        assert (samples.get(unit, made.sample.id).state, done.state) == (S.FINAL, ObjectionState.CLOSED)
        assert found is not None and (found.purpose, found.outcome) == ("first", Outcome.FAIL)
        assert done.fee_borne_by == "objector"


def test_a_backup_unit_that_arrives_broken_holds_its_retest(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        order = ordered(unit, made, "retest")
        [one] = consignments.in_state(unit, ConsignmentState.PACKED)
        office.hand_over(unit, one.id, "K2", by="u", at=clock.now(unit))
        bench.receive(unit, one.id, {order.blind_code: False}, by="user:other", at=clock.now(unit))
    assert said(dispatch.sweep, quiet)["left: backup_seal_broken"] == 1


def test_where_no_other_laboratory_is_in_scope_the_retest_is_held(quiet: World) -> None:
    with quiet.database.unit() as unit:
        objected(quiet, unit, labs=())
    assert said(dispatch.sweep, quiet)["left: no_laboratory_for_retest"] == 1


REVIEWED = [("50", Outcome.PASS, "authority"), ("200", Outcome.FAIL, "objector")]


@pytest.mark.parametrize(("value", "outcome", "bearer"), REVIEWED)
def test_what_was_to_be_reviewed_is_tested_again_too(quiet: World, value: str, outcome: Outcome, bearer: str) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit, outcome=Outcome.REVIEW)
    assert said(dispatch.sweep, quiet)["packed for retest"] == 1
    reported(quiet, made, "retest", value)
    assert settled(quiet, made) == (S.FINAL, ObjectionState.CLOSED, bearer)
    with quiet.database.unit() as unit:
        found = verdicts.effective(unit, made.sample.id)
        assert found is not None and found.outcome is outcome


def shown(unit: Unit, made: Case) -> None:
    """Publish the failure, as it is done where an objection is noted beside what is shown."""
    one = publications.propose(unit, made.sample.id, FAILED, number="P2026-000001", disputed=True,
                               by="user:coordinator", at=moment(15))  # fmt: skip
    publications.approve(unit, one.id, by="user:officer", at=moment(15))
    publications.record(unit, one.id, PublicationEvent.PUBLISHED, by="t", at=moment(15))


def test_what_rested_on_an_overturned_verdict_is_taken_back(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
        shown(unit, made)
    dispatch.sweep(quiet, 9)
    reported(quiet, made, "retest", "50")
    publish.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        public = publications.of_sample(unit, made.sample.id)
        assert public is not None and public.state is PublicationState.PUBLISHED  # nothing is confirmed yet
    settled(quiet, made)
    assert said(publish.sweep, quiet)["withdrawn"] == 1
    assert said(notify.sweep, quiet)["withdrawn"] == 2
    with quiet.database.unit() as unit:
        public = publications.of_sample(unit, made.sample.id)
        assert public is not None and (public.state, public.reason) == (PublicationState.WITHDRAWN, OVERTURNED)
        told = [one for one in notices.of_sample(unit, made.sample.id) if one.kind is NoticeKind.RESULT]
        assert {one.state for one in told} == {NoticeState.WITHDRAWN}
        sent = [one for state in DeliveryState for one in deliveries.in_state(unit, state)]
        assert "notice.withdrawn" in {one.event_type for one in sent}
        assert samples.get(unit, made.sample.id).state is S.CLOSED  # nothing is left to be done about it


def test_goods_that_prove_to_be_fake_leave_the_count_and_all_that_was_said_of_them_falls(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, S.NOTIFIED)
        fake = lodge(made, ObjectionKind.AUTHENTICITY)
        disputes.decide_objection(unit, lodge(made).id, "reinspect", "in time", by="user:officer", at=moment(14))
        samples.record(unit, made.sample.id, SampleEvent.REINSPECTED, by="t", at=moment(20))
        demand = build.notice(unit, made.sample, NoticeKind.DELISTING)
        waiting = build.notice(unit, made.sample, NoticeKind.DELISTING, "platform:other", issued=False)
        notices.record(unit, demand.id, NoticeEvent.FOUND_DOWN, by="t", at=moment(21))
        proposed = publications.propose(unit, made.sample.id, FAILED, number="P2026-000001",
                                        disputed=False, by="user:coordinator", at=moment(21))  # fmt: skip
        disputes.decide_objection(unit, fake.id, "uphold", "the marks are not theirs", by="user:officer", at=moment(22))
        first = next(one for one in verdicts.of_sample(unit, made.sample.id))
        assert (samples.get(unit, made.sample.id).state, first.state) == (S.DIVERTED, VerdictState.VOID)
        assert samples.get(unit, made.sample.id).reason == "authenticity_objection_upheld"
    notify.sweep(quiet, 9)
    publish.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        assert notices.get(unit, demand.id).state is notices.get(unit, waiting.id).state is NoticeState.WITHDRAWN
        assert publications.get(unit, proposed.id).state is PublicationState.REFUSED
        assert DESK in {one.recipient for one in notices.of_sample(unit, made.sample.id)}


def test_what_is_approved_waits_while_an_objection_is_open(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, S.NOTIFIED)
        one = publications.propose(unit, made.sample.id, FAILED, number="P2026-000001", disputed=False,
                                   by="user:coordinator", at=moment(13))  # fmt: skip
        publications.approve(unit, one.id, by="user:officer", at=moment(13))
        lodged = lodge(made)
    assert said(publish.sweep, quiet)["left: objection open"] == 1
    with quiet.database.unit() as unit:
        disputes.withdraw_objection(unit, lodged.id, "by letter", by="user:coordinator", at=moment(14).astimezone(UTC))
        assert samples.get(unit, made.sample.id).state is S.NOTIFIED
    assert said(publish.sweep, quiet)["published"] == 1


def sent(world: World, made: Case, arrival: Arrival) -> tuple[UUID, Order]:
    """Give the consignment of the twin that a laboratory took in, as it found it."""
    with world.database.unit() as unit:
        at, order = clock.now(unit), ordered(unit, made, "retest")
        [one] = consignments.in_state(unit, ConsignmentState.PACKED)
        office.hand_over(unit, one.id, "K2", by="u", at=at)
        bench.take_in(unit, one.id, order.blind_code, arrival, by="user:other", at=at)
        return one.id, order


def back(world: World, made: Case, came: tuple[UUID, Order]) -> None:
    """Have the station take a twin back whole, and close its consignment."""
    id_, order = came
    with world.database.unit() as unit:
        carriage.take_back(unit, id_, order.blind_code, True, by="u", at=clock.now(unit))
        carriage.reconcile(unit, id_, by="u", at=clock.now(unit))
        assert custody.of_role(unit, made.sample.id, Role.BACKUP).state is UnitState.RETAINED


def held_and_dismissed(world: World, made: Case, reason: str) -> None:
    """The officer is told why the re-test cannot go on, and ends it: the first verdict stands."""
    assert said(dispatch.sweep, world)[f"left: {reason}"] == 1
    with world.database.unit() as unit:
        [one] = objections.of_sample(unit, made.sample.id)
        assert objections.held(unit, one) == reason
        disputes.decide_objection(unit, one.id, "dismiss", "the first stands", by="user:officer", at=clock.now(unit))
    assert settled(world, made) == (S.FINAL, ObjectionState.CLOSED, "objector")


@pytest.mark.parametrize("returned", [False, True])
def test_a_backup_unit_whose_goods_are_damaged_ends_its_retest_and_is_sent_to_nobody_else(
    returned: bool, quiet: World
) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
    dispatch.sweep(quiet, 9)
    came = sent(quiet, made, Arrival(True, made=LineEvent.DAMAGED, reason="crushed"))
    if returned:
        back(quiet, made, came)
    held_and_dismissed(quiet, made, "backup_damaged")


def test_a_backup_unit_that_is_lost_on_its_way_ends_its_retest(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        [one] = consignments.in_state(unit, ConsignmentState.PACKED)
        office.hand_over(unit, one.id, "K2", by="u", at=clock.now(unit))
        carriage.lose(unit, one.id, "courier_lost_it", by="u", at=clock.now(unit))
    dispatch.sweep(quiet, 9)  # it may still turn up
    with quiet.database.unit() as unit:
        assert objections.held(unit, objections.of_sample(unit, made.sample.id)[0]) is None
        carriage.reconcile(unit, one.id, by="u", at=clock.now(unit))
    held_and_dismissed(quiet, made, "no_backup")


def test_a_laboratory_that_refused_the_unit_is_left_out_of_the_next_draw(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit, labs=("L-02", "L-03"))
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        [wrong] = consignments.in_state(unit, ConsignmentState.PACKED)
        carriage.cancel(unit, wrong.id, "packed_wrongly", by="u", at=clock.now(unit))
    assert said(dispatch.sweep, quiet)["packed for retest"] == 1
    came = sent(quiet, made, Arrival(True, made=LineEvent.REFUSED, reason="no_capacity"))
    assert came[1].lab == wrong.lab  # what never left was refused by nobody
    with quiet.database.unit() as unit:
        owed.watch(unit, made.sample.id, by="t", at=clock.now(unit))  # the first laboratory has its unit in test
        clocks = {one.party for one in deadlines.of_sample(unit, made.sample.id) if one.rule == owed.TEST_REPORT}
        assert clocks == {f"lab:{LAB}"}
    back(quiet, made, came)
    assert said(dispatch.sweep, quiet)["packed for retest"] == 1
    with quiet.database.unit() as unit:
        assert {wrong.lab, ordered(unit, made, "retest").lab} == {"L-02", "L-03"}
    back(quiet, made, sent(quiet, made, Arrival(True, made=LineEvent.REFUSED, reason="no_capacity")))
    held_and_dismissed(quiet, made, "no_laboratory_for_retest")


def test_a_retest_is_judged_only_from_a_unit_that_was_opened(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = objected(quiet, unit)
    dispatch.sweep(quiet, 9)
    reported(quiet, made, "retest", "50", opened=False)
    with quiet.database.unit() as unit:
        assert verdicts.live(unit, made.sample.id, "retest") is None
        order = ordered(unit, made, "retest")
    assert said(judge.sweep, quiet) == {"left: its unit was never opened": 1}
    with quiet.database.unit() as unit:
        bench.start(unit, order.blind_code, order.lab, by="user:other", at=clock.now(unit))
        custody.record(unit, order.unit_id, UnitEvent.TESTED, by="t", at=clock.now(unit))
        custody.record(unit, order.unit_id, UnitEvent.RETAINED, by="t", at=clock.now(unit))  # it stays opened
    assert said(judge.sweep, quiet) == {"final pass": 1}
