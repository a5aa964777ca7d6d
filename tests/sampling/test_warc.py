"""An archive holds every exchange byte for byte, and a reader refuses one that was touched."""

import gzip
import json
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.digest import sha256
from sampling.errors import UnreadableArchive
from sampling.evidence import blocks, warc
from sampling.evidence.exchange import Exchange, Message
from tests.sampling.visits import (
    EXCHANGES,
    NOON,
    SHOP,
    a_certificate,
    a_connection,
    a_hop,
    a_picture,
    a_png,
    an_exchange,
    every_visit,
)

CRLF = b"\r\n"


def an_archive(*exchanges: Exchange, **facts: Any) -> bytes:
    views = facts.pop("views", ())
    known = {"software": "s 1", "capture_id": "cap-1", "at": NOON, **facts}
    return warc.written(exchanges, views, **known)[0]


def read(*exchanges: Exchange, **facts: Any) -> list[warc.Record]:
    return list(warc.records(an_archive(*exchanges, **facts)))


def kinds(*exchanges: Exchange) -> list[str]:
    return [record.kind for record in read(*exchanges)[1:]]


def test_an_exchange_is_an_answer_a_request_and_what_is_known_of_both() -> None:
    info, answer, request, notes = read(an_exchange(), connections=[a_connection()])
    assert info.block == b"software: s 1\r\nformat: WARC File Format 1.1\r\nisPartOf: cap-1\r\n"
    assert (answer.kind, request.kind, notes.kind) == ("response", "request", "metadata")
    assert answer.payload == an_exchange().body
    assert answer.header("warc-date") == "2026-11-03T04:00:00.040Z"
    assert answer.header("WARC-IP-Address") == "192.0.2.1"
    assert [value for name, value in answer.headers if name == "WARC-Protocol"] == ["http/1.1", "tls/1.3"]
    assert answer.header("WARC-Cipher-Suite") == "AES_128_GCM"
    assert answer.header("WARC-Truncated") is None
    assert request.header("WARC-Concurrent-To") == notes.header("WARC-Concurrent-To") == answer.id
    assert f"certificate_sha256: {sha256(a_certificate())}".encode() in notes.block.split(CRLF)
    assert b"headers: wire" in notes.block.split(CRLF)


def test_the_head_says_what_holds_for_the_decoded_body() -> None:
    body = an_exchange().body or b""
    first, fields = read(an_exchange())[1].http()
    assert first == "HTTP/1.1 200 OK"
    assert fields == (
        ("Content-Type", "text/html; charset=utf-8"),
        ("X-Archive-Orig-Content-Encoding", "gzip"),
        ("X-Archive-Orig-Content-Length", "77"),
        ("Content-Length", str(len(body))),
    )


SENT = [
    (an_exchange(), b"GET /item/1 HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: Chromium 1\r\nAccept: */*\r\n\r\n"),
    (
        an_exchange(f"{SHOP}?a=1#top", request_headers=((":method", "GET"), ("accept", "x"))),
        b"GET /?a=1 HTTP/1.1\r\nHost: shop.test\r\naccept: x\r\n\r\n",
    ),
    (
        an_exchange(method="POST", request_headers=(("Host", "a"), ("content-length", "3")), request_body=b"a=1"),
        b"POST /item/1 HTTP/1.1\r\nHost: a\r\ncontent-length: 3\r\n\r\na=1",
    ),
    (
        an_exchange(method="POST", request_headers=(("Host", "a"), ("Content-Length", "9")), request_body=b"a=1"),
        b"POST /item/1 HTTP/1.1\r\nHost: a\r\nX-Archive-Orig-Content-Length: 9\r\nContent-Length: 3\r\n\r\na=1",
    ),
    (an_exchange("foo://[bad", request_headers=()), b"GET foo://[bad HTTP/1.1\r\nHost: \r\n\r\n"),
]


@pytest.mark.parametrize(("made", "block"), SENT)
def test_a_request_is_written_as_http(made: Exchange, block: bytes) -> None:
    assert blocks.request(made) == block


def test_a_page_cannot_write_a_head_of_its_own() -> None:
    evil = an_exchange(
        f"{SHOP}/\r\nWARC-Type: warcinfo\ud800", status_text="OK\r\nX: y",
        headers=(("A\nB", "1\r\n\r\n2\n3"), (":status", "200")), failure="a\r\nfate: recorded",
    )  # fmt: skip
    _, answer, _, notes = read(evil)
    assert answer.header("WARC-Target-URI") == f"{SHOP}/%0D%0AWARC-Type:%20warcinfo?"
    assert answer.http() == (
        "HTTP/1.1 200 OK X: y",
        (("A B", "1"), ("A B", "2"), ("A B", "3"), ("Content-Length", str(len(answer.payload)))),
    )
    assert b"failure: a fate: recorded" in notes.block.split(CRLF)


FATES = [
    (EXCHANGES[0], ["response", "request", "metadata"]),
    (EXCHANGES[3], ["response", "request", "metadata"]),  # cut short
    (EXCHANGES[4], ["request", "metadata"]),  # never answered
    (EXCHANGES[5], ["metadata"]),  # known, not seen
    (an_exchange(messages=(Message(True, 1, b"x", NOON),)), ["response", "request", "metadata", "metadata"]),
]


@pytest.mark.parametrize(("made", "expected"), FATES)
def test_every_fate_has_its_records(made: Exchange, expected: list[str]) -> None:
    assert kinds(made) == expected


def test_what_was_cut_says_why_and_what_failed_says_how() -> None:
    _, answer, _, notes = read(EXCHANGES[3])
    assert answer.header("WARC-Truncated") == "disconnect"
    assert answer.payload == a_picture()[:20]
    assert b"failure: net::ERR_CONTENT_LENGTH_MISMATCH" in notes.block.split(CRLF)
    assert b"from_cache: yes" in read(an_exchange(from_cache=True))[3].block.split(CRLF)


def test_messages_of_a_socket_are_lines_of_their_own_record() -> None:
    frames = (Message(True, 1, "问".encode(), NOON), Message(False, 2, b"\xff", NOON), Message(False, 1, b"\xff", NOON))
    made = an_exchange("wss://shop.test/feed", status=101, body=None, messages=frames)
    _, answer, _, _, told = read(made, connections=[a_connection()])
    assert answer.header("WARC-Payload-Digest") is None  # other tools would hash the head with it
    assert answer.header("WARC-Cipher-Suite") == "AES_128_GCM"
    assert told.header("WARC-Target-URI") == "urn:messages:wss://shop.test/feed"
    assert [json.loads(line) for line in told.block.splitlines()] == [
        {"sent": True, "opcode": 1, "at": "2026-11-03T04:00:00.000Z", "text": "问"},
        {"sent": False, "opcode": 2, "at": "2026-11-03T04:00:00.000Z", "base64": "/w=="},
        {"sent": False, "opcode": 1, "at": "2026-11-03T04:00:00.000Z", "base64": "/w=="},
    ]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://shop.test/x", "https://shop.test"),
        ("https://shop.test:443/x", "https://shop.test"),
        ("https://shop.test:8443/x", "https://shop.test:8443"),
        ("wss://shop.test/x", "https://shop.test"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080"),
        ("http://shop.test:99999/", "://None"),
    ],
)
def test_an_exchange_finds_its_connection_by_the_origin(url: str, origin: str) -> None:
    assert blocks.origin(url) == origin


def test_entries_say_where_each_answer_and_view_lies() -> None:
    views = [warc.View("urn:view:x", "image/png", a_picture(), NOON), warc.View("urn:dom:x", "text/html", b"<p>", NOON)]
    made = an_exchange(method="POST", request_headers=(("content-TYPE", "text/plain"),), request_body=b"b")
    data, entries = warc.written([made, a_png()], views, software="s", capture_id="c", at=NOON)
    for entry in entries:
        (record,) = warc.records(data[entry.offset : entry.offset + entry.length])
        assert (record.header("WARC-Target-URI"), sha256(record.payload)) == (entry.url, entry.digest)
    assert [entry.url for entry in entries] == [f"{SHOP}/item/1", f"{SHOP}/a.png", "urn:view:x", "urn:dom:x"]
    assert (entries[0].method, entries[0].request_type, entries[0].request_body) == ("POST", "text/plain", b"b")
    offsets = {record.offset: record.length for record in warc.records(data)}
    assert all(offsets[entry.offset] == entry.length for entry in entries)


def test_the_same_visit_gives_the_same_bytes_and_another_capture_other_ids() -> None:
    assert an_archive(*EXCHANGES) == an_archive(*EXCHANGES)
    ids = {record.id for name in ("a", "b") for record in read(*EXCHANGES, capture_id=name)}
    assert len(ids) == 2 * len(read(*EXCHANGES))


@given(st.binary(max_size=300), st.text(max_size=40), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20))))
def test_any_body_comes_back_as_it_was(body: bytes, tail: str, fields: list[tuple[str, str]]) -> None:
    made = an_exchange(f"{SHOP}/{tail}", body=body, request_body=body, method="POST", headers=tuple(fields))
    _, answer, request, _ = read(made)
    assert answer.payload == request.payload == body


def repacked(change: Callable[[bytes], bytes]) -> bytes:
    """The archive of one hop with one of its records changed."""
    data = an_archive(a_hop(f"{SHOP}/a", f"{SHOP}/b"))
    _, answer, *_ = warc.records(data)
    end = answer.offset + answer.length
    return data[: answer.offset] + gzip.compress(change(gzip.decompress(data[answer.offset : end]))) + data[end:]


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


TOUCHED = [
    (replaced(b"Moved", b"Mowed"), "WARC-Block-Digest"),
    (replaced(b"WARC-Payload-Digest: sha256:e3", b"WARC-Payload-Digest: sha256:e4"), "WARC-Payload-Digest"),
    (replaced(b"WARC-Payload-Digest", b"X-Payload-Digest"), "WARC-Payload-Digest"),
    (replaced(b"WARC/1.1", b"WARC/1.0"), "no head"),
    (replaced(b"WARC-Type: response\r\n", b""), "no head"),
    (replaced(b"WARC-Type: response", b"WARC-Type: revisit"), "of no kind"),
    (replaced(b"WARC-Type: response", b"WARC-Type: response\r\nwarc-type: response"), "no head"),
    (replaced(b"WARC-Date: ", b"WARC-Date:"), "no head"),
    (replaced(b"WARC-Date: ", b"\xff: "), "no head"),
    (lambda data: data + b"more", "not as long"),
    (lambda data: data[:-4], "not as long"),
    (lambda data: b"", "no head"),
    (lambda data: data * 2, "not as long"),
]


@pytest.mark.parametrize(("change", "said"), TOUCHED)
def test_a_touched_record_is_refused(change: Callable[[bytes], bytes], said: str) -> None:
    with pytest.raises(UnreadableArchive, match=said):
        list(warc.records(repacked(change)))


def test_what_is_not_records_end_to_end_is_refused() -> None:
    data = an_archive(*EXCHANGES)
    for broken, said in [
        (data + b"x", "broken|cut"),
        (b"x" + data, "broken"),
        (data[:-1], "cut"),
        (data + data, "the id of another"),
    ]:
        with pytest.raises(UnreadableArchive, match=said):
            list(warc.records(broken))
    assert list(warc.records(b"")) == []


def test_an_archive_that_grows_too_large_is_refused() -> None:
    data = an_archive(an_exchange(body=bytes(1 << 20)))
    with pytest.raises(UnreadableArchive, match="more than it may"):
        list(warc.records(data, most_bytes=1 << 20))
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    with pytest.raises(UnreadableArchive, match="more than it may"):
        list(warc.records(bomb.compress(bytes(8 << 20)) + bomb.flush(), most_bytes=1 << 20))


@pytest.mark.parametrize("place", range(0, 2000, 97))
def test_one_changed_byte_is_never_read_as_if_nothing_was(place: int) -> None:
    data = bytearray(an_archive(*EXCHANGES))
    whole = [(each.headers, each.block) for each in warc.records(bytes(data))]
    data[place] ^= 4
    with suppress(UnreadableArchive):  # the head of a gzip member holds bytes that say nothing of the record
        assert [(each.headers, each.block) for each in warc.records(bytes(data))] == whole


def test_the_archive_tool_finds_nothing_wrong(tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("warcio")
    if not tool.exists() and shutil.which("warcio") is None:
        pytest.skip("warcio is not installed")
    for name, visit in every_visit().items():
        made = [replace(one, body=(one.body or b"") * 2) for one in visit.exchanges]
        (tmp_path / f"{name}.warc.gz").write_bytes(an_archive(*made))
    files = [str(file) for file in sorted(tmp_path.iterdir())]
    words = [str(tool) if tool.exists() else "warcio", "check", *files]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout
