"""A thief of our keys can sign anything: each rule about the archive holds for itself, whatever is signed."""

import base64
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sampling.evidence import wacz
from sampling.evidence.bundle import seal
from sampling.evidence.keys import spki
from sampling.evidence.parts import ARCHIVE
from sampling.evidence.sentences import SENTENCES, Fault
from sampling.evidence.verification import verify_bundle
from tests.sampling.proofs import (
    VISIT,
    Files,
    Proof,
    flipped,
    places,
    proved,
    rearchived,
    rebound,
    refused,
    relisted,
    signed_list,
)
from tests.sampling.test_verification_records import MANIFESTS, RECORDS
from tests.sampling.test_verification_tampering import LEDGERS
from tests.sampling.visits import KEYS

INSIDE = (
    "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl", "datapackage.json", "datapackage-digest.json",
    "evidence/before.png", "evidence/dom.html", "evidence/egress.jsonl", "evidence/extract.json",
    "evidence/layout.json", "evidence/page.mhtml", "evidence/page.png", "evidence/provenance.json",
    "evidence/requests.jsonl", "evidence/tls.json",
)  # fmt: skip
DIGEST = f"{ARCHIVE}/{wacz.DIGEST}"


@pytest.fixture(scope="module")
def proof() -> Iterator[Proof]:
    with proved() as made:
        yield made


@pytest.fixture(scope="module")
def members(proof: Proof) -> Files:
    return wacz.members(proof.files[ARCHIVE])


def test_the_cases_name_every_file_there_is(members: Files) -> None:
    assert sorted(INSIDE) == sorted(members)


def without(*names: str) -> Callable[[Files], Mapping[str, bytes]]:
    return lambda members: {name: data for name, data in members.items() if name not in names}


def repacked(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Mapping[str, bytes]]:
    """The archive's list changed and signed again."""

    def make(members: Files) -> Mapping[str, bytes]:
        package = json.loads(members[wacz.PACKAGE])
        change(package)
        return {**members, **signed_list(package)}

    return make


def redigested(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Mapping[str, bytes]]:
    def make(members: Files) -> Mapping[str, bytes]:
        digest = json.loads(members[wacz.DIGEST])
        change(digest)
        return {**members, wacz.DIGEST: json.dumps(digest).encode()}

    return make


def others_signature(members: Files) -> Mapping[str, bytes]:
    """The genuine signature of another archive of ours, pasted in: it is valid, and over another list."""
    other = seal(VISIT, capture_id="cap-2", case="S26-000002", keys=KEYS)
    genuine = json.loads(wacz.member(other[ARCHIVE], wacz.DIGEST))["signedData"]
    return redigested(lambda digest: digest.update(signedData=genuine))(members)


def weak(package: dict[str, Any]) -> None:
    for entry in package["resources"]:
        entry["hash"] = "md5:" + "0" * 32


def on_another_curve(signed: dict[str, Any]) -> None:
    key = spki(ec.derive_private_key(5, ec.SECP256R1()).public_key())
    signed["publicKey"] = base64.b64encode(key).decode()


ARCHIVES: list[tuple[str, Callable[[Files], Mapping[str, bytes]], tuple[tuple[str, str], ...]]] = [
    # the rules that `wacz validate` lacks (evidence design, 5.1)
    ("digest deleted", without(wacz.DIGEST), (("missing", wacz.DIGEST),)),
    ("signature stripped", redigested(lambda d: d.pop("signedData")), (("unsigned_archive", wacz.DIGEST),)),
    ("hashes by MD5", repacked(weak),
     tuple(("weak_hash", name) for name in INSIDE if name not in (wacz.PACKAGE, wacz.DIGEST))),
    ("index and pages removed", lambda m: relisted(without(wacz.INDEX, wacz.PAGES)(m)),
     (("missing", wacz.INDEX), ("missing", wacz.PAGES))),
    ("unlisted without a dot", lambda m: {**m, "README": b"x"}, (("odd_name", "README"), ("not_packed", "README"))),
    ("another's signature", others_signature, (("other_package", wacz.DIGEST),)),
    # and more of the kind
    ("list deleted", without(wacz.PACKAGE), (("missing", wacz.PACKAGE),)),
    ("records deleted", lambda m: relisted(without(wacz.ARCHIVE)(m)),
     (("missing", wacz.ARCHIVE), ("bad_counts", wacz.ARCHIVE), ("other_body", "evidence/requests.jsonl"),
      ("bad_index", wacz.INDEX))),
    ("file deleted", without("evidence/page.png"), (("missing", "evidence/page.png"),)),
    ("file changed", lambda m: {**m, "evidence/page.png": b"x"}, (("changed", "evidence/page.png"),)),
    ("unlisted with a dot", lambda m: {**m, "evidence/more.png": b"x"}, (("not_packed", "evidence/more.png"),)),
    ("odd names", lambda m: relisted({**m, "../up.png": b"x", "evidence/a/b.png": b"x", "evidence/.x": b"x"}),
     (("odd_name", "../up.png"), ("odd_name", "evidence/a/b.png"), ("odd_name", "evidence/.x"))),
    ("list of another kind", repacked(lambda p: p.update(profile="wacz")), (("bad_package", wacz.PACKAGE),)),
    ("list of another version", repacked(lambda p: p.update(wacz_version="9")), (("bad_package", wacz.PACKAGE),)),
    ("list without a list", repacked(lambda p: p.pop("resources")), (("bad_package", wacz.PACKAGE),)),
    ("list of numbers", repacked(lambda p: p.update(resources=[1])), (("bad_package", wacz.PACKAGE),)),
    ("listed twice", repacked(lambda p: p["resources"].append(p["resources"][0])), (("bad_package", wacz.PACKAGE),)),
    ("size of a text", repacked(lambda p: p["resources"][0].update(bytes="1")), (("bad_package", wacz.PACKAGE),)),
    ("another size", repacked(lambda p: p["resources"][0].update(bytes=1)), (("changed", wacz.ARCHIVE),)),
    ("digest of another hash", redigested(lambda d: d.update(hash="sha256:" + "0" * 64)),
     (("other_package", wacz.DIGEST),)),
    ("digest of another file", redigested(lambda d: d.update(path="x")), (("other_package", wacz.DIGEST),)),
    ("digest no JSON", lambda m: {**m, wacz.DIGEST: b"{"},
     (("other_package", wacz.DIGEST), ("unsigned_archive", wacz.DIGEST))),
    ("digest no record", lambda m: {**m, wacz.DIGEST: b"[]"},
     (("other_package", wacz.DIGEST), ("unsigned_archive", wacz.DIGEST))),
    ("another day beside the signature", redigested(lambda d: d["signedData"].update(created="2019-01-01T00:00:00Z")),
     (("other_package", wacz.DIGEST),)),
    ("signature of zeros", redigested(lambda d: d["signedData"].update(signature="AAAA" * 32)),
     (("bad_signature", wacz.DIGEST),)),
    ("signature too short", redigested(lambda d: d["signedData"].update(signature="AAAA")),
     (("bad_signature", wacz.DIGEST),)),
    ("signature no base64", redigested(lambda d: d["signedData"].update(signature="?")),
     (("bad_signature", wacz.DIGEST),)),
    ("signature with more said", redigested(lambda d: d["signedData"].update(domain="x")),
     (("bad_signature", wacz.DIGEST),)),
    ("signature over a number", redigested(lambda d: d["signedData"].update(hash=1)),
     (("other_package", wacz.DIGEST), ("bad_signature", wacz.DIGEST))),
    ("key of another curve", redigested(lambda d: on_another_curve(d["signedData"])),
     (("other_key", wacz.DIGEST),)),
    ("no key", redigested(lambda d: d["signedData"].update(publicKey=1)), (("other_key", wacz.DIGEST),)),
]  # fmt: skip


@pytest.mark.parametrize(("change", "due"), [case[1:] for case in ARCHIVES], ids=[case[0] for case in ARCHIVES])
def test_each_rule_about_the_archive_holds_though_all_is_signed_anew(
    proof: Proof, members: Files, change: Callable[[Files], Mapping[str, bytes]], due: tuple[tuple[str, str], ...]
) -> None:
    forged = rearchived(proof.files, change(members))
    assert refused(forged, proof.trust) == tuple(Fault(code, f"{ARCHIVE}/{name}") for code, name in due)


@pytest.mark.parametrize("name", [name for name in INSIDE if name != wacz.DIGEST])
def test_one_changed_byte_of_each_archived_file_is_found(proof: Proof, members: Files, name: str) -> None:
    """The manifest is made to fit, the archive's own list is not."""
    for place in places(members[name], 8):
        forged = rearchived(proof.files, {**members, name: flipped(members[name], place)})
        assert {fault.path for fault in refused(forged, proof.trust)} & {f"{ARCHIVE}/{name}", DIGEST}


@pytest.mark.parametrize("name", INSIDE)
def test_the_manifest_alone_tells_a_changed_archived_file(proof: Proof, members: Files, name: str) -> None:
    """The archive is listed and signed anew, the manifest's own list of its files is not."""
    place = len(members[name]) // 2
    changed = {**members, name: flipped(members[name], place)}
    changed = changed if name in (wacz.PACKAGE, wacz.DIGEST) else relisted(changed)
    forged = rebound({**proof.files, ARCHIVE: wacz._zipped(changed)})
    assert Fault("changed", f"{ARCHIVE}/{name}") in refused(forged, proof.trust)


def test_what_the_manifest_does_not_name_in_the_archive_is_unlisted(proof: Proof, members: Files) -> None:
    changed = relisted({**without("evidence/page.png")(members), "evidence/more.png": b"x"})
    faults = refused(rebound({**proof.files, ARCHIVE: wacz._zipped(changed)}), proof.trust)
    assert Fault("missing", f"{ARCHIVE}/evidence/page.png") in faults
    assert Fault("unlisted", f"{ARCHIVE}/evidence/more.png") in faults


ZIPS: list[Callable[[bytes], bytes]] = [
    lambda data: data[:-1],
    lambda data: data[: len(data) // 2],
    lambda data: data + b"\0",
    lambda data: b"\0" + data,
    lambda data: data[:-2] + struct.pack("<H", 4) + b"note",
    lambda data: b"",
    lambda data: data.replace(b"evidence/before.png", b"evidence/page.mhtml"),
]


@pytest.mark.parametrize("change", ZIPS)
def test_an_archive_with_anything_before_between_or_behind_is_refused(
    proof: Proof, change: Callable[[bytes], bytes]
) -> None:
    forged = rebound({**proof.files, ARCHIVE: change(proof.files[ARCHIVE])})
    assert refused(forged, proof.trust) == (Fault("bad_archive", ARCHIVE),)


def test_an_archive_without_a_file_misses_them_all(proof: Proof) -> None:
    forged = rearchived(proof.files, {})
    assert [fault.path for fault in refused(forged, proof.trust) if fault.code == "missing"] == [
        f"{ARCHIVE}/{name}" for name in (wacz.ARCHIVE, wacz.INDEX, wacz.PAGES, wacz.PACKAGE, wacz.DIGEST)
    ]


def test_no_byte_of_an_archive_breaks_the_verification_itself(proof: Proof) -> None:
    data = proof.files[ARCHIVE]
    for place in places(data, 160):
        faults = verify_bundle(rebound({**proof.files, ARCHIVE: flipped(data, place)}), trust=proof.trust)
        assert all(fault.path.startswith(ARCHIVE) for fault in faults)


def test_every_sentence_is_told_by_some_change() -> None:
    """A sentence that nothing leads to is a rule that nobody checks."""
    told = {code for _, _, due in (*ARCHIVES, *RECORDS) for code, _ in due}
    told |= {code for _, code in LEDGERS} | {code for _, code, _ in MANIFESTS}
    beside = {"changed", "bad_sums", "bad_archive", "not_canonical", "bad_signature", "early_stamp"}
    assert set(SENTENCES) == told | beside | {"unknown_key", "expired_key", "revoked_key"}
