"""Photos and films in pieces: sent, broken off, continued, refused with a sentence, and seen by whom."""

import base64
import io
import random
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from dashboards.form import Fault
from dashboards.photo import grey
from dashboards.upload import KIND, PIECE
from sampling.digest import sha256
from sampling.media import ALLOWED, MB, Alarm, Likeness, Medium, alike, fingerprint
from sampling.sample import SampleState
from storage import events, resumable, samples
from storage.database import Database
from storage.errors import Away, Full, StorageError
from storage.objects import Objects
from storage.resumable import Parts
from tests.dashboards.conftest import Answer, Visitor, errors, form_token, send, view
from tests.dashboards.story import Story, picture
from tests.dashboards.test_pictures import bomb
from tests.dashboards.test_shopping import TELEPHONE
from tests.sampling.films import mp4, webm


@dataclass(frozen=True, slots=True)
class Sender:
    """A shopper's browser that sends files of one task in pieces."""

    client: TestClient
    task: UUID
    token: str

    def ask(self, method: str, path: str, **headers: str) -> Answer:
        """Give the answer to a request without a body."""
        return self.client.request(method, path, headers={"x-form-token": self.token, **_dashed(headers)})

    def begin(self, size: int, **said: str) -> Answer:
        """Announce a file."""
        pairs = {"medium": "film", "purpose": "unboxed", "filetype": "video/mp4", **said}
        words = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())
        return self.ask("POST", f"/shopper/tasks/{self.task}/transfers", upload_length=str(size), upload_metadata=words)

    def piece(self, place: str, offset: int, data: bytes, **headers: str) -> Answer:
        """Send one piece."""
        sent = {"x-form-token": self.token, "upload-offset": str(offset), "content-type": KIND, **_dashed(headers)}
        return self.client.patch(place, content=data, headers=sent)

    def whole(self, data: bytes, **said: str) -> Answer:
        """Send a file in one piece and give the last answer."""
        begun = self.begin(len(data), **said)
        return self.piece(begun.headers["location"], 0, data) if begun.status_code == 201 else begun


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def sender(visitor: Visitor, task: UUID, name: str = "shopper") -> Sender:
    client = visitor(name)
    return Sender(client, task, form_token(client))


@pytest.fixture
def received(database: Database, objects: Objects) -> tuple[UUID, UUID]:
    """Give the ids of a sample whose parcel came and of its task."""
    with database.unit() as unit:
        sample = Story.begin(unit, objects).received()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    return sample.id, task.id


def code(answer: Answer) -> tuple[int, str]:
    """Give the status of an answer and the code of its problem."""
    return answer.status_code, str(answer.json()["type"]).rpartition("/")[2]


def test_a_film_broken_off_is_continued_and_kept_under_its_hash(
    visitor: Visitor, database: Database, objects: Objects, parts: Parts, received: tuple[UUID, UUID]
) -> None:
    shopper, data = sender(visitor, received[1]), mp4(3 * MB)
    begun = shopper.begin(len(data), sha256=sha256(data))
    assert (begun.status_code, begun.headers["tus-resumable"], begun.headers["upload-offset"]) == (201, "1.0.0", "0")
    place, cut = begun.headers["location"], int(len(data) * 0.95)
    assert shopper.piece(place, 0, data[:cut]).headers["upload-offset"] == str(cut)
    assert code(shopper.piece(place, 0, data[:cut])) == (409, "conflict")
    later = sender(visitor, received[1])
    told = later.ask("HEAD", place)
    assert (told.headers["upload-offset"], told.headers["upload-length"]) == (str(cut), str(len(data)))
    assert later.piece(place, cut, data[cut:]).status_code == 204
    assert later.ask("HEAD", place).headers["upload-offset"] == str(len(data))
    with database.unit() as unit:
        assert [one.sha256 for one in resumable.films(unit, received[0])] == [sha256(data)]
    assert objects.get(sha256(data)) == data and list(parts.root.iterdir()) == []
    assert later.ask("DELETE", place).status_code == 409


@pytest.mark.parametrize(
    ("data", "said", "status"),
    [
        (mp4(600), {"filetype": "video/webm"}, 415),
        (webm(), {}, 415),
        (b"MZ" + bytes(600), {}, 415),
        (picture("x"), {"filetype": ""}, 415),
        (TELEPHONE, {"medium": "photo", "filetype": "image/jpeg"}, 415),
        (picture("x"), {"medium": "photo", "filetype": "image/heic"}, 415),
        (TELEPHONE[:900], {"medium": "photo", "filetype": "image/heic"}, 422),
        (mp4(600)[:300], {}, 422),
        (mp4(600), {"sha256": "0" * 64}, 422),
        (b"", {}, 400),
        (mp4(600), {"filetype": "video/x-msvideo"}, 415),
        (bomb(), {"medium": "photo", "filetype": "image/png"}, 413),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_a_sentence_and_not_kept(
    visitor: Visitor, objects: Objects, parts: Parts, received: tuple[UUID, UUID], data: bytes, said: dict[str, str],
    status: int,
) -> None:  # fmt: skip
    shopper = sender(visitor, received[1])
    answer = shopper.whole(data, **said)
    assert code(answer) == (status, "file_refused") and answer.json()["detail"]
    assert not objects.has(sha256(data)) and list(parts.root.iterdir()) == []


def test_a_refused_transfer_is_gone(visitor: Visitor, received: tuple[UUID, UUID]) -> None:
    shopper = sender(visitor, received[1])
    place = shopper.begin(700).headers["location"]
    assert shopper.piece(place, 0, b"%PDF-1.7" + bytes(100)).status_code == 415
    assert shopper.ask("HEAD", place).status_code == 410
    other = shopper.begin(700).headers["location"]
    assert [shopper.ask(method, other).status_code for method in ("DELETE", "HEAD", "DELETE")] == [204, 410, 409]


def test_a_film_of_600_mb_is_refused_before_a_byte_of_it_is_kept(
    visitor: Visitor, database: Database, parts: Parts, received: tuple[UUID, UUID]
) -> None:
    answer = sender(visitor, received[1]).begin(600 * 1000 * 1000)
    assert code(answer) == (413, "file_refused")
    with database.unit() as unit:
        assert [one for one in events.history(unit, received[0]) if one.noun == "transfer"] == []
    assert list(parts.root.iterdir()) == []


def test_a_piece_over_the_most_is_refused_unread(visitor: Visitor, received: tuple[UUID, UUID]) -> None:
    shopper = sender(visitor, received[1])
    place = shopper.begin(20 * MB).headers["location"]
    assert code(shopper.piece(place, 0, bytes(PIECE + 1))) == (413, "too_large")


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({"x_form_token": "made up"}, (403, "forged_form")),
        ({"origin": "http://elsewhere.example"}, (403, "forged_form")),
        ({"upload_offset": "x"}, (400, "bad_request")),
        ({"content_type": "text/plain"}, (400, "bad_request")),
    ],
)
def test_a_piece_that_is_not_ours_or_not_readable_is_refused(
    visitor: Visitor, received: tuple[UUID, UUID], headers: dict[str, str], answered: tuple[int, str]
) -> None:
    shopper = sender(visitor, received[1])
    place = shopper.begin(700).headers["location"]
    assert code(shopper.piece(place, 0, b"x", **headers)) == answered


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"medium": "song"}, 400),
        ({"sha256": "a\0b"}, 400),
        ({"sha256": "f" * 63}, 400),
        ({"sha256": "g" * 64}, 400),
        ({"purpose": "judged"}, 409),
        ({"medium": "photo", "purpose": "received", "filetype": "image/jpeg"}, 409),
    ],
)
def test_a_file_that_nobody_waits_for_is_refused(
    visitor: Visitor, received: tuple[UUID, UUID], said: dict[str, str], status: int
) -> None:
    assert sender(visitor, received[1]).begin(700, **said).status_code == status
    garbled = sender(visitor, received[1])
    path = f"/shopper/tasks/{received[1]}/transfers"
    assert garbled.ask("POST", path, upload_length="7", upload_metadata="medium ?").status_code == 400


def test_a_hash_in_capitals_is_the_same_hash(visitor: Visitor, received: tuple[UUID, UUID]) -> None:
    assert sender(visitor, received[1]).whole(mp4(600), sha256=sha256(mp4(600)).upper()).status_code == 204


def test_an_act_for_which_enough_is_kept_takes_no_more(
    visitor: Visitor, received: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable, "is_enough", lambda *_: True)
    answer = sender(visitor, received[1]).begin(700)
    assert code(answer) == (403, "file_refused") and "Enough files" in answer.json()["detail"]
    form = {"matches_listing": "yes", "lot": "A7", "quantity": "2"}
    page = send(visitor("shopper"), f"/shopper/tasks/{received[1]}/unpacking", form, photo=("x.png", picture("x")))
    assert errors(page) == {"photo": Fault.TOO_MANY_FILES}


def test_of_films_begun_together_no_more_than_allowed_are_kept(
    visitor: Visitor, received: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, data = sender(visitor, received[1]), mp4(600)
    places = [shopper.begin(len(data)).headers["location"] for _ in range(2)]
    one = replace(ALLOWED[Medium.FILM], files=1)
    monkeypatch.setattr(resumable, "ALLOWED", {**ALLOWED, Medium.FILM: one})
    first, second = (shopper.piece(place, 0, data) for place in places)
    assert (first.status_code, code(second)) == (204, (403, "file_refused"))


@pytest.mark.parametrize(("error", "answered"), [(Full, (507, "full")), (Away, (503, "away"))])
def test_a_service_that_cannot_keep_a_piece_lets_it_be_sent_again(
    visitor: Visitor, received: tuple[UUID, UUID], parts: Parts, monkeypatch: pytest.MonkeyPatch,
    error: type[StorageError], answered: tuple[int, str],
) -> None:  # fmt: skip
    def write(self: Parts, id_: UUID, offset: int, data: bytes) -> None:
        raise error("no room")

    shopper, data = sender(visitor, received[1]), mp4(600)
    place = shopper.begin(len(data)).headers["location"]
    with monkeypatch.context() as broken:
        broken.setattr(Parts, "write", write)
        assert code(shopper.piece(place, 0, data)) == answered
    assert shopper.piece(place, 0, data).status_code == 204


def test_another_shopper_neither_begins_nor_continues(visitor: Visitor, received: tuple[UUID, UUID]) -> None:
    place = sender(visitor, received[1]).begin(700).headers["location"]
    other = sender(visitor, received[1], "othershopper")
    answers = [other.begin(700), other.ask("HEAD", place), other.piece(place, 0, b"x"), other.ask("DELETE", place)]
    assert [one.status_code for one in answers] == [403] * 4
    nobody = visitor(None).patch(place, content=b"x")
    assert code(nobody) == (401, "needs_log_in")


def test_a_photo_sent_in_pieces_is_the_photo_of_its_form(
    visitor: Visitor, database: Database, objects: Objects, received: tuple[UUID, UUID]
) -> None:
    shopper, data, path = sender(visitor, received[1]), picture("x"), f"/shopper/tasks/{received[1]}"
    place = shopper.begin(len(data), medium="photo", filetype="image/png").headers["location"]
    fields = {"matches_listing": "yes", "lot": "A7", "quantity": "2", "photo_transfer": place.rpartition("/")[2]}
    early = send(shopper.client, f"{path}/unpacking", fields)
    assert errors(early) == {"photo": Fault.NOT_SENT}
    assert shopper.piece(place, 0, data).status_code == 204
    assert send(shopper.client, f"{path}/unpacking", fields).status_code == 303
    film = sender(visitor, received[1])
    assert film.whole(mp4(900)).status_code == 204
    assert view(film.client.get(path)).films == 1
    seals = {"test_seal": "F1", "backup_seal": "F2", "witness": "officer", "place": "Hangzhou", **fields}
    assert errors(send(shopper.client, f"{path}/seals", seals)) == {"photo": Fault.NOT_SENT}
    with database.unit() as unit:
        assert samples.get(unit, received[0]).state is SampleState.UNBOXED
        last = next(one for one in events.history(unit, received[0]) if one.type == "unboxed")
    assert last.data["photo"] == sha256(data) and objects.get(sha256(data)) == data


def test_one_photo_for_two_samples_is_seen_on_the_board(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        pair = (story.shipped(), story.shipped())
        tasks = {sample.id: task.id for task, sample in samples.tasks_of(unit, "shopper")}
    client, data = visitor("shopper"), drawn(quality=95)
    with Image.open(io.BytesIO(data)) as shown:
        smaller = io.BytesIO()
        shown.resize((300, 400)).save(smaller, "JPEG", quality=60)
    for sample, sent in zip(pair, (data, smaller.getvalue()), strict=True):
        fields = {"weight_g": "800", "condition": "intact"}
        path = f"/shopper/tasks/{tasks[sample.id]}/parcel"
        assert send(client, path, fields, photo=("a.jpg", sent)).status_code == 303
    board = visitor("coordinator").get(f"/office/campaigns/{story.campaign.id}")
    assert [(one.kind, one.sample_code, one.other_code) for one in view(board).alarms] == [
        (Alarm.SAME_PICTURE, pair[1].code, pair[0].code)
    ]


def test_a_film_is_opened_by_an_officer_alone_and_the_look_is_kept(
    visitor: Visitor, database: Database, received: tuple[UUID, UUID]
) -> None:
    sample, data = received[0], mp4(900)
    assert sender(visitor, received[1]).whole(data).status_code == 204
    place = f"/office/samples/{sample}/films/{sha256(data)}"
    assert visitor("coordinator").get(place).status_code == 403
    answer = visitor("officer").get(place)
    assert (answer.content, answer.headers["cache-control"]) == (data, "no-store")
    assert "access-control-allow-origin" not in answer.headers
    assert visitor("officer").get(f"/office/samples/{sample}/films/{'0' * 64}").status_code == 404
    pages: dict[str, Any] = {who: visitor(who).get(f"/office/samples/{sample}") for who in ("coordinator", "officer")}
    assert {who: place in page.text for who, page in pages.items()} == {"coordinator": False, "officer": True}
    with database.unit() as unit:
        looks = [one.actor for one in events.history(unit, sample) if one.type == "looked_at"]
    assert looks == ["user:officer"]


def drawn(*, quality: int, turn: int = 0, seed: int = 1) -> bytes:
    """Give a picture of boxes in different light, as a photo of a parcel has them."""
    dice, image = random.Random(seed), Image.new("RGB", (600, 800), "#8c8c8c")
    for _ in range(40):
        x, y, shade = dice.randrange(600), dice.randrange(800), dice.randrange(256)
        box = (x, y, x + dice.randrange(40, 300), y + dice.randrange(40, 300))
        ImageDraw.Draw(image).rectangle(box, fill=(shade, shade, shade))
    out = io.BytesIO()
    image.rotate(turn).save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (drawn(quality=40), Alarm.SAME_PICTURE),
        (drawn(quality=95, seed=2), None),
        (drawn(quality=95, turn=90), None),
    ],
)
def test_a_picture_saved_anew_is_like_itself_and_another_one_is_not(other: bytes, found: Alarm | None) -> None:
    marks = [Likeness(sha256(data), fingerprint(grey(data))) for data in (drawn(quality=95), other)]
    assert alike(*marks) is found
