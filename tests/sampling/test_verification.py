"""What a good bundle proves, whom the reader must trust for it, and what each verdict means."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sampling.digest import sha256
from sampling.edge.bundle import load, store
from sampling.evidence.bundle import packed, seal, stamped, with_inclusion
from sampling.evidence.keyring import Use
from sampling.evidence.keys import key_id
from sampling.evidence.parts import ARCHIVE, PLACE, SIGNATURE, SIGNER
from sampling.evidence.sentences import SENTENCES, Fault
from sampling.evidence.timestamp import query
from sampling.evidence.trust import Trust
from sampling.evidence.verification import Verdict, exit_code, tally, verify_bundle
from sampling.evidence.visit import Visit
from tests.sampling.proofs import (
    LEDGER_KEY,
    ORIGIN,
    VISIT,
    Files,
    Proof,
    first_bundle,
    key_of,
    place_of,
    proved,
    resummed,
    trusted,
    unwitnessed,
)
from tests.sampling.visits import EXCHANGES, KEYS, OTHER_KEYS, a_png, a_visit, every_visit
from tests.world.authority import open_office

DIGEST = "capture.wacz/datapackage-digest.json"


@pytest.fixture(scope="module")
def proof() -> Iterator[Proof]:
    with proved() as made:
        yield made


def test_a_good_bundle_has_no_fault_with_trust_or_without(proof: Proof) -> None:
    assert verify_bundle(proof.files, trust=proof.trust) == ()
    assert verify_bundle(proof.files) == ()
    assert verify_bundle(resummed(unwitnessed(proof.files)), trust=proof.trust) == ()


EVERY = {**every_visit(), "scheme": a_visit(exchanges=(*EXCHANGES, a_png("blob:https://shop.test/1")))}


@pytest.mark.parametrize("visit", EVERY.values(), ids=EVERY)
def test_a_bundle_of_any_visit_is_whole(visit: Visit) -> None:
    files = seal(
        visit, capture_id="cap-1", case="S26-1", keys=KEYS, sealed={"cookies": b"\1"}, extracted={"title": "x"}
    )
    assert verify_bundle(files, trust=Trust(trusted())) == ()


def test_the_facts_are_told(proof: Proof) -> None:
    found = tally(proof.files, trust=proof.trust)
    told = found.to_json()
    assert (told["verdict"], told["trusted"], told["faults"]) == ("timestamped", True, [])
    assert (told["capture"], told["kind"], told["final_url"]) == ("cap-1", "listing", VISIT.final_url)
    assert told["signer"] == key_id(KEYS.manifest.public_key())
    assert [(one["authority"], one["over"]) for one in told["stamps"]] == [
        ("north", SIGNATURE), ("south", SIGNATURE), ("north", PLACE)
    ]  # fmt: skip
    assert (told["ledger"]["origin"], told["ledger"]["index"], told["ledger"]["size"]) == (ORIGIN, 3, 7)
    assert told["records"] == {"metadata": 6, "request": 5, "resource": 2, "response": 4, "warcinfo": 1}
    assert (told["files"], told["bytes"]) == (len(proof.files), sum(map(len, proof.files.values())))


def test_a_bundle_without_a_stamp_is_sealed_and_that_is_no_fault(proof: Proof) -> None:
    found = tally(resummed(unwitnessed(proof.files)), trust=proof.trust)
    assert (found.faults, found.verdict, found.to_json()["ledger"]) == ((), Verdict.SEALED, None)


def test_one_capture_is_shown_without_the_others(proof: Proof) -> None:
    """The place names no other entry: three hashes stand for the six others."""
    text = proof.files[PLACE].decode()
    assert not any(entry.id in text for entry in proof.entries if entry.id != "cap-1")


def test_a_bundle_of_the_first_form_is_checked_as_far_as_it_goes(proof: Proof) -> None:
    files = first_bundle()
    found = tally(files, trust=proof.trust)
    assert (found.faults, found.verdict, found.first_form) == ((), Verdict.SEALED, True)
    assert (found.to_json()["schema"], found.to_json()["archive_key"]) == ("mystery-shopper/capture/1", None)
    assert not tally(proof.files).first_form
    north = proof.offices["north"]
    witnessed = stamped(files, "north", north.stamp(query(files[SIGNATURE], 7)), north.chain)
    assert tally(witnessed, trust=proof.trust).verdict is Verdict.TIMESTAMPED


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({**first_bundle(), "evidence/page.png": b"another picture"}, ("changed", "evidence/page.png")),
        ({**first_bundle(), "evidence/more.png": b"x"}, ("unlisted", "evidence/more.png")),
        ({**first_bundle(), ARCHIVE: b"x"}, ("unlisted", ARCHIVE)),
        ({name: data for name, data in first_bundle().items() if name != "VERIFY.md"}, ("missing", "VERIFY.md")),
        (first_bundle(OTHER_KEYS), ("unknown_key", SIGNER)),
        (first_bundle(signer="0" * 64), ("other_key", SIGNER)),
        (first_bundle(files=[{"path": 1}]), ("not_manifest", "manifest.json")),
        (first_bundle(schema="mystery-shopper/capture/2"), ("not_manifest", "manifest.json")),
    ],
)
def test_what_is_wrong_with_a_bundle_of_the_first_form_is_told(files: Files, fault: tuple[str, str]) -> None:
    assert fault in [(one.code, one.path) for one in verify_bundle(files, trust=Trust(trusted()))]


def test_what_cannot_be_opened_tells_nothing() -> None:
    found = tally({})
    assert found.verdict is Verdict.FAULTY
    assert found.to_json()["capture"] is None
    assert found.to_json()["faults"][0]["sentence"] == Fault("missing", "manifest.json").sentence.record()


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], 0),
        ([Verdict.TIMESTAMPED], 0),
        ([Verdict.TIMESTAMPED, Verdict.SEALED], 3),
        ([Verdict.SEALED, Verdict.UNREADABLE], 2),
        ([Verdict.UNREADABLE, Verdict.FAULTY, Verdict.SEALED], 1),
    ],
)
def test_the_exit_code_is_the_worst_verdicts(verdicts: list[Verdict], code: int) -> None:
    assert exit_code(verdicts) == code


def test_every_fault_is_a_sentence_in_both_languages() -> None:
    for code in SENTENCES:
        sentence = Fault(code, "evidence/page.png").sentence
        assert sentence.zh != sentence.en
        assert ("page.png" in sentence.zh) and ("page.png" in sentence.en)


def with_keys(proof: Proof, **changes: Any) -> Trust:
    return replace(proof.trust, keys=trusted(**changes))


def test_a_key_that_was_withdrawn_after_the_stamp_still_counts(proof: Proof) -> None:
    stamp = min(one.stamp.at for one in tally(proof.files).stamps)
    later = with_keys(proof, revoked_at=stamp + timedelta(seconds=1), reason="stolen")
    assert verify_bundle(proof.files, trust=later) == ()
    earlier = with_keys(proof, revoked_at=stamp, reason="stolen")
    assert verify_bundle(proof.files, trust=earlier) == (Fault("revoked_key", SIGNER), Fault("revoked_key", DIGEST))


def test_a_withdrawn_key_counts_for_nothing_without_a_stamp(proof: Proof) -> None:
    """The date in the manifest is the signer's own word, and a thief's as well."""
    files = resummed(unwitnessed(proof.files))
    trust = with_keys(proof, revoked_at=VISIT.ended_at + timedelta(days=900), reason="stolen")
    assert verify_bundle(files, trust=trust) == (Fault("revoked_key", SIGNER), Fault("revoked_key", DIGEST))


def test_the_stamp_of_the_ledger_is_as_good_as_one_of_its_own(proof: Proof) -> None:
    files = resummed({path: data for path, data in proof.files.items() if not path.startswith("timestamps/")})
    assert tally(files, trust=proof.trust).verdict is Verdict.TIMESTAMPED


@pytest.mark.parametrize(
    "changes",
    [{"valid_from": VISIT.ended_at + timedelta(seconds=1)}, {"valid_to": VISIT.ended_at}],
)
def test_a_key_out_of_its_time_is_refused(proof: Proof, changes: dict[str, Any]) -> None:
    faults = verify_bundle(proof.files, trust=with_keys(proof, **changes))
    assert faults == (Fault("expired_key", SIGNER), Fault("expired_key", DIGEST))


def test_a_strangers_keys_are_refused(proof: Proof) -> None:
    assert verify_bundle(proof.files, trust=replace(proof.trust, keys=trusted(OTHER_KEYS))) == (
        Fault("unknown_key", SIGNER), Fault("unknown_key", DIGEST)
    )  # fmt: skip


def test_an_authority_may_renew_its_certificate(proof: Proof, tmp_path: Path) -> None:
    renewed = open_office(tmp_path / "north", name="TSA north")
    chains = {**proof.trust.chains, "north": (renewed.chain, *proof.trust.chains["north"])}
    assert verify_bundle(proof.files, trust=replace(proof.trust, chains=chains)) == ()


def test_a_reader_who_trusts_no_authority_and_no_ledger_is_told_so(proof: Proof) -> None:
    assert verify_bundle(proof.files, trust=Trust(trusted()[:2])) == (
        Fault("unknown_authority", "timestamps/north.tsr"),
        Fault("unknown_authority", "timestamps/south.tsr"),
        Fault("bad_checkpoint", PLACE),
    )


@pytest.mark.parametrize("by", ["other name", "other key", "withdrawn"])
def test_a_ledger_that_is_not_the_readers_is_refused(proof: Proof, by: str) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    key = key_of(Use.LEDGER, (other if by == "other key" else LEDGER_KEY).public_key())
    key = replace(key, revoked_at=VISIT.ended_at) if by == "withdrawn" else key
    trust = replace(proof.trust, keys=(*trusted()[:2], key), origin="other.example" if by == "other name" else ORIGIN)
    assert verify_bundle(proof.files, trust=trust) == (Fault("bad_checkpoint", PLACE),)


def test_a_bundle_is_the_same_as_folder_and_as_zip(proof: Proof, tmp_path: Path) -> None:
    store(proof.files, tmp_path / "b")
    (tmp_path / "b.zip").write_bytes(packed(proof.files))
    assert load(tmp_path / "b") == load(tmp_path / "b.zip") == proof.files


def test_a_later_stamp_and_place_are_added_without_touching_what_was_signed(proof: Proof, tmp_path: Path) -> None:
    office = open_office(tmp_path / "west", name="TSA west")
    files: Files = stamped(proof.files, "west", office.stamp(query(proof.files[SIGNATURE], 9)), office.chain)
    files = with_inclusion(files, place_of(proof.entries, 3).written())
    trust = replace(proof.trust, chains={**proof.trust.chains, "west": (office.chain,)})
    assert verify_bundle(files, trust=trust) == ()
    assert sha256(files[ARCHIVE]) == sha256(proof.files[ARCHIVE])
