"""What is handed around as .zip is opened within limits, its contents are read, and credentials are believed whole."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.edge.bundle import load, store
from sampling.errors import UnreadableBundle, WrongKeys
from sampling.evidence import credentials, keyring
from sampling.evidence.bundle import packed
from sampling.evidence.container import check_size, stated_size, unpacked
from sampling.evidence.contents import flat, opened
from sampling.evidence.credentials import Credentials
from sampling.evidence.keyring import Statement
from sampling.evidence.trust import Trust
from sampling.evidence.verification import verify_bundle
from sampling.evidence.visit import VisitKind
from tests.sampling.proofs import ORIGIN, SINCE, trusted
from tests.sampling.visits import KEYS, OTHER_KEYS, PRICE, SHOP, a_bundle, a_picture


def zipped(*files: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def locked() -> bytes:
    """A .zip whose one file says that it is encrypted."""
    data = bytearray(zipped(("a", b"x"), kind=zipfile.ZIP_STORED))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def broken() -> bytes:
    data = bytearray(zipped(("a", b"x" * 500)))
    data[34] ^= 0xFF
    return bytes(data)


def test_a_zip_gives_its_files_also_without_the_folder_that_holds_them_all() -> None:
    files = {"a": b"1", "b/c": b"2"}
    assert unpacked(zipped(*files.items())) == files
    assert unpacked(io.BytesIO(zipped(("top/a", b"1"), ("top/", b""), ("top/b/c", b"2")))) == files
    assert unpacked(zipped()) == {}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda: b"no zip", "no readable"),
        (broken, "no readable"),
        (lambda: zipped(("a", b"1"), ("a", b"2")), "two files of one name"),
        (lambda: zipped(("a", b"1"), kind=zipfile.ZIP_LZMA), "unusual way"),
        (locked, "encrypted"),
        (lambda: zipped(*((str(number), b"") for number in range(9))), "9 files; 8 are the most"),
        (lambda: zipped(("a", bytes(101))), "101 bytes; 100 are the most"),
    ],
)
def test_what_is_no_fair_zip_is_refused(data: Callable[[], bytes], words: str) -> None:
    with pytest.raises(UnreadableBundle, match=words):
        unpacked(data(), most_bytes=100 if "bytes" in words else 1000, most_files=8)


def test_a_size_is_known_before_anything_is_unpacked() -> None:
    assert stated_size(zipped(("a", bytes(5000)), ("b", b"x"))) == 5001
    assert stated_size(b"no zip") == 0
    check_size(8, 100, most_bytes=100, most_files=8)


def test_a_bundle_is_opened_to_be_compared() -> None:
    read = {"title": "Lamp", "price": {"amount": "129.00", "currency": "CNY"}}
    found = opened(a_bundle(extracted=read))
    side = found.side()
    assert side.fields == {"title": "Lamp", "price": "129.00 CNY"}
    assert (side.text, side.kind, side.url) == (PRICE, VisitKind.LISTING, f"{SHOP}/item/1")
    assert side.tiles == (a_picture(),)
    assert opened(a_bundle(extracted=None)).fields == {}


@pytest.mark.parametrize("change", ["manifest.json", "capture.wacz"])
@pytest.mark.parametrize("data", [None, b"", b"[]", b"{", b'{"kind":["listing"],"final_url":"x"}'])
def test_what_cannot_be_read_is_no_bundle(change: str, data: bytes | None) -> None:
    files = {name: held for name, held in a_bundle().items() if name != change}
    with pytest.raises(UnreadableBundle, match=change):
        opened(files if data is None else {**files, change: data})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Lamp", "Lamp"),
        ({"amount": "9.90", "currency": "EUR"}, "9.90 EUR"),
        (["red", "blue"], "red; blue"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ({"low": 1}, '{"low": 1}'),
        (None, None),
        ("", None),
        ([], None),
        ({}, None),
    ],
)
def test_a_field_is_one_text_or_is_not_stated(value: Any, text: str | None) -> None:
    assert dict(flat({"x": value, "sources": {"x": "page"}})) == ({} if text is None else {"x": text})


def given(*keys: Any) -> Credentials:
    first = keyring.sign(Statement(1, SINCE, trusted()), [KEYS.manifest])
    return Credentials((first, *keys), {"north": (b"-----BEGIN", b"-----END")}, ORIGIN)


def test_credentials_are_read_as_they_were_written_and_say_whom_to_trust() -> None:
    document = json.dumps(given().record(), indent=1).encode()
    assert credentials.read(document) == given()
    trust = given().trust()
    assert trust == Trust(trusted(), given().chains, ORIGIN)
    assert verify_bundle(a_bundle(), trust=trust) == ()
    assert {fault.code for fault in verify_bundle(a_bundle(keys=OTHER_KEYS), trust=trust)} == {"unknown_key"}
    assert (Credentials().anchor, Credentials().trust()) == (None, Trust())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"schema":"x","ledger":1}', b"[" * 9999])
def test_what_are_no_credentials_is_refused(data: bytes) -> None:
    with pytest.raises(WrongKeys):
        credentials.read(data)


def test_a_chain_of_statements_that_does_not_hold_is_not_believed() -> None:
    stranger = keyring.sign(Statement(1, SINCE, trusted()), [OTHER_KEYS.manifest])
    for documents in ((stranger,), (b"{}",), (given().statements[0], stranger)):
        with pytest.raises(WrongKeys):
            Credentials(documents).trust()


def test_a_packed_bundle_is_unpacked_again() -> None:
    assert unpacked(packed(a_bundle())) == a_bundle()


def test_a_bundle_that_cannot_be_written_whole_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        store({"a": b"1", "a/b": b"2"}, tmp_path / "cap-1")
    assert list(tmp_path.iterdir()) == []
    store({"a": b"1", "b/c": b"2"}, tmp_path / "cap-1")
    assert [path.name for path in tmp_path.iterdir()] == ["cap-1"]
    assert load(tmp_path / "cap-1") == {"a": b"1", "b/c": b"2"}
