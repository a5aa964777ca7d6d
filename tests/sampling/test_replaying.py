"""A capture is opened again without any network and shows what the page showed, or the check says what is missing."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sampling.edge.browser import Browser
from sampling.edge.replaying import replay
from sampling.evidence.profile import LIGHT
from sampling.evidence.replay import ReplayCheck
from sampling.evidence.visit import Visit
from tests.world.chromium import browser_settings

pytestmark = pytest.mark.browser

ITEM = """<!doctype html><html><head><meta charset="utf-8"><title>Lamp</title></head><body>
<h1>Lamp</h1><p id="price">…</p><p id="stock"></p><p id="other"></p><p id="online"></p>
<div style="height:2500px"></div><img loading="lazy" src="/pic.svg" width="40" height="40">
<script>
const ask = sku => fetch("/price", {method: "POST", body: JSON.stringify({sku, at: Date.now()})}).then(a => a.text());
setTimeout(async () => {
  document.getElementById("other").textContent = await ask(2);
  document.getElementById("price").textContent = await ask(1);
}, 150);
const name = "cb" + Math.floor(Math.random() * 1e9);
window[name] = words => { document.getElementById("stock").textContent = words; };
const script = document.createElement("script");
script.src = `/stock?item=1&callback=${name}&_=${Date.now()}`;
document.body.append(script);
document.getElementById("online").textContent = navigator.onLine ? "on" : "off";
</script></body></html>"""

# Its price comes over a socket, first in letters, then in bytes; its deposit in an event of two lines.
LIVE = """<!doctype html><html><head><meta charset="utf-8"><title>Lamp</title></head><body>
<h1>Lamp</h1><p id="price">…</p><p id="hire">…</p><pre id="deposit">…</pre>
<script>
const show = (id, words) => { document.getElementById(id).textContent = words; };
const socket = new WebSocket("ws://" + location.host + "/prices");
socket.binaryType = "arraybuffer";
socket.onopen = () => socket.send("which price?");
socket.onmessage = ({data}) => typeof data === "string" ? show("price", data)
  : show("hire", new TextDecoder().decode(data));
const events = new EventSource("/events");
events.onmessage = ({data}) => { show("deposit", data); events.close(); };
</script></body></html>"""

ANSWERS = {
    "/live": ("text/html; charset=utf-8", LIVE.encode()),
    "/events": ("text/event-stream", "data: deposit\ndata: ￥15.00\n\n".encode()),
    "/item": ("text/html; charset=utf-8", ITEM.encode()),
    "/pic.svg": ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='40' height='40'/></svg>"),
    "/favicon.ico": ("image/x-icon", b""),
}
PRICES = {1: "￥1,299.00 起", 2: "￥15.00"}


class Shop(ThreadingHTTPServer):
    """Counts who asks."""

    daemon_threads = True
    asked = 0


class Handler(BaseHTTPRequestHandler):
    """Tells the price by the body of the question, and the stock by calling a function."""

    server: Shop

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/moved":
            self._answer(302, "text/plain", b"", location="/item")
        elif path == "/stock":
            name = query.split("callback=")[1].split("&")[0]
            self._answer(200, "text/javascript", f"{name}('7 left')".encode())
        elif path == "/prices":
            self._talk()
        else:
            kind, body = ANSWERS.get(path, ("text/plain", b"nothing"))
            self._answer(200 if path in ANSWERS else 404, kind, body)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(200, "text/plain; charset=utf-8", PRICES[asked["sku"]].encode())

    def _talk(self) -> None:
        """Tell two prices over a socket, the second in bytes, and stay until the page goes."""
        self.server.asked += 1
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = b64encode(sha1(key.encode()).digest()).decode()
        lines = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
        self.wfile.write("\r\n".join((*lines, f"Sec-WebSocket-Accept: {accept}", "", "")).encode())
        for opcode, words in ((1, "￥1,299.00 起".encode()), (2, "￥88.00".encode())):
            self.wfile.write(bytes([0x80 | opcode, len(words)]) + words)
        self.wfile.flush()
        self.close_connection = True
        while self.rfile.read(1):
            pass

    def _answer(self, status: int, kind: str, body: bytes, location: str = "") -> None:
        self.server.asked += 1
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    server = Shop(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(browser_settings(page_seconds=60)) as opened:
        yield opened


@pytest.fixture(scope="module")
def visit(browser: Browser, shop: Shop) -> Visit:
    return browser.capture(f"http://127.0.0.1:{shop.server_port}/moved")


@pytest.fixture(scope="module")
def live(browser: Browser, shop: Shop) -> Visit:
    return browser.capture(f"http://127.0.0.1:{shop.server_port}/live", profile=LIGHT)


def check(browser: Browser, visit: Visit, price: str | None = None) -> ReplayCheck:
    return browser.run(lambda tab: replay(tab.page, visit, price=price))


def test_a_capture_shows_its_late_price_again_without_any_network(browser: Browser, shop: Shop, visit: Visit) -> None:
    before = shop.asked
    found = check(browser, visit, "1299.00")
    assert shop.asked == before
    assert (found.price_live, found.price_replayed) == ("￥1,299.00", "￥1,299.00")
    assert found.missed == ()
    assert found.asked == found.found >= 4
    assert found.similarity is not None and found.similarity >= 995


def test_what_a_capture_lacks_is_told_and_its_price_is_not_shown(browser: Browser, shop: Shop, visit: Visit) -> None:
    before = shop.asked
    kept = tuple(exchange for exchange in visit.exchanges if not exchange.url.endswith("/price"))
    found = check(browser, replace(visit, exchanges=kept, files={}), "1299.00")
    assert shop.asked == before
    assert (found.price_live, found.price_replayed, found.similarity) == ("￥1,299.00", None, None)
    assert [url.rpartition("/")[2] for url in found.missed] == ["price"]
    assert found.asked - found.found == 1


def test_a_capture_with_another_price_in_its_body_is_found_out(browser: Browser, visit: Visit) -> None:
    def forged(body: bytes | None) -> bytes | None:
        return body.replace(b"1,299", b"1,199") if body else body

    exchanges = tuple(replace(exchange, body=forged(exchange.body)) for exchange in visit.exchanges)
    found = check(browser, replace(visit, exchanges=exchanges))
    assert (found.price_live, found.price_replayed) == ("￥1,299.00", "￥1,199.00")


def test_a_page_that_is_not_in_the_capture_shows_nothing(browser: Browser, visit: Visit) -> None:
    found = check(browser, replace(visit, exchanges=()), "1299.00")
    assert (found.price_replayed, found.found, len(found.missed)) == (None, 0, 1)


@pytest.mark.parametrize(
    ("price", "words"),
    [("1299.00", "￥1,299.00"), ("88.00", "￥88.00"), ("15.00", "￥15.00")],
    ids=["text of a socket", "bytes of a socket", "lines of an event"],
)
def test_what_came_by_socket_and_by_event_stream_is_told_again(
    browser: Browser, shop: Shop, live: Visit, price: str, words: str
) -> None:
    before = shop.asked
    found = check(browser, live, price)
    assert shop.asked == before
    assert (found.price_live, found.price_replayed, found.missed) == (words, words, ())


def test_a_stream_of_events_that_its_page_closed_is_told_again(browser: Browser, live: Visit) -> None:
    closed = tuple(
        replace(one, failure="net::ERR_ABORTED", body=b"") if one.resource == "EventSource" else one
        for one in live.exchanges
    )
    assert check(browser, replace(live, exchanges=closed), "15.00").price_replayed == "￥15.00"


def test_a_socket_that_the_capture_did_not_hear_tells_nothing(browser: Browser, live: Visit) -> None:
    deaf = tuple(replace(one, messages=()) if one.resource == "WebSocket" else one for one in live.exchanges)
    assert check(browser, replace(live, exchanges=deaf), "1299.00").price_replayed is None
