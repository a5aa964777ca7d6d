"""Duplicates on their way: packed, handed over, awaited and chased, and nobody can tell them from first tests."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from dashboards.views import ticket
from flows import SWEEPS, dispatch, judge
from flows.wiring import World
from labs.consignment import DUPLICATE, FIRST, Consignment, ConsignmentState
from sampling import rulebook
from sampling.custody import Role, UnitState
from sampling.documents.kind import DocumentKind
from sampling.sample import SampleState
from storage import (
    campaigns,
    clock,
    consignments,
    custody,
    deadlines,
    documents,
    events,
    owed,
    parcel_papers,
    samples,
)
from storage.acts import bench, carriage, doubling, office
from storage.consignments import Packed
from storage.errors import NotFound
from storage.schema.sample import SampleRow
from storage.unit import Unit
from tests import build
from tests.build import LAB, Case, campaign, case, moment
from tests.flows.test_duplicates import keep_labs, order_of, planned, reported
from tests.storage.test_duplicates import opened, seal

S = SampleState
OTHER = "L-02"
RETAIN = SWEEPS["retain"]


def parcel(unit: Unit, made: Case, purpose: str) -> Consignment:
    """Give the consignment that carries a unit of a sample for a purpose."""
    code = order_of(unit, made, purpose).blind_code
    found = consignments.in_state(unit, *ConsignmentState)
    return next(one for one in found if code in {line.blind_code for line in one.lines})


def both(world: World) -> list[Case]:
    """Give two samples of one campaign that two laboratories have for the first test, each with a duplicate."""
    keep_labs(world, LAB, OTHER)
    with world.database.unit() as unit:
        of = campaign(unit, units_each=3)
        made = [opened(case(unit, world.objects, S.RECEIVED, of=of, number=number)) for number in (1, 2)]
        for one in made:
            doubling.name(unit, of.id, [one.sample.code], by="user:coordinator", at=moment(5))
            seal(one, f"F{one.number}D")
            build.told_of_sampling(one)
        unit.execute(update(SampleRow).where(SampleRow.id == made[1].sample.id).values(lab=OTHER))
    return made


def test_a_duplicate_travels_among_the_first_tests_of_its_laboratory(quiet: World) -> None:
    made = both(quiet)
    assert dict(dispatch.sweep(quiet, 9).outcomes)["packed"] == 4
    with quiet.database.unit() as unit:
        packed = consignments.in_state(unit, ConsignmentState.PACKED)
        assert sorted((one.lab, one.purpose, len(one.lines)) for one in packed) == [(LAB, FIRST, 2), (OTHER, FIRST, 2)]
        assert parcel(unit, made[0], DUPLICATE).id == parcel(unit, made[1], FIRST).id
        assert parcel(unit, made[1], DUPLICATE).id == parcel(unit, made[0], FIRST).id


def test_what_becomes_of_a_duplicate_moves_no_sample(quiet: World) -> None:
    first, second = both(quiet)
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        at, one = clock.now(unit), parcel(unit, first, DUPLICATE)
        office.hand_over(unit, one.id, "K2", by="user:coordinator", at=at)
        whole, lost = (
            order_of(unit, made, purpose).blind_code for made, purpose in ((second, FIRST), (first, DUPLICATE))
        )
        bench.take_in(unit, one.id, whole, bench.Arrival(True), by="user:bench", at=at)
        bench.finish(unit, one.id, by="user:bench", at=at)
        carriage.reconcile(unit, one.id, by="user:coordinator", at=at)
        assert [samples.get(unit, made.sample.id).state for made in (first, second)] == [S.NOTICE_SENT, S.AT_LAB]
        assert custody.of_role(unit, first.sample.id, Role.DUPLICATE).state is UnitState.LOST
        assert lost not in consignments.orders(unit, OTHER)


def test_the_receipts_of_both_count_alike(quiet: World) -> None:
    made = planned(quiet, labs=(LAB, OTHER))
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        for purpose in (FIRST, DUPLICATE):
            one = parcel(unit, made, purpose)
            office.hand_over(unit, one.id, "K2", by="user:coordinator", at=clock.now(unit))
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        said = []
        for purpose in (FIRST, DUPLICATE):
            code = order_of(unit, made, purpose).blind_code
            found = documents.last(unit, f"HR-{code}-2")
            assert found is not None and found.kind is DocumentKind.HANDOVER_RECEIPT
            text = quiet.objects.get(found.content_sha256).decode()
            said.append([line for line in text.split("{") if "Handover no." in line or "交接次序" in line])
        assert said[0] == said[1] != []
        kept = f"{made.sample.code}-D/2"
        with pytest.raises(NotFound, match="has no handover 2"):
            parcel_papers.of_handover(unit, kept, blind_to_nothing)


def blind_to_nothing(sample: object, role: Role) -> str:
    return role.value


def test_a_duplicate_that_left_first_is_waited_for_by_nobody(quiet: World) -> None:
    made = planned(quiet, labs=(LAB, OTHER))
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        at, one = clock.now(unit), parcel(unit, made, DUPLICATE)
        before = ticket.load_ticket(unit, samples.get(unit, made.sample.id))
        office.hand_over(unit, one.id, "K2", by="user:coordinator", at=at)
        assert ticket.load_ticket(unit, samples.get(unit, made.sample.id)) == before
        assert (before.waits, before.due_at) == (ticket.Waits.COORDINATOR, None)
        office.hand_over(unit, parcel(unit, made, FIRST).id, "K3", by="user:coordinator", at=at)
        after = ticket.load_ticket(unit, samples.get(unit, made.sample.id))
        assert (after.waits, after.due_at is None) == (ticket.Waits.CARRIER, False)


def test_the_report_on_a_duplicate_is_chased_wherever_its_sample_stands(quiet: World) -> None:
    made = planned(quiet, labs=(LAB, OTHER))
    dispatch.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        at, order = clock.now(unit), order_of(unit, made, DUPLICATE)
        one = parcel(unit, made, DUPLICATE)
        office.hand_over(unit, one.id, "K2", by="user:coordinator", at=at)
        bench.receive(unit, one.id, {order.blind_code: True}, by="user:bench", at=at)
    assert RETAIN(quiet, 10).outcomes == (("clock started", 1),)
    reported(quiet, made, FIRST, "210")
    judge.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        assert samples.get(unit, made.sample.id).state is S.VERDICT
        assert owed.waiting(unit) == (made.sample.id,)
        clock_ = deadlines.find(unit, made.sample.id, f"lab:{OTHER}", owed.TEST_REPORT, unit_id=order.unit_id)
        assert clock_ is not None
        [late] = owed.overdue(unit, clock_.due_at)
        assert (late.lab, late.due_at) == (f"lab:{OTHER}", clock_.due_at)
        far = clock_.due_at + timedelta(days=1)
        said = [owed.watch(unit, made.sample.id, by="flow:retain", at=far) for _ in range(2)]
        assert said == [("report overdue",), ()]


def test_each_unit_that_one_laboratory_has_is_awaited_by_a_clock_of_its_own(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = opened(case(unit, quiet.objects, S.RECEIVED, of=campaign(unit, units_each=3)))
        doubling.name(unit, made.sample.campaign_id, [made.sample.code], by="t", at=moment(5))
        seal(made)
        build.told_of_sampling(made)
        for role, hour in ((Role.DUPLICATE, 8), (Role.TEST, 32)):
            part = custody.of_role(unit, made.sample.id, role)
            packed = [Packed(part, f"B{role}", "toys", ())]
            one = consignments.pack(unit, LAB, packed, purpose=FIRST, by="t", at=moment(7))
            office.hand_over(unit, one.id, "K1", by="t", at=moment(7))
            bench.receive(unit, one.id, {f"B{role}": True}, by="t", at=moment(hour))
        sample = made.sample.id
        said = [owed.watch(unit, sample, by="flow:retain", at=moment(40)) for _ in range(2)]
        assert said == [("clock started", "clock started"), ()]
        twice, once = (one.due_at for one in reversed(deadlines.of_sample(unit, sample)))
        assert once < twice
        rules = rulebook.load(campaigns.get(unit, made.sample.campaign_id).rulebook)
        assert owed.dues(unit, [sample], rules) == {sample: twice}, "no verdict waits for the duplicate"
        said = [owed.watch(unit, sample, by="flow:retain", at=at) for at in (once, once, twice)]
        assert said == [("report overdue",), (), ("report overdue",)]
        told = [entry.data["unit"][-1] for entry in events.history(unit, sample) if entry.type == owed.OVERDUE]
        assert told == ["D", "A"]
