"""Consignments on the real server: what the code refuses the database refuses too, and seals are replaced openly."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from labs.consignment import ConsignmentState, LineEvent, LineState
from sampling import rulebook
from sampling.custody import CARRIER, STATION, Role, UnitEvent, UnitState
from sampling.disposal import DisposalMethod
from sampling.dossier import custody_faults
from sampling.epcis import document
from sampling.errors import IllegalMove, WrongSealNumber
from sampling.sample import SampleState
from sampling.seal import SealKind, SealState
from storage import (
    consignments,
    custody,
    disposals,
    dossiers,
    receipt_links,
    resealing,
    retention,
    samples,
    scans,
    seals,
)
from storage.acts import bench, carriage, office, shopping
from storage.acts.bench import Arrival
from storage.consignments import Kept, Packed, Settling
from storage.custody import Sealing
from storage.database import Database
from storage.disposals import Carried
from storage.errors import Conflict, NotAllowed
from storage.objects import Objects
from storage.resealing import Resealing
from storage.unit import Unit
from tests.build import LAB, Case, campaign, case, handed_over, moment

S, L, C = SampleState, LineState, ConsignmentState
BY = "user:lab"
RULES = rulebook.load


def sent(unit: Unit, objects: Objects) -> tuple[Case, UUID]:
    """Give a case whose test unit is with the carrier."""
    made = case(unit, objects, S.NOTICE_SENT)
    handed_over(made)
    assert made.consignment is not None
    return made, made.consignment


# what is tried past the code, by SQL, on a consignment with the carrier; each ends the unit of work
PAST_THE_CODE = (
    "UPDATE consignment SET waybill = 'other'",
    "UPDATE consignment SET manifest_sha256 = 'x'",
    "UPDATE consignment SET courier = 'other'",
    "UPDATE consignment SET lab = 'L-02'",
    "UPDATE consignment SET state = 'received'",
    "UPDATE consignment SET state = 'reconciled'",
    "DELETE FROM consignment",
    "DELETE FROM consignment_line",
    "UPDATE consignment_line SET seal_no = 'F9'",
    "UPDATE consignment_line SET items = '{}'",
    "UPDATE consignment_line SET state = 'returned', settled_at = NULL",
    "UPDATE consignment_line SET state = 'damaged', settled_at = now(), settled_by = 'x'",
    "INSERT INTO consignment_line "
    "(id, consignment_id, unit_id, sample_id, blind_code, seal_no, category, items, state) "
    "SELECT gen_random_uuid(), consignment_id, (SELECT id FROM unit WHERE role = 'B'), sample_id, 'B9', seal_no, "
    "category, items, 'expected' FROM consignment_line",
    "INSERT INTO consignment (id, number, lab, purpose, state, since, packed_at) "
    "VALUES (gen_random_uuid(), 'K9', 'L-01', 'first', 'packed', now(), now())",
)


# the same on a line that was taken in and on a link that was revoked
PAST_WHAT_IS_SETTLED = (
    "UPDATE consignment_line SET condition = 'intact'",
    "UPDATE consignment_line SET temperature = 20",
    "UPDATE consignment_line SET seal_ok = false",
    "UPDATE consignment_line SET settled_by = 'x'",
    "UPDATE consignment_line SET settled_at = now()",
    "UPDATE receipt_link SET revoked_at = NULL, revoked_by = NULL",
    "UPDATE receipt_link SET expires_at = now()",
    "DELETE FROM receipt_link",
)


def test_the_database_keeps_what_was_settled_and_what_was_revoked(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, id_ = sent(unit, objects)
        ends = receipt_links.make(unit, id_, expires_at=moment(99), by="u", at=moment(8)).id
        receipt_links.name_receiver(unit, ends, "Li Min", at=moment(8))
        receipt_links.revoke(unit, ends, by="u", at=moment(9))
        bench.take_in(unit, id_, made.blind, Arrival(True, "wet", Decimal(4)), by=BY, at=moment(9))
    for order in PAST_WHAT_IS_SETTLED:
        with pytest.raises(Conflict, match="as it was"), database.unit() as unit:
            unit.execute(text(order))


def test_the_database_refuses_what_the_table_lacks_and_what_is_frozen(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sent(unit, objects)
    for order in PAST_THE_CODE:
        with pytest.raises(Conflict), database.unit() as unit:
            unit.execute(text(order))
            unit.flush()


def test_a_consignment_is_due_by_a_rule_and_said_to_be_late_once(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        _, id_ = sent(unit, objects)
        due = consignments.get(unit, id_).due_at
        assert due is not None
        assert consignments.late(unit, moment(8), 10) == ()
        assert [one.id for one in consignments.late(unit, due, 10)] == [id_]
        assert [consignments.say_late(unit, id_, by="flow:receive", at=due) for _ in range(2)] == [True, False]
        assert consignments.late(unit, due, 10) == ()


def test_what_is_refused_comes_back_and_is_sent_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, id_ = sent(unit, objects)
        refused = Arrival(True, made=LineEvent.REFUSED, reason="no_capacity")
        bench.take_in(unit, id_, made.blind, refused, by=BY, at=moment(8))
        assert (consignments.get(unit, id_).state, made.state) == (C.REFUSED, S.LAB_REFUSED)
        with pytest.raises(NotAllowed, match="not received as fit"):
            bench.start(unit, made.blind, LAB, by=BY, at=moment(9))
        with pytest.raises(Conflict, match="not accounted for"):
            carriage.reconcile(unit, id_, by="u", at=moment(9))
        carriage.take_back(unit, id_, made.blind, True, by="u", at=moment(9))
        carriage.reconcile(unit, id_, by="u", at=moment(9))
        part = custody.of_role(unit, made.sample.id, Role.TEST)
        assert (part.state, custody.holder(unit, part.id), made.state) == (UnitState.SEALED, STATION, S.SEALED)
        kept = Kept(Decimal(2), Decimal(8))
        again = consignments.pack(unit, LAB, [Packed(part, made.blind, "toys", ())], purpose="first", by="u",
                                  at=moment(10), kept=kept)  # fmt: skip
        assert consignments.of_sample(unit, made.sample.id)[0].unit_id == part.id
        assert (again.coldest, again.warmest, again.lines[0].state) == (Decimal(2), Decimal(8), L.EXPECTED)
        assert custody_faults(dossiers.gather(unit, made.sample.code)) == ()
    with pytest.raises(Conflict), database.unit() as unit:  # a unit travels in one consignment at a time
        consignments.pack(unit, LAB, [Packed(part, "B8", "toys", ())], purpose="first", by="u", at=moment(11))


def test_a_straggler_is_taken_in_and_what_stays_away_is_lost(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, id_ = sent(unit, objects)
        with pytest.raises(NotAllowed, match="no unit"):
            bench.finish(unit, id_, by=BY, at=moment(8))
        consignments.settle(unit, id_, made.blind, Settling(LineEvent.MISSED), by=BY, at=moment(8))
        after = bench.take_in(unit, id_, made.blind, Arrival(True, "wet", Decimal(4)), by=BY, at=moment(9))
        assert (after.state, after.lines[0].condition) == (C.RECEIVED, "wet")
        with pytest.raises(IllegalMove):
            bench.take_in(unit, id_, made.blind, Arrival(True), by=BY, at=moment(9))
        with pytest.raises(Conflict, match="taken in already"):
            bench.refuse(unit, id_, "no_capacity", by=BY, at=moment(9))
    with database.unit() as unit:
        gone = case(unit, objects, S.NOTICE_SENT, number=2)
        handed_over(gone)
        assert gone.consignment is not None
        carriage.lose(unit, gone.consignment, "courier_lost_it", by="u", at=moment(9))
        carriage.reconcile(unit, gone.consignment, by="u", at=moment(10))
        part = custody.of_role(unit, gone.sample.id, Role.TEST)
        assert (part.state, gone.state, samples.get(unit, gone.sample.id).reason) == (
            UnitState.LOST, S.VOID, "courier_lost_it",
        )  # fmt: skip
        with pytest.raises(Conflict, match="nothing to take in"):
            receipt_links.make(unit, gone.consignment, expires_at=moment(99), by="u", at=moment(11))
        with pytest.raises(Conflict, match="is reconciled"):
            bench.finish(unit, gone.consignment, by=BY, at=moment(11))


def two_sent(unit: Unit, objects: Objects) -> tuple[list[Case], UUID]:
    """Give two cases whose test units are with the carrier in one consignment."""
    within = campaign(unit)
    made = [case(unit, objects, S.NOTICE_SENT, of=within, number=number) for number in (1, 2)]
    packed = [Packed(custody.of_role(unit, one.sample.id, Role.TEST), one.blind, "toys", ()) for one in made]
    sent_ = consignments.pack(unit, LAB, packed, purpose="first", by="u", at=moment(7))
    office.hand_over(unit, sent_.id, "W", by="user:coordinator", at=moment(7))
    return made, sent_.id


def test_a_straggler_may_be_refused_too(database: Database, objects: Objects) -> None:
    refused = Arrival(True, made=LineEvent.REFUSED, reason="too_warm")
    with database.unit() as unit:
        made, id_ = two_sent(unit, objects)
        bench.take_in(unit, id_, made[0].blind, refused, by=BY, at=moment(8))
        bench.finish(unit, id_, by=BY, at=moment(8))
        after = bench.take_in(unit, id_, made[1].blind, refused, by=BY, at=moment(9))
        assert (after.state, {line.state for line in after.lines}) == (C.PARTLY_RECEIVED, {L.REFUSED})
        for one in made:
            carriage.take_back(unit, id_, one.blind, True, by="u", at=moment(10))
        carriage.reconcile(unit, id_, by="u", at=moment(10))
        assert [one.state for one in made] == [S.SEALED, S.SEALED]


def test_what_was_given_up_for_lost_is_taken_in_when_it_turns_up(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, id_ = two_sent(unit, objects)
        carriage.lose(unit, id_, "courier_lost_it", by="u", at=moment(8))
        with pytest.raises(NotAllowed, match="no unit"):
            bench.finish(unit, id_, by=BY, at=moment(9))
        for one, state in zip(made, (C.PARTLY_RECEIVED, C.RECEIVED), strict=True):
            assert bench.take_in(unit, id_, one.blind, Arrival(True), by=BY, at=moment(9)).state is state
        other = case(unit, objects, S.NOTICE_SENT, number=3)
        handed_over(other)
        assert other.consignment is not None
        carriage.lose(unit, other.consignment, "courier_lost_it", by="u", at=moment(9))
        assert bench.refuse(unit, other.consignment, "papers_differ", by=BY, at=moment(10)).state is C.PARTLY_RECEIVED


@pytest.mark.parametrize("first", ["taken back", "reconciled"])
def test_a_damaged_unit_comes_back_and_its_test_is_void(database: Database, objects: Objects, first: str) -> None:
    with database.unit() as unit:
        made, id_ = sent(unit, objects)
        damaged = Arrival(True, made=LineEvent.DAMAGED, reason="crushed")
        bench.take_in(unit, id_, made.blind, damaged, by=BY, at=moment(8))
        if first == "reconciled":
            carriage.reconcile(unit, id_, by="u", at=moment(9))
        carriage.take_back(unit, id_, made.blind, True, by="u", at=moment(10))
        part = custody.of_role(unit, made.sample.id, Role.TEST)
        assert (custody.holder(unit, part.id), consignments.get(unit, id_).lines[0].state) == (STATION, L.RETURNED)
        assert (made.state, samples.get(unit, made.sample.id).reason) == (S.VOID, "crushed")
        assert part.id in [one.unit.id for one in retention.kept(unit, at=moment(11))], "it may be disposed of"


def test_a_unit_with_a_broken_seal_comes_back_is_kept_and_is_disposed_of(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, id_ = sent(unit, objects)
        bench.take_in(unit, id_, made.blind, Arrival(False), by=BY, at=moment(8))
        carriage.take_back(unit, id_, made.blind, True, by="u", at=moment(9))
        part = custody.of_role(unit, made.sample.id, Role.TEST)
        assert (part.state, custody.holder(unit, part.id), made.state) == (UnitState.COMPROMISED, STATION, S.VOID)
        disposals.put(unit, part.id, "cage 1", by="u", at=moment(10))
        retention.redate(unit, made.sample.id, by="flow:retain", at=moment(10))
        late = moment(24 * 200)
        one = disposals.propose(unit, part.id, DisposalMethod.DESTROYED, "spoilt", by="user:officer", at=late)
        disposals.approve(unit, one.id, by="user:second", at=late)
        disposals.carry_out(unit, one.id, Carried("Zhao Min", "yard"), by="user:officer", at=late)
        assert custody.get(unit, part.id).state is UnitState.DISPOSED
        assert custody_faults(dossiers.gather(unit, made.sample.code)) == ()


def test_a_twin_that_comes_back_is_kept_and_may_be_held(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        twin = custody.of_role(unit, made.sample.id, Role.BACKUP)
        packed = [Packed(twin, "BBACKUP01", "toys", ())]
        one = consignments.pack(unit, "L-02", packed, purpose="retest", by="u", at=moment(15))
        office.hand_over(unit, one.id, "W", by="user:coordinator", at=moment(15))
        held = disposals.hold(unit, twin.id, "court order", by="user:officer", at=moment(15))
        with pytest.raises(Conflict, match="on hold already"):
            disposals.hold(unit, twin.id, "court order", by="user:officer", at=moment(15))
        bench.refuse(unit, one.id, "no_capacity", by="user:lab2", at=moment(16))
        carriage.take_back(unit, one.id, "BBACKUP01", True, by="u", at=moment(17))
        [kept] = [each for each in retention.kept(unit, at=moment(18)) if each.unit.id == twin.id]
        assert (kept.unit.state, kept.unit.place, kept.hold) == (UnitState.RETAINED, STATION, held)


def test_a_unit_that_comes_back_with_a_broken_seal_ends_its_case(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, id_ = sent(unit, objects)
        bench.refuse(unit, id_, "papers_differ", by=BY, at=moment(8))
        carriage.take_back(unit, id_, made.blind, False, by="u", at=moment(9))
        part = custody.of_role(unit, made.sample.id, Role.TEST)
        assert (part.state, made.state, custody.handovers(unit, part.id)[-1].released_by) == (
            UnitState.COMPROMISED, S.VOID, CARRIER,
        )  # fmt: skip
        [seal] = seals.of_units(unit, [part.id])
        assert (custody.handovers(unit, part.id)[-1].condition, seal.reason) == ("broken_seal", "broken_seal")


def test_two_units_of_one_sample_are_told_apart_by_their_seals(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, id_ = sent(unit, objects)
        one = consignments.get(unit, id_)
        assert scans.scanned(unit, one, made.blind.lower()) == made.blind
        scans.seal_scanned(unit, one, made.blind, one.lines[0].seal_no)


def test_a_seal_takes_anothers_place_and_both_numbers_stand_in_one_entry(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        fresh, spare = seals.issue(unit, SealKind.TAPE, 2, by="u", at=moment(0)).numbers
        made = case(unit, objects, S.SEALED)
        part = custody.of_role(unit, made.sample.id, Role.BACKUP)
        new = Resealing(fresh, "Zhao Min", "officer Li", "customs looked inside")
        entry = resealing.reseal(unit, part.id, new, by="user:coordinator", at=moment(8))
        assert (entry.event, entry.old_seal_no, entry.seal_no) == (UnitEvent.RESEALED, part.seal_no, fresh)
        old, now = seals.find(unit, str(part.seal_no)), seals.find(unit, fresh)
        assert old is not None and now is not None
        assert (old.state, now.state, custody.get(unit, part.id).seal_no) == (
            SealState.BROKEN_AUTHORISED, SealState.APPLIED, fresh,
        )  # fmt: skip
        custody.look_at_seal(unit, part.id, True, by="u", at=moment(9))
        again = Resealing(spare, "Zhao Min", "officer Li", "once more")
        resealing.reseal(unit, part.id, again, by="user:coordinator", at=moment(10))
        dossier = dossiers.gather(unit, made.sample.code)
        assert custody_faults(dossier) == ()
        packed = [one for one in document(dossier, base="https://x", at=moment(20))["epcisBody"]["eventList"]
                  if one["type"] == "AggregationEvent"]  # fmt: skip
        assert [one["action"] for one in packed] == ["ADD", "ADD", "DELETE", "ADD", "DELETE", "ADD"]
    slip = Resealing(f"{spare[:-1]}*", "w", "o", "r")
    refused: tuple[tuple[Callable[[Unit], object], type[Exception]], ...] = (
        (lambda unit: resealing.reseal(unit, part.id, new, by="u", at=moment(11)), Conflict),
        (lambda unit: resealing.reseal(unit, part.id, slip, by="u", at=moment(11)), WrongSealNumber),
        (lambda unit: custody.record(unit, part.id, UnitEvent.RESEALED, by="u", at=moment(11)), Conflict),
    )  # fmt: skip
    for act, error in refused:
        with pytest.raises(error), database.unit() as unit:
            act(unit)


def test_no_other_seal_goes_on_what_is_packed_travels_or_is_with_a_laboratory(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        [fresh] = seals.issue(unit, SealKind.TAPE, 1, by="u", at=moment(0)).numbers
        made = case(unit, objects, S.NOTICE_SENT)
        part = custody.of_role(unit, made.sample.id, Role.TEST)
        new = Resealing(fresh, "Zhao Min", "officer Li", "torn")
        packed = [Packed(part, made.blind, "toys", ())]
        one = consignments.pack(unit, LAB, packed, purpose="first", by="u", at=moment(7))
        refusals = []
        for act in (
            lambda: None,
            lambda: office.hand_over(unit, one.id, "W", by="user:coordinator", at=moment(8)),
            lambda: bench.take_in(unit, one.id, made.blind, Arrival(True), by=BY, at=moment(9)),
        ):
            act()
            with pytest.raises(Conflict) as refused:
                resealing.reseal(unit, part.id, new, by="user:coordinator", at=moment(9))
            refusals.append(str(refused.value))
        assert [text_.partition(":")[0] for text_ in refusals] == [
            "the unit is packed, and its manifest names its seal", "the unit is with carrier", "the unit is with lab",
        ]  # fmt: skip


def test_a_seal_that_is_found_broken_is_written_down_and_not_replaced(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        [fresh] = seals.issue(unit, SealKind.TAPE, 1, by="u", at=moment(0)).numbers
        made = case(unit, objects, S.SEALED)
        part = custody.of_role(unit, made.sample.id, Role.BACKUP)
        new = Resealing(fresh, "Zhao Min", "officer Li", "torn", old_whole=False)
        entry = resealing.reseal(unit, part.id, new, by="user:coordinator", at=moment(8))
        assert (entry.event, entry.seal_ok, entry.condition) == (UnitEvent.SEAL_BROKEN, False, "broken_seal")
        old, spare = seals.find(unit, str(part.seal_no)), seals.find(unit, fresh)
        assert old is not None and spare is not None
        assert (old.state, spare.state, custody.get(unit, part.id).state) == (
            SealState.BROKEN_UNEXPLAINED, SealState.ISSUED, UnitState.COMPROMISED,
        )  # fmt: skip


def test_a_third_unit_is_sealed_where_the_rulebook_asks_for_it_alone(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.UNBOXED)
        with pytest.raises(NotAllowed, match="third unit"):
            shopping.seal(unit, made.sample.id, test_seal="F1", backup_seal="F2", third_seal="F3", witness="w",
                          place="p", photo=None, by="u", at=moment(6))  # fmt: skip
        sealings = [Sealing(role, f"F{role}", "w", "A1", "p") for role in Role]
        units = custody.seal(unit, made.sample.id, sealings, by="u", at=moment(6))
        assert [one.code[-1] for one in units] == ["A", "B", "C", "D"]
        assert custody_faults(dossiers.gather(unit, made.sample.code)) == ()


def test_a_link_ends_when_another_is_made_or_somebody_ends_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        _, id_ = sent(unit, objects)
        first, second = (
            receipt_links.make(unit, id_, expires_at=moment(99), by="u", at=moment(hour)) for hour in (8, 9)
        )
        assert receipt_links.opened(unit, first.link) is None
        found = receipt_links.opened(unit, second.link)
        assert found is not None
        assert (found[1].id, [one.id for one in receipt_links.live(unit, id_, moment(10))]) == (id_, [second.id])
        for _ in range(2):
            receipt_links.revoke(unit, second.id, by="u", at=moment(10))
        assert receipt_links.opened(unit, second.link) is None


def test_a_link_lasts_as_the_rulebook_of_its_campaign_says(
    database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT, of=campaign(unit, rulebook="cn-product"))
        handed_over(made)
        assert made.consignment is not None
        asked: list[str] = []

        def load(code: str) -> rulebook.Rulebook:
            asked.append(code)
            return RULES(code)

        monkeypatch.setattr("storage.receipt_links.rulebook.load", load)
        assert receipt_links.ends(unit, made.consignment, moment(8)) > moment(9)
        assert asked == ["cn-product"]
