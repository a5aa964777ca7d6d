"""The whole path by acts: what each leaves behind, from the first listing to the publication."""

from collections.abc import Callable

import pytest

from labs.consignment import ConsignmentState
from labs.objection import Objection, ObjectionKind, ObjectionState
from labs.verdict import Basis, Outcome, VerdictState
from platforms.notice import NoticeKind, NoticeState
from reputation.errors import NotReady
from reputation.publication import PublicationEvent, PublicationState
from sampling.chain import chain_faults
from sampling.custody import Role, UnitState
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import SampleState
from sampling.task import TaskState
from storage import (
    captures,
    consignments,
    custody,
    deadlines,
    events,
    notices,
    objections,
    publications,
    purchases,
    samples,
    verdicts,
)
from storage.acts import bench, desk, disputes, office, press, shopping
from storage.acts.shopping import Parcel, Unboxing
from storage.consignments import Packed
from storage.custody import Sealing
from storage.database import Database
from storage.errors import NotAllowed
from storage.objects import Objects
from tests.build import DESK, LAB, PATH, Case, case, handed_over, moment, notice, verdict

S = SampleState
LATE = 24 * 40

# act: (state before, what a person does, state after)
ACTS: dict[str, tuple[SampleState, Callable[[Case], object], SampleState]] = {
    "receive": (
        S.SHIPPED,
        lambda c: shopping.receive(c.unit, c.sample.id, Parcel(1, "intact"), by="u", at=moment(4)),
        S.RECEIVED,
    ),
    "unbox": (
        S.RECEIVED,
        lambda c: shopping.unbox(c.unit, c.sample.id, Unboxing(True, "A", 2), by="u", at=moment(5)),
        S.UNBOXED,
    ),
    "reject": (
        S.UNBOXED,
        lambda c: shopping.reject(c.unit, c.sample.id, "damaged", by="u", at=moment(6)),
        S.REJECTED,
    ),
    "seal": (
        S.UNBOXED,
        lambda c: shopping.seal(
            c.unit,
            c.sample.id,
            test_seal="1",
            backup_seal="2",
            witness="w",
            place="p",
            photo=None,
            by="u",
            at=moment(6),
        ),
        S.SEALED,
    ),
    "start a test": (S.AT_LAB, lambda c: bench.start(c.unit, c.blind, LAB, by="u", at=moment(9)), S.TESTING),
    "object": (S.NOTIFIED, lambda c: lodge(c), S.OBJECTED),
    "refuse an objection": (S.NOTIFIED, lambda c: decide(c, "refuse"), S.NOTIFIED),
    "dismiss an objection": (S.NOTIFIED, lambda c: decide(c, "dismiss"), S.NOTIFIED),
    "uphold an objection": (S.NOTIFIED, lambda c: decide(c, "uphold"), S.VOID),
    "order a re-test": (S.NOTIFIED, lambda c: decide(c, "reinspect"), S.REINSPECTION),
}


def lodge(
    made: Case, *, hour: float = 13, party: str | None = None, kind: ObjectionKind = ObjectionKind.RESULT
) -> Objection:
    """Object to a result, as its seller."""
    who = party or made.seller
    return disputes.lodge_objection(
        made.unit, made.sample.id, who, kind, "we tested the same lot", by="user:coordinator", at=moment(hour)
    )


def decide(made: Case, decision: str) -> None:
    """Object, and decide the objection."""
    lodge(made)
    [objection] = objections.of_sample(made.unit, made.sample.id)
    disputes.decide_objection(made.unit, objection.id, decision, "because", by="user:officer", at=moment(14))


@pytest.mark.parametrize("act", ACTS)
def test_each_act_moves_the_sample_and_writes_it_down(act: str, database: Database, objects: Objects) -> None:
    before, do, after = ACTS[act]
    with database.unit() as unit:
        made = case(unit, objects, before)
        written = len(events.history(unit, made.sample.id))
        assert made.state is before
        do(made)
        assert made.state is after
        history = events.history(unit, made.sample.id)
        assert len(history) > written
        assert events.breaks(history) == ()


def test_the_straight_path_passes_through_every_state(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        moved = [entry for entry in events.history(unit, made.sample.id) if entry.noun == "sample"]
        assert len(moved) == len(PATH)
        order, [task] = purchases.live(unit, made.sample.id), samples.tasks_of(unit, "shopper")
        assert order is not None
        assert (order.state, task[0].state) == (PurchaseState.DELIVERED, TaskState.DONE)
        test, backup = custody.units(unit, made.sample.id)
        assert (test.state, backup.state) == (UnitState.IN_TEST, UnitState.RETAINED)
        assert chain_faults(test.code, custody.handovers(unit, test.id)) == ()


def test_a_broken_seal_compromises_the_unit_and_ends_in_a_refusal(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        handed_over(made)
        assert made.consignment is not None
        bench.receive(unit, made.consignment, {made.blind: False}, by="user:lab", at=moment(8))
        test = custody.of_role(unit, made.sample.id, Role.TEST)
        assert (made.state, test.state) == (S.LAB_REFUSED, UnitState.COMPROMISED)
        [_, _, arrival] = custody.handovers(unit, test.id)
        assert (arrival.seal_ok, arrival.condition) == (False, "broken_seal")
        assert consignments.get(unit, made.consignment).state is ConsignmentState.PARTLY_RECEIVED


def test_an_objection_after_the_window_is_kept_as_late_and_moves_nothing(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        lodge(made, hour=LATE)
        [kept] = objections.of_sample(unit, made.sample.id)
        assert (kept.state, kept.reason is not None, made.state) == (ObjectionState.LATE, True, S.NOTIFIED)
        assert objections.in_state(unit, ObjectionState.LATE) == (kept,)


def test_an_objection_of_somebody_who_is_no_party_is_kept_as_refused(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        kept = lodge(made, party=DESK)
        assert (kept.state, kept.reason) == (ObjectionState.REFUSED, "party_may_not_object")
        assert made.state is S.NOTIFIED


def test_a_retest_that_fails_again_ends_the_dispute(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        decide(made, "reinspect")
        first = verdicts.effective(unit, made.sample.id)
        assert first is not None
        retest = verdict(made.sample, purpose="retest", basis=Basis(category="toys"))
        again = verdict(made.sample, purpose="final", basis=Basis(first=first.id, retest=retest.id, policy="P1"))
        for one in (retest, again):
            verdicts.save(unit, one, uploaded_by="user:lab2", by="flow:judge", at=moment(20))
        office.confirm_verdict(unit, again.id, by="user:officer", at=moment(21), limits_read=True)
        [closed] = objections.of_sample(unit, made.sample.id)
        assert (made.state, closed.state) == (S.FINAL, ObjectionState.CLOSED)
        assert verdicts.get(unit, first.id).state is VerdictState.REPLACED
        assert verdicts.effective(unit, made.sample.id) == verdicts.get(unit, again.id)


def test_a_platform_answers_its_notice(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        demand = notice(unit, made.sample, NoticeKind.DELISTING)
        desk.acknowledge(unit, demand.id, DESK, by="user:desk", at=moment(12))
        desk.acknowledge(unit, demand.id, DESK, by="user:desk", at=moment(13))
        desk.claim(unit, demand.id, DESK, "removed", None, by="user:desk", at=moment(14))
        assert [said.kind for said in notices.answers(unit, demand.id)] == ["acknowledged", "removed"]
        assert notices.get(unit, demand.id).state is NoticeState.CLAIMED_DONE
        assert notices.claimed_at(unit, demand.id) == moment(14)
        assert deadlines.of_sample(unit, made.sample.id)[0].party in (DESK, made.seller)


def test_a_platform_contests_its_notice(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        demand = notice(unit, made.sample, NoticeKind.DELISTING)
        desk.contest(unit, demand.id, DESK, "not our listing", by="user:desk", at=moment(14))
        assert notices.get(unit, demand.id).state is NoticeState.CONTESTED


@pytest.mark.parametrize(
    ("order_no", "purchase", "sample"),
    [("G42", PurchaseState.PLACED, S.ORDERED), (None, PurchaseState.FAILED, S.CAPTURED)],
)
def test_a_person_settles_an_order_that_was_lost_sight_of(
    order_no: str | None, purchase: PurchaseState, sample: SampleState, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.CAPTURED)
        intent = purchases.intend(unit, made.sample, quantity=2, by="u", at=moment(2))
        purchases.record(unit, intent.id, PurchaseEvent.LOST_SIGHT, by="u", at=moment(2))
        office.settle_purchase(unit, intent.id, order_no, "http://127.0.0.1/o", by="user:coordinator", at=moment(3))
        assert (purchases.get(unit, intent.id).state, made.state) == (purchase, sample)


def test_a_result_is_published_after_a_second_person_approved_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        proposal = press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))
        with pytest.raises(NotReady, match="same_person"):
            press.approve_publication(unit, proposal.id, by="user:officer", at=moment(LATE))
        press.approve_publication(unit, proposal.id, by="user:chief", at=moment(LATE))
        assert publications.shown(unit) == ()
        publications.record(unit, proposal.id, PublicationEvent.PUBLISHED, by="flow:publish", at=moment(LATE))
        [shown] = publications.shown(unit)
        assert (shown.state, shown.published_at) == (PublicationState.PUBLISHED, moment(LATE))
        assert publications.by_number(unit, shown.number) == shown
        assert made.blind not in str(shown.entry)


@pytest.mark.parametrize(("role", "purpose"), [(Role.DUPLICATE, "first"), (Role.BACKUP, "retest")])
def test_a_result_names_the_laboratory_that_its_verdict_rests_on(
    role: Role, purpose: str, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        if role is Role.DUPLICATE:
            sealing = Sealing(role, "F1D", "Zhao Min", "A100", "station")
            custody.seal(unit, made.sample.id, [sealing], by="u", at=moment(6))
        part = custody.of_role(unit, made.sample.id, role)
        packed = [Packed(part, "B9", "toys", ())]
        consignments.pack(unit, "L-02", packed, purpose=purpose, by="u", at=moment(30))
        proposal = press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))
        assert proposal.entry["lab"] == LAB


def test_a_refused_publication_stays_unknown_and_can_be_proposed_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        refused = press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))
        publications.record(
            unit, refused.id, PublicationEvent.REFUSED, by="user:chief", at=moment(LATE), reason="wrong batch"
        )
        kept = publications.get(unit, refused.id)
        assert (kept.state, kept.published_at, kept.reason) == (PublicationState.REFUSED, None, "wrong batch")
        assert (publications.shown(unit), publications.by_number(unit, refused.number)) == ((), None)
        assert publications.of_sample(unit, made.sample.id) is None
        again = press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))
        assert publications.of_sample(unit, made.sample.id) == again
        with pytest.raises(NotReady, match="duplicate"):
            press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))


def test_captures_of_a_case_continue_each_other(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.CAPTURED)
        [seen] = captures.of_sample(unit, made.sample.id)
        assert captures.last_manifest(unit, made.sample.id) == seen.manifest_sha256
        assert captures.bundle(objects, captures.get(unit, seen.id))["page.png"] == b"png"


def test_an_unknown_decision_is_refused(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        with pytest.raises(NotAllowed):
            decide(made, "shrug")


def test_outcomes_other_than_a_failure_are_published_too(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL, outcome=Outcome.PASS)
        proposal = press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))
        assert proposal.entry["outcome"] == "pass"


def test_a_second_objection_is_kept_and_the_sample_waits_for_both(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        first, second = lodge(made), lodge(made, hour=13.5)
        assert [one.state for one in objections.of_sample(unit, made.sample.id)] == [ObjectionState.LODGED] * 2
        disputes.decide_objection(unit, first.id, "dismiss", "paper", by="user:officer", at=moment(14))
        between = made.state
        disputes.decide_objection(unit, second.id, "refuse", "paper", by="user:officer", at=moment(14))
        assert (between, made.state) == (S.OBJECTED, S.NOTIFIED)
        states = [one.state for one in objections.of_sample(unit, made.sample.id)]
        assert states == [ObjectionState.CLOSED, ObjectionState.REFUSED]
