"""What shoppers and the office do about purchases on their pages: talk, money, consents, alarms, papers, photos."""

import io
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from dashboards.form import Fault
from dashboards.language import instant
from sampling.budget import MoneyKind
from sampling.calendar import Deadline
from sampling.consent import Consent, ConsentState
from sampling.custody import Role
from sampling.digest import sha256
from sampling.documents.kind import DocumentKind
from sampling.money import Money
from sampling.sample import Sample, SampleState
from sampling.seal import SealKind
from storage import captures, cashbook, clock, consents, custody, events, purchases, resealing, samples, seals
from storage.database import Database
from storage.objects import Objects
from storage.resealing import Resealing
from storage.vault import Vault
from tests.dashboards.conftest import Answer, Visitor, errors, send, template, view
from tests.dashboards.desk import desk
from tests.dashboards.story import Story, picture
from tests.leaks.markers import COVER

TELEPHONE = (Path(__file__).parents[1] / "examples" / "pictures" / "telephone.heic").read_bytes()
VAULT: Vault = desk()["vault"]


def task_of(database: Database, sample: Sample) -> str:
    with database.unit() as unit:
        ((task, _),) = [pair for pair in samples.tasks_of(unit, "shopper") if pair[1].id == sample.id]
    return f"/shopper/tasks/{task.id}"


@pytest.fixture
def ordered(database: Database, objects: Objects) -> tuple[Sample, str]:
    """Give a sample whose order stands under a cover, and the path of its task."""
    with database.unit() as unit:
        sample = Story.begin(unit, objects).ordered()
        VAULT.put(unit, "shopper", sample.platform, asdict(COVER))
    return sample, task_of(database, sample)


def test_the_talk_is_kept_and_shown_to_whom_it_may_be(visitor: Visitor, ordered: tuple[Sample, str]) -> None:
    sample, path = ordered
    shopper, dear = visitor("shopper"), f"Dear {COVER.last_name}, it ships today"
    plain = {"speaker": "shopper", "text": "When does it ship?", "said_at": "2026-01-02T10:00"}
    assert send(shopper, f"{path}/messages", plain).status_code == 303
    sent = send(shopper, f"{path}/messages", {"speaker": "seller", "text": dear}, picture=("a.png", picture("chat")))
    assert sent.status_code == 303
    own = shopper.get(path)
    assert [text for _, text in view(own).talk] == ["When does it ship?", dear]
    seen = view(own).talk[1][0]
    shown = shopper.get(f"{path}/messages/{seen.id}/picture")
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")
    pages = {who: visitor(who).get(f"/office/samples/{sample.id}").text for who in ("coordinator", "officer")}
    place = f"/office/messages/{seen.id}"
    assert not [page for page in pages.values() if "When does it ship?" in page or COVER.last_name in page]
    assert {who: place in page for who, page in pages.items()} == {"coordinator": False, "officer": True}
    assert visitor("coordinator").get(place).status_code == 403
    officer = visitor("officer")
    assert dear in officer.get(place).text and officer.get(f"{place}/picture").headers["content-type"] == "image/jpeg"
    assert visitor("othershopper").get(f"{path}/messages/{seen.id}/picture").status_code == 403


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"speaker": "seller"}, {"text": Fault.MISSING}),
        ({"text": "hello"}, {"speaker": Fault.MISSING}),
        ({"speaker": "mediator", "text": "hello"}, {"speaker": Fault.NOT_OFFERED}),
        ({"speaker": "seller", "text": "x" * 2001}, {"text": Fault.TOO_LONG}),
        ({"speaker": "seller", "text": "hello", "said_at": "2099-01-01T10:00"}, {"said_at": Fault.TO_COME}),
        ({"speaker": "seller", "text": "hello", "said_at": "yesterday"}, {"said_at": Fault.NOT_A_TIME}),
    ],
)
def test_what_cannot_have_been_said_is_not_kept(
    visitor: Visitor, ordered: tuple[Sample, str], fields: dict[str, str], fault: dict[str, Fault]
) -> None:
    answer = send(visitor("shopper"), f"{ordered[1]}/messages", fields)
    assert (answer.status_code, errors(answer), view(answer).talk) == (400, fault, ())


def test_an_order_is_called_off_and_its_refund_is_typed_in(
    visitor: Visitor, database: Database, ordered: tuple[Sample, str]
) -> None:
    sample, path = ordered
    shopper = visitor("shopper")
    assert errors(send(shopper, f"{path}/end", {"ended": "bored"})) == {"ended": Fault.NOT_OFFERED}
    assert send(visitor("othershopper"), f"{path}/end", {"ended": "sold_out"}).status_code == 403
    assert send(shopper, f"{path}/end", {"ended": "seller_cancelled"}).status_code == 303
    with database.unit() as unit:
        (order,) = purchases.of_sample(unit, sample.id)
        assert samples.get(unit, sample.id).state is SampleState.NOT_OBTAINED
    purse = shopper.get("/shopper/money")
    assert [(one.sample, one.paid.amount) for one in view(purse).paid] == [(sample.code, Decimal("99.80"))]
    form = {"order": str(order.id), "amount": "99.81", "reference": "R-1"}
    assert errors(send(shopper, "/shopper/money", form)) == {"amount": Fault.NOT_PAID}
    form["amount"] = "99.80"
    assert send(shopper, "/shopper/money", form).status_code == 303
    assert errors(send(shopper, "/shopper/money", form)) == {"reference": Fault.ENTERED_ALREADY}
    assert errors(send(visitor("othershopper"), "/shopper/money", form)) == {"order": Fault.NOT_OFFERED}
    after = view(shopper.get("/shopper/money"))
    assert [(one.paid.amount, one.refunded.amount, one.owed.amount) for one in after.sums] == [
        (Decimal("99.80"), Decimal("99.80"), 0)
    ]
    with database.unit() as unit:
        entries = cashbook.entries(unit, sample.campaign_id)
    assert [one.amount for one in entries if one.kind is MoneyKind.REFUND] == [Money(Decimal("99.80"), "CNY")]


def test_the_office_answers_what_a_changed_offer_asks(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        pair = [story.captured(), story.captured()]
        asked = [_ask(story, sample) for sample in pair]
    office = visitor("coordinator")
    board = f"/office/campaigns/{story.campaign.id}"
    assert [one.id for one in view(office.get(board)).asked] == [one.id for one in pair]
    page = office.get(f"/office/samples/{pair[0].id}")
    assert f"before={asked[0].drawn_id}&amp;after={asked[0].shown_id}" in page.text
    told = visitor("shopper").get(task_of(database, pair[0])).text
    assert "decides whether it is bought" in told
    due_at = asked[0].due_at
    assert due_at is not None
    assert all(instant("en", due_at) in text or instant("zh", due_at) in text for text in (told, page.text))
    tickets = [one for lane in view(office.get(board)).lanes for one in lane.tickets]
    assert {one.due_at for one in tickets if one.code == pair[0].code} == {due_at}
    wrong = send(office, f"/office/consents/{asked[0].id}", {"go": "perhaps"})
    assert errors(wrong) == {"go": Fault.NOT_OFFERED, "why": Fault.MISSING}
    for one, go in zip(asked, ("go", "no"), strict=True):
        assert send(office, f"/office/consents/{one.id}", {"go": go, "why": "looked at"}).status_code == 303
        assert send(office, f"/office/consents/{one.id}", {"go": go, "why": "again"}).status_code == 409
    with database.unit() as unit:
        assert [samples.get(unit, one.id).state for one in pair] == [SampleState.CAPTURED, SampleState.NOT_OBTAINED]
        assert [consents.get(unit, one.id).state for one in asked] == [ConsentState.GIVEN, ConsentState.DENIED]
    assert view(office.get(board)).asked == ()


def _ask(story: Story, sample: Sample) -> Consent:
    (drawn,) = captures.of_sample(story.unit, sample.id)
    bundle = {"manifest.json": f"again {sample.code}".encode()}
    shown = captures.save(story.unit, story.objects, id_=captures.fresh_id(), sample_id=sample.id, purpose="payment",
                          kind="listing", reason=None, url=sample.url, status=200, bundle=bundle,
                          listing={"title": sample.title}, by="flow:purchase", at=story.tick())  # fmt: skip
    at = clock.now(story.unit)  # the pages go by it: a question of the story's own time would be too old to answer
    due = Deadline("consent_limit", "cn-product", "none", at, at + timedelta(days=2))
    return consents.ask(story.unit, sample.id, "price_risen", drawn=drawn, shown=shown, due=due, by="flow:purchase",
                        at=at)  # fmt: skip


def test_an_alarm_is_dealt_with_from_the_page_of_its_sample(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        pair = (story.shipped(), story.shipped())
    shopper, office = visitor("shopper"), visitor("officer")
    for sample in pair:
        fields = {"weight_g": "800", "condition": "intact"}
        sent = send(shopper, f"{task_of(database, sample)}/parcel", fields, photo=("a.png", picture("one")))
        assert sent.status_code == 303
    board = f"/office/campaigns/{story.campaign.id}"
    (alarm,) = view(office.get(board)).alarms
    place = f"/office/alarms/{alarm.id}"
    assert errors(send(office, place, {"note": ""})) == {f"note-{alarm.id}": Fault.MISSING}
    assert send(office, place, {"note": "one parcel held both"}).status_code == 303
    assert send(office, place, {"note": "again"}).status_code == 409
    assert view(office.get(board)).alarms == ()
    assert "one parcel held both" in office.get(f"/office/samples/{pair[0].id}").text


def test_papers_are_printed_from_the_pages_of_their_users(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, [tape] = story.sealed(), seals.issue(unit, SealKind.TAPE, 1, by="u", at=story.tick()).numbers
        twin = custody.of_role(unit, sample.id, Role.BACKUP)
        new = Resealing(tape, "user:officer", "officer Li", "torn")
        resealing.reseal(unit, twin.id, new, by="user:coordinator", at=story.tick())
    path, shopper, office = task_of(database, sample), visitor("shopper"), visitor("coordinator")
    printable = view(shopper.get(path)).papers.printable
    assert {one.kind for one in printable} == {
        DocumentKind.TASK_MANDATE, DocumentKind.SAMPLING_SHEET, DocumentKind.SAMPLE_LABEL, DocumentKind.SEAL_LABEL,
    }  # fmt: skip
    seal_labels = [one.subject for one in printable if one.kind is DocumentKind.SEAL_LABEL]
    assert seal_labels == [tape], "a seal of another maker has a label of its own"
    assert _printed(shopper, f"{path}/documents", "seal-label", tape)
    offered = view(office.get(f"/office/samples/{sample.id}")).papers.printable
    assert {DocumentKind.SAMPLING_NOTICE, DocumentKind.PLATFORM_COPY} <= {one.kind for one in offered}
    sheet = _printed(shopper, f"{path}/documents", "sampling-sheet", sample.code)
    mandate = _printed(shopper, f"{path}/documents", "task-mandate", sample.code)
    notice = _printed(office, f"/office/samples/{sample.id}/documents", "sampling-notice", sample.code)
    for client, place in ((shopper, sheet), (shopper, mandate), (office, notice)):
        file = client.get(place)
        assert (file.status_code, file.content[:5], file.headers["cache-control"]) == (200, b"%PDF-", "no-store")
    assert len(view(office.get(f"/office/samples/{sample.id}")).papers.released) == 4
    own = notice.replace("/office", path)
    refused = (visitor("othershopper").get(sheet), shopper.get(notice), shopper.get(own))
    assert [one.status_code for one in refused] == [403, 403, 403]
    for kind, subject in (("sampling-notice", sample.code), ("sampling-sheet", "S26-999999"), ("poem", sample.code)):
        answer = send(shopper, f"{path}/documents", {"kind": kind, "subject": subject})
        assert answer.status_code == 404
    assert template(visitor(None).get("/verify-document")) == "public/document.html"
    assert "documents.verify" in visitor(None).get("/results").context["frame"].places


def _printed(client: Answer, place: str, kind: str, subject: str) -> str:
    answer = send(client, place, {"kind": kind, "subject": subject})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_picture_as_a_telephone_takes_it_is_kept_whole_and_shown_as_a_jpeg(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).received()
    path, shopper = task_of(database, sample), visitor("shopper")
    fields = {"matches_listing": "yes", "lot": "A7", "quantity": "2"}
    cut = send(shopper, f"{path}/unpacking", fields, photo=("IMG_1.HEIC", TELEPHONE[:900]))
    assert errors(cut) == {"photo": Fault.NOT_A_PICTURE}
    assert send(shopper, f"{path}/unpacking", fields, photo=("IMG_1.HEIC", TELEPHONE)).status_code == 303
    assert objects.get(sha256(TELEPHONE)) == TELEPHONE
    shown = visitor("coordinator").get(f"/office/samples/{sample.id}/pictures/{sha256(TELEPHONE)}")
    with Image.open(io.BytesIO(shown.content)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (320, 240))
    assert b"Secret Phone" in TELEPHONE and b"Secret Phone" not in shown.content
    with database.unit() as unit:
        told = [one.data["photo"] for one in events.history(unit, sample.id) if one.type == "unboxed"]
    assert told == [sha256(TELEPHONE)]


def test_a_page_that_is_not_there_is_not_there(visitor: Visitor) -> None:
    officer, none = visitor("officer"), UUID(int=0)
    for place in (f"/office/messages/{none}", f"/office/messages/{none}/picture", f"/office/documents/{none}"):
        assert officer.get(place).status_code == 404
