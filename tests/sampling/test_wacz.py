"""An archive is the same at every making, signed as players check it, and refused when anything is hidden in it."""

import base64
import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from sampling.digest import sha256
from sampling.errors import UnreadableArchive
from sampling.evidence import wacz
from tests.sampling.visits import KEYS, NOON, SHOP, a_bundle

PAGE = wacz.Page("p1", f"{SHOP}/", "Lamp 台灯", NOON)
FIXED = ["archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"]


def a_wacz(**changes: Any) -> bytes:
    facts: dict[str, Any] = {"page": PAGE, "extras": {"evidence/a.json": b"{}\n"}, "created": NOON, "software": "s 1"}
    return wacz.packed(b"records", (), key=KEYS.archive, **{**facts, **changes})


def held(data: bytes, name: str) -> Any:
    return json.loads(wacz.member(data, name))


def test_members_stand_in_a_fixed_order_and_the_package_lists_them() -> None:
    data = a_wacz(extras={"evidence/b.png": b"png", "evidence/a.json": b"{}\n"})
    members = wacz.members(data)
    assert list(members) == [*FIXED, "evidence/a.json", "evidence/b.png", wacz.PACKAGE, wacz.DIGEST]
    package = held(data, wacz.PACKAGE)
    assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
    assert (package["mainPageUrl"], package["created"]) == (f"{SHOP}/", "2026-11-03T04:00:00Z")
    assert [each["path"] for each in package["resources"]] == list(members)[:-2]
    for each in package["resources"]:
        assert (each["hash"], each["bytes"]) == (f"sha256:{sha256(members[each['path']])}", len(members[each["path"]]))


def test_the_page_is_listed_with_its_title() -> None:
    rows = [json.loads(line) for line in wacz.member(a_wacz(), "pages/pages.jsonl").splitlines()]
    assert rows[0]["format"] == "json-pages-1.0"
    assert rows[1] == {"id": "p1", "url": f"{SHOP}/", "ts": "2026-11-03T04:00:00.000Z", "title": "Lamp 台灯"}


def test_the_same_contents_give_the_same_bytes_and_pictures_are_stored() -> None:
    extras = {"evidence/b.png": b"png", "evidence/a.json": b"{}\n"}
    assert a_wacz(extras=extras) == a_wacz(extras=dict(reversed(extras.items())))
    with zipfile.ZipFile(io.BytesIO(a_wacz(extras=extras))) as archive:
        kinds = {info.filename: info.compress_type for info in archive.infolist()}
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert [name for name, kind in kinds.items() if kind == zipfile.ZIP_STORED] == [FIXED[0], "evidence/b.png"]


def test_the_signature_is_the_one_that_players_check() -> None:
    data = a_wacz()
    digest, named = held(data, wacz.DIGEST), f"sha256:{sha256(wacz.member(data, wacz.PACKAGE))}"
    signed = digest["signedData"]
    assert (digest["path"], digest["hash"], signed["hash"]) == (wacz.PACKAGE, named, named)
    assert set(signed) == {"hash", "created", "software", "version", "signature", "publicKey"}
    assert (signed["version"], signed["created"]) == ("0.1.0", held(data, wacz.PACKAGE)["created"])
    raw = base64.b64decode(signed["signature"])
    assert len(raw) == 96
    key = load_der_public_key(base64.b64decode(signed["publicKey"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    r, s = int.from_bytes(raw[:48], "big"), int.from_bytes(raw[48:], "big")
    key.verify(encode_dss_signature(r, s), named.encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(encode_dss_signature(r, s), named.encode() + b"0", ec.ECDSA(SHA256()))


@pytest.mark.parametrize(
    ("name", "data"),
    [("page.png", b"x"), ("evidence/deep/a.png", b"x"), ("evidence/png", b"x"), ("evidence/A.png", b"x"),
     ("evidence/../a.png", b"x"), ("evidence/empty.jsonl", b"")],
)  # fmt: skip
def test_what_validators_stumble_over_is_never_packed(name: str, data: bytes) -> None:
    with pytest.raises(ValueError, match="cannot lie"):
        a_wacz(extras={name: data})


def test_a_title_of_broken_letters_is_packed() -> None:
    page = wacz.Page("p", f"{SHOP}/", "\ud800", NOON)
    assert held(a_wacz(page=page), wacz.PACKAGE)["title"] == "?"


def zipped(*names: str, kind: int = zipfile.ZIP_STORED, comment: bytes = b"", extra: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.extra = extra
            archive.writestr(info, b"data", kind)
        archive.comment = comment
    return buffer.getvalue()


def with_gap(data: bytes) -> bytes:
    """Bytes hidden between the members and their list, which still is found."""
    end = len(data) - 22
    start = struct.unpack_from("<L", data, end + 16)[0]
    return data[:start] + b"hidden" + data[start : end + 16] + struct.pack("<L", start + 6) + data[end + 20 :]


def flagged(data: bytes) -> bytes:
    """A member that calls itself encrypted."""
    return data.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")


HIDING: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"no zip", "no readable"),
    (lambda: b"before" + zipped("a.b"), "beside a.b"),
    (lambda: zipped("a.b") + b"behind", "no readable|behind"),
    (lambda: zipped("a.b", comment=b"hidden"), "behind"),
    (lambda: with_gap(zipped("a.b")), "behind"),
    (lambda: zipped("a.b", extra=b"\x99\x99\x02\x00hi"), "beside a.b"),
    (lambda: zipped("a.b", "folder/"), "a folder"),
    (lambda: zipped("a.b", kind=zipfile.ZIP_BZIP2), "unusual"),
    (lambda: flagged(zipped("a.b")), "beside a.b"),
    (lambda: zipped(*(f"{number}.x" for number in range(1_001))), "more than it may"),
    (lambda: a_wacz().replace(b"records", b"redords"), "no readable"),
]


@pytest.mark.parametrize(("made", "said"), HIDING)
def test_an_archive_with_anything_beside_its_members_is_refused(made: Callable[[], bytes], said: str) -> None:
    with pytest.raises(UnreadableArchive, match=said):
        wacz.members(made())


def test_two_members_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped("a.b", "a.b")
    with pytest.raises(UnreadableArchive, match="two members"):
        wacz.members(twice)


def test_an_archive_that_is_too_large_is_refused() -> None:
    with pytest.raises(UnreadableArchive, match="more than it may"):
        wacz.members(a_wacz(), most_bytes=100)


def test_a_member_that_is_not_there_is_named() -> None:
    with pytest.raises(UnreadableArchive, match=r"holds no b\.c"):
        wacz.member(zipped("a.b"), "b.c")
    assert wacz.members(zipped("a.b")) == {"a.b": b"data"}


def test_sealing_again_gives_the_same_archive() -> None:
    first, second = (hashlib.sha256(a_bundle()["capture.wacz"]).hexdigest() for _ in range(2))
    assert first == second
