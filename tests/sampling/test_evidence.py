"""A manifest binds what a visit left behind; see evidence design, bundle layout."""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sampling.digest import ORIGIN, sha256
from sampling.evidence.manifest import completeness, manifest
from sampling.evidence.verification import key_id, published
from sampling.evidence.visit import VisitKind
from tests.sampling.visits import LEDGER, a_visit


def test_a_manifest_names_every_file_with_its_hash_and_size() -> None:
    files = {"evidence/page.png": b"png", "evidence/requests.jsonl": b"{}", "evidence/odd.bin": b"", "VERIFY.md": b"?"}
    record = manifest(a_visit(), capture_id="c", case="k", prev_sha256=ORIGIN, signer="s", files=files)
    assert [entry["path"] for entry in record["files"]] == sorted(files)
    assert {entry["path"]: entry["media_type"] for entry in record["files"]} == {
        "VERIFY.md": "text/markdown",
        "evidence/odd.bin": "application/octet-stream",
        "evidence/page.png": "image/png",
        "evidence/requests.jsonl": "application/x-ndjson",
    }
    assert record["files"][2]["sha256"] == sha256(b"png")
    assert record["files"][2]["bytes"] == 3


def test_a_manifest_tells_the_way_to_the_page() -> None:
    record = manifest(a_visit(), capture_id="c", case="k", prev_sha256="1" * 64, signer="s", files={})
    assert record["redirects"] == [{"from": "http://shop.test/i/1", "to": "http://shop.test/item/1", "status": 301}]
    assert record["server_ips"] == ["192.0.2.1"]
    assert record["started_at"] == "2026-11-03T04:00:00.000Z"
    assert record["ended_at"] == "2026-11-03T04:00:01.500Z"
    assert record["prev_manifest_sha256"] == "1" * 64
    assert record["interactions"] == ["click #reject"]


def test_completeness_accounts_for_every_request() -> None:
    assert completeness(LEDGER) == {
        "requests": 5,
        "recorded": 2,
        "failed": 2,
        "gaps": ["http://ads.test/frame"],
        "truncated": 1,
    }


def test_an_outcome_without_files_has_a_manifest_too() -> None:
    visit = a_visit(kind=VisitKind.ERROR, reason="unreachable", status=None, files={})
    record = manifest(visit, capture_id="c", case="k", prev_sha256=ORIGIN, signer="s", files={})
    assert (record["kind"], record["reason"], record["files"]) == ("error", "unreachable", [])
    assert json.dumps(record)


def test_a_published_key_is_the_one_its_number_names() -> None:
    entry = published(Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key())
    loaded = load_pem_public_key(entry["pem"].encode())
    assert isinstance(loaded, Ed25519PublicKey)
    assert key_id(loaded) == entry["key_id"]
