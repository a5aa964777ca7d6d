"""What each page shows and each form does, read from the view and the record."""

import io
import zipfile

import pytest
from starlette.testclient import TestClient

from dashboards.form import Done, Fault
from dashboards.views.board import PHASES, Phase
from labs.objection import ObjectionState
from labs.verdict import Outcome, VerdictState
from platforms.notice import NoticeKind, NoticeState
from reputation.publication import PublicationState
from sampling.campaign import CampaignState
from sampling.custody import UnitState
from sampling.purchase import PurchaseState
from sampling.sample import SampleEvent, SampleState
from storage import campaigns, consignments, custody, events, notices, objections, publications, purchases, samples, verdicts
from storage.acts import office
from storage.database import Database
from storage.objects import Objects
from tests.dashboards.conftest import Visitor, form_token
from tests.dashboards.story import Story, picture


def view(answer: object) -> object:
    """Give the view a page was made of."""
    return answer.context["view"]  # type: ignore[attr-defined]


def errors(answer: object) -> dict[str, Fault]:
    """Give the faults a page shows."""
    return dict(answer.context["form"].errors)  # type: ignore[attr-defined]


def send(client: TestClient, path: str, fields: dict[str, object] | None = None, **files: tuple[str, bytes]) -> object:
    """Send a form as the page would."""
    return client.post(path, data={"form_token": form_token(client), **(fields or {})}, files=files or None)


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
    assert answer.status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        (planned,) = campaigns.listed(unit)
    assert (planned.state, planned.sample_size, str(planned.budget.amount)) == (CampaignState.PLANNED, 12, "5000.50")
    assert (planned.platforms, planned.created_by) == (("oscar-mart",), "user:coordinator")
    assert objects.get(planned.files[0]) == b"a,b\n1,2\n"


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
    assert (answer.status_code, answer.template.name) == (400, "office/campaign_form.html")  # type: ignore[attr-defined]
    assert errors(answer) == {field: fault}
    with database.unit() as unit:
        assert campaigns.listed(unit) == ()


def test_every_state_of_a_sample_has_its_place_on_the_board() -> None:
    assert set(PHASES) == set(SampleState)
    assert {phase for phase, _ in PHASES.values()} == {None, *Phase}


def test_the_board_puts_samples_into_phases(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        story.captured(), story.ordered(), story.rejected(), story.testing(), story.notified("20"), story.judged("210")
    board = view(visitor("coordinator").get(f"/office/campaigns/{story.campaign.id}"))
    lanes = {lane.phase: lane.count for lane in board.lanes}  # type: ignore[attr-defined]
    assert lanes == {Phase.DRAWN: 1, Phase.BUYING: 1, Phase.SEALING: 0, Phase.TESTING: 1, Phase.DECIDING: 2, Phase.SETTLED: 0}
    assert [one.reason for one in board.ended] == ["damaged"]  # type: ignore[attr-defined]
    assert (board.passed, board.failed) == (1, 1)  # type: ignore[attr-defined]


def test_a_sample_page_shows_everything_on_file(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.notified("210")
    client = visitor("officer")
    page = view(client.get(f"/office/samples/{sample.id}"))
    assert page.breaks == () and page.timeline[0].type == "targeted"  # type: ignore[attr-defined]
    assert [chain.gaps for chain in page.chains] == [(), ()]  # type: ignore[attr-defined]
    row = next(row for row in page.measured if row.result.item == "migratable_lead")  # type: ignore[attr-defined]
    assert (row.limit.high, row.judged.outcome, row.guard) == (90, Outcome.FAIL, 12)
    assert {sent.notice.kind for sent in page.notices} == {NoticeKind.SAMPLING, NoticeKind.RESULT}  # type: ignore[attr-defined]


def test_evidence_is_shown_as_pictures_and_downloaded_otherwise(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.captured()
    client = visitor("coordinator")
    capture = view(client.get(f"/office/samples/{sample.id}")).shots[0].capture  # type: ignore[attr-defined]
    image = client.get(f"/office/captures/{capture.id}/files/page.png")
    assert (image.headers["content-type"], image.headers["content-disposition"][:6]) == ("image/png", "inline")
    page = client.get(f"/office/captures/{capture.id}/files/dom.html")
    assert (page.headers["content-type"], page.headers["content-disposition"][:10]) == ("application/octet-stream", "attachment")
    assert "sandbox" in page.headers["content-security-policy"]
    with zipfile.ZipFile(io.BytesIO(client.get(f"/office/captures/{capture.id}/bundle.zip").content)) as bundle:
        assert {name.rpartition("/")[2] for name in bundle.namelist()} == {"page.png", "dom.html", "manifest.json"}
    assert client.get(f"/office/captures/{capture.id}/files/other.png").status_code == 404


def test_a_coordinator_hands_a_consignment_over(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        _, consignment = Story.begin(unit, objects).packed()
    client = visitor("coordinator")
    path = f"/office/consignments/{consignment}/handover"
    assert errors(send(client, path)) == {f"waybill-{consignment}": Fault.MISSING}
    assert send(client, path, {"waybill": "SF1"}).status_code == 303  # type: ignore[attr-defined]
    again = send(client, path, {"waybill": "SF1"})
    assert (again.status_code, view(again).code) == (409, "illegal_move")  # type: ignore[attr-defined]


def test_a_second_person_confirms_a_verdict(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample, verdict = Story.begin(unit, objects).judged()
    officer = visitor("officer")
    assert len(view(officer.get("/office/decisions")).verdicts) == 1  # type: ignore[attr-defined]
    assert send(officer, f"/office/verdicts/{verdict.id}/confirmation").status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
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
    proof = send(officer, f"/office/notices/{told.id}/service", {"proof": "letter 7", "sample": str(sample.id)})
    assert proof.headers["location"].endswith(f"?done={Done.SERVED}")  # type: ignore[attr-defined]
    path = f"/office/samples/{sample.id}/objections"
    assert errors(send(officer, path, {"kind": "colour"})) == {
        "party": Fault.MISSING, "grounds": Fault.MISSING, "kind": Fault.NOT_OFFERED,
    }  # fmt: skip
    sent = {"party": seller, "kind": "result", "grounds": "Our own test passed."}
    assert send(officer, path, sent).status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        (lodged,) = objections.of_sample(unit, sample.id)
    path = f"/office/objections/{lodged.id}"
    assert errors(send(officer, path, {"decision": "ignore", "reason": "x"})) == {f"decision-{lodged.id}": Fault.NOT_OFFERED}
    assert send(officer, path, {"decision": "dismiss", "reason": "method agrees"}).status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert objections.get(unit, lodged.id).state is ObjectionState.CLOSED
        assert samples.get(unit, sample.id).state is SampleState.FINAL


def test_an_officer_approves_a_notice(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        draft = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart", issued=False)
    officer = visitor("officer")
    assert send(officer, f"/office/notices/{draft.id}/approval").status_code == 303  # type: ignore[attr-defined]
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
    assert send(client, path, fields).status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert [one.state for one in purchases.of_sample(unit, sample.id)] == [state]


def proposed(story: Story, by: str = "user:coordinator") -> publications.Publication:
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
    return publications.propose(
        story.unit, sample.id, entry, number=number, disputed=False, by=by, at=story.tick()
    )


def test_a_publication_needs_its_gates_and_a_second_person(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        own = proposed(Story.begin(unit, objects), by="user:officer")
    answer = send(visitor("officer"), f"/office/publications/{own.id}/approval")
    assert answer.status_code in (403, 409)  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert publications.in_state(unit, PublicationState.PROPOSED)[0].approved_by is None
    path = f"/office/publications/{own.id}/refusal"
    assert errors(send(visitor("officer"), path)) == {f"reason-{own.id}": Fault.MISSING}
    assert send(visitor("officer"), path, {"reason": "wrong batch"}).status_code == 303  # type: ignore[attr-defined]
    assert visitor(None).get(f"/results/{own.number}").status_code in (200, 404)


def test_a_proposal_that_is_not_ready_says_which_gates_are_closed(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).notified()
    answer = send(visitor("coordinator"), f"/office/samples/{sample.id}/publication")
    assert (answer.status_code, view(answer).code) == (409, "not_ready")  # type: ignore[attr-defined]


def test_a_shopper_walks_a_task_from_parcel_to_seal(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.shipped()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    client, path = visitor("shopper"), f"/shopper/tasks/{task.id}"
    assert [pair[1].id for pair in view(client.get("/shopper")).to_do] == [sample.id]  # type: ignore[attr-defined]
    wrong = send(client, f"{path}/parcel", {"weight_g": "x", "condition": "eaten"}, photo=("a.jpg", b"no picture"))
    assert errors(wrong) == {
        "weight_g": Fault.NOT_A_NUMBER, "condition": Fault.NOT_OFFERED, "photo": Fault.NOT_A_PICTURE,
    }  # fmt: skip
    sent = {"weight_g": "800", "condition": "intact"}
    assert send(client, f"{path}/parcel", sent, photo=("a.png", picture("x"))).status_code == 303  # type: ignore[attr-defined]
    opened = {"matches_listing": "yes", "lot": "A7", "quantity": "2"}
    assert errors(send(client, f"{path}/unpacking", {"lot": "A7"})).keys() == {"matches_listing", "quantity"}
    assert send(client, f"{path}/unpacking", opened).status_code == 303  # type: ignore[attr-defined]
    seals = {"test_seal": "F1", "backup_seal": "F1", "witness": "shopper", "place": "Hangzhou"}
    assert errors(send(client, f"{path}/seals", seals)) == {
        "backup_seal": Fault.SAME_SEAL, "witness": Fault.SAME_PERSON,
    }  # fmt: skip
    assert send(client, f"{path}/seals", {**seals, "backup_seal": "F2", "witness": "Zhao"}).status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert samples.get(unit, sample.id).state is SampleState.SEALED
        assert [(one.seal_no, one.lot, one.state) for one in custody.units(unit, sample.id)] == [
            ("F1", "A7", UnitState.SEALED), ("F2", "A7", UnitState.RETAINED),
        ]  # fmt: skip
        parcel = next(one for one in events.history(unit, sample.id) if one.type == "received")
    assert objects.has(parcel.data["photos"][0]) and parcel.actor == "user:shopper"


def test_a_shopper_rejects_goods(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).unboxed()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    client = visitor("shopper")
    path = f"/shopper/tasks/{task.id}/rejection"
    assert errors(send(client, path, {"reason": "ugly"})) == {"reason": Fault.NOT_OFFERED}
    assert send(client, path, {"reason": "mixed_lots"}).status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert (samples.get(unit, sample.id).state, samples.get(unit, sample.id).reason) == (SampleState.REJECTED, "mixed_lots")


def test_another_shoppers_task_is_refused(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        Story.begin(unit, objects).shipped()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    other = visitor("othershopper")
    assert other.get(f"/shopper/tasks/{task.id}").status_code == 403
    sent = {"weight_g": "800", "condition": "intact"}
    assert send(other, f"/shopper/tasks/{task.id}/parcel", sent).status_code == 403  # type: ignore[attr-defined]


def test_a_laboratory_sees_blind_codes_and_nothing_of_the_seller(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample, consignment = Story.begin(unit, objects).handed_over()
    client = visitor("lab")
    for path in ("/lab", f"/lab/consignments/{consignment}"):
        text = client.get(path).text
        assert sample.blind_code in text
        for secret in (sample.seller, sample.brand, sample.platform, sample.url, sample.title, sample.code, str(sample.id)):
            assert secret not in text, (path, secret)


def test_a_laboratory_receives_and_tests(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample, consignment = Story.begin(unit, objects).handed_over()
    client, path = visitor("lab"), f"/lab/consignments/{consignment}"
    assert errors(send(client, f"{path}/receipt")) == {f"seal-{sample.blind_code}": Fault.MISSING}
    assert send(client, f"{path}/receipt", {f"seal-{sample.blind_code}": "ok"}).status_code == 303  # type: ignore[attr-defined]
    assert send(client, f"{path}/units/{sample.blind_code}/test").status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert samples.get(unit, sample.id).state is SampleState.TESTING
        assert consignments.get(unit, consignment).lines[0].blind_code == sample.blind_code


def test_another_laboratory_is_refused(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, consignment = story.at_lab()
        _, upload = story.reported()
    other = visitor("otherlab")
    assert other.get(f"/lab/consignments/{consignment}").status_code == 403
    assert send(other, f"/lab/consignments/{consignment}/units/{sample.blind_code}/test").status_code == 403  # type: ignore[attr-defined]
    assert other.get(f"/lab/uploads/{upload.id}").status_code == 403


def test_a_consignment_that_has_not_left_is_not_shown_to_its_laboratory(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        _, consignment = Story.begin(unit, objects).packed()
    assert visitor("lab").get(f"/lab/consignments/{consignment}").status_code == 403


def test_a_laboratory_sends_a_file(visitor: Visitor, objects: Objects) -> None:
    client = visitor("lab")
    assert errors(send(client, "/lab/uploads")) == {"file": Fault.MISSING}
    assert errors(send(client, "/lab/uploads", file=("a.exe", b"MZ"))) == {"file": Fault.NOT_A_RESULT_FILE}
    answer = send(client, "/lab/uploads", file=("results.csv", b"a,b\n"))
    again = send(client, "/lab/uploads", file=("results.csv", b"a,b\n"))
    assert answer.headers["location"] == again.headers["location"]  # type: ignore[attr-defined]
    receipt = view(client.get(answer.headers["location"]))  # type: ignore[attr-defined]
    assert objects.get(receipt.upload.sha256) == b"a,b\n"  # type: ignore[attr-defined]


def test_a_platform_answers_its_notices(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        notice = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart")
        hidden = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart", issued=False)
    client, path = visitor("platform"), f"/platform/notices/{notice.id}"
    assert hidden.id not in {one.id for one in view(client.get("/platform"))}  # type: ignore[attr-defined]
    assert client.get(f"/platform/notices/{hidden.id}").status_code == 403
    assert send(client, f"{path}/receipt").status_code == 303  # type: ignore[attr-defined]
    assert errors(send(client, f"{path}/action", {"claimed": "refused"})) == {"reason": Fault.MISSING}
    assert errors(send(client, f"{path}/contest")) == {"grounds": Fault.MISSING}
    assert send(client, f"{path}/action", {"claimed": "removed"}).status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert notices.get(unit, notice.id).state is NoticeState.CLAIMED_DONE
        assert [said.kind for said in notices.answers(unit, notice.id)] == ["acknowledged", "removed"]
    other = visitor("otherplatform")
    assert other.get(path).status_code == 403
    assert send(other, f"{path}/receipt").status_code == 403  # type: ignore[attr-defined]


def test_a_platform_contests(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        notice = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart")
    path = f"/platform/notices/{notice.id}/contest"
    assert send(visitor("platform"), path, {"grounds": "another product"}).status_code == 303  # type: ignore[attr-defined]
    with database.unit() as unit:
        assert notices.get(unit, notice.id).state is NoticeState.CONTESTED


def test_pages_of_an_unknown_row_are_404(visitor: Visitor) -> None:
    client = visitor("officer")
    for path in ("/office/samples/x", "/office/campaigns/01920000-0000-7000-8000-000000000000", "/nowhere", "/results/P0"):
        answer = client.get(path)
        assert (answer.status_code, view(answer).code) == (404, "not_found")  # type: ignore[attr-defined]


