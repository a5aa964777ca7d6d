"""What the acts refuse, and that a refusal leaves no trace."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from labs.limits import Limits
from labs.objection import ObjectionKind
from labs.verdict import Outcome
from platforms.notice import NoticeKind
from reputation.errors import NotReady
from sampling.errors import IllegalMove
from sampling.sample import SampleState
from storage import events, limits, notices, objections, uploads, verdicts
from storage.acts import bench, desk, disputes, office, press, shopping
from storage.acts.shopping import Parcel, Unboxing
from storage.database import Database
from storage.errors import Conflict, NotAllowed, NotFound
from storage.objects import Objects
from storage.schema.base import new_id
from tests.build import DESK, LAB, Case, case, handed_over, moment, notice, verdict
from tests.labs.build import limit

S = SampleState
LATE = 24 * 40


def receive(made: Case) -> None:
    shopping.receive(made.unit, made.sample.id, Parcel(1, "intact"), by="u", at=moment(4))


def unbox(made: Case) -> None:
    shopping.unbox(made.unit, made.sample.id, Unboxing(True, "A", 2), by="u", at=moment(5))


def reject(made: Case) -> None:
    shopping.reject(made.unit, made.sample.id, "damaged", by="u", at=moment(6))


def seal(made: Case, *, witness: str = "w", test: str = "1", backup: str = "2") -> None:
    shopping.seal(made.unit, made.sample.id, test_seal=test, backup_seal=backup, witness=witness, place="p", photo=None,
                  by="u", at=moment(6))  # fmt: skip


def seal_as(made: Case, opened: Unboxing) -> None:
    shopping.unbox(made.unit, made.sample.id, opened, by="u", at=moment(5))
    seal(made)


def start_elsewhere(made: Case) -> None:
    bench.start(made.unit, made.blind, "L-02", by="user:otherlab", at=moment(9))


def start(made: Case) -> None:
    bench.start(made.unit, made.blind, LAB, by="user:lab", at=moment(9))


def start_unknown(made: Case) -> None:
    bench.start(made.unit, "B0", LAB, by="user:lab", at=moment(9))


def check_other_seals(made: Case) -> None:
    handed_over(made)
    assert made.consignment is not None
    bench.receive(made.unit, made.consignment, {"B0": True}, by="user:lab", at=moment(8))


def receive_twice(made: Case) -> None:
    handed_over(made)
    assert made.consignment is not None
    for _ in range(2):
        bench.receive(made.unit, made.consignment, {made.blind: True}, by="user:lab", at=moment(8))


def confirm(made: Case, by: str = "user:officer", *, limits_read: bool = True) -> None:
    found = verdicts.effective(made.unit, made.sample.id)
    assert found is not None
    office.confirm_verdict(made.unit, found.id, by=by, at=moment(11), limits_read=limits_read)


def confirm_unread(made: Case) -> None:
    remembered = limit(id="lead", status="unconfirmed")
    limits.keep(made.unit, Limits("limits-cn", "1", (remembered,)), at=moment(10))
    confirm(made, limits_read=False)


def confirm_own(made: Case) -> None:
    confirm(made, "user:lab")


def confirm_retest(made: Case) -> None:
    again = replace(verdict(made.sample), purpose="retest")
    verdicts.save(made.unit, again, uploaded_by="user:other", by="flow:judge", at=moment(12))
    office.confirm_verdict(made.unit, again.id, by="user:officer", at=moment(13), limits_read=True)


def object_unserved(made: Case) -> None:
    disputes.lodge_objection(made.unit, made.sample.id, "seller:elsewhere", ObjectionKind.RESULT, "x", by="u",
                             at=moment(13))  # fmt: skip


def retest_of_the_sampling(made: Case) -> None:
    disputes.lodge_objection(made.unit, made.sample.id, made.seller, ObjectionKind.SAMPLING, "not my goods", by="u",
                             at=moment(13))  # fmt: skip
    [kept] = objections.of_sample(made.unit, made.sample.id)
    disputes.decide_objection(made.unit, kept.id, "reinspect", "", by="u", at=moment(14))


def approve_own(made: Case) -> None:
    one = notice(made.unit, made.sample, NoticeKind.DELISTING, issued=False)
    office.approve_notice(made.unit, one.id, by="flow:notify", at=moment(12))


def answer_for_another(made: Case) -> None:
    one = notice(made.unit, made.sample, NoticeKind.DELISTING)
    desk.claim(made.unit, one.id, "platform:oscar-mart", "removed", None, by="u", at=moment(12))


def claim_of_a_result(made: Case) -> None:
    one = notice(made.unit, made.sample, NoticeKind.RESULT, "platform:oscar-mart")
    desk.claim(made.unit, one.id, "platform:oscar-mart", "removed", None, by="u", at=moment(12))


def notify_twice(made: Case) -> None:
    notice(made.unit, made.sample, NoticeKind.DELISTING)
    notice(made.unit, made.sample, NoticeKind.DELISTING)


def publish_early(made: Case) -> None:
    press.propose_publication(made.unit, made.sample.id, by="u", at=moment(14))


def publish_twice(made: Case) -> None:
    for _ in range(2):
        press.propose_publication(made.unit, made.sample.id, by="u", at=moment(LATE))


# what is tried: (where the sample stands, the act, the error, a word of it)
REFUSED: dict[str, tuple[SampleState, Callable[[Case], None], type[Exception], str]] = {
    "a parcel that was not sent": (S.ORDERED, receive, Conflict, "ordered by now"),
    "a parcel twice": (S.RECEIVED, receive, Conflict, "received by now"),
    "open before receipt": (S.SHIPPED, unbox, Conflict, "shipped by now"),
    "reject after the seal": (S.SEALED, reject, Conflict, "sealed by now"),
    "seal before opening": (S.RECEIVED, seal, Conflict, "received by now"),
    "seal other goods": (S.RECEIVED, lambda made: seal_as(made, Unboxing(False, "A", 2)), NotAllowed, "wrong_goods"),
    "seal two units of one piece": (
        S.RECEIVED, lambda made: seal_as(made, Unboxing(True, "A", 1)), NotAllowed, "short_count",
    ),
    "seal twice": (S.SEALED, seal, Conflict, "sealed by now"),
    "one person at the seal": (S.UNBOXED, lambda made: seal(made, witness="u"), Conflict, "two_persons"),
    "one number for both seals": (S.UNBOXED, lambda made: seal(made, backup="1"), Conflict, "seal"),
    "another laboratory's unit": (S.AT_LAB, start_elsewhere, NotAllowed, "not a sample of your laboratory"),
    "a code nobody gave out": (S.AT_LAB, start_unknown, NotAllowed, "not a sample of your laboratory"),
    "a test twice": (S.TESTING, start, IllegalMove, "opened"),
    "seals of other units": (S.NOTICE_SENT, check_other_seals, NotAllowed, "every unit"),
    "a consignment twice": (S.NOTICE_SENT, receive_twice, IllegalMove, "is not possible"),
    "confirm twice": (S.NOTIFIED, confirm, IllegalMove, "confirmed"),
    "confirm a failure by a limit that nobody read": (S.VERDICT, confirm_unread, NotAllowed, "read its limit"),
    "confirm what one uploaded": (S.VERDICT, confirm_own, NotAllowed, "second person"),
    "confirm a re-test by itself": (S.NOTIFIED, confirm_retest, NotAllowed, "weighed against the first"),
    "object without service": (S.NOTIFIED, object_unserved, Conflict, "not been served"),
    "a re-test of the sampling": (S.NOTIFIED, retest_of_the_sampling, NotAllowed, "settled_on_paper"),
    "approve one's own notice": (S.FINAL, approve_own, NotAllowed, "second person"),
    "answer another's notice": (S.FINAL, answer_for_another, NotAllowed, "not addressed"),
    "claim to have removed a result": (S.FINAL, claim_of_a_result, NotAllowed, "delisting"),
    "the same demand twice": (S.FINAL, notify_twice, Conflict, "notice"),
    "publish without a verdict": (S.TESTING, publish_early, NotReady, "no_verdict"),
    "publish what is provisional": (S.VERDICT, publish_early, NotReady, "verdict_not_final, nobody_served"),
    "publish inside the window": (S.NOTIFIED, publish_early, NotReady, f"window_open:{DESK}, window_open:seller"),
    "publish twice": (S.FINAL, publish_twice, NotReady, "duplicate"),
}  # fmt: skip


@pytest.mark.parametrize("tried", REFUSED)
def test_what_is_out_of_order_is_refused_and_leaves_no_trace(tried: str, database: Database, objects: Objects) -> None:
    stands, act, error, word = REFUSED[tried]
    with database.unit() as unit:
        made = case(unit, objects, stands)
        history = events.history(unit, made.sample.id)
    with pytest.raises(error, match=word), database.unit() as again:
        made.unit = again
        act(made)
    with database.unit() as after:
        made.unit = after
        assert made.state is stands
        assert events.history(after, made.sample.id) == history


@pytest.mark.parametrize("outcome", [Outcome.HOLD, Outcome.INDETERMINATE])
def test_a_verdict_on_hold_cannot_be_confirmed(outcome: Outcome, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        held = verdict(made.sample, outcome)
        verdicts.save(unit, held, uploaded_by="user:lab", by="flow:judge", at=moment(10))
        assert verdicts.to_confirm(unit) == ()
        with pytest.raises(NotAllowed, match="on hold"):
            office.confirm_verdict(unit, held.id, by="user:officer", at=moment(11), limits_read=True)


def test_an_open_objection_is_named_among_the_closed_gates(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        disputes.lodge_objection(unit, made.sample.id, made.seller, ObjectionKind.RESULT, "x", by="u", at=moment(13))
        with pytest.raises(NotReady, match="objection_open"):
            press.propose_publication(unit, made.sample.id, by="u", at=moment(LATE))


def test_what_does_not_exist_is_not_found(database: Database) -> None:
    with database.unit() as unit:
        for ask in (notices.get, uploads.get, verdicts.get, objections.get):
            with pytest.raises(NotFound):
                ask(unit, new_id())
