"""Pictures of parcels, goods and seals: who may look at which, that the look is kept, and what is not shown."""

import io
import struct
import sys
import zlib
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image, ImageFile

from dashboards import heic
from dashboards.photo import grey, oversized, readable, redrawn
from sampling.sample import SampleEvent
from storage import events
from storage.acts import shopping
from storage.acts.shopping import Parcel, Unboxing
from storage.database import Database
from storage.objects import Objects
from tests.dashboards.conftest import Visitor, view
from tests.dashboards.story import Story, picture

TELEPHONE = (Path(__file__).parents[1] / "examples" / "pictures" / "telephone.heic").read_bytes()
MAKER, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825


def photo(size: tuple[int, int] = (800, 400), colour: str = "#884422") -> bytes:
    """Give a picture as a telephone takes it: lying on its side, with the maker, the place and a comment."""
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "Telephone", 6
    exif.get_ifd(GPS)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif, comment=b"at home")
    return out.getvalue()


def bomb() -> bytes:
    """Give a picture of a few kilobytes that is 70 megapixels large as soon as somebody decodes it."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 10_000, 7_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", b"") + part(b"IEND", b"")


@pytest.fixture
def kept(database: Database, objects: Objects) -> tuple[str, dict[str, str]]:
    """Give the path of a sealed sample's pictures and the hash of each: parcel, goods, seals and another sample's."""
    colours = {"received": "#112233", "unboxed": "#445566", "sealed": "#778899", "foreign": "#aabbcc"}
    digests = {name: objects.put(photo(colour=colour)) for name, colour in colours.items()}
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        for name, sample in (("foreign", story.shipped()), ("received", story.shipped())):
            parcel = Parcel(820, "intact", (digests[name],))
            shopping.receive(unit, sample.id, parcel, by="user:shopper", at=story.tick())
        opened = Unboxing(True, "A100", 2, digests["unboxed"])
        shopping.unbox(unit, sample.id, opened, by="user:shopper", at=story.tick())
        shopping.seal(
            unit, sample.id, test_seal="F1", backup_seal="F2", witness="Zhao Min", place="station",
            photo=digests["sealed"], by="user:shopper", at=story.tick(),
        )  # fmt: skip
    return f"/office/samples/{sample.id}", digests


def test_the_page_of_a_sample_names_each_picture_once(visitor: Visitor, kept: tuple[str, dict[str, str]]) -> None:
    path, digests = kept
    pages = {who: visitor(who).get(path) for who in ("coordinator", "officer")}
    for page in pages.values():
        found = {one.kind: (one.digest, one.restricted) for one in view(page).pictures}
        assert found == {
            SampleEvent.RECEIVED: (digests["received"], True),
            SampleEvent.UNBOXED: (digests["unboxed"], False),
            SampleEvent.SEALED: (digests["sealed"], False),
        }
        assert f"{digests['sealed']}?size=small" in page.text
        # A thumbnail of the parcel would be a look that nobody asked for.
        assert f"{digests['received']}?size" not in page.text
    linked = {who: f"pictures/{digests['received']}" in page.text for who, page in pages.items()}
    assert linked == {"coordinator": False, "officer": True}


def test_a_picture_is_shown_upright_and_without_what_the_camera_added(
    visitor: Visitor, objects: Objects, kept: tuple[str, dict[str, str]]
) -> None:
    path, digests = kept
    for query, size in (("", (400, 800)), ("?size=small", (160, 320))):
        answer = visitor("coordinator").get(f"{path}/pictures/{digests['sealed']}{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        with Image.open(io.BytesIO(answer.content)) as shown:
            assert (shown.size, dict(shown.getexif()), shown.info.get("comment")) == (size, {}, None)
        assert b"Telephone" not in answer.content and b"at home" not in answer.content
    assert b"Telephone" in objects.get(digests["sealed"])


def test_a_parcels_picture_is_opened_by_an_officer_alone_and_the_look_is_kept(
    visitor: Visitor, database: Database, kept: tuple[str, dict[str, str]]
) -> None:
    path, digests = kept
    place = f"{path}/pictures/{digests['received']}"
    assert visitor("coordinator").get(place).status_code == 403
    answer = visitor("officer").get(place)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    visitor("officer").get(f"{path}/pictures/{digests['unboxed']}")
    with database.unit() as unit:
        history = events.history(unit, UUID(path.rpartition("/")[2]))
    looks = [(one.actor, one.noun, one.subject_id) for one in history if one.type == "looked_at"]
    assert looks == [("user:officer", "picture", digests["received"])]
    assert visitor("officer").get(path).status_code == 200


@pytest.mark.parametrize("digest", ["foreign", "unknown", "file"])
def test_a_hash_that_is_not_in_the_samples_own_history_is_not_found(
    visitor: Visitor, objects: Objects, kept: tuple[str, dict[str, str]], digest: str
) -> None:
    path, digests = kept
    asked = {"foreign": digests["foreign"], "unknown": "0" * 64, "file": objects.put(b"any stored file")}[digest]
    assert visitor("officer").get(f"{path}/pictures/{asked}").status_code == 404


def test_stored_bytes_that_are_no_picture_are_not_shown(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, digest = story.received(), objects.put(b"<script>")
        shopping.unbox(unit, sample.id, Unboxing(True, "A", 2, digest), by="user:shopper", at=story.tick())
    assert visitor("officer").get(f"/office/samples/{sample.id}/pictures/{digest}").status_code == 404


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (photo(), True),
        (picture("x"), True),
        (photo()[:400], False),
        (photo((4000, 3000))[:9000], False),
        (b"GIF89a", False),
        (bomb(), False),
    ],
)
def test_a_picture_is_taken_when_it_is_whole(data: bytes, whole: bool) -> None:
    assert readable(data) is whole


def test_a_picture_of_too_many_pixels_is_known_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("it was decoded"))
    assert [oversized(data) for data in (bomb(), photo(), b"GIF89a")] == [True, False, False]
    assert not readable(bomb())
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert oversized(bomb()), "the library's own bound is reached first"


def swollen() -> bytes:
    """Give a telephone's picture of a kilobyte that says it is 900 megapixels large."""
    place = TELEPHONE.index(b"ispe") + 8
    return TELEPHONE[:place] + struct.pack(">II", 30_000, 30_000) + TELEPHONE[place + 8 :]


def test_a_telephones_picture_is_decoded_in_a_child_and_comes_back_as_a_plain_one() -> None:
    with Image.open(io.BytesIO(redrawn(TELEPHONE, 320))) as shown:
        assert (shown.format, max(shown.size) <= 320, dict(shown.getexif())) == ("JPEG", True, {})
    assert (len(grey(TELEPHONE)), readable(TELEPHONE), oversized(TELEPHONE)) == (72, True, False)
    assert "pi_heif" not in sys.modules, "its decoder never runs in the process of the pages"


def test_a_bomb_in_a_telephones_picture_is_known_by_the_size_that_it_states() -> None:
    assert oversized(swollen()), "who decodes it comes to the end of the memory, and cannot tell its size"
    assert not readable(swollen())


@pytest.mark.parametrize("limits", [{"SECONDS": 0, "PATIENCE": 0}, {"MEMORY": 48}], ids=["time", "memory"])
def test_a_child_that_passes_its_time_or_memory_refuses_the_picture(
    monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(heic, name, value)
    assert (readable(TELEPHONE), oversized(TELEPHONE)) == (False, False)
    with pytest.raises(heic.WrongPicture):
        redrawn(TELEPHONE, 320)


def test_a_photo_is_decoded_as_small_as_its_fingerprint_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    turned, sizes = Image.Image.transpose, []

    def noted(image: Image.Image, method: Image.Transpose) -> Image.Image:
        sizes.append((image.mode, image.size))
        return turned(image, method)

    monkeypatch.setattr(Image.Image, "transpose", noted)
    assert len(grey(photo((4000, 3000)))) == 72
    assert sizes == [("L", (500, 375))]


def test_a_small_picture_is_not_blown_up() -> None:
    with Image.open(io.BytesIO(redrawn(photo((80, 40)), 320))) as shown:
        assert shown.size == (40, 80)
