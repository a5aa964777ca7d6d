"""What coordinators and officers see and do, read from the view and the record."""

import io
import zipfile
from decimal import Decimal

import pytest

from dashboards.form import Done, Fault
from dashboards.views.ticket import PHASES, Phase, Waits
from dashboards.views.turn import NextAct
from labs.objection import ObjectionState
from labs.verdict import Outcome, VerdictState
from platforms.notice import NoticeKind, NoticeState
from reputation.publication import Publication, PublicationState
from sampling.campaign import CampaignState
from sampling.custody import Role, UnitEvent
from sampling.purchase import PurchaseState
from sampling.sample import SampleEvent, SampleState
from storage import (
    assignments,
    campaigns,
    custody,
    events,
    notices,
    objections,
    publications,
    purchases,
    samples,
    verdicts,
)
from storage.acts import bench, office
from storage.database import Database
from storage.objects import Objects
from tests import build
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.story import Story

CAMPAIGN = {
    "name_zh": "玩具专项",
    "name_en": "Toys",
    "platforms": ["oscar-mart"],
    "categories": ["toys", "cosmetics"],
    "sample_size": "12",
    "units_each": "2",
    "budget": "5,000.50",
    "seed": "0f" * 32,
}


def test_a_coordinator_plans_a_campaign(visitor: Visitor, database: Database, objects: Objects) -> None:
    answer = send(visitor("coordinator"), "/office/campaigns/new", CAMPAIGN, frame=("frame.csv", b"a,b\n1,2\n"))
    assert answer.status_code == 303
    with database.unit() as unit:
        (planned,) = campaigns.listed(unit)
    assert (planned.state, planned.sample_size, str(planned.budget.amount)) == (CampaignState.PLANNED, 12, "5000.50")
    assert (planned.platforms, planned.created_by) == (("oscar-mart",), "user:coordinator")
    assert objects.get(planned.files[0]) == b"a,b\n1,2\n"


def test_a_frame_file_alone_is_enough(visitor: Visitor, database: Database) -> None:
    alone = {**CAMPAIGN, "platforms": [], "categories": []}
    assert send(visitor("coordinator"), "/office/campaigns/new", alone, frame=("f.csv", b"a\n1\n")).status_code == 303
    with database.unit() as unit:
        (planned,) = campaigns.listed(unit)
    assert (planned.platforms, planned.categories, len(planned.files)) == ((), (), 1)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("name_zh", " ", Fault.MISSING),
        ("name_en", "x" * 121, Fault.TOO_LONG),
        ("platforms", [], Fault.MISSING),
        ("platforms", ["elsewhere"], Fault.NOT_OFFERED),
        ("categories", ["weapons"], Fault.NOT_OFFERED),
        ("sample_size", "twelve", Fault.NOT_A_NUMBER),
        ("sample_size", "0", Fault.NOT_POSITIVE),
        ("units_each", "21", Fault.NOT_POSITIVE),
        ("budget", "much", Fault.NOT_A_NUMBER),
        ("budget", "NaN", Fault.NOT_A_NUMBER),
        ("budget", "-5", Fault.NOT_POSITIVE),
        ("seed", "123", Fault.NOT_A_SEED),
    ],
)
def test_a_wrong_field_keeps_the_form_and_names_the_fault(
    visitor: Visitor, database: Database, field: str, value: object, fault: Fault
) -> None:
    answer = send(visitor("coordinator"), "/office/campaigns/new", {**CAMPAIGN, field: value})
    assert (answer.status_code, template(answer)) == (400, "office/campaign_form.html")
    assert errors(answer) == {field: fault}
    with database.unit() as unit:
        assert campaigns.listed(unit) == ()


def test_every_state_of_a_sample_has_its_place_on_the_board() -> None:
    assert set(PHASES) == set(SampleState)
    assert {phase for phase, _ in PHASES.values()} == {None, *Phase}


def test_the_board_puts_samples_into_phases(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        for stage in (story.captured, story.ordered, story.rejected, story.testing):
            stage()
        story.notified("20")
        story.judged("210")
    board = view(visitor("coordinator").get(f"/office/campaigns/{story.campaign.id}"))
    lanes = {lane.phase: lane.count for lane in board.lanes}
    assert lanes == {
        Phase.DRAWN: 1,
        Phase.BUYING: 1,
        Phase.SEALING: 0,
        Phase.TESTING: 1,
        Phase.DECIDING: 2,
        Phase.SETTLED: 0,
    }
    assert [one.reason for one in board.ended] == ["damaged"]
    assert (board.passed, board.failed) == (1, 1)


def test_the_board_is_drawn_although_no_calendar_holds_the_year(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, consignment = story.handed_over()
        bench.receive(unit, consignment, {sample.blind_code: True}, by="user:lab", at=story.at.replace(year=2077))
    answer = visitor("coordinator").get(f"/office/campaigns/{story.campaign.id}")
    [shown] = [one for lane in view(answer).lanes for one in lane.tickets]
    assert (answer.status_code, shown.due_at, shown.due_unknown, shown.late) == (200, None, True, False)


def test_a_sample_page_shows_everything_on_file(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.notified("210")
    client = visitor("officer")
    page = view(client.get(f"/office/samples/{sample.id}"))
    assert page.history.breaks == () and page.history.stages[0].entries[0].type == "targeted"
    assert (page.ticket.waits, page.act, page.act_at) == (Waits.SELLER, NextAct.PROVE_SERVICE, "#notices")
    assert page.act_is_ours
    assert [chain.faults for chain in page.chains] == [(), ()]
    row = next(row for row in page.measured if row.result.item == "migratable_lead")
    assert (row.limit.high, row.judged.outcome, row.result.u_expanded) == (90, Outcome.FAIL, 12)
    assert {sent.notice.kind for sent in page.notices} == {NoticeKind.SAMPLING, NoticeKind.RESULT}


@pytest.mark.parametrize(
    ("chance", "why", "gains"),
    [(Decimal("0.25"), "live+10 complaints+6", (("live", 10), ("complaints", 6))), (None, "", ())],
)
def test_a_sample_page_says_how_it_was_drawn_and_who_takes_it(
    visitor: Visitor, database: Database, chance: Decimal | None, why: str, gains: tuple[tuple[str, int], ...]
) -> None:
    with database.unit() as unit:
        campaign, listing = build.campaign(unit), build.framed(chance=chance, why=why)
        build.freeze(unit, campaign.id, [listing])
        sample = samples.target(unit, campaign.id, listing, blind_code="B1", lab="L-01", by="t", at=build.START)
        assignments.take(unit, sample.id, ["wang", "li"])
    page = view(visitor("coordinator").get(f"/office/samples/{sample.id}"))
    assert (page.placed.chance, page.gains, page.samplers) == (chance, gains, ("li", "wang"))


def test_evidence_is_shown_as_pictures_and_downloaded_otherwise(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.captured()
    client = visitor("coordinator")
    capture = view(client.get(f"/office/samples/{sample.id}")).shots[0].capture
    image = client.get(f"/office/captures/{capture.id}/files/page.png")
    assert (image.headers["content-type"], image.headers["content-disposition"][:6]) == ("image/png", "inline")
    page = client.get(f"/office/captures/{capture.id}/files/dom.html")
    assert (page.headers["content-type"], page.headers["content-disposition"][:10]) == (
        "application/octet-stream",
        "attachment",
    )
    assert "sandbox" in page.headers["content-security-policy"]
    with zipfile.ZipFile(io.BytesIO(client.get(f"/office/captures/{capture.id}/bundle.zip").content)) as bundle:
        assert {name.rpartition("/")[2] for name in bundle.namelist()} == {"page.png", "dom.html", "manifest.json"}
    assert client.get(f"/office/captures/{capture.id}/files/other.png").status_code == 404


def test_a_page_that_shows_the_cover_is_opened_by_an_officer_alone_and_the_look_is_kept(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.captured()
        capture = story.order_page(sample)
    files, bundle = (f"/office/captures/{capture.id}/{end}" for end in ("files/page.png", "bundle.zip"))
    assert [visitor("coordinator").get(path).status_code for path in (files, bundle)] == [403, 403]
    shots = view(visitor("coordinator").get(f"/office/samples/{sample.id}")).shots
    assert [shot.picture for shot in shots if shot.capture.restricted] == [None]
    assert [visitor("officer").get(path).status_code for path in (files, bundle)] == [200, 200]
    with database.unit() as unit:
        looks = [one.actor for one in events.history(unit, sample.id) if one.type == "looked_at"]
    assert looks == ["user:officer", "user:officer"]


@pytest.mark.parametrize(("looked", "seal_ok"), [({}, None), ({"seals": "whole"}, True)])
def test_a_coordinator_hands_a_consignment_over_and_says_whether_anybody_looked_at_the_seals(
    visitor: Visitor, database: Database, objects: Objects, looked: dict[str, str], seal_ok: bool | None
) -> None:
    with database.unit() as unit:
        sample, consignment = Story.begin(unit, objects).packed()
    client = visitor("coordinator")
    path = f"/office/consignments/{consignment}/handover"
    assert errors(send(client, path)) == {f"waybill-{consignment}": Fault.MISSING}
    assert send(client, path, {"waybill": "SF1", **looked}).status_code == 303
    with database.unit() as unit:
        left = custody.handovers(unit, custody.of_role(unit, sample.id, Role.TEST).id)[-1]
        assert (left.event, left.seal_ok) == (UnitEvent.HANDED_OVER, seal_ok)
    again = send(client, path, {"waybill": "SF1"})
    assert (again.status_code, view(again).code) == (409, "illegal_move")


def test_a_second_person_confirms_a_verdict(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample, verdict = Story.begin(unit, objects).judged()
    officer = visitor("officer")
    asked = officer.get("/office/decisions")
    [case] = view(asked).verdicts
    assert [limit.id for limit in case.limits] == [limit.id for limit in case.unread] == ["cn-toys-migratable-lead"]
    assert "remembered and not read at its source" in asked.text
    place = f"/office/verdicts/{verdict.id}/confirmation"
    assert errors(send(officer, place)) == {"limits_read": Fault.MISSING}
    assert send(officer, place, {"limits_read": "yes"}).status_code == 303
    assert send(officer, place, {"limits_read": "yes"}).status_code == 409
    with database.unit() as unit:
        [told] = [one for one in events.history(unit, sample.id) if (one.noun, one.type) == ("verdict", "confirmed")]
        assert told.data == {"limits_read": ["cn-toys-migratable-lead"]}
        assert verdicts.get(unit, verdict.id).state is VerdictState.CONFIRMED
        assert verdicts.get(unit, verdict.id).confirmed_by == "user:officer"
        assert samples.get(unit, sample.id).state is SampleState.VERDICT


def test_an_objection_is_recorded_and_decided(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.notified()
        seller = f"seller:oscar-mart/{sample.seller}"
        told = next(one for one in notices.of_sample(unit, sample.id) if one.recipient == seller)
    officer = visitor("officer")
    proof = send(officer, f"/office/notices/{told.id}/service", {"proof": "letter 7", "sample": "//evil.example"})
    assert proof.headers["location"].endswith(f"/office/samples/{sample.id}?done={Done.SERVED}")
    path = f"/office/samples/{sample.id}/objections"
    assert errors(send(officer, path, {"kind": "colour"})) == {
        "party": Fault.MISSING, "grounds": Fault.MISSING, "kind": Fault.NOT_OFFERED,
    }  # fmt: skip
    sent = {"party": seller, "kind": "result", "grounds": "Our own test passed."}
    assert send(officer, path, sent).status_code == 303
    with database.unit() as unit:
        (lodged,) = objections.of_sample(unit, sample.id)
    path = f"/office/objections/{lodged.id}"
    assert errors(send(officer, path, {"decision": "ignore", "reason": "x"})) == {
        f"decision-{lodged.id}": Fault.NOT_OFFERED
    }
    assert send(officer, path, {"decision": "dismiss", "reason": "method agrees"}).status_code == 303
    with database.unit() as unit:
        assert objections.get(unit, lodged.id).state is ObjectionState.CLOSED
        assert samples.get(unit, sample.id).state is SampleState.NOTIFIED  # the windows of the others run on


def test_an_officer_approves_a_notice(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        draft = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart", issued=False)
    officer = visitor("officer")
    assert send(officer, f"/office/notices/{draft.id}/approval").status_code == 303
    with database.unit() as unit:
        assert notices.get(unit, draft.id).state is NoticeState.APPROVED
        assert notices.approver(unit, draft.id) == ("flow:notify", "user:officer")
    assert visitor("coordinator").get("/office/deliveries").status_code == 200


@pytest.mark.parametrize(
    ("fields", "state"),
    [({"found": "yes", "order_no": "100099"}, PurchaseState.PLACED), ({"found": "no"}, PurchaseState.FAILED)],
)
def test_a_lost_order_is_settled_by_a_person(
    visitor: Visitor, database: Database, objects: Objects, fields: dict[str, object], state: PurchaseState
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).lost_sight()
        (order,) = purchases.of_sample(unit, sample.id)
    client = visitor("coordinator")
    path = f"/office/purchases/{order.id}"
    assert errors(send(client, path)) == {f"found-{order.id}": Fault.MISSING}
    assert errors(send(client, path, {"found": "yes"})) == {f"order_no-{order.id}": Fault.MISSING}
    assert send(client, path, fields).status_code == 303
    with database.unit() as unit:
        assert [one.state for one in purchases.of_sample(unit, sample.id)] == [state]


def proposed(story: Story, by: str = "user:coordinator") -> Publication:
    """Propose the result of a settled sample."""
    sample = story.notified()
    samples.record(story.unit, sample.id, SampleEvent.WINDOW_CLOSED, by="flow:settle", at=story.tick())
    for told in notices.of_sample(story.unit, sample.id):
        if told.kind is NoticeKind.RESULT:
            office.prove_service(story.unit, told.id, "letter", by="user:officer", at=story.tick())
    number = publications.next_number(story.unit, story.at)
    entry = {
        "number": number, "version": 1, "sample": sample.code, "platform": "oscar-mart", "item_id": sample.item_id,
        "title": "Car", "category": "toys", "seller": sample.seller, "brand": "Xinghe", "outcome": "fail",
        "basis": "risk_targeted", "sampled_on": "2026-11-03", "lab": "L-01",
        "items": [{"item": "migratable_lead", "outcome": "fail", "limit": "x", "found": "210"}],
    }  # fmt: skip
    return publications.propose(story.unit, sample.id, entry, number=number, disputed=False, by=by, at=story.tick())


def test_a_publication_needs_its_gates_and_a_second_person(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        own = proposed(Story.begin(unit, objects), by="user:officer")
    answer = send(visitor("officer"), f"/office/publications/{own.id}/approval")
    assert answer.status_code in (403, 409)
    with database.unit() as unit:
        assert publications.in_state(unit, PublicationState.PROPOSED)[0].approved_by is None
    path = f"/office/publications/{own.id}/refusal"
    assert errors(send(visitor("officer"), path)) == {f"reason-{own.id}": Fault.MISSING}
    assert send(visitor("officer"), path, {"reason": "wrong batch"}).status_code == 303
    client = visitor(None)
    assert client.get(f"/results/{own.number}").status_code == 404
    assert client.get("/results/results.json").json()["entries"] == []
    assert own.number not in client.get("/corrections").text


def test_a_proposal_that_is_not_ready_says_which_gates_are_closed(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).notified()
    answer = send(visitor("coordinator"), f"/office/samples/{sample.id}/publication")
    assert (answer.status_code, view(answer).code) == (409, "not_ready")
