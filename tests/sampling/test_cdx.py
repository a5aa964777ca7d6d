"""The index names what can be asked for in the words of the tools that replay it."""

import json
from typing import Any

import pytest

from sampling.evidence import cdx
from sampling.evidence.warc import Entry
from tests.sampling.visits import NOON, SHOP

FORM, JSON, PARTS = "application/x-www-form-urlencoded", "application/json; charset=utf-8", "multipart/form-data"


def an_entry(**changes: Any) -> Entry:
    facts = {"url": f"{SHOP}/a", "at": NOON, "media_type": "text/html", "status": 200, "digest": "0" * 64}
    return Entry(**{**facts, "offset": 7, "length": 9, **changes})


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Shop.test:443/A/b/?b=2&a=1", "test,shop)/a/b?a=1&b=2"),
        ("https://shop.test:8443", "test,shop:8443)/"),
        ("https://shop.test/x?n.2_=2&n=1", "test,shop)/x?n=1&n.2_=2"),
        ("https://www2.shop.test/?", "test,shop)/"),
        ("http://127.0.0.1:8000/灯", "1,0,0,127:8000)/%e7%81%af"),
        ("http:///", ")/"),
        ("urn:view:https://Shop.test/", "urn:view:https://shop.test"),
    ],
)
def test_an_address_is_sorted_by_its_host_from_the_right(url: str, key: str) -> None:
    assert cdx.key(url) == key


def test_a_line_says_where_the_record_lies() -> None:
    (line,) = cdx.lines([an_entry()], filename="data.warc.gz").decode().splitlines()
    key, instant, told = line.split(" ", 2)
    assert (key, instant) == ("test,shop)/a", "20261103040000")
    assert json.loads(told) == {
        "url": f"{SHOP}/a", "mime": "text/html", "status": "200", "digest": f"sha256:{'0' * 64}",
        "length": "9", "offset": "7", "filename": "data.warc.gz",
    }  # fmt: skip


def test_lines_are_sorted_and_what_cannot_be_asked_for_is_left_out() -> None:
    urls = (f"{SHOP}/b", f"{SHOP}/a", "urn:view:x", "wss://shop.test/feed", "foo:bar")
    lines = cdx.lines([*(an_entry(url=url) for url in urls), an_entry(status=101)], filename="d").decode().splitlines()
    assert [line.split(" ")[0] for line in lines] == ["test,shop)/a", "test,shop)/b", "urn:view:x"]


@pytest.mark.parametrize(
    ("kind", "body", "query"),
    [
        (FORM, b"q=%E7%81%AF&n=a+b", "q=%E7%81%AF&n=a+b"),
        (FORM, b"\xff", "__wb_post_data=/w=="),
        (JSON, '{"q":"灯~*","n":[1,{"n":2},3.0,2.5],"t":true,"f":false,"z":null,"e":""}'.encode(),
         "q=%E7%81%AF%7E*&n=1&n.2_=2&n.3_=3&n.4_=2.5&t=true&f=false&z=null"),
        (JSON, b"{", ""),
        (JSON, b'{"n":1e999}', "n=inf"),
        (JSON, b"[" * 100_000, ""),
        (JSON, b'{"q":"\\ud800"}', "q=%3F"),
        ("text/plain", b'{"q":1}', "q=1"),
        ("text/plain;charset=UTF-8", b"plain", "__wb_post_data=cGxhaW4="),
        ("", b"", ""),
        (f"{PARTS}; boundary=x", b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n\xe7\x81\xaf\r\nmore\r\n'
         b'--x\r\nContent-Disposition: form-data; name="e"\r\n\r\n\r\n'
         b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nfile\r\n--x--', "q=%E7%81%AF"),
        (PARTS, b"--x", ""),
        ("application/grpc", b"\x00", "__wb_post_data=AA=="),
    ],
)  # fmt: skip
def test_the_body_of_a_request_becomes_the_query_that_players_ask_with(kind: str, body: bytes, query: str) -> None:
    assert cdx.query(an_entry(request_type=kind, request_body=body)) == query


def test_a_long_body_is_cut() -> None:
    assert len(cdx.query(an_entry(request_body=bytes(9_000)))) == cdx.MOST_QUERY


@pytest.mark.parametrize(
    ("method", "key", "told"),
    [
        ("POST", "test,shop)/a?__wb_method=post&q=1", {"requestBody": "q=1", "method": "POST"}),
        ("OPTIONS", "test,shop)/a?__wb_method=options", {"requestBody": "", "method": "OPTIONS"}),
    ],
)
def test_other_methods_are_told_apart(method: str, key: str, told: dict[str, str]) -> None:
    entry = an_entry(method=method, request_type=FORM, request_body=b"q=1", media_type="")
    line = cdx.lines([entry], filename="d").decode()
    assert line.startswith(f"{key} ")
    record = json.loads(line.split(" ", 2)[2])
    assert told.items() <= record.items()
    assert "mime" not in record
    other = cdx.lines([an_entry(method=method, url=f"{SHOP}/a?x=1")], filename="d").decode()
    assert other.startswith(f"test,shop)/a?__wb_method={method.lower()}&x=1 ")
