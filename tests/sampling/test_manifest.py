"""A manifest binds what a visit left behind; see evidence design, bundle layout."""

from typing import Any

from sampling.digest import ORIGIN, canonical, sha256
from sampling.evidence.manifest import completeness, manifest, redirects
from sampling.evidence.visit import VisitKind
from tests.sampling.visits import EXCHANGES, SHOP, a_certificate, a_connection, a_hop, a_visit, an_exchange


def a_manifest(**changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"capture_id": "c", "case": "k", "prev_sha256": ORIGIN, "signer": "s", "archive_key": "a"}
    return manifest(changes.pop("visit", None) or a_visit(), **{**facts, "files": {}, "members": {}, **changes})


def test_a_manifest_names_every_file_and_every_member_with_its_hash_and_size() -> None:
    files = {"capture.wacz": b"wacz", "sealed/cookies.bin": b"", "VERIFY.md": b"?", "odd": b"1"}
    members = {"indexes/index.cdx": b"1", "evidence/page.png": b"png", "evidence/requests.jsonl": b"{}"}
    record = a_manifest(files=files, members=members)
    assert [entry["path"] for entry in record["files"]] == sorted(files)
    assert {entry["path"]: entry["media_type"] for entry in record["files"]} == {
        "VERIFY.md": "text/markdown",
        "capture.wacz": "application/wacz",
        "odd": "application/octet-stream",
        "sealed/cookies.bin": "application/octet-stream",
    }
    assert record["archive"][0] == {
        "path": "evidence/page.png", "sha256": sha256(b"png"), "bytes": 3, "media_type": "image/png",
    }  # fmt: skip
    assert [entry["path"] for entry in record["archive"]] == sorted(members)


def test_a_manifest_tells_the_way_to_the_page() -> None:
    record = a_manifest(prev_sha256="1" * 64)
    assert record["schema"] == "mystery-shopper/capture/2"
    assert record["redirects"] == [{"from": f"{SHOP}/i/1", "to": f"{SHOP}/item/1", "status": 301}]
    assert record["server_ips"] == ["192.0.2.1"]
    assert record["started_at"] == "2026-11-03T04:00:00.000Z"
    assert record["ended_at"] == "2026-11-03T04:00:01.500Z"
    assert (record["prev_manifest_sha256"], record["signer"], record["archive_key"]) == ("1" * 64, "s", "a")
    assert record["interactions"] == ["click #reject"]
    assert record["egress"] == {"address": None, "country": "CN"}
    assert record["tool"] == {"browser": "Chromium 1", "viewport": "1280x800"}
    assert record["replay"] is None
    assert a_manifest(replay={"found": 3})["replay"] == {"found": 3}


def test_a_manifest_names_the_certificate_of_each_server() -> None:
    (secured,) = a_manifest()["tls"]
    assert (secured["origin"], secured["protocol"]) == (SHOP, "TLS 1.3")
    assert secured["certificate_sha256"] == sha256(a_certificate())
    bare = a_manifest(visit=a_visit(connections=(a_connection(chain=()),)))
    assert bare["tls"][0]["certificate_sha256"] is None


def test_the_clock_is_named_with_its_offset() -> None:
    tool = {"clock": "ntp", "clock_offset_ms": "-3600000"}
    record = a_manifest(visit=a_visit(tool=tool))
    assert (record["clock"], record["tool"]) == ({"source": "ntp", "offset_ms": "-3600000"}, {})


def test_completeness_accounts_for_every_request() -> None:
    assert completeness(EXCHANGES) == {
        "requests": 6,
        "recorded": 3,
        "failed": 2,
        "gaps": [{"url": "https://ads.test/frame", "reason": "other_process"}],
        "truncated": 1,
    }


def test_a_manifest_says_how_many_header_values_are_withheld() -> None:
    secret = an_exchange(request_headers=(("Cookie", "a=1"),), headers=(("Set-Cookie", "a=2"), ("Date", "today")))
    assert (a_manifest(visit=a_visit(exchanges=(secret,)))["withheld"], a_manifest()["withheld"]) == (2, 0)


def test_only_the_hops_of_the_page_itself_are_its_redirects() -> None:
    page, inner = a_hop("https://a.test/", "https://b.test/"), an_exchange(redirect_to="x", context="frame")
    picture = an_exchange(resource="Image", redirect_to="https://c.test/")
    assert [hop["from"] for hop in redirects([page, inner, picture, an_exchange()])] == ["https://a.test/"]


def test_an_outcome_without_files_has_a_manifest_too() -> None:
    visit = a_visit(kind=VisitKind.ERROR, reason="unreachable", status=None, files={}, exchanges=(), connections=())
    record = a_manifest(visit=visit)
    assert (record["kind"], record["reason"], record["archive"]) == ("error", "unreachable", [])
    assert record["completeness"]["requests"] == 0


def test_broken_letters_of_a_page_do_not_stop_the_seal() -> None:
    visit = a_visit(title="\ud800", final_url="https://x.test/\udfff", signals={"\ud800": "\ud800"})
    record = a_manifest(visit=visit)
    assert (record["title"], record["signals"]) == ("?", {"?": "?"})
    assert canonical(record)
