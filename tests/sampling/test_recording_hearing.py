"""Events of one request may come in any order and from several targets; the draft is the same."""

import asyncio
import base64
from collections.abc import Iterable, Mapping
from itertools import permutations
from typing import Any

import pytest

from sampling.edge.bodies import Bodies
from sampling.edge.draft import Draft, posted
from sampling.edge.hearing import Hearing
from sampling.edge.streams import Streams
from sampling.edge.targets import Facts, Unanswered
from sampling.evidence.exchange import Fate

URL = "http://shop.test/a"
WIRE = "HTTP/1.1 {} Said So\r\nX-Case: {}\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"


class Target:
    """A target that answers with what it is given, or refuses."""

    def __init__(self, context: str = "page", body: str | None = None, *, coded: bool = False) -> None:
        self.context = context
        self.body = body
        self.coded = coded

    async def send(self, method: str, params: Facts | None = None) -> Facts:
        """Give the body of the request."""
        if self.body is None:
            raise Unanswered(method)
        return {"body": self.body, "base64Encoded": self.coded}


PAGE = Target()


def sent(url: str = URL, *, redirected: Mapping[str, Any] | None = None, **changes: Any) -> tuple[str, Facts]:
    facts = {
        "requestId": "1",
        "request": {"url": url, "method": "GET", "headers": {"Accept": "*/*"}},
        "type": "Document",
        "wallTime": 1_790_000_000.0,
        "timestamp": 100.0,
    }
    hop = {"redirectResponse": redirected, "redirectHasExtraInfo": True} if redirected else {}
    return "Network.requestWillBeSent", {**facts, **hop, **changes}


def answer(status: int = 200, *, url: str = URL, **changes: Any) -> dict[str, Any]:
    return {
        "url": url,
        "status": status,
        "statusText": "",
        "headers": {"x-case": "?"},
        "mimeType": "text/html",
        **changes,
    }


def received(response: Mapping[str, Any] | None = None, **changes: Any) -> tuple[str, Facts]:
    facts = {
        "requestId": "1",
        "response": response or answer(),
        "type": "Document",
        "timestamp": 100.5,
        "hasExtraInfo": True,
    }
    return "Network.responseReceived", {**facts, **changes}


def sent_extra(mark: str) -> tuple[str, Facts]:
    return "Network.requestWillBeSentExtraInfo", {"requestId": "1", "headers": {"Cookie": mark, ":path": "/a"}}


def received_extra(status: int, mark: str) -> tuple[str, Facts]:
    text = WIRE.format(status, mark)
    return "Network.responseReceivedExtraInfo", {
        "requestId": "1",
        "statusCode": status,
        "headers": {"X-Case": mark},
        "headersText": text,
    }


FINISHED = ("Network.loadingFinished", {"requestId": "1", "encodedDataLength": 300})


def failed(reason: str = "net::ERR_FAILED", **changes: Any) -> tuple[str, Facts]:
    return "Network.loadingFailed", {"requestId": "1", "errorText": reason, **changes}


def heard(events: Iterable[tuple[str, Facts]], target: Target = PAGE) -> Hearing:
    hearing = Hearing(lambda draft: None, lambda draft, request: None)
    for name, facts in events:
        hearing.hear(target, name, facts)
    return hearing


def only(events: Iterable[tuple[str, Facts]]) -> Draft:
    (draft,) = heard(events).drafts
    return draft


def test_the_wire_is_told_in_any_order() -> None:
    told = set()
    extras = (sent_extra("me"), received_extra(200, "Wire"))
    for places in permutations(range(3), 2):
        events: list[tuple[str, Facts]] = [sent(), received(), FINISHED]
        for place, extra in zip(places, extras, strict=True):
            events.insert(place, extra)
        told.add(only(events).exchange())
    (exchange,) = told
    assert exchange.headers == (("X-Case", "Wire"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert (exchange.headers_source, exchange.status_text, exchange.protocol) == ("wire", "Said So", "http/1.1")
    assert exchange.request_headers == (("Cookie", "me"),)


def test_each_hop_gets_the_wire_facts_of_its_turn() -> None:
    first = answer(302)
    events = [
        sent(),
        received_extra(302, "first"),
        sent_extra("one"),
        sent_extra("two"),
        received_extra(200, "second"),
        sent("http://shop.test/b", redirected=first),
        received(answer(url="http://shop.test/b")),
    ]
    one, two = heard(events).drafts
    assert (one.redirect_to, one.status, one.header("x-case")) == ("http://shop.test/b", 302, "first")
    assert (two.url, two.status, two.header("x-case")) == ("http://shop.test/b", 200, "second")
    assert (one.exchange().request_headers, two.exchange().request_headers) == (
        (("Cookie", "one"),),
        (("Cookie", "two"),),
    )
    assert one.exchange().truncated is None


def test_a_hop_from_the_browsers_own_memory_has_no_wire_facts() -> None:
    events = [
        sent(),
        sent("https://shop.test/b", redirected=answer(307), redirectHasExtraInfo=False),
        sent_extra("two"),
        received_extra(200, "second"),
        received(answer(url="https://shop.test/b")),
    ]
    one, two = heard(events).drafts
    assert (one.exchange().headers_source, two.exchange().headers_source) == ("rebuilt", "wire")


FATES = [
    ([sent()], Fate.FAILED, "visit_ended", None),
    ([sent(), failed()], Fate.FAILED, "net::ERR_FAILED", None),
    ([sent(), failed(blockedReason="csp")], Fate.FAILED, "csp", None),
    ([sent(), failed(corsErrorStatus={"corsError": "NoOrigin"})], Fate.FAILED, "net::ERR_FAILED (NoOrigin)", None),
    ([sent(), received()], Fate.RECORDED, None, "time"),
    ([sent(), received(), FINISHED], Fate.RECORDED, None, "unspecified"),
    ([sent(), received(answer(204)), FINISHED], Fate.RECORDED, None, None),
    ([sent(), received(answer(headers={"Content-Length": "0"})), FINISHED], Fate.RECORDED, None, None),
    ([sent(), received(), failed()], Fate.FAILED, "net::ERR_FAILED", "unspecified"),
    ([sent(), received_extra(200, "worker")], Fate.RECORDED, None, "time"),
]


@pytest.mark.parametrize(("events", "fate", "failure", "truncated"), FATES)
def test_every_request_has_one_fate(
    events: list[tuple[str, Facts]], fate: Fate, failure: str | None, truncated: str | None
) -> None:
    exchange = only(events).exchange()
    assert (exchange.fate, exchange.failure, exchange.truncated) == (fate, failure, truncated)


LENGTHS = [
    ({"Content-Length": "9"}, b"12345", None, "disconnect"),
    ({"Content-Length": "5"}, b"12345", None, None),
    ({"Content-Length": "5"}, b"12345", "net::ERR_ABORTED", None),
    ({}, b"12345", None, None),
    ({}, b"12345", "net::ERR_FAILED", "disconnect"),
    ({"Content-Length": "400", "Content-Encoding": "gzip"}, b"12345", None, "disconnect"),
    ({"Content-Length": "200", "Content-Encoding": "gzip"}, b"12345", None, None),
    ({"Content-Length": "9", "Content-Encoding": "gzip"}, b"12345", "net::ERR_FAILED", "disconnect"),
]


@pytest.mark.parametrize(("headers", "body", "failure", "truncated"), LENGTHS)
def test_a_cut_body_is_told_by_its_promised_length(
    headers: dict[str, str], body: bytes, failure: str | None, truncated: str | None
) -> None:
    draft = only([sent(), received(answer(headers=headers)), failed(failure) if failure else FINISHED])
    draft.body = body
    assert draft.truncated() == truncated


def test_a_body_that_the_page_never_reads_is_whole_when_all_of_it_came() -> None:
    draft = only([sent(), received(answer(headers={"Content-Length": "5"}))])
    draft.body = b"12345"
    assert draft.truncated() is None
    draft.body = b"1234"
    assert draft.truncated() == "time"


def test_an_answer_heard_before_its_request_is_kept() -> None:
    draft = only([received(), FINISHED])
    assert (draft.method, draft.exchange().method, draft.url) == (None, "GET", URL)


def test_a_second_target_tells_of_the_same_request() -> None:
    hearing = heard([sent(), received()])
    frame = Target("frame")
    hearing.hear(frame, *sent())
    hearing.hear(frame, *FINISHED)
    (draft,) = hearing.drafts
    assert [line.context for line in draft.lines] == ["page", "frame"]
    assert (draft.ended, hearing.open) == (True, {})


def test_what_never_leaves_the_browser_is_no_request() -> None:
    hearing = heard(
        [sent("data:text/plain,hi"), received(answer(url="data:text/plain,hi")), ("Network.policyUpdated", {})]
    )
    assert hearing.drafts == []


def fetched(draft: Draft, *targets: Target, raw: bool = True, most: int = 100) -> Draft:
    async def fetch() -> None:
        bodies = Bodies(most_each=most, most_all=most * 2)
        bodies.raw = raw
        draft.lines = list(targets)
        bodies.fetch(draft)
        await bodies.settle(1)

    asyncio.run(fetch())
    return draft


GBK = "台灯".encode("gbk")
ANSWERS = [
    ([Target("page", base64.b64encode(GBK).decode(), coded=True)], True, GBK),
    ([Target("page", "台灯")], True, "台灯".encode()),
    ([Target("page", "台灯")], False, GBK),
    ([Target("worker", "台灯")], True, GBK),
    ([Target("worker", "?"), Target("page", "whole")], True, b"whole"),
    ([Target("page", ""), Target("frame", "whole")], True, b"whole"),
    ([Target(), Target("frame", "whole")], True, b"whole"),
    ([Target()], True, None),
]


@pytest.mark.parametrize(("targets", "raw", "body"), ANSWERS)
def test_a_body_is_asked_of_the_page_first(targets: list[Target], raw: bool, body: bytes | None) -> None:
    draft = only([sent(), received(answer(charset="gbk")), FINISHED])
    assert fetched(draft, *targets, raw=raw).body == body


@pytest.mark.parametrize("charset", ["", "martian"])
def test_an_unknown_charset_is_taken_for_utf_8(charset: str) -> None:
    draft = only([sent(), received(answer(charset=charset)), FINISHED])
    assert fetched(draft, Target("page", "灯"), raw=False).body == "灯".encode()


@pytest.mark.parametrize(("size", "body"), [(101, ""), (0, "x" * 101)])
def test_a_body_beyond_the_cap_is_left(size: int, body: str) -> None:
    draft = only([sent(), received(), FINISHED])
    draft.size = size
    fetched(draft, Target("page", body))
    assert (draft.body, draft.truncated()) == (None, "length")


POSTED = [
    ({}, None),
    ({"postData": "a=1"}, b"a=1"),
    ({"postData": "?", "postDataEntries": [{"bytes": "AAE="}, {}, {"bytes": "Ag=="}]}, b"\x00\x01\x02"),
]


@pytest.mark.parametrize(("request_facts", "body"), POSTED)
def test_what_a_request_carried(request_facts: Facts, body: bytes | None) -> None:
    assert posted(request_facts) == body


def test_streams_stop_at_their_cap() -> None:
    hearing = heard([sent(), received(answer(mimeType="text/event-stream"))])
    streams = Streams(hearing, most_bytes=5)
    for text in ("one", "two", "three"):
        facts = {"requestId": "1", "timestamp": 101.0, "eventName": "", "eventId": "", "data": text}
        streams.hear(PAGE, "Network.eventSourceMessageReceived", facts)
    (draft,) = hearing.drafts
    assert ([message.data for message in draft.messages], draft.truncated()) == ([b"one"], "length")
    assert (draft.messages[0].at - draft.sent_at).total_seconds() == 1.0


def test_a_socket_that_closes_before_its_handshake_has_failed() -> None:
    hearing = heard([])
    streams = Streams(hearing, most_bytes=5)
    streams.hear(PAGE, "Network.webSocketCreated", {"requestId": "9", "url": "ws://shop.test/"})
    streams.hear(PAGE, "Network.webSocketClosed", {"requestId": "9", "timestamp": 1.0})
    (draft,) = hearing.drafts
    assert (draft.exchange().failure, draft.exchange().fate) == ("closed", Fate.FAILED)
