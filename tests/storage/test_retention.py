"""Kept units on the real server: dated anew by an entry, disposed of by two persons, never while anything is open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from labs.objection import ObjectionKind
from labs.verdict import Outcome, VerdictEvent
from sampling import rulebook
from sampling.calendar import Deadline
from sampling.custody import STATION, Role, UnitEvent, UnitState
from sampling.disposal import DisposalMethod, DisposalState
from sampling.dossier import custody_faults
from sampling.errors import IllegalMove, RefusedDisposal
from sampling.sample import SampleEvent, SampleState
from storage import custody, deadlines, disposals, dossiers, events, objections, retention, verdicts
from storage.custody import Circumstances
from storage.database import Database
from storage.disposals import Carried
from storage.errors import Conflict
from storage.objects import Objects
from storage.schema.base import new_id
from storage.unit import Unit
from tests.build import Case, case, moment, verdict

S = SampleState
AFTER = 24 * 200
"""An hour at which every duty of these cases has passed."""
GIVEN_TO_NOBODY = (
    "INSERT INTO handover SELECT (jsonb_populate_record(handover, jsonb_build_object('id', gen_random_uuid(), "
    "'event', 'given_back', 'seq', seq + 1, 'prev_hash', hash, 'released_by', received_by))).* FROM handover "
    "WHERE event = 'retained'"
)
CARRIED = Carried("Zhao Min", "incinerator 2", photo="ab" * 32)


def settled(unit: Unit, objects: Objects, outcome: Outcome = Outcome.PASS, **changes: object) -> tuple[Case, UUID]:
    """Give a case about which nothing is open, its twin dated, and the twin."""
    made = case(unit, objects, S.FINAL, outcome=outcome, **changes)  # type: ignore[arg-type]
    retention.redate(unit, made.sample.id, by="flow:retain", at=moment(24 * 30))
    return made, custody.of_role(unit, made.sample.id, Role.BACKUP).id


def proposed(unit: Unit, twin: UUID, hour: float = AFTER, method: DisposalMethod = DisposalMethod.DESTROYED) -> UUID:
    """Give a proposal of one officer."""
    return disposals.propose(unit, twin, method, "no longer needed", by="user:officer", at=moment(hour)).id


def approved(unit: Unit, twin: UUID, method: DisposalMethod = DisposalMethod.DESTROYED) -> UUID:
    """Give a proposal that a second officer approved."""
    id_ = proposed(unit, twin, method=method)
    disposals.approve(unit, id_, by="user:second", at=moment(AFTER))
    return id_


def told(unit: Unit, made: Case, *nouns: str) -> list[str]:
    return [entry.type for entry in events.history(unit, made.sample.id) if entry.noun in nouns]


def test_a_twin_is_dated_when_its_case_ends_and_says_by_which_duty(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED, outcome=Outcome.PASS)
        twin = custody.of_role(unit, made.sample.id, Role.BACKUP).id
        assert retention.redate(unit, made.sample.id, by="flow:retain", at=moment(13)) == ()
        assert retention.last(unit, twin) is None
        made.move(SampleEvent.WINDOW_CLOSED, 24 * 30)
        assert retention.redate(unit, made.sample.id, by="flow:retain", at=moment(24 * 30)) == ("dated",)
        assert retention.redate(unit, made.sample.id, by="flow:retain", at=moment(24 * 31)) == ()
        [dated] = retention.dates(unit, twin)
        assert dated.release_at == datetime(2026, 5, 7, tzinfo=rulebook.load("cn-product").zone)  # past Labour Day
        assert (dated.rule, dated.rulebook, dated.status) == (
            "cn-product.passed", "retention@2026-11-22", "unconfirmed",
        )  # fmt: skip
        assert (dated.calendar, dated.starts_at) == ("CN: chinese_calendar 1.11.0", moment(24 * 30))
        [listed] = retention.kept(unit, at=moment(AFTER))
        assert (listed.unit.id, listed.release, listed.sample) == (twin, dated, made.sample.code)


def test_a_verdict_that_is_replaced_or_contested_again_dates_the_twin_anew_and_keeps_the_old_date(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, twin = settled(unit, objects, Outcome.FAIL)
        first = verdicts.live(unit, made.sample.id, "first")
        assert first is not None
        verdicts.end(unit, first.id, VerdictEvent.REPLACED, by="user:officer", at=moment(24 * 31))
        final = replace(verdict(made.sample, Outcome.PASS), purpose="final")
        verdicts.save(unit, final, uploaded_by="user:lab", by="flow:judge", at=moment(24 * 31))
        assert retention.redate(unit, made.sample.id, by="flow:retain", at=moment(24 * 31)) == ("reopened",)
        verdicts.confirm(unit, final.id, by="user:officer", at=moment(24 * 32), limits_read=True)
        assert retention.redate(unit, made.sample.id, by="flow:retain", at=moment(24 * 32)) == ("redated",)
        rules = [one.rule for one in retention.dates(unit, twin)]
        assert rules == ["cn-product.failed", "", "cn-product.passed"]
        assert told(unit, made, "retention") == ["dated", "reopened", "redated"]
        last = [entry for entry in events.history(unit, made.sample.id) if entry.noun == "retention"][1]
        assert last.data["before"]["rule"] == "cn-product.failed"


def test_a_void_case_and_a_shelf_life_count_as_the_duty_says(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.VERDICT)
        made.move(SampleEvent.VOIDED, 24)
        twin = custody.of_role(unit, made.sample.id, Role.BACKUP).id
        retention.tell_shelf_life(unit, twin, date(2026, 3, 10), by="user:officer", at=moment(25))
        retention.tell_shelf_life(unit, twin, date(2026, 3, 10), by="user:officer", at=moment(26))
        [dated] = retention.dates(unit, twin)
        assert (dated.rule, dated.expires_on) == ("cn-product.unjudged", date(2026, 3, 10))
        assert told(unit, made, "retention") == ["shelf_life_told", "dated"]


def test_two_officers_dispose_of_a_twin_and_its_chain_ends_before_a_witness(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, twin = settled(unit, objects)
        id_ = approved(unit, twin)
        with pytest.raises(Conflict, match="second person"):
            disposals.carry_out(
                unit, id_, replace(CARRIED, witness="user:officer"), by="user:officer", at=moment(AFTER)
            )
        done = disposals.carry_out(unit, id_, CARRIED, by="user:officer", at=moment(AFTER + 1))
        assert (done.state, done.witness, done.photo) == (DisposalState.DONE, "Zhao Min", "ab" * 32)
        [entry] = [one for one in custody.handovers(unit, twin) if one.event is UnitEvent.DISPOSED]
        assert (entry.place, entry.reason, entry.photos) == ("incinerator 2", "no longer needed", ("ab" * 32,))
        assert custody.of_role(unit, made.sample.id, Role.BACKUP).state is UnitState.DISPOSED
        assert custody_faults(dossiers.gather(unit, made.sample.code)) == ()
        assert told(unit, made, "disposal") == ["proposed", "approved", "done"]
        assert disposals.of_unit(unit, twin) == (done,)
        with pytest.raises(Conflict, match="disposed by now"):
            disposals.hold(unit, twin, "court order", by="user:officer", at=moment(AFTER + 2))


def test_a_twin_may_be_given_back_to_its_seller(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, twin = settled(unit, objects)
        with pytest.raises(Conflict, match="no shelf life"):
            retention.tell_shelf_life(unit, twin, date.max, by="user:officer", at=moment(AFTER))
        id_ = approved(unit, twin, DisposalMethod.GIVEN_BACK)
        with pytest.raises(Conflict, match="to somebody"):
            disposals.carry_out(unit, id_, CARRIED, by="user:officer", at=moment(AFTER))
        with pytest.raises(IntegrityError, match="given back to nobody"), unit.begin_nested():
            unit.execute(text(GIVEN_TO_NOBODY))
        carried = Carried("Zhao Min", "counter", received_by=made.seller)
        disposals.carry_out(unit, id_, carried, by="user:officer", at=moment(AFTER))
        assert custody.holder(unit, twin) == made.seller
        assert custody.of_role(unit, made.sample.id, Role.BACKUP).state is UnitState.GIVEN_BACK
        assert custody_faults(dossiers.gather(unit, made.sample.code)) == ()


def test_a_refused_disposal_may_be_proposed_again_but_two_never_live(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, twin = settled(unit, objects)
        id_ = proposed(unit, twin)
        with pytest.raises(Conflict, match="proposed already"):
            proposed(unit, twin)
        with pytest.raises(IllegalMove):
            disposals.carry_out(unit, id_, CARRIED, by="user:second", at=moment(AFTER))
        gone = disposals.refuse(unit, id_, "the seller may sue", by="user:second", at=moment(AFTER))
        assert (gone.state, gone.refusal) == (DisposalState.REFUSED, "the seller may sue")
        again = approved(unit, twin)
        assert disposals.refuse(unit, again, "not yet", by="user:officer", at=moment(AFTER)).refusal == "not yet"
        assert told(unit, made, "disposal") == ["proposed", "refused", "proposed", "approved", "refused"]


def objected(unit: Unit, made: Case, twin: UUID) -> None:
    window = Deadline("objection_window", "x@1", "none", moment(24), moment(AFTER))
    objections.lodge(unit, made.sample.id, party=made.seller, kind=ObjectionKind.RESULT, grounds="wrong",
                     window=window, by="user:officer", at=moment(24 * 31))  # fmt: skip


def running(unit: Unit, made: Case, twin: UUID) -> None:
    clock = Deadline("objection_window", "cn-product@1", "none", moment(24), moment(AFTER + 1))
    deadlines.start(unit, made.sample.id, "platform:other", clock, {})


def held(unit: Unit, made: Case, twin: UUID) -> None:
    disposals.hold(unit, twin, "court order", by="user:officer", at=moment(24 * 31))


def reopened(unit: Unit, made: Case, twin: UUID) -> None:
    unit.execute(text("UPDATE sample SET state = 'reinspection'"))


def nothing(unit: Unit, made: Case, twin: UUID) -> None:
    """Only the hour differs, or the person."""


# what is done to the case, at which hour, by whom it is approved, the code of the refusal, the word of the database
OBSTACLES: dict[str, tuple[Callable[[Unit, Case, UUID], None], float, str, str, str]] = {
    "an objection is open": (objected, AFTER, "user:second", "objection_open", "waits for an objection"),
    "a deadline runs": (running, AFTER, "user:second", "clock_open", "waits for a deadline"),
    "it is on hold": (held, AFTER, "user:second", "on_hold", "is on hold"),
    "a re-test is open": (reopened, AFTER, "user:second", "retest_open", "has not ended"),
    "its date has not come": (nothing, 24 * 31, "user:second", "too_early", "until its release date"),
    "the same person": (nothing, AFTER, "user:officer", "same_person", "four_eyes"),
}


INSERT = text(
    "INSERT INTO disposal (id, unit_id, method, reason, state, proposed_by, proposed_at) "
    "VALUES (:id, :unit, 'destroyed', 'x', 'proposed', 'user:officer', :at)"
)
APPROVE = text("UPDATE disposal SET state = 'approved', decided_by = :by, decided_at = :at")


def test_nothing_open_is_disposed_of_neither_by_us_nor_past_us(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, twin = settled(unit, objects)
        id_ = proposed(unit, twin)
        for obstruct, hour, by, code, word in OBSTACLES.values():
            with unit.begin_nested() as point:
                obstruct(unit, made, twin)
                unit.expire_all()
                with pytest.raises(RefusedDisposal) as refused:
                    disposals.approve(unit, id_, by=by, at=moment(hour))
                assert refused.value.codes == (code,)
                for statement in (APPROVE,) if code == "same_person" else (INSERT, APPROVE):
                    with pytest.raises(IntegrityError, match=word), unit.begin_nested():
                        unit.execute(statement, {"id": new_id(), "unit": twin, "at": moment(hour), "by": by})
                point.rollback()
        assert [one.state for one in disposals.of_unit(unit, twin)] == [DisposalState.PROPOSED]


def test_what_comes_up_after_the_approval_still_stops_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, twin = settled(unit, objects)
        id_ = approved(unit, twin)
        order = disposals.hold(unit, twin, "court order", by="user:officer", at=moment(AFTER))
        with pytest.raises(RefusedDisposal, match="on hold"):
            disposals.carry_out(unit, id_, CARRIED, by="user:officer", at=moment(AFTER))
        with pytest.raises(IntegrityError, match="is on hold"), unit.begin_nested():
            unit.execute(text("UPDATE unit SET state = 'disposed' WHERE id = :id"), {"id": twin})
        with pytest.raises(Conflict, match="on hold already"):
            disposals.hold(unit, twin, "again", by="user:officer", at=moment(AFTER))
        disposals.lift(unit, order.id, "case closed", by="user:second", at=moment(AFTER))
        with pytest.raises(Conflict, match="lifted already"):
            disposals.lift(unit, order.id, "again", by="user:second", at=moment(AFTER))
        disposals.carry_out(unit, id_, CARRIED, by="user:officer", at=moment(AFTER + 1))
        assert told(unit, made, "hold") == ["placed", "lifted"]
        assert [one.lift_reason for one in disposals.holds(unit, twin)] == ["case closed"]


# what somebody writes past the code, and the word of the refusal
DIRECT = {
    "a unit ends without a disposal": ("UPDATE unit SET state = 'disposed' WHERE role = 'B'", "nobody approved"),
    "a unit is given away instead": ("UPDATE unit SET state = 'given_back' WHERE role = 'B'", "nobody approved"),
    "a date is changed": ("UPDATE release SET release_at = now()", "append-only"),
    "a date is taken away": ("DELETE FROM release", "append-only"),
    "a hold is deleted": ("DELETE FROM hold", "lifted once"),
    "the reason of a hold is changed": ("UPDATE hold SET reason = 'x'", "lifted once"),
    "a hold is lifted by nobody": ("UPDATE hold SET lifted_at = now()", "lifted_whole"),
    "a disposal is deleted": ("DELETE FROM disposal", "never deleted"),
    "a disposal is done by one": ("UPDATE disposal SET state = 'done'", "does not go from"),
    "a disposal changes its unit": ("UPDATE disposal SET state = 'refused', reason = 'x'", "stays as it was"),
}


def test_the_database_refuses_what_goes_past_the_code(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        _, twin = settled(unit, objects)
        proposed(unit, twin)
        disposals.hold(unit, twin, "court order", by="user:officer", at=moment(AFTER))
        for what, (statement, word) in DIRECT.items():
            with pytest.raises(IntegrityError, match=word), unit.begin_nested():
                unit.execute(text(statement))
                pytest.fail(what)


def test_where_a_unit_lies_is_an_entry_of_its_chain(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        test, twin = custody.units(unit, made.sample.id)
        disposals.put(unit, twin.id, "room 2, shelf 7", by="user:officer", at=moment(24 * 31))
        cold = Circumstances(temperature=None, happened_at=moment(24 * 31) - timedelta(minutes=1))
        custody.record(unit, test.id, UnitEvent.TESTED, by="user:lab", at=moment(24 * 30))
        disposals.put(unit, test.id, "freezer 1", by="user:lab", at=moment(24 * 31), found=cold)
        test, twin = custody.units(unit, made.sample.id)
        assert (test.state, test.place) == (UnitState.RETAINED, "freezer 1")
        assert (twin.state, twin.place) == (UnitState.RETAINED, "room 2, shelf 7")
        entry = custody.handovers(unit, twin.id)[-1]
        assert (entry.event, entry.received_by) == (UnitEvent.MOVED, STATION)
        assert custody_faults(dossiers.gather(unit, made.sample.code)) == ()
        with pytest.raises(Conflict, match="with a reason"):
            custody.record(unit, twin.id, UnitEvent.DISPOSED, by="user:officer", at=moment(24 * 32))


def test_a_unit_is_known_to_be_kept_up_to_the_day_before_its_release(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        _, twin = settled(unit, objects)
        dated = retention.last(unit, twin)
        assert dated is not None and dated.release_at == datetime(2026, 5, 7, tzinfo=rulebook.load("cn-product").zone)
        assert retention.known_end(unit, twin) == date(2026, 5, 6)
