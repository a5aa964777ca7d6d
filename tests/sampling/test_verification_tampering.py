"""The tamper matrix: whatever a stranger, a forger or a thief of our keys changes is refused with its sentence."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sampling.evidence import wacz
from sampling.evidence.bundle import seal, stamped, with_inclusion
from sampling.evidence.parts import ARCHIVE, MANIFEST, PLACE, SIGNATURE, SIGNER, SUMS
from sampling.evidence.sentences import Fault
from sampling.evidence.timestamp import query
from sampling.evidence.verification import verify_bundle
from tests.sampling.proofs import (
    VISIT,
    Proof,
    flipped,
    place_of,
    places,
    proved,
    rearchived,
    refused,
    relisted,
    resummed,
    unwitnessed,
)
from tests.sampling.visits import KEYS, OTHER_KEY, OTHER_KEYS, a_visit
from tests.world.authority import open_office

PATHS = (
    ARCHIVE, "VERIFY.md", MANIFEST, SIGNATURE, SIGNER, SUMS, PLACE,
    "timestamps/north.pem", "timestamps/north.tsr", "timestamps/south.pem", "timestamps/south.tsr",
)  # fmt: skip
DIGEST, PACKAGE = f"{ARCHIVE}/{wacz.DIGEST}", f"{ARCHIVE}/{wacz.PACKAGE}"


@pytest.fixture(scope="module")
def proof() -> Iterator[Proof]:
    with proved() as made:
        yield made


def test_the_matrix_names_every_file_there_is(proof: Proof) -> None:
    assert sorted(PATHS) == sorted(proof.files)


# Anyone: a changed, removed, added or renamed file.


@pytest.mark.parametrize("path", PATHS)
def test_one_changed_byte_is_found_and_told_of_its_file(proof: Proof, path: str) -> None:
    for place in places(proof.files[path], 12):
        faults = refused({**proof.files, path: flipped(proof.files[path], place)}, proof.trust)
        if path != SUMS:  # a wrong sum may as well be a wrong file
            assert all(fault.path == path or fault.path.startswith(f"{path}/") for fault in faults)


@pytest.mark.parametrize("path", PATHS)
def test_a_removed_file_is_named(proof: Proof, path: str) -> None:
    files = {one: data for one, data in proof.files.items() if one != path}
    assert Fault("missing", path) in refused(files, proof.trust)


@pytest.mark.parametrize("path", PATHS)
def test_a_renamed_file_is_missed(proof: Proof, path: str) -> None:
    files = {one if one != path else f"{one}.bak": data for one, data in proof.files.items()}
    assert Fault("missing", path) in refused(files, proof.trust)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("extra.png", "unlisted"),
        ("evidence/page.png", "unlisted"),
        ("README", "unlisted"),
        ("timestamps/notes.txt", "unlisted"),
        ("timestamps/../x.tsr", "unlisted"),
        ("timestamps/west.tsr", "unknown_authority"),
        ("inclusion.json.bak", "unlisted"),
    ],
)
def test_an_added_file_is_named(proof: Proof, path: str, code: str) -> None:
    files = {**proof.files, path: b"x"}
    if code == "unknown_authority":
        files["timestamps/west.pem"] = b"x"
    assert Fault(code, path) in refused(files, proof.trust)
    assert Fault(code, path) in refused(resummed(files), proof.trust)


def test_a_stamp_without_its_chain_is_half_a_stamp(proof: Proof) -> None:
    for half in ("tsr", "pem"):
        files = {path: data for path, data in proof.files.items() if path != f"timestamps/north.{half}"}
        assert refused(resummed(files), proof.trust) == (Fault("missing", f"timestamps/north.{half}"),)


@pytest.mark.parametrize("path", [path for path in PATHS if path != SUMS])
def test_new_sums_hide_no_changed_file(proof: Proof, path: str) -> None:
    """SHA256SUMS is signed by nobody: who changes a file makes it fit again."""
    for place in places(proof.files[path], 12):
        files = resummed({**proof.files, path: flipped(proof.files[path], place)})
        if path.endswith(".tsr") and verify_bundle(files, trust=proof.trust) == ():
            continue  # a byte outside what the authority signed, see the tests of time-stamps
        refused(files, proof.trust)


def test_a_signature_of_another_bundle_is_refused(proof: Proof) -> None:
    other = seal(VISIT, capture_id="cap-2", case="S26-000002", keys=KEYS)
    files = resummed(unwitnessed({**proof.files, SIGNATURE: other[SIGNATURE]}))
    assert refused(files, proof.trust) == (Fault("bad_signature", MANIFEST),)


# A stranger: everything made anew, with keys and an authority of their own.


def test_a_forgery_that_fits_in_itself_is_signed_by_nobody_we_know(proof: Proof) -> None:
    members = wacz.members(proof.files[ARCHIVE])
    forged = rearchived(proof.files, relisted({**members, "evidence/page.png": b"forged"}, OTHER_KEYS), OTHER_KEYS)
    assert verify_bundle(forged) == ()
    assert refused(forged, proof.trust) == (Fault("unknown_key", SIGNER), Fault("unknown_key", DIGEST))


def test_only_the_archive_forged_keeps_neither_its_key_nor_its_hash(proof: Proof) -> None:
    members = wacz.members(proof.files[ARCHIVE])
    forged = relisted({**members, "evidence/page.png": b"forged"}, OTHER_KEYS)
    files = resummed({**proof.files, ARCHIVE: wacz._zipped(forged)})
    assert refused(files, proof.trust) == (
        Fault("changed", ARCHIVE),
        Fault("bad_sums", SUMS),
        Fault("other_key", DIGEST),
        Fault("changed", DIGEST),
        Fault("changed", PACKAGE),
        Fault("changed", f"{ARCHIVE}/evidence/page.png"),
    )


def test_a_strangers_time_stamp_is_refused(proof: Proof, tmp_path: Path) -> None:
    stranger = open_office(tmp_path / "stranger", name="TSA north")
    answer = stranger.stamp(query(proof.files[SIGNATURE], 7), "-chain", "root.pem")
    with_own = {**proof.files, "timestamps/north.tsr": answer, "timestamps/north.pem": stranger.chain}
    assert refused(resummed(with_own), proof.trust) == (Fault("other_chain", "timestamps/north.pem"),)
    with_ours = {**proof.files, "timestamps/north.tsr": answer}
    assert refused(resummed(with_ours), proof.trust) == (Fault("bad_stamp", "timestamps/north.tsr"),)
    added = stamped(proof.files, "west", answer, stranger.chain)
    assert refused(added, proof.trust) == (Fault("unknown_authority", "timestamps/west.tsr"),)
    swapped = {**proof.files, "timestamps/north.tsr": proof.files["timestamps/south.tsr"]}
    assert refused(resummed(swapped), proof.trust) == (Fault("bad_stamp", "timestamps/north.tsr"),)


def test_a_stamp_over_something_else_is_refused(proof: Proof) -> None:
    answer = proof.offices["north"].stamp(query(b"another signature", 7))
    files = resummed({**proof.files, "timestamps/north.tsr": answer})
    assert refused(files, proof.trust) == (Fault("bad_stamp", "timestamps/north.tsr"),)


def test_a_capture_cannot_end_after_its_stamp(proof: Proof) -> None:
    late = a_visit(started_at=VISIT.started_at, ended_at=datetime(2999, 1, 1, tzinfo=UTC))
    files = seal(late, capture_id="cap-1", case="S26-000001", keys=KEYS)
    north = proof.offices["north"]
    files = stamped(files, "north", north.stamp(query(files[SIGNATURE], 7)), north.chain)
    assert refused(files, proof.trust) == (Fault("early_stamp", "timestamps/north.tsr"),)


# The ledger: another place, another entry, another order, another key.


LEDGERS: list[tuple[Callable[[Proof], bytes], str]] = [
    (lambda proof: replace(place_of(proof.entries, 3), index=2).written(), "bad_place"),
    (lambda proof: replace(place_of(proof.entries, 3), size=8).written(), "bad_place"),
    (lambda proof: replace(place_of(proof.entries, 3), path=place_of(proof.entries, 2).path).written(), "bad_place"),
    (lambda proof: place_of(proof.entries, 2).written(), "bad_place"),
    (lambda proof: replace(place_of(proof.entries, 2), entry=proof.entries[3]).written(), "bad_place"),
    (lambda proof: replace(place_of(proof.entries[::-1], 3), index=4).written(), "bad_place"),
    (lambda proof: replace(place_of(proof.entries, 3), checkpoint=place_of(proof.entries[1:], 2).checkpoint).written(),
     "bad_place"),
    (lambda proof: place_of(proof.entries, 3, key=OTHER_KEY).written(), "bad_checkpoint"),
    (lambda proof: place_of(proof.entries[::-1], 3, key=OTHER_KEY).written(), "bad_checkpoint"),
    (lambda proof: replace(place_of(proof.entries, 3), checkpoint=b"ours\n5\nAAAA\n").written(), "bad_place"),
    (lambda proof: b"{}", "bad_place"),
    (lambda proof: replace(kept := place_of(proof.entries, 3, proof.offices["north"]),
                           stamps={"west": kept.stamps["north"]}).written(), "unknown_authority"),
    (lambda proof: replace(kept := place_of(proof.entries, 3, proof.offices["south"]), stamps=kept.stamps).written(),
     "other_chain"),
    (lambda proof: replace(place_of(proof.entries, 3, proof.offices["north"]),
                           checkpoint=place_of((*proof.entries, proof.entries[0]), 3).checkpoint,
                           size=8, path=place_of((*proof.entries, proof.entries[0]), 3).path).written(), "bad_stamp"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "code"), LEDGERS)
def test_a_place_in_a_reordered_or_foreign_ledger_is_refused(
    proof: Proof, make: Callable[[Proof], bytes], code: str
) -> None:
    assert refused(with_inclusion(proof.files, make(proof)), proof.trust) == (Fault(code, PLACE),)
