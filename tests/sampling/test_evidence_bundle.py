"""A bundle is sealed the same way twice, grows by stamps and its place in the ledger, and lies on disk as it is."""

import json
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sampling.digest import ORIGIN, sha256
from sampling.edge.bundle import load, store
from sampling.errors import UnreadableBundle
from sampling.evidence import wacz
from sampling.evidence.bundle import manifest_sha256, packed, stamped, with_inclusion
from sampling.evidence.keys import Keys, key_id
from sampling.evidence.parts import sums
from sampling.evidence.verification import verify_bundle
from tests.sampling.visits import KEY, KEYS, OTHER_KEYS, SHOP, a_bundle, a_visit, every_visit


@pytest.mark.parametrize("name", sorted(every_visit()))
def test_every_kind_of_visit_is_sealed_whole_and_the_same_way_twice(name: str) -> None:
    files = a_bundle(visit=every_visit()[name])
    assert files == a_bundle(visit=every_visit()[name])
    assert verify_bundle(files) == ()


def test_a_bundle_is_the_archive_the_guide_and_the_head() -> None:
    files = a_bundle()
    assert sorted(files) == [
        "SHA256SUMS",
        "VERIFY.md",
        "capture.wacz",
        "manifest.json",
        "manifest.json.sig",
        "signer.pem",
    ]
    record = json.loads(files["manifest.json"])
    assert [entry["path"] for entry in record["files"]] == ["VERIFY.md", "capture.wacz"]
    members = wacz.members(files["capture.wacz"])
    assert {entry["path"]: entry["sha256"] for entry in record["archive"]} == {
        path: sha256(data) for path, data in members.items()
    }
    assert record["signer"] == key_id(KEY.public_key())
    assert record["archive_key"] == key_id(KEYS.archive.public_key())


def test_a_manifest_names_its_predecessor() -> None:
    first = a_bundle()
    second = a_bundle(capture_id="cap-2", prev_sha256=manifest_sha256(first))
    assert json.loads(first["manifest.json"])["prev_manifest_sha256"] == ORIGIN
    assert json.loads(second["manifest.json"])["prev_manifest_sha256"] == sha256(first["manifest.json"])


def test_other_keys_seal_the_same_records_under_other_names() -> None:
    record = json.loads(a_bundle(keys=OTHER_KEYS)["manifest.json"])
    assert record["signer"] == key_id(OTHER_KEYS.manifest.public_key())
    assert record["archive_key"] == key_id(OTHER_KEYS.archive.public_key())


def test_an_archive_key_of_another_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="P-384"):
        Keys(KEY, ec.generate_private_key(ec.SECP256R1()))


def test_the_first_page_is_the_one_that_was_answered_last() -> None:
    data = a_bundle()["capture.wacz"]
    page = json.loads(wacz.member(data, wacz.PAGES).splitlines()[1])
    assert (page["url"], page["ts"]) == (f"{SHOP}/item/1", "2026-11-03T04:00:00.040Z")
    nothing = a_bundle(visit=a_visit(exchanges=()))["capture.wacz"]
    assert json.loads(wacz.member(nothing, wacz.PAGES).splitlines()[1])["ts"] == "2026-11-03T04:00:00.000Z"


@pytest.mark.parametrize(
    ("files", "urls"),
    [
        ({}, []),
        ({"page.png": b"p", "dom.html": b"d"}, ["urn:dom", "urn:view"]),
        ({"page.png": b"p", "viewport.png": b"v"}, ["urn:view"]),
    ],
)
def test_the_archive_carries_the_view_and_the_text(files: dict[str, bytes], urls: list[str]) -> None:
    data = a_bundle(visit=a_visit(files=files))["capture.wacz"]
    listed = wacz.member(data, wacz.INDEX).decode().splitlines()
    views = [line for line in listed if line.startswith("urn:")]
    assert [line.split(":http")[0] for line in views] == urls
    assert all(sha256(files.get("viewport.png", b"p")) in line for line in views if line.startswith("urn:view"))


def test_a_file_set_aside_is_listed_by_its_hash() -> None:
    files = a_bundle(sealed={"cookies": b"unreadable"})
    entry = next(each for each in json.loads(files["manifest.json"])["files"] if each["path"] == "sealed/cookies.bin")
    assert (files["sealed/cookies.bin"], entry["sha256"]) == (b"unreadable", sha256(b"unreadable"))
    for name in ("../x", "A", "", "a.b"):
        with pytest.raises(ValueError, match="set aside"):
            a_bundle(sealed={name: b"x"})


def test_a_stamp_is_added_once_an_authority_and_never_replaced() -> None:
    first = stamped(a_bundle(), "tsa-1", b"answer", b"chain")
    assert (first["timestamps/tsa-1.tsr"], first["timestamps/tsa-1.pem"]) == (b"answer", b"chain")
    assert first["SHA256SUMS"] == sums(first)
    assert first["manifest.json"] == a_bundle()["manifest.json"]
    assert stamped(first, "tsa-1", b"answer", b"chain") == first
    assert set(stamped(first, "tsa-2", b"other", b"chain")) > set(first)
    with pytest.raises(ValueError, match="another stamp"):
        stamped(first, "tsa-1", b"later", b"chain")
    for code in ("../tsa", "TSA", ""):
        with pytest.raises(ValueError, match="cannot name"):
            stamped(first, code, b"answer", b"chain")


def test_a_later_place_in_the_ledger_takes_the_place_of_an_earlier() -> None:
    once = with_inclusion(a_bundle(), b"early\n")
    later = with_inclusion(once, b"later\n")
    assert (later["inclusion.json"], later["SHA256SUMS"]) == (b"later\n", sums(later))


def test_a_bundle_is_the_same_as_folder_and_as_zip(tmp_path: Path) -> None:
    files = a_bundle()
    store(files, tmp_path / "b")
    (tmp_path / "b.zip").write_bytes(packed(files))
    with zipfile.ZipFile(tmp_path / "wrapped.zip", "w") as archive:
        for path, data in files.items():
            archive.writestr(f"cap-1/{path}", data)
    assert load(tmp_path / "b") == load(tmp_path / "b.zip") == load(tmp_path / "wrapped.zip") == files
    assert packed(files) == packed(dict(reversed(files.items())))


def test_evidence_is_never_overwritten(tmp_path: Path) -> None:
    store(a_bundle(), tmp_path / "b")
    with pytest.raises(FileExistsError):
        store(a_bundle(), tmp_path / "b")


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_bytes(b"not a zip")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "out").symlink_to("/etc/passwd")
    for name in ("absent", "text.zip", "links"):
        with pytest.raises(UnreadableBundle):
            load(tmp_path / name)


def test_a_bundle_of_too_many_or_too_large_files_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(2_001):
            archive.writestr(f"{number}", b"")
    (tmp_path / "large.zip").write_bytes(packed(a_bundle()))
    store(a_bundle(), tmp_path / "large")
    with pytest.raises(UnreadableBundle, match="2001 files"):
        load(tmp_path / "many.zip")
    for name in ("large.zip", "large"):
        with pytest.raises(UnreadableBundle, match="100 are the most"):
            load(tmp_path / name, most_bytes=100)
