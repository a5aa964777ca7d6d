"""A thief of our keys can sign anything: the manifest, the records and the tables of an archive must still agree."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sampling.digest import canonical, sha256
from sampling.evidence import wacz, warc
from sampling.evidence.bundle import seal
from sampling.evidence.parts import ARCHIVE, MANIFEST, SIGNATURE, SIGNER, SUMS, sums
from sampling.evidence.sentences import Fault
from sampling.evidence.trust import Trust
from sampling.evidence.verification import verify_bundle
from tests.sampling.proofs import VISIT, Files, rearchived, rebound, relisted, trusted
from tests.sampling.visits import KEYS, OTHER_KEYS

TRUST = Trust(trusted())
REQUESTS, PROVENANCE = "evidence/requests.jsonl", "evidence/provenance.json"


@pytest.fixture(scope="module")
def files() -> Iterator[Files]:
    yield seal(VISIT, capture_id="cap-1", case="S26-000001", keys=KEYS)


# The manifest.


def listing(*entries: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    return lambda record: record.update(files=[*record["files"], *entries])


def an_entry(path: str) -> dict[str, Any]:
    return {"path": path, "sha256": "0" * 64, "bytes": 1, "media_type": "text/plain"}


MANIFESTS: list[tuple[Callable[[dict[str, Any]], object], str, str]] = [
    (lambda record: record.update(schema="other/1"), "not_manifest", MANIFEST),
    (lambda record: record.pop("kind"), "not_manifest", MANIFEST),
    (lambda record: record.pop("schema"), "not_manifest", MANIFEST),
    (lambda record: record.update(final_url=None), "not_manifest", MANIFEST),
    (lambda record: record.update(ended_at="soon"), "not_manifest", MANIFEST),
    (lambda record: record.update(ended_at="2020-01-01T00:00:00.000Z"), "not_manifest", MANIFEST),
    (lambda record: record["completeness"].update(requests=True), "not_manifest", MANIFEST),
    (lambda record: record["completeness"].update(gaps=0), "not_manifest", MANIFEST),
    (lambda record: record.update(completeness=None), "not_manifest", MANIFEST),
    (lambda record: record.update(archive=[{"path": 1}]), "not_manifest", MANIFEST),
    (lambda record: record.update(signer="0" * 64), "other_key", SIGNER),
    (listing(an_entry("../etc/passwd")), "bad_path", "../etc/passwd"),
    (listing(an_entry("/etc/passwd")), "bad_path", "/etc/passwd"),
    (listing(an_entry(SUMS)), "bad_path", SUMS),
    (listing(an_entry("timestamps/north.tsr")), "bad_path", "timestamps/north.tsr"),
    (listing(an_entry("VERIFY.md")), "bad_path", "VERIFY.md"),
    (listing(an_entry("sealed/absent.bin")), "missing", "sealed/absent.bin"),
    (lambda record: record.update(files=record["files"][:1]), "unlisted", ARCHIVE),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "path"), MANIFESTS)
def test_a_wrong_manifest_is_refused_though_its_signature_holds(
    files: Files, change: Callable[[dict[str, Any]], object], code: str, path: str
) -> None:
    assert Fault(code, path) in verify_bundle(rebound(files, change))


def signed(files: Files, manifest: bytes) -> Files:
    made = {**files, MANIFEST: manifest, SIGNATURE: KEYS.manifest.sign(manifest)}
    return {**made, SUMS: sums(made)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda data: data[:-1], "not_canonical"),
        (lambda data: data.replace(b'"status":200', b'"status":2e2'), "not_canonical"),
        (lambda data: data.replace(b'"Chromium 1"', b'"\\ud800"'), "not_canonical"),
        (lambda data: b"{", "not_manifest"),
        (lambda data: b"[]", "not_manifest"),
        (lambda data: b"\xff", "not_manifest"),
        (lambda data: b"[" * 100_000, "not_manifest"),
    ],
)
def test_a_manifest_has_one_form(files: Files, change: Callable[[bytes], bytes], code: str) -> None:
    assert Fault(code, MANIFEST) in verify_bundle(signed(files, change(files[MANIFEST])))


@pytest.mark.parametrize("height", [100, *range(840, 1000, 20), 5_000])
def test_a_tower_of_lists_breaks_no_verification(files: Files, height: int) -> None:
    """Whether its reader or its measurer gives up first depends on how deep they are called."""
    tower = b"[" * height + b"]" * height
    faults = verify_bundle(signed(files, files[MANIFEST][:-2] + b',"z":' + tower + b"}\n"))
    assert {fault.code for fault in faults} <= {"not_manifest", "not_canonical"}
    assert faults or height < 1_000


def test_a_bundle_without_an_archive_is_no_capture(files: Files) -> None:
    bare = {path: data for path, data in files.items() if path != ARCHIVE}
    made = rebound(bare, lambda record: record.update(files=[e for e in record["files"] if e["path"] != ARCHIVE]))
    assert verify_bundle(made, trust=TRUST) == (Fault("missing", ARCHIVE),)


def test_a_head_without_its_key_or_sums_is_told(files: Files) -> None:
    assert verify_bundle({**files, SIGNER: b"no key"}) == (Fault("changed", SIGNER),)
    assert verify_bundle({path: data for path, data in files.items() if path != SUMS}) == (Fault("missing", SUMS),)
    assert verify_bundle({**files, SUMS: files[SUMS] + b"\n"}) == (Fault("bad_sums", SUMS),)
    assert verify_bundle({**files, SUMS: b"", SIGNATURE: b""}) == (Fault("bad_signature", MANIFEST),)


# The records.


def pieces(data: bytes) -> list[bytes]:
    """The gzip members of a file of records."""
    return [data[one.offset : one.offset + one.length] for one in warc.records(data)]


def first(kind: str, data: bytes) -> int:
    return next(place for place, one in enumerate(warc.records(data)) if one.kind == kind)


def recorded(change: Callable[[list[bytes], bytes], list[bytes]]) -> Callable[[Files], Files]:
    return lambda members: {
        **members, wacz.ARCHIVE: b"".join(change(pieces(members[wacz.ARCHIVE]), members[wacz.ARCHIVE]))
    }  # fmt: skip


def dropped(kind: str) -> Callable[[Files], Files]:
    return recorded(lambda held, data: [one for place, one in enumerate(held) if place != first(kind, data)])


def bent(old: bytes, new: bytes, kind: str = "response") -> Callable[[Files], Files]:
    """One record written anew with other bytes in it."""

    def change(held: list[bytes], data: bytes) -> list[bytes]:
        place = first(kind, data)
        plain = gzip.decompress(held[place])
        assert old in plain
        return [*held[:place], gzip.compress(plain.replace(old, new, 1), mtime=0), *held[place + 1 :]]

    return recorded(change)


def table(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    return lambda members: {**members, name: change(members[name])}


def row(number: int, **changes: object) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        rows = [json.loads(line) for line in data.splitlines()]
        rows[number] |= changes
        return b"".join(map(canonical, rows))

    return change


def line(**changes: str) -> Callable[[bytes], bytes]:
    """The first line of the index with other facts."""

    def change(data: bytes) -> bytes:
        key, instant, facts = data.decode().splitlines()[0].split(" ", 2)
        bent_line = f"{key} {instant} {json.dumps(json.loads(facts) | changes)}"
        return "\n".join([bent_line, *data.decode().splitlines()[1:], ""]).encode()

    return change


def told(**changes: object) -> Callable[[bytes], bytes]:
    return lambda data: canonical(json.loads(data) | changes)


RECORDS: list[tuple[str, Callable[[Files], Files], tuple[tuple[str, str], ...]]] = [
    ("cut in the middle", table(wacz.ARCHIVE, lambda data: data[:-3]), (("bad_record", wacz.ARCHIVE),)),
    ("bytes behind", table(wacz.ARCHIVE, lambda data: data + b"\0"), (("bad_record", wacz.ARCHIVE),)),
    ("twice the same", recorded(lambda held, _: [*held, held[-1]]), (("bad_record", wacz.ARCHIVE),)),
    ("block changed", bent(b"Moved", b"Found"), (("bad_record", wacz.ARCHIVE),)),
    ("digest by SHA-1", bent(b"Block-Digest: sha256:", b"Block-Digest: sha1:"), (("bad_record", wacz.ARCHIVE),)),
    ("payload digest dropped", bent(b"WARC-Payload-Digest", b"WARC-Refers-To"), (("bad_record", wacz.ARCHIVE),)),
    ("answer dropped", dropped("response"), (("other_body", REQUESTS), ("bad_index", wacz.INDEX))),
    ("request dropped", dropped("request"), (("bad_counts", wacz.ARCHIVE), ("bad_index", wacz.INDEX))),
    ("note dropped", dropped("metadata"), (("bad_counts", wacz.ARCHIVE), ("bad_index", wacz.INDEX))),
    ("picture dropped", dropped("resource"), (("bad_index", wacz.INDEX),)),
    ("picture without an address", bent(b"WARC-Target-URI: ", b"WARC-Refers-To: ", "resource"),
     (("bad_index", wacz.INDEX),)),
    ("another order", recorded(lambda held, _: held[::-1]), (("other_body", REQUESTS), ("bad_index", wacz.INDEX))),
    ("a request untold", table(REQUESTS, lambda data: b"".join(data.splitlines(keepends=True)[1:])),
     (("bad_counts", REQUESTS),)),
    ("a failure told as recorded", table(REQUESTS, row(3, fate="recorded")), (("bad_counts", REQUESTS),)),
    ("a gap at another address", table(REQUESTS, row(5, url="https://shop.test/")), (("bad_counts", REQUESTS),)),
    ("a cut untold", table(REQUESTS, row(3, truncated=None)), (("bad_counts", REQUESTS),)),
    ("another body", table(REQUESTS, row(1, sha256="0" * 64)), (("other_body", REQUESTS),)),
    ("another address", table(REQUESTS, row(1, url="https://shop.test/item/2")), (("other_body", REQUESTS),)),
    ("requests no table", table(REQUESTS, lambda _: b"{"), (("bad_counts", REQUESTS),)),
    ("requests of numbers", table(REQUESTS, lambda _: b"1\n"), (("bad_counts", REQUESTS),)),
    ("a line dropped", table(wacz.INDEX, lambda data: b"".join(data.splitlines(keepends=True)[1:])),
     (("bad_index", wacz.INDEX),)),
    ("a line twice", table(wacz.INDEX, lambda data: data + data.splitlines(keepends=True)[0]),
     (("bad_index", wacz.INDEX),)),
    ("a line elsewhere", table(wacz.INDEX, line(offset="7")), (("bad_index", wacz.INDEX),)),
    ("a line too long", table(wacz.INDEX, line(length="7")), (("bad_index", wacz.INDEX),)),
    ("a line of another file", table(wacz.INDEX, line(filename="x.warc.gz")), (("bad_index", wacz.INDEX),)),
    ("a line of another address", table(wacz.INDEX, line(url="https://shop.test/x")), (("bad_index", wacz.INDEX),)),
    ("a line of another digest", table(wacz.INDEX, line(digest="sha256:00")), (("bad_index", wacz.INDEX),)),
    ("index no table", table(wacz.INDEX, lambda _: b"x\n"), (("bad_index", wacz.INDEX),)),
    ("index no text", table(wacz.INDEX, lambda _: b"\xff\n"), (("bad_index", wacz.INDEX),)),
    ("another page", table(wacz.PAGES, lambda data: data.replace(b"/item/1", b"/item/2")),
     (("other_visit", wacz.PAGES),)),
    ("another page's number", table(wacz.PAGES, lambda data: data.replace(b"cap-1", b"cap-2")),
     (("other_visit", wacz.PAGES),)),
    ("no page", table(wacz.PAGES, lambda data: data.splitlines(keepends=True)[0]), (("other_visit", wacz.PAGES),)),
    ("another visit's address", table(PROVENANCE, told(requested_url="https://shop.test/i/2")),
     (("other_visit", PROVENANCE),)),
    ("another visit's kind", table(PROVENANCE, told(kind="obstacle")), (("other_visit", PROVENANCE),)),
    ("another visit's time", table(PROVENANCE, told(ended_at="2020-11-03T12:00:03.000Z")),
     (("other_visit", PROVENANCE),)),
    ("another visit's browser", table(PROVENANCE, told(tool={"browser": "Chromium 2"})),
     (("other_visit", PROVENANCE),)),
    ("more than the visit", table(PROVENANCE, told(more=1)), (("other_visit", PROVENANCE),)),
    ("half a visit", table(PROVENANCE, lambda _: b"{}"), (("other_visit", PROVENANCE),)),
    ("another title", table(wacz.PAGES, lambda data: data.replace(b"Lamp", b"Lamb")), (("other_visit", wacz.PAGES),)),
    ("no provenance", lambda members: {k: v for k, v in members.items() if k != PROVENANCE},
     (("other_visit", PROVENANCE),)),
    ("provenance of numbers", table(PROVENANCE, lambda _: b"1\n"), (("other_visit", PROVENANCE),)),
]  # fmt: skip


@pytest.mark.parametrize(("change", "due"), [case[1:] for case in RECORDS], ids=[case[0] for case in RECORDS])
def test_records_and_tables_must_agree_though_all_is_signed_anew(
    files: Files, change: Callable[[Files], Files], due: tuple[tuple[str, str], ...]
) -> None:
    forged = rearchived(files, relisted(change(wacz.members(files[ARCHIVE]))))
    assert verify_bundle(forged, trust=TRUST) == tuple(Fault(code, f"{ARCHIVE}/{name}") for code, name in due)


def test_the_counts_of_the_manifest_are_those_of_the_records(files: Files) -> None:
    forged = rebound(files, lambda record: record["completeness"].update(requests=7))
    assert verify_bundle(forged, trust=TRUST) == (
        Fault("bad_counts", f"{ARCHIVE}/{wacz.ARCHIVE}"), Fault("bad_counts", f"{ARCHIVE}/{REQUESTS}")
    )  # fmt: skip


def test_another_visit_of_ours_cannot_lend_its_archive(files: Files) -> None:
    """Every part is genuine and was signed by us; they were never one capture."""
    forged = rebound(files, lambda record: record.update(capture="cap-2", final_url="https://shop.test/item/2"))
    assert verify_bundle(forged, trust=TRUST) == (
        Fault("other_visit", f"{ARCHIVE}/{wacz.PAGES}"), Fault("other_visit", f"{ARCHIVE}/{PROVENANCE}")
    )  # fmt: skip


def test_a_strangers_everything_is_a_strangers(files: Files) -> None:
    forged = rearchived(files, relisted(wacz.members(files[ARCHIVE]), OTHER_KEYS), OTHER_KEYS)
    assert [fault.code for fault in verify_bundle(forged, trust=TRUST)] == ["unknown_key", "unknown_key"]
    assert sha256(forged[ARCHIVE]) != sha256(files[ARCHIVE])
