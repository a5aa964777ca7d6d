"""What shoppers, laboratories and platforms see and do, each their own rows alone."""

import pytest

from dashboards.form import Fault
from dashboards.language import word
from labs.consignment import ConsignmentEvent
from platforms.notice import NoticeKind, NoticeState
from sampling.custody import Role, UnitState
from sampling.sample import SampleState
from storage import (
    consignments,
    custody,
    events,
    notices,
    samples,
)
from storage.consignments import Packed
from storage.database import Database
from storage.objects import Objects
from storage.seals import of_units as seals_of
from tests.dashboards.conftest import Visitor, errors, send, view
from tests.dashboards.story import Story, picture


def test_a_shopper_walks_a_task_from_parcel_to_seal(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.shipped()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    client, path = visitor("shopper"), f"/shopper/tasks/{task.id}"
    assert [pair[1].id for pair in view(client.get("/shopper")).to_do] == [sample.id]
    wrong = send(client, f"{path}/parcel", {"weight_g": "x", "condition": "eaten"}, photo=("a.jpg", b"no picture"))
    assert errors(wrong) == {
        "weight_g": Fault.NOT_A_NUMBER, "condition": Fault.NOT_OFFERED, "photo": Fault.NOT_A_PICTURE,
    }  # fmt: skip
    sent = {"weight_g": "800", "condition": "intact"}
    assert send(client, f"{path}/parcel", sent, photo=("a.png", picture("x"))).status_code == 303
    opened = {"matches_listing": "yes", "lot": "A7", "quantity": "2"}
    assert errors(send(client, f"{path}/unpacking", {"lot": "A7"})).keys() == {"matches_listing", "quantity"}
    assert send(client, f"{path}/unpacking", opened).status_code == 303
    seals = {"test_seal": "F1", "backup_seal": "F1", "witness": "shopper", "place": "Hangzhou"}
    assert errors(send(client, f"{path}/seals", seals)) == {
        "backup_seal": Fault.SAME_SEAL, "witness": Fault.SAME_PERSON,
    }  # fmt: skip
    assert send(client, f"{path}/seals", {**seals, "backup_seal": "F2", "witness": "othershopper"}).status_code == 303
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
    assert send(client, path, {"reason": "mixed_lots"}).status_code == 303
    with database.unit() as unit:
        assert (samples.get(unit, sample.id).state, samples.get(unit, sample.id).reason) == (
            SampleState.REJECTED,
            "mixed_lots",
        )


def test_a_shopper_passes_goods_on_that_need_no_test(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).unboxed()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    client, path = visitor("shopper"), f"/shopper/tasks/{task.id}/diversion"
    assert errors(send(client, path, {"finding": "ugly"})) == {"finding": Fault.NOT_OFFERED}
    assert send(client, path, {"finding": "counterfeit"}).status_code == 303
    with database.unit() as unit:
        assert (samples.get(unit, sample.id).state, samples.get(unit, sample.id).reason) == (
            SampleState.DIVERTED,
            "counterfeit",
        )
    assert "illegal_goods" in {one.kind for one in view(visitor("officer").get("/office/decisions")).leads}


def test_goods_that_are_not_those_of_the_listing_are_offered_no_seal(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).received()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    client, path = visitor("shopper"), f"/shopper/tasks/{task.id}"
    assert send(client, f"{path}/unpacking", {"matches_listing": "no", "lot": "A7", "quantity": "2"}).status_code == 303
    page = client.get(path)
    assert (view(page).unfit, "test_seal" in page.text, f"{path}/rejection" in page.text) == (
        "wrong_goods",
        False,
        True,
    )
    numbers = {"test_seal": "F1", "backup_seal": "F2", "witness": "officer", "place": "Hangzhou"}
    assert send(client, f"{path}/seals", numbers).status_code == 403
    with database.unit() as unit:
        assert custody.units(unit, sample.id) == ()


def test_another_shoppers_task_is_refused(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        Story.begin(unit, objects).shipped()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    other = visitor("othershopper")
    assert other.get(f"/shopper/tasks/{task.id}").status_code == 403
    sent = {"weight_g": "800", "condition": "intact"}
    assert send(other, f"/shopper/tasks/{task.id}/parcel", sent).status_code == 403


def test_a_laboratory_sees_blind_codes_and_nothing_of_the_seller(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample, consignment = Story.begin(unit, objects).handed_over()
    client = visitor("lab")
    for path in ("/lab", f"/lab/consignments/{consignment}"):
        text = client.get(path).text
        assert sample.blind_code in text
        for secret in (
            sample.seller,
            sample.brand,
            sample.platform,
            sample.url,
            sample.title,
            sample.code,
            str(sample.id),
        ):
            assert secret not in text, (path, secret)


@pytest.mark.parametrize("purpose", ["first", "retest", "final"])
def test_a_laboratory_is_not_told_that_it_tests_again(
    visitor: Visitor, database: Database, objects: Objects, purpose: str
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.sealed()
        backup = custody.of_role(unit, sample.id, Role.BACKUP)
        packed = [Packed(backup, "B9001", sample.category, ("migratable_lead",))]
        one = consignments.pack(unit, "L-01", packed, purpose=purpose, by="flow:custody", at=story.tick())
        consignments.record(unit, one.id, ConsignmentEvent.HANDED_OVER, by="user:coordinator", at=story.tick())
    client = visitor("lab")
    pages = [client.get(path).text for path in ("/lab", f"/lab/consignments/{one.id}")]
    said = client.get("/v1/consignments", headers={"authorization": "Bearer token-lab"})
    assert set(said.json()["consignments"][0]) == {"id", "number", "state", "manifest_sha256", "units"}
    words = (word("en", "Purpose", purpose), "Purpose")
    assert [text for text in words for page in pages if text in page] == []


def test_a_laboratory_receives_and_tests(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sample, consignment = Story.begin(unit, objects).handed_over()
    client, path = visitor("lab"), f"/lab/consignments/{consignment}"
    assert errors(send(client, f"{path}/scan")) == {"code": Fault.MISSING}
    with database.unit() as unit:
        [line] = consignments.get(unit, consignment).lines
    assert send(client, f"{path}/scan", {"code": line.blind_code, "seal": line.seal_no}).status_code == 303
    assert send(client, f"{path}/units/{sample.blind_code}/test").status_code == 303
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
    assert send(other, f"/lab/consignments/{consignment}/units/{sample.blind_code}/test").status_code == 403
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
    assert answer.headers["location"] == again.headers["location"]
    receipt = view(client.get(answer.headers["location"]))
    assert objects.get(receipt.upload.sha256) == b"a,b\n"


def test_a_platform_answers_its_notices(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        notice = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart")
        hidden = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart", issued=False)
    client, path = visitor("platform"), f"/platform/notices/{notice.id}"
    assert hidden.id not in {one.id for one in view(client.get("/platform"))}
    assert client.get(f"/platform/notices/{hidden.id}").status_code == 403
    assert send(client, f"{path}/receipt").status_code == 303
    assert errors(send(client, f"{path}/action", {"claimed": "refused"})) == {"reason": Fault.MISSING}
    assert errors(send(client, f"{path}/contest")) == {"grounds": Fault.MISSING}
    assert send(client, f"{path}/action", {"claimed": "removed"}).status_code == 303
    with database.unit() as unit:
        assert notices.get(unit, notice.id).state is NoticeState.CLAIMED_DONE
        assert [said.kind for said in notices.answers(unit, notice.id)] == ["acknowledged", "removed"]
    other = visitor("otherplatform")
    assert other.get(path).status_code == 403
    assert send(other, f"{path}/receipt").status_code == 403


def test_a_platform_contests(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        notice = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart")
    path = f"/platform/notices/{notice.id}/contest"
    assert send(visitor("platform"), path, {"grounds": "another product"}).status_code == 303
    with database.unit() as unit:
        assert notices.get(unit, notice.id).state is NoticeState.CONTESTED


def test_pages_of_an_unknown_row_are_404(visitor: Visitor) -> None:
    client = visitor("officer")
    for path in (
        "/office/samples/x",
        "/office/campaigns/01920000-0000-7000-8000-000000000000",
        "/nowhere",
        "/results/P0",
    ):
        answer = client.get(path)
        assert (answer.status_code, view(answer).code) == (404, "not_found")


def test_a_witness_is_somebody_else_of_the_sampling_body_who_is_known(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).unboxed()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    client, path = visitor("shopper"), f"/shopper/tasks/{task.id}"
    assert list(view(client.get(path)).colleagues) == ["coordinator", "officer", "othershopper"]
    seals = {"test_seal": "F1", "backup_seal": "F2", "place": "Hangzhou"}
    tries = {"": Fault.MISSING, "shopper": Fault.SAME_PERSON, "Zhao Min": Fault.NOT_OFFERED, "lab": Fault.NOT_OFFERED}
    for name, fault in tries.items():
        assert errors(send(client, f"{path}/seals", {**seals, "witness": name})) == {"witness": fault}
    assert send(client, f"{path}/seals", {**seals, "witness": "officer"}).status_code == 303
    with database.unit() as unit:
        units = [one.id for one in custody.units(unit, sample.id)]
        assert {one.witness for one in seals_of(unit, units)} == {"user:officer"}
