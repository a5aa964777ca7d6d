"""The pages about proof: a dropped bundle is judged and shown, and a stranger can check the keys and the ledger."""

import io
import zipfile
from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from dashboards import evidence
from dashboards.form import Fault
from dashboards.labels import CODES
from dashboards.views import proof
from sampling.evidence import checkpoint, credentials, ledger
from sampling.evidence.bundle import packed, seal
from sampling.evidence.layout import Box
from sampling.evidence.sentences import FIRST_FORM
from sampling.evidence.sign import rules
from sampling.evidence.verification import Verdict
from sampling.sample import Sample, SampleEvent
from storage import captures, events, samples
from storage import ledger as book
from storage.captures import Capture
from storage.database import Database
from storage.objects import Folder, Objects
from storage.schema.base import new_id
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.story import CREDENTIALS, START, Story, picture
from tests.sampling.proofs import LEDGER_KEY, ORIGIN, first_bundle
from tests.sampling.visits import KEYS, OTHER_KEYS, a_visit

Files = dict[str, bytes]
READ = {"title": "Lamp 台灯", "price": {"amount": "129.00", "currency": "CNY"}, "sources": {"title": "page"}}


def bundle(**changes: Any) -> Files:
    shown = {"page.png": picture("Lamp"), "phone.png": b"no picture at all"}
    visit = replace(a_visit(), files={**a_visit().files, **shown})
    return seal(visit, **{"capture_id": "cap-1", "case": "S26-1", "keys": KEYS, "extracted": READ, **changes})


def dropped(visitor: Visitor, data: bytes) -> Any:
    return send(visitor(None), "/verify", bundle=("bundle.zip", data))


def test_a_good_bundle_is_told_with_its_facts_and_its_pictures_drawn_anew(visitor: Visitor) -> None:
    files = bundle()
    answer = dropped(visitor, packed(files))
    shown = view(answer).proof
    assert (answer.status_code, shown.holds, shown.verified.verdict) == (200, True, Verdict.SEALED)
    assert shown.facts.record["requested_url"] == "https://shop.test/i/1"
    assert dict(shown.facts.fields) == {"title": "Lamp 台灯", "price": "129.00 CNY"}
    assert [one.subject for one in shown.facts.certificates] == ["shop.test"]
    assert [one.name for one in shown.pictures] == ["before.png", "page.png"]
    drawn = Image.open(io.BytesIO(b64decode(shown.pictures[1].uri.partition(",")[2])))
    assert (drawn.format, drawn.size) == ("JPEG", (360, 480))


def test_only_pictures_of_our_own_drawing_may_be_shown_and_nothing_is_kept(visitor: Visitor, objects: Objects) -> None:
    answer = dropped(visitor, packed(bundle()))
    policy = answer.headers["content-security-policy"]
    assert "img-src 'self' data:;" in policy and "script-src 'self';" in policy and "default-src 'none'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert isinstance(objects, Folder) and not list(objects.root.rglob("*.*"))
    assert "data:" not in visitor(None).get("/verify").headers["content-security-policy"]


def flipped(files: Files, path: str) -> Files:
    data = bytearray(files[path])
    data[len(data) // 2] ^= 1
    return {**files, path: bytes(data)}


@pytest.mark.parametrize("path", ["capture.wacz", "VERIFY.md", "manifest.json", "signer.pem"])
def test_one_changed_byte_is_told_in_a_sentence_and_no_picture_is_shown(visitor: Visitor, path: str) -> None:
    shown = view(dropped(visitor, packed(flipped(bundle(), path)))).proof
    assert not shown.holds and not shown.pictures
    assert f"The file {path} was changed." in [fault.sentence.en for fault in shown.verified.faults]
    assert (shown.facts is None) is (path in ("manifest.json", "signer.pem"))


def test_what_a_stranger_signed_is_refused_and_not_repeated(visitor: Visitor) -> None:
    shown = view(dropped(visitor, packed(bundle(keys=OTHER_KEYS)))).proof
    assert "unknown_key" in [fault.code for fault in shown.verified.faults]
    assert (shown.facts, shown.pictures) == (None, ())


def test_a_bundle_of_the_first_form_is_judged_and_said_to_be_one(visitor: Visitor) -> None:
    shown = view(dropped(visitor, packed(first_bundle()))).proof
    assert (shown.holds, shown.form, shown.facts, shown.pictures) == (True, FIRST_FORM, None, ())
    assert view(dropped(visitor, packed(bundle()))).proof.form is None


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"not a zip", zipped(), zipped(**{"a/b": b"x"}) + b"behind"], ids=len)
def test_what_is_no_bundle_gives_the_page_again(visitor: Visitor, data: bytes) -> None:
    answer = dropped(visitor, data)
    refused = answer.status_code == 400 and errors(answer) == {"bundle": Fault.NOT_A_BUNDLE}
    assert template(answer) == "public/verify.html"
    assert refused or "missing" in [fault.code for fault in view(answer).proof.verified.faults]


def test_a_bomb_is_refused_before_it_is_unpacked(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "MOST_BYTES", 1 << 20)
    nested = zipped(**{"evidence/x.bin": bytes(3 << 20)})
    for data in (zipped(**{"x.bin": bytes(3 << 20)}), packed({**bundle(), "capture.wacz": nested})):
        assert errors(dropped(visitor, data)) == {"bundle": Fault.NOT_A_BUNDLE}


def test_no_file_and_too_many_at_once_are_told(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = send(visitor(None), "/verify")
    assert (answer.status_code, errors(answer)) == (400, {"bundle": Fault.MISSING})
    monkeypatch.setattr(evidence, "PATIENCE", 0.01)
    with evidence.AT_ONCE, evidence.AT_ONCE:
        assert errors(dropped(visitor, packed(bundle()))) == {"bundle": Fault.BUSY}


def test_more_than_a_bundle_may_have_is_not_taken_in(visitor: Visitor) -> None:
    answer = visitor(None).post("/verify", content=b"", headers={"content-length": str(evidence.LARGEST + 1)})
    assert answer.status_code == 413


def test_a_stranger_gets_the_keys_and_verifies_with_them(visitor: Visitor) -> None:
    given = credentials.read(visitor(None).get("/evidence/keys.json").content)
    assert given == CREDENTIALS
    listed = visitor(None).get("/.well-known/msa/provider.json").json()["evidence"]
    assert [one["key_id"] for one in listed] == [key.id for key in given.trust().keys]
    shown = view(visitor(None).get("/evidence/keys"))
    assert (shown.anchor, shown.keys) == (CREDENTIALS.anchor, given.trust().keys)


def test_a_stranger_checks_that_the_ledger_only_grew(visitor: Visitor, database: Database) -> None:
    assert view(visitor(None).get("/evidence/checkpoints")) == ()
    with database.unit() as unit:
        for many in (3, 4):
            for _ in range(many):
                book.append(unit, "key", new_id(), "a" * 64, at=START)
            book.close(unit, LEDGER_KEY, origin=ORIGIN, reason="daily", at=START)
    client = visitor(None)
    new, old = client.get("/evidence/checkpoints.json").json()["checkpoints"]
    heads = [checkpoint.check(one["note"].encode(), LEDGER_KEY.public_key()) for one in (old, new)]
    grown = client.get(f"/evidence/checkpoints.json?old={old['size']}&new={new['size']}").json()
    path = [bytes.fromhex(beside) for beside in grown["path"]]
    assert ledger.check_consistency(heads[0].size, heads[1].size, heads[0].root, heads[1].root, path)
    assert [one.size for one in view(client.get("/evidence/checkpoints"))] == [new["size"], old["size"]]
    assert client.get("/evidence/checkpoints.json?old=1&new=x").status_code == 400


def kept(story: Story, sample: Sample, purpose: str, price: str, words: str) -> Capture:
    boxes = (Box("Lamp", 0, 0, 80, 20, 20, 400, False, "h1"), Box(words, 0, 30, 80, 20, 16, 400, False, "p"))
    visit = replace(a_visit(), files={"page.png": picture(words)}, boxes=boxes)
    read = {**READ, "price": {"amount": price, "currency": "CNY"}}
    id_ = captures.fresh_id()
    return captures.save(
        story.unit, story.objects, id_=id_, sample_id=sample.id, purpose=purpose, kind="listing", reason=None,
        url=sample.url, status=200, listing=read, by="flow:capture", at=story.tick(),
        bundle=seal(visit, capture_id=str(id_), case=str(sample.id), keys=KEYS, extracted=read),
    )  # fmt: skip


def test_two_captures_are_shown_side_by_side(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.captured()
        first = kept(story, sample, "payment", "129.00", "in stock")
        last = kept(story, sample, "takedown", "99.00", "sold out")
    client = visitor("coordinator")
    answer = client.get(f"/office/samples/{sample.id}/compare?before={first.id}&after={last.id}")
    shown = view(answer)
    assert [(one.name, one.before, one.after) for one in shown.found.fields] == [("price", "129.00 CNY", "99.00 CNY")]
    assert (shown.found.removed, shown.found.added) == (("in stock",), ("sold out",))
    assert shown.found.picture.similarity < 1000 and [len(side) for side in shown.pictures] == [1, 1]
    assert "data:" in answer.headers["content-security-policy"]
    unlike = view(client.get(f"/office/samples/{sample.id}/compare"))
    assert (unlike.found, unlike.after.id) == (None, first.id), "the draw's is kept in another form"
    assert view(client.get(f"/office/samples/{sample.id}")).may_compare


def test_a_capture_that_shows_a_cover_is_compared_by_an_officer_alone_and_the_look_is_kept(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.captured()
        first = kept(story, sample, "payment", "129.00", "in stock")
        order = kept(story, sample, captures.ORDER, "129.00", "Paid")
    place = f"/office/samples/{sample.id}/compare?before={first.id}&after={order.id}"
    assert order.id not in [one.id for one in view(visitor("coordinator").get(place)).choices]
    officer = visitor("officer")
    assert view(officer.get(place)).found is not None
    assert view(officer.get(place.partition("?")[0])).after.id == first.id, "the order is not what is compared first"
    with database.unit() as unit:
        looks = [one for one in events.history(unit, sample.id) if one.type == "looked_at"]
    assert [(one.subject_id, one.actor) for one in looks] == [(str(order.id), "user:officer")]


def test_the_shopper_sees_what_the_page_says_otherwise_before_the_payment(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.targeted()
        kept(story, sample, "draw", "129.00", "in stock")
        samples.record(unit, sample.id, SampleEvent.CAPTURED, by="flow:capture", at=story.tick())
        samples.assign(unit, sample.id, "shopper", due_at=story.tick(), by="flow:plan", at=story.at)
        [(task, _)] = samples.tasks_of(unit, "shopper")
    client = visitor("shopper")
    assert view(client.get(f"/shopper/tasks/{task.id}")).changes is None
    with database.unit() as unit:
        kept(replace(story, unit=unit), sample, "payment", "149.00", "in stock")
    changed = view(client.get(f"/shopper/tasks/{task.id}")).changes
    assert [(one.name, one.after) for one in changed.fields] == [("price", "149.00 CNY")]
    assert changed.picture is None


def test_a_stored_file_is_found_inside_its_archive_and_an_export_is_a_whole_bundle(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        capture = kept(story, story.targeted(), "draw", "129.00", "in stock")
    client = visitor("coordinator")
    shot = next(one for one in view(client.get(f"/office/samples/{capture.sample_id}")).shots)
    assert (shot.picture, shot.small, shot.capture.state) == ("evidence/page.png", "evidence/page.png", "sealed")
    assert client.get(f"/office/captures/{capture.id}/files/evidence/page.png").content == picture("in stock")
    assert client.get(f"/office/captures/{capture.id}/files/evidence/none.png").status_code == 404
    exported = client.get(f"/office/captures/{capture.id}/bundle.zip").content
    assert view(dropped(visitor, exported)).proof.holds


def test_every_reason_why_a_page_was_not_the_offer_has_words() -> None:
    table = rules()
    reasons = {*table["words"], *table["widgets"], *table["kinds"], *(row["reason"] for row in table["marks"])}
    assert reasons | {row["reason"] for row in table["status"].values()} <= set(CODES["Reason"])
