"""Beside the exchanges lies who looked, through what, and what the page was made of, in records of one form each."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cryptography import x509

from sampling.digest import sha256
from sampling.evidence.exchange import Passage
from sampling.evidence.layout import boxes_of
from sampling.evidence.provenance import files
from tests.sampling.visits import HTML, NOON, SHOP, a_certificate, a_picture, a_visit


def made(extracted: dict[str, Any] | None = None, **changes: Any) -> dict[str, bytes]:
    return files(a_visit(**changes), capture_id="cap-1", case="k", extracted=extracted)


def rows(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def test_everything_lies_one_folder_deep() -> None:
    assert sorted(made({"title": "灯"})) == [
        "evidence/before.png", "evidence/dom.html", "evidence/egress.jsonl", "evidence/extract.json",
        "evidence/layout.json", "evidence/page.mhtml", "evidence/page.png", "evidence/provenance.json",
        "evidence/requests.jsonl", "evidence/tls.json",
    ]  # fmt: skip
    assert made()["evidence/page.png"] == a_picture()
    assert json.loads(made({"title": "灯\ud800"})["evidence/extract.json"]) == {"title": "灯?"}


def test_a_list_without_a_line_and_a_reading_that_was_not_made_are_left_out() -> None:
    bare = made(exchanges=(), passages=(), files={"empty.html": b""})
    assert sorted(bare) == [
        "evidence/empty.html", "evidence/layout.json", "evidence/provenance.json", "evidence/tls.json",
    ]  # fmt: skip


def test_a_record_made_of_the_visit_takes_the_place_of_a_file_of_its_name() -> None:
    assert b"forged" not in made(files={"tls.json": b"forged"})["evidence/tls.json"]


def test_provenance_tells_of_the_visit() -> None:
    told = json.loads(made()["evidence/provenance.json"])
    assert (told["capture"], told["case"], told["kind"]) == ("cap-1", "k", "listing")
    assert (told["requested_url"], told["final_url"]) == (f"{SHOP}/i/1", f"{SHOP}/item/1")
    assert told["tool"]["browser"] == "Chromium 1"


def test_certificates_are_kept_as_openssl_reads_them() -> None:
    (connection,) = json.loads(made()["evidence/tls.json"])["connections"]
    (certificate,) = connection["chain"]
    assert certificate["sha256"] == sha256(a_certificate())
    loaded = x509.load_pem_x509_certificate(certificate["pem"].encode())
    assert loaded == x509.load_der_x509_certificate(a_certificate())
    assert connection["names"] == ["shop.test"]


def test_the_guards_log_has_a_line_a_passage() -> None:
    refused = Passage(NOON + timedelta(seconds=1), "metadata.test", 80, ("169.254.169.254",), None, "address")
    log = rows(made(passages=(*a_visit().passages, refused))["evidence/egress.jsonl"])
    assert [(row["host"], row["address"], row["refused"], row["milliseconds"]) for row in log] == [
        ("shop.test", "192.0.2.1", None, 43),
        ("metadata.test", None, "address", 0),
    ]


def test_every_request_has_a_line_with_the_hash_of_its_answer() -> None:
    lines = rows(made()["evidence/requests.jsonl"])
    assert [row["fate"] for row in lines] == ["recorded", "recorded", "recorded", "failed", "failed", "gap"]
    assert (lines[1]["sha256"], lines[1]["bytes"]) == (sha256(HTML.encode()), len(HTML.encode()))
    assert (lines[4]["sha256"], lines[4]["failure"]) == (None, "net::ERR_CONNECTION_REFUSED")
    assert (lines[0]["redirect_to"], lines[1]["headers"], lines[5]["gap"]) == (
        f"{SHOP}/item/1",
        "wire",
        "other_process",
    )


def test_the_layout_is_read_back_as_it_was() -> None:
    visit = a_visit()
    assert boxes_of(made()["evidence/layout.json"].decode()) == visit.boxes
    broken = (replace(visit.boxes[0], text="\ud800"),)
    assert boxes_of(made(boxes=broken)["evidence/layout.json"].decode())[0].text == "?"
