"""Every sweep is a tick: what is due is done once, and a second sweep right after does nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from flows import NAMES, SWEEPS
from flows.wiring import World
from labs.columns import of_results
from labs.consignment import ConsignmentState
from labs.report import Reading, UploadState
from labs.verdict import Outcome
from platforms.notice import NoticeKind, NoticeState
from platforms.takedown import TakedownOutcome
from reputation.publication import PublicationEvent, PublicationState
from sampling.campaign import CampaignState
from sampling.custody import Role
from sampling.sample import SampleState
from storage import (
    accounts,
    campaigns,
    clock,
    consignments,
    deliveries,
    documents,
    events,
    ledger,
    notices,
    publications,
    receipt_links,
    retention,
    samples,
    scores,
    uploads,
    verdicts,
)
from storage import custody as custody_of
from storage.acts import desk, office, press
from storage.consignments import Packed
from storage.role import UserRole
from storage.unit import Unit
from tests import build
from tests.build import DESK, LAB, Case, case, moment
from tests.flows.people import drawn, offer, pass_time, target
from tests.flows.test_plan import frame_file
from tests.flows.test_purchase import seen

S = SampleState
LATE = 24 * 40
Proof = Callable[[Unit], bool]


def plan(world: World, unit: Unit) -> Proof:
    files = (world.objects.put(frame_file()),)
    build.campaign(unit, platforms=(), categories=("toys", "electrical"), files=files)
    return lambda unit: campaigns.listed(unit)[0].state is CampaignState.SAMPLING


def capture(world: World, unit: Unit) -> Proof:
    listing = offer(world, "2006")
    sample = target(unit, drawn(world, unit, [listing]), listing)
    return lambda unit: samples.get(unit, sample.id).state is S.CAPTURED


def stamp(world: World, unit: Unit) -> Proof:
    case(unit, world.objects, S.CAPTURED)
    return lambda unit: ledger.latest(unit) is not None


def purchase(world: World, unit: Unit) -> Proof:
    listing = offer(world, "2009")
    sample = seen(unit, world, target(unit, drawn(world, unit, [listing]), listing), str(listing.price))
    return lambda unit: samples.get(unit, sample.id).state is S.ORDERED


def track(world: World, unit: Unit) -> Proof:
    made = case(unit, world.objects, S.SHIPPED)
    return lambda unit: said(unit, made, "purchase", "overdue")


def receive(world: World, unit: Unit) -> Proof:
    made = case(unit, world.objects, S.NOTICE_SENT)
    build.handed_over(made)
    return lambda unit: said(unit, made, "consignment", "overdue")


def said(unit: Unit, made: Case, noun: str, type_: str) -> bool:
    return (noun, type_) in {(one.noun, one.type) for one in events.history(unit, made.sample.id)}


def dispatch(world: World, unit: Unit) -> Proof:
    """Three samples: one to pack, one that has left, and one whose laboratory has an account."""
    accounts.add_user(unit, accounts.new_user("bench", "Bench", UserRole.LAB, lab=build.LAB))
    of = build.campaign(unit)
    fresh, left, away = (case(unit, world.objects, S.NOTICE_SENT, number=number, of=of) for number in (1, 2, 3))
    build.handed_over(left)
    part = custody_of.of_role(unit, away.sample.id, Role.TEST)
    far = consignments.pack(unit, "L-09", [Packed(part, away.blind, "toys", ())], purpose="first", by="t", at=moment(7))
    office.hand_over(unit, far.id, "K9", by="t", at=moment(7))
    assert left.consignment is not None

    def proof(unit: Unit) -> bool:
        [order] = consignments.of_sample(unit, fresh.sample.id)
        states = {consignments.get(unit, id_).state for id_ in (left.consignment, far.id) if id_}
        links = [len(receipt_links.live(unit, id_, clock.now(unit))) for id_ in (left.consignment, far.id) if id_]
        [packed] = consignments.in_state(unit, ConsignmentState.PACKED)
        printed = documents.last(unit, f"CM-{packed.number}")
        return (order.lab, states, links, printed is not None) == (
            build.LAB, {ConsignmentState.IN_TRANSIT}, [0, 1], True,
        )  # fmt: skip

    return proof


def intake(world: World, unit: Unit) -> Proof:
    one = uploads.receive(unit, world.objects, LAB, "results.csv", b"nothing of use", by="user:lab", at=moment(10))
    return lambda unit: (
        uploads.get(unit, one.id).state is UploadState.REJECTED and uploads.get(unit, one.id).findings != ()
    )


def judge(world: World, unit: Unit) -> Proof:
    made = case(unit, world.objects, S.TESTING)
    report(made, "210")
    return lambda unit: (
        made_state(unit, made) is S.VERDICT
        and [item.outcome for item in verdicts.of_sample(unit, made.sample.id)] == [Outcome.FAIL]
    )


def notify(world: World, unit: Unit) -> Proof:
    made = case(unit, world.objects, S.SEALED)
    return lambda unit: (
        made_state(unit, made) is S.NOTICE_SENT
        and {item.kind for item in notices.of_sample(unit, made.sample.id)} == {NoticeKind.SAMPLING}
        and len(notices.of_sample(unit, made.sample.id)) == 2
    )


def deliver(world: World, unit: Unit) -> Proof:
    made = case(unit, world.objects, S.TARGETED)
    one = build.notice(unit, made.sample, NoticeKind.DELISTING, at=clock.now(unit))
    deliveries.announce(unit, one, "portal", "notice.issued", at=clock.now(unit))
    return lambda unit: [item.state.value for item, _ in deliveries.of_notice(unit, one.id)] == ["delivered"]


def verify(world: World, unit: Unit) -> Proof:
    listing = offer(world, "2006")  # no test takes it off the shop, which all of them share
    sample = target(unit, drawn(world, unit, [listing]), listing)
    one = build.notice(unit, sample, NoticeKind.DELISTING, at=clock.now(unit))
    desk.claim(unit, one.id, DESK, "removed", None, by="user:desk", at=clock.now(unit))
    return lambda unit: [item.outcome for item in notices.checks(unit, one.id)] == [TakedownOutcome.LIVE.value]


def publish(world: World, unit: Unit) -> Proof:
    made = approved(world, unit)
    return lambda unit: (
        made_state(unit, made) is S.CLOSED
        and [item.state for item in publications.shown(unit)] == [PublicationState.PUBLISHED]
        and events.count(unit, "release", "released") == 1
    )


def score(world: World, unit: Unit) -> Proof:
    made = approved(world, unit)
    [waiting] = publications.in_state(unit, PublicationState.APPROVED)
    publications.record(unit, waiting.id, PublicationEvent.PUBLISHED, by="flow:publish", at=moment(LATE))
    return lambda unit: (
        [item.subject for item in scores.listed(unit, "seller")] == [f"{build.PLATFORM}/{made.sample.seller}"]
        and [item.subject for item in scores.listed(unit, "platform")] == [build.PLATFORM]
    )


def retain(world: World, unit: Unit) -> Proof:
    made = case(unit, world.objects, S.FINAL)
    twin = custody_of.of_role(unit, made.sample.id, Role.BACKUP)
    return lambda unit: retention.last(unit, twin.id) is not None


READY = {
    "plan": plan,
    "capture": capture,
    "stamp": stamp,
    "purchase": purchase,
    "track": track,
    "receive": receive,
    "dispatch": dispatch,
    "intake": intake,
    "judge": judge,
    "notify": notify,
    "deliver": deliver,
    "verify": verify,
    "publish": publish,
    "score": score,
    "retain": retain,
}


def report(made: Case, value: str) -> None:
    """Commit a laboratory's file with one result."""
    given = build.result(made.blind, value, u_expanded=Decimal(2), tested_on=date(2026, 3, 3))
    one = uploads.receive(made.unit, made.objects, LAB, "r.csv", value.encode(), by="user:lab", at=moment(10))
    reading = Reading((build.report(),), (), of_results([given]))
    uploads.commit(made.unit, one.id, reading, {made.blind: made.sample.id}, by="t", at=moment(10))


def approved(world: World, unit: Unit) -> Case:
    """Give a passed case whose publication a second person approved."""
    campaign = build.campaign(unit)
    build.freeze(unit, campaign.id, [build.framed()])
    made = case(unit, world.objects, S.FINAL, outcome=Outcome.PASS, of=campaign)
    proposal = press.propose_publication(unit, made.sample.id, by="user:officer", at=moment(LATE))
    press.approve_publication(unit, proposal.id, by="user:chief", at=moment(LATE))
    return made


def made_state(unit: Unit, made: Case) -> SampleState:
    return samples.get(unit, made.sample.id).state


def test_every_flow_is_in_the_table() -> None:
    assert tuple(READY) == NAMES == tuple(SWEEPS)


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_a_second_sweep_does_nothing(name: str, world: World) -> None:
    with world.database.unit() as unit:
        proof = READY[name](world, unit)
    first = SWEEPS[name](world, 100)
    assert first.done >= 1, first
    with world.database.unit() as unit:
        assert proof(unit)
        written = snapshot(unit)
    second = SWEEPS[name](world, 100)
    assert second.done == 0, second
    with world.database.unit() as unit:
        assert snapshot(unit) == written


def test_a_sweep_with_nothing_due_does_nothing(world: World) -> None:
    assert {name: SWEEPS[name](world, 100).outcomes for name in NAMES} == dict.fromkeys(NAMES, ())


def snapshot(unit: Unit) -> list[tuple[object, ...]]:
    """Give every state and every event, which no idle sweep may add to."""
    tables = ("sample", "purchase", "notice", "delivery", "publication", "verdict", "upload", "consignment", "campaign")
    states = [tuple(row) for name in tables for row in unit.execute(text(f"SELECT id, state FROM {name} ORDER BY id"))]
    return [*states, *map(tuple, unit.execute(text("SELECT case_id, seq, hash FROM event ORDER BY case_id, seq")))]


def test_a_demand_is_drafted_approved_by_a_person_issued_and_climbs_when_it_is_late(world: World) -> None:
    notify_sweep = SWEEPS["notify"]
    with world.database.unit() as unit:
        made = case(unit, world.objects, S.FINAL)
    assert notify_sweep(world, 100).outcomes == (("demand drafted", 1),)
    assert notify_sweep(world, 100).done == 0, "it waits for a person"
    with world.database.unit() as unit:
        [demand] = [one for one in notices.of_sample(unit, made.sample.id) if one.kind is NoticeKind.DELISTING]
        office.approve_notice(unit, demand.id, by="user:officer", at=clock.now(unit))
    assert notify_sweep(world, 100).done == 1
    with world.database.unit() as unit:
        assert made_state(unit, made) is S.DISPOSAL
        assert notices.get(unit, demand.id).state is NoticeState.ISSUED
    pass_time(world, days=30)
    climbed = [notify_sweep(world, 100).done for _ in range(5)]
    assert climbed == [1, 1, 1, 0, 0], "rung by rung, and then no more"
    with world.database.unit() as unit:
        told = [item.event_key for item, _ in deliveries.of_notice(unit, demand.id)]
        assert told == ["", "level-2", "level-3", "level-4"], "the reminder came too late"
        assert notices.get(unit, demand.id).level == 4
