"""Custody on the real server: seals are used once, nobody gives away what is not theirs, and a change is found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import timedelta, timezone
from decimal import Decimal
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sampling.chain import bound, head
from sampling.custody import CARRIER, STATION, STEPS, Handover, Role, UnitEvent, UnitState
from sampling.dossier import custody_faults
from sampling.errors import IllegalMove, RefusedCustody, WrongSealNumber
from sampling.sample import SampleState
from sampling.seal import SealKind, SealState
from storage import custody, dossiers, events, ledger, seals, verdicts
from storage.acts import bench, shopping
from storage.custody import Circumstances, Sealing
from storage.database import Database
from storage.errors import Conflict, NotAllowed, NotFound
from storage.objects import Objects
from storage.schema.base import new_id
from storage.schema.custody import HandoverRow
from storage.unit import Unit
from tests.build import Case, case, handed_over, moment, verdict

S, E = SampleState, UnitEvent
BEIJING = timezone(timedelta(hours=8))


def sealing(number: str, role: Role = Role.TEST) -> Sealing:
    return Sealing(role, number, "Zhao Min", "A100", "station")


def give(unit: Unit, made: Case, **changes: object) -> Handover:
    """Hand the test unit on, as the station would."""
    test = custody.of_role(unit, made.sample.id, Role.TEST)
    given = {"released_by": STATION, "received_by": CARRIER, "place": "gate", "seal_ok": True, "by": "user:coordinator",
             "at": moment(8)}  # fmt: skip
    return custody.hand_over(unit, test.id, E.HANDED_OVER, **{**given, **changes})  # type: ignore[arg-type]


def codes(unit: Unit, made: Case) -> list[str]:
    return [fault.code for fault in custody_faults(dossiers.gather(unit, made.sample.code))]


def test_numbers_are_issued_once_and_used_once(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        batch = seals.issue(unit, SealKind.BAG, 40, by="user:coordinator", at=moment(0))
        again = seals.issue(unit, SealKind.BAG, 2, by="user:coordinator", at=moment(0))
        assert len({*batch.numbers, *again.numbers}) == 42
        assert seals.free(unit, SealKind.BAG, 100) == (*batch.numbers, *again.numbers)
        assert seals.batch(unit, batch.id) == batch
        assert seals.batch(unit, new_id()) is None
        first, second = case(unit, objects, S.UNBOXED), case(unit, objects, S.UNBOXED, number=2)
        number = batch.numbers[0]
        [made] = custody.seal(unit, first.sample.id, [sealing(number.lower())], by="user:shopper", at=moment(6))
        found = seals.find(unit, number)
        assert found is not None
        assert (made.seal_no, found.state, found.unit_id) == (number, SealState.APPLIED, made.id)
        assert seals.of_units(unit, [made.id]) == (found,)
        with pytest.raises(Conflict, match="never used again"):
            custody.seal(unit, second.sample.id, [sealing(number)], by="user:shopper", at=moment(6))
        assert codes(unit, first) == []


def test_a_number_that_is_mistyped_or_was_never_issued_is_refused(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        [number] = seals.issue(unit, SealKind.TAPE, 1, by="u", at=moment(0)).numbers
        made = case(unit, objects, S.UNBOXED)
        swapped = number[:8] + number[9] + number[8] + number[10:]
        with pytest.raises(WrongSealNumber, match="check character"):
            custody.seal(unit, made.sample.id, [sealing(swapped)], by="user:shopper", at=moment(6))
        unit.rollback()
    with database.unit() as unit:
        made = case(unit, objects, S.UNBOXED)
        with pytest.raises(WrongSealNumber, match="never issued") as refused:
            custody.seal(unit, made.sample.id, [sealing("MST00000010")], by="user:shopper", at=moment(6))
        assert "从未发放" in refused.value.sentence.zh


def test_a_number_is_made_void_with_a_reason_and_never_applied(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        batch = seals.issue(unit, SealKind.TAPE, 2, by="u", at=moment(0))
        gone = seals.void(unit, batch.numbers[0], reason="torn", by="user:shopper", at=moment(1))
        assert (gone.state, gone.ended_by, gone.reason) == (SealState.VOID, "user:shopper", "torn")
        assert seals.batch(unit, batch.id) == batch
        made = case(unit, objects, S.UNBOXED)
        with pytest.raises(Conflict, match="void already"):
            custody.seal(unit, made.sample.id, [sealing(gone.number)], by="user:shopper", at=moment(6))
    with database.unit() as unit:
        for number, error in ((batch.numbers[0], IllegalMove), ("KLINGER7", NotFound)):
            with pytest.raises(error):
                seals.void(unit, number, reason="torn", by="u", at=moment(1))
        for count in (0, seals.MOST + 1):
            with pytest.raises(Conflict):
                seals.issue(unit, SealKind.TAPE, count, by="u", at=moment(0))


def test_only_the_holder_gives_a_unit_away_and_only_by_a_clock_that_is_right(
    database: Database, objects: Objects
) -> None:
    tries: tuple[tuple[dict[str, object], str], ...] = (
        ({"released_by": "somebody"}, "unknown_holder"),
        ({"found": Circumstances(happened_at=moment(13))}, "wrong_clock"),
        ({"found": Circumstances(happened_at=moment(3))}, "time_goes_back"),
    )
    with database.unit() as unit:
        made = case(unit, objects, S.SEALED)
        for changes, code in tries:
            with unit.begin_nested() as point:
                with pytest.raises(RefusedCustody) as refused:
                    give(unit, made, **changes)
                assert refused.value.code == code
                point.rollback()
        with pytest.raises(Conflict, match="zone"), unit.begin_nested():
            give(unit, made, found=Circumstances(happened_at=moment(7).replace(tzinfo=None)))
        assert codes(unit, made) == []


def test_an_entry_keeps_how_the_unit_was_found(database: Database, objects: Objects) -> None:
    happened = moment(7.5).astimezone(BEIJING)
    with database.unit() as unit:
        made = case(unit, objects, S.SEALED)
        found = Circumstances("cold", Decimal("-18.50"), ("ab" * 32,), happened)
        wrote = give(unit, made, found=found)
    with database.unit() as unit:
        [_, kept] = custody.handovers(unit, wrote.unit_id)
        assert kept == wrote
        assert (kept.offset_minutes, kept.at, kept.recorded_at) == (480, happened, moment(8))
        assert (kept.temperature, custody.holder(unit, wrote.unit_id)) == (Decimal("-18.50"), CARRIER)
        assert codes(unit, made) == []


def test_a_correction_is_an_entry_of_its_own(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.SEALED)
        wrong = give(unit, made)
        right = custody.correct(
            unit, wrong.unit_id, 2, reason="it was the van", by="user:coordinator", at=moment(9), place="gate 2",
            received_by="courier Li",
        )  # fmt: skip
        assert (right.seq, right.corrects, right.at, right.recorded_at) == (3, 2, moment(8), moment(9))
        assert custody.holder(unit, wrong.unit_id) == "courier Li"
        assert custody.of_role(unit, made.sample.id, Role.TEST).place == "gate 2"
        warmer = Circumstances("intact", Decimal("4"))
        again = custody.correct(
            unit, wrong.unit_id, 2, reason="forgot", by="user:coordinator", at=moment(9), found=warmer
        )
        assert (again.at, again.temperature, again.received_by) == (moment(8), Decimal("4"), "courier Li")
        assert [one.seq for one in custody.handovers(unit, wrong.unit_id)] == [1, 2, 3, 4]
        assert codes(unit, made) == []
        with pytest.raises(Conflict, match="no entry 9"):
            custody.correct(unit, wrong.unit_id, 9, reason="x", by="u", at=moment(9))
        with pytest.raises(RefusedCustody):
            custody.correct(unit, wrong.unit_id, 1, reason="x", by="u", at=moment(9), received_by="thief")


def test_a_seal_is_opened_with_a_reason_after_somebody_looked(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        test, backup = custody.units(unit, made.sample.id)
        opened = seals.find(unit, str(test.seal_no))
        assert opened is not None
        assert (opened.state, opened.ended_by, opened.reason) == (
            SealState.BROKEN_AUTHORISED, "user:lab", "test ordered: first",
        )  # fmt: skip
        with pytest.raises(Conflict, match="with a reason"):
            custody.record(unit, backup.id, E.OPENED, by="u", at=moment(9))
        with pytest.raises(IllegalMove):
            custody.open_unit(unit, backup.id, reason="curious", by="u", at=moment(9))
        unit.rollback()


def test_a_seal_broken_without_explanation_compromises_the_unit_and_blocks_its_verdict(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.SEALED)
        test = custody.of_role(unit, made.sample.id, Role.TEST)
        custody.look_at_seal(unit, test.id, True, by="user:shopper", at=moment(7))
        custody.look_at_seal(unit, test.id, False, by="user:shopper", at=moment(8), found=Circumstances("cut open"))
        broken = seals.find(unit, str(test.seal_no))
        assert broken is not None
        assert (broken.state, broken.reason) == (SealState.BROKEN_UNEXPLAINED, "cut open")
        assert custody.of_role(unit, made.sample.id, Role.TEST).state is UnitState.COMPROMISED
        assert codes(unit, made) == []
        with pytest.raises(NotAllowed, match="compromised"):
            verdicts.save(unit, verdict(made.sample), uploaded_by="user:lab", by="flow:judge", at=moment(10))


def test_a_verdict_given_before_the_break_is_not_confirmed_after_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.SEALED)
        given = verdict(made.sample)
        verdicts.save(unit, given, uploaded_by="user:lab", by="flow:judge", at=moment(7))
        test = custody.of_role(unit, made.sample.id, Role.TEST)
        custody.look_at_seal(unit, test.id, False, by="user:shopper", at=moment(8))
        with pytest.raises(NotAllowed, match="compromised"):
            verdicts.confirm(unit, given.id, by="user:officer", at=moment(9), limits_read=True)
        with pytest.raises(IntegrityError, match="compromised"), unit.begin_nested():
            unit.execute(text("UPDATE verdict SET state = 'confirmed', confirmed_by = 'x'"))


def test_of_two_who_seal_the_same_sample_at_once_one_wins(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.UNBOXED)
        numbers = seals.issue(unit, SealKind.TAPE, 4, by="u", at=moment(0)).numbers
    door = Barrier(2)

    def work(number: int) -> str:
        test, backup = numbers[2 * number : 2 * number + 2]
        try:
            with database.unit() as unit:
                door.wait(10)
                shopping.seal(unit, made.sample.id, test_seal=test, backup_seal=backup, witness="w", place="p",
                              photo=None, by=f"user:{number}", at=moment(6))  # fmt: skip
        except Conflict as lost:
            return str(lost)
        return "won"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(work, (0, 1)))
    assert said == [f"sample {made.sample.code} is sealed by now", "won"]
    with database.unit() as unit:
        used = [seals.find(unit, number) for number in numbers]
        assert sorted(one.state for one in used if one) == ["applied", "applied", "issued", "issued"]
        assert codes(unit, made) == []


def test_of_two_who_use_one_foreign_number_at_once_one_wins(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        cases = [case(unit, objects, S.UNBOXED, number=number) for number in (1, 2)]
    door = Barrier(2)

    def work(made: Case) -> bool:
        try:
            with database.unit() as unit:
                door.wait(10)
                custody.seal(unit, made.sample.id, [sealing("KLINGER/7")], by="user:shopper", at=moment(6))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, cases)) == [False, True]


# what somebody writes past the code, and the word of the refusal
DIRECT = {
    "a unit skips a state": ("UPDATE unit SET state = 'tested' WHERE role = 'A'", "does not go from sealed to tested"),
    "a unit begins sealed": (
        "INSERT INTO unit (id, sample_id, code, role, state) SELECT gen_random_uuid(), sample_id, 'x', 'A', 'sealed' "
        "FROM unit LIMIT 1", "begins as registered",
    ),
    "a unit is of another sample": ("UPDATE unit SET code = 'S26-9-A' WHERE role = 'A'", "stays as it was written"),
    "a unit is deleted": ("DELETE FROM unit", "never deleted"),
    "a seal is whole again": ("UPDATE seal SET state = 'issued', unit_id = NULL", "does not go from applied to issued"),
    "a seal begins applied": (
        "INSERT INTO seal (number, kind, state, issued_by, issued_at) VALUES ('x', 'bag', 'applied', 'u', now())",
        "begins as issued",
    ),
    "a seal goes to another unit": ("UPDATE seal SET unit_id = gen_random_uuid()", "stays as it was written"),
    "an order arrives before it is sent": ("UPDATE purchase SET state = 'intended'", "does not go from delivered"),
    "an order is of another sample": ("UPDATE purchase SET shopper = 'somebody'", "stays as it was written"),
    "a seal is broken by nobody": ("UPDATE seal SET state = 'broken_unexplained'", "ended_with_a_reason"),
    "a seal is deleted": ("DELETE FROM seal", "never deleted"),
    "an entry is changed": ("UPDATE handover SET place = 'x'", "append-only"),
    "an entry is deleted": ("DELETE FROM handover", "append-only"),
}  # fmt: skip


def test_the_database_refuses_what_goes_past_the_code(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        case(unit, objects, S.SEALED)
        for statement, word in DIRECT.values():
            with pytest.raises(IntegrityError, match=word), unit.begin_nested():
                unit.execute(text(statement))


# what the next entry of a chain says, and the word of the refusal
ENTRIES: dict[str, tuple[Callable[[Handover], dict[str, object]], str]] = {
    "a hole": (lambda one: {"seq": 9}, "does not continue the chain"),
    "another past": (lambda one: {"prev_hash": "0" * 64}, "does not continue the chain"),
    "no hash": (lambda one: {"hash": "yes"}, "does not continue the chain"),
    "not the holder": (lambda one: {"released_by": "somebody"}, "somebody does not hold unit"),
    "before the last": (lambda one: {"at": moment(1)}, "goes back"),
    "five hours ahead": (lambda one: {"at": moment(13)}, "ck_handover_clock"),
    "a passing unseen": (lambda one: {"event": E.INSPECTED}, "without a passing"),
    "a correction of nothing": (lambda one: {"corrects": 7, "seq": 2, "reason": "x"}, "cannot be corrected so"),
    "a correction of the seal": (
        lambda one: {"corrects": 1, "reason": "x", "seal_ok": True, "released_by": "user:shopper",
                     "received_by": STATION, "event": E.SEALED}, "cannot be corrected so",
    ),
}  # fmt: skip


def test_the_database_refuses_an_entry_that_breaks_the_chain(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.SEALED)
        test = custody.of_role(unit, made.sample.id, Role.TEST)
        chain = custody.handovers(unit, test.id)
        right = Handover(
            new_id(), test.id, 2, E.HANDED_OVER, moment(8), 0, moment(8), "u", STATION, CARRIER, "gate",
            STEPS[E.HANDED_OVER], test.seal_no, None, "intact",
        )  # fmt: skip
        entry = bound(right, head(chain))
        columns = {field.name: getattr(entry, field.name) for field in fields(entry)} | {"photos": []}
        for changes, word in ENTRIES.values():
            with pytest.raises(IntegrityError, match=word), unit.begin_nested():
                unit.add(HandoverRow(**{**columns, **changes(entry)}))
                unit.flush()


def test_what_is_changed_past_every_guard_is_found(database: Database, objects: Objects) -> None:
    changes = {
        "UPDATE handover SET place = 'elsewhere' WHERE seq = 2": "altered",
        "DELETE FROM handover WHERE seq = 3": "entry_missing",
        "UPDATE handover SET released_by = 'thief' WHERE seq = 2": "unknown_holder",
        "UPDATE seal SET witness = 'somebody'": "seal_altered",
        "UPDATE seal SET unit_id = NULL, applied_by = NULL, witness = NULL, applied_at = NULL, ended_by = NULL, "
        "ended_at = NULL, reason = NULL, state = 'issued'": "seal_altered",
        "DELETE FROM seal": "seal_missing",
        "UPDATE unit SET state = 'sealed' WHERE role = 'A'": "unit_altered",
        "DELETE FROM unit": "unit_missing",
        "UPDATE event SET actor = 'somebody' WHERE noun = 'seal'": "log_altered",
        "UPDATE ledger_entry SET sha256 = repeat('0', 64) WHERE kind = 'custody'": "ledger_differs",
    }
    with database.unit() as unit:
        made = case(unit, objects, S.TESTING)
        assert custody.enter(unit, 100, at=moment(10)) == 6
        assert custody.enter(unit, 100, at=moment(10)) == 0
        assert codes(unit, made) == []
        for statement, code in changes.items():
            with unit.begin_nested() as point:
                unit.execute(text("SET LOCAL session_replication_role = replica"))
                unit.execute(text(statement))
                unit.expire_all()
                assert code in codes(unit, made), statement
                point.rollback()
        assert ledger.size(unit) == 6 + 1


def test_dossiers_are_of_samples_that_were_sealed(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sealed, unsealed = case(unit, objects, S.SEALED), case(unit, objects, S.UNBOXED, number=2)
        assert dossiers.with_units(unit) == (sealed.sample.code,)
        assert custody_faults(dossiers.gather(unit, unsealed.sample.code)) == ()
        with pytest.raises(NotFound):
            dossiers.gather(unit, "S26-999999")


def test_a_refusal_at_the_laboratory_stays_verifiable(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        handed_over(made)
        assert isinstance(made.consignment, UUID)
        bench.receive(unit, made.consignment, {made.blind: False}, by="user:lab", at=moment(8))
        assert codes(unit, made) == []
        assert events.breaks(events.history(unit, made.sample.id)) == ()
