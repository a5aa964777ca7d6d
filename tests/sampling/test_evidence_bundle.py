"""A bundle proves itself with common tools, and every change to it is found and named."""

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sampling.digest import canonical, sha256
from sampling.edge.bundle import load, store
from sampling.errors import UnreadableBundle
from sampling.evidence.bundle import manifest_sha256, packed
from sampling.evidence.verification import SENTENCES, Fault, key_id, sums, verify_bundle
from tests.sampling.visits import KEY, OTHER_KEY, a_bundle

Files = dict[str, bytes]
PEM = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_a_sealed_bundle_is_whole() -> None:
    assert verify_bundle(a_bundle()) == ()
    assert verify_bundle(a_bundle(extracted=None)) == ()
    assert verify_bundle(a_bundle(), trusted=frozenset({key_id(KEY.public_key())})) == ()


def test_a_manifest_names_its_predecessor() -> None:
    first = a_bundle()
    second = a_bundle(capture_id="cap-2", prev_sha256=manifest_sha256(first))
    assert json.loads(second["manifest.json"])["prev_manifest_sha256"] == sha256(first["manifest.json"])


@pytest.mark.parametrize("path", sorted(a_bundle()))
@pytest.mark.parametrize("mask", [1, 32, 128])
def test_one_changed_byte_is_found_in_exactly_its_file(path: str, mask: int) -> None:
    good = a_bundle()
    for place in range(0, len(good[path]), max(1, len(good[path]) // 40)):
        data = bytearray(good[path])
        data[place] ^= mask
        faults = verify_bundle({**good, path: bytes(data)})
        assert {fault.path for fault in faults} == {path}


@pytest.mark.parametrize("path", sorted(a_bundle()))
def test_a_missing_file_is_named(path: str) -> None:
    files = a_bundle()
    del files[path]
    assert Fault("missing", path) in verify_bundle(files)


def test_an_unlisted_file_is_named() -> None:
    assert verify_bundle({**a_bundle(), "evidence/extra.png": b"x"}) == (Fault("unlisted", "evidence/extra.png"),)


def resigned(files: Files, change: Callable[[bytes], bytes]) -> Files:
    """What a forger with the key could make: the manifest changed, signed again and listed again."""
    changed = {**files, "manifest.json": change(files["manifest.json"])}
    changed["manifest.json.sig"] = KEY.sign(changed["manifest.json"])
    changed["SHA256SUMS"] = sums(changed)
    return changed


def edited(**changes: object) -> Callable[[bytes], bytes]:
    return lambda data: canonical({**json.loads(data), **changes})


def with_file(path: str) -> Callable[[bytes], bytes]:
    return edited(files=[{"path": path, "sha256": "0" * 64, "bytes": 1, "media_type": "text/plain"}])


FORGED = [
    (lambda data: data[:-1], "not_canonical", "manifest.json"),
    (lambda data: data.replace(b'"status":200', b'"status":2e2'), "not_canonical", "manifest.json"),
    (lambda data: data.replace(b'"Chromium 1"', b'"\\ud800"'), "not_canonical", "manifest.json"),
    (lambda data: b"{", "not_manifest", "manifest.json"),
    (lambda data: b"\xff", "not_manifest", "manifest.json"),
    (edited(schema="other/1"), "not_manifest", "manifest.json"),
    (edited(files=[{"path": 1}]), "not_manifest", "manifest.json"),
    (edited(signer="0" * 64), "other_key", "signer.pem"),
    (with_file("../etc/passwd"), "bad_path", "../etc/passwd"),
    (with_file("/etc/passwd"), "bad_path", "/etc/passwd"),
    (with_file("SHA256SUMS"), "bad_path", "SHA256SUMS"),
    (with_file("evidence/absent.png"), "missing", "evidence/absent.png"),
]


@pytest.mark.parametrize(("change", "code", "path"), FORGED)
def test_a_wrong_manifest_is_refused_though_its_signature_holds(
    change: Callable[[bytes], bytes], code: str, path: str
) -> None:
    assert Fault(code, path) in verify_bundle(resigned(a_bundle(), change))


def test_a_bundle_signed_by_a_stranger_fits_its_own_key_only() -> None:
    strange = a_bundle(key=OTHER_KEY)
    assert verify_bundle(strange) == ()
    trusted = frozenset({key_id(KEY.public_key())})
    assert verify_bundle(strange, trusted=trusted) == (Fault("unknown_key", "signer.pem"),)


def test_a_signature_of_another_bundle_is_refused() -> None:
    files = a_bundle()
    files["manifest.json.sig"] = a_bundle(capture_id="cap-2")["manifest.json.sig"]
    files["SHA256SUMS"] = sums(files)
    assert verify_bundle(files) == (Fault("bad_signature", "manifest.json"),)


def test_a_key_of_another_kind_is_no_key() -> None:
    files = a_bundle()
    files["signer.pem"] = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*PEM)
    assert verify_bundle(files) == (Fault("changed", "signer.pem"),)


def test_every_fault_is_a_sentence_in_both_languages() -> None:
    for code in SENTENCES:
        sentence = Fault(code, "evidence/page.png").sentence
        assert sentence.zh != sentence.en
        assert ("page.png" in sentence.zh) and ("page.png" in sentence.en)


def test_common_tools_verify_a_bundle(tmp_path: Path) -> None:
    if shutil.which("openssl") is None or shutil.which("sha256sum") is None:
        pytest.skip("openssl or sha256sum is not installed")
    store(a_bundle(), tmp_path / "b")
    listed = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=tmp_path / "b", capture_output=True)
    assert listed.returncode == 0
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "signer.pem", "-rawin"]
    command += ["-in", "manifest.json", "-sigfile", "manifest.json.sig"]
    signed = subprocess.run(command, cwd=tmp_path / "b", capture_output=True, check=False)
    assert signed.returncode == 0, signed.stderr
    (tmp_path / "b" / "manifest.json").write_bytes(b"{}")
    assert subprocess.run(command, cwd=tmp_path / "b", capture_output=True, check=False).returncode != 0


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
