"""A loopback shop whose pages attack the visitor's machine, and the internal server that they are after."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.world.hard_pages import TEXT, Server

LAMP = f"<!doctype html><meta charset=utf-8><title>Lamp</title><h1>Lamp</h1><p class=price>12.00 EUR</p>{TEXT}"

# Every way by which a page can make a browser speak to another server. INNER is host:port of the internal one.
REACH = """
<link rel=icon href="http://INNER/icon"><link rel=preconnect href="http://INNER"><link rel=prefetch href="http://INNER/pre">
<link rel=dns-prefetch href="http://leak.test"><link rel=preload as=image href="http://INNER/load">
<link rel=stylesheet href="http://INNER/css"><script src="http://INNER/js"></script><img src="http://INNER/img">
<img src="/over"><iframe src="http://INNER/frame"></iframe><iframe src="/over"></iframe><object data="http://INNER/obj"></object>
<embed src="http://INNER/embed"><video src="http://INNER/video" autoplay muted></video><img src="http://169.254.169.254/latest/">
<img src="http://turn.test:INNERPORT/"><img src="http://turn.test/"><iframe name=post></iframe>
<form id=form method=post target=post action="http://INNER/form"><input name=card></form>
<script type=speculationrules>{"prefetch":[{"source":"list","urls":["http://INNER/spec"]}],
"prerender":[{"source":"list","urls":["/over"]}]}</script>
<script>
for (const host of ["INNER", "localhost:INNERPORT", "127.1:INNERPORT", "2130706433:INNERPORT", "[::1]:INNERPORT",
                    "[::ffff:127.0.0.1]:INNERPORT", "0.0.0.0:INNERPORT", "0x7f.1:INNERPORT"]) {
  fetch(`http://${host}/fetch`, {mode: "no-cors"}).catch(() => 0);
  fetch(`https://${host}/tls`, {mode: "no-cors"}).catch(() => 0);
  new Image().src = `http://${host}/image`;
  try { new WebSocket(`ws://${host}/socket`); } catch {}
  try { new EventSource(`http://${host}/events`); } catch {}
  navigator.sendBeacon(`http://${host}/beacon`, "x");
}
new Worker(URL.createObjectURL(new Blob(["fetch('http://INNER/worker', {mode: 'no-cors'})"])));
form.submit();
const peer = new RTCPeerConnection({iceServers: [
  {urls: "stun:127.0.0.1:INNERPORT"}, {urls: "turn:INNER?transport=tcp", username: "a", credential: "b"},
  {urls: "turn:INNER?transport=udp", username: "a", credential: "b"}]});
peer.createDataChannel("x");
peer.createOffer().then(offer => peer.setLocalDescription(offer));
try { new WebTransport("https://INNER/transport"); } catch {}
</script>"""

ASKS = """<pre id=answers></pre><script>
const say = (name, answer) => answers.textContent += `${name}: ${answer}\\n`;
navigator.geolocation.getCurrentPosition(() => say("place", "given"), () => say("place", "refused"));
(navigator.mediaDevices ? navigator.mediaDevices.getUserMedia({video: true, audio: true}) : Promise.reject())
  .then(() => say("camera", "given"), () => say("camera", "refused"));
Notification.requestPermission().then(answer => say("notes", answer === "granted" ? "given" : "refused"));
navigator.requestMIDIAccess().then(() => say("midi", "given"), () => say("midi", "refused"));
navigator.clipboard.readText().then(() => say("clipboard", "given"), () => say("clipboard", "refused"));
</script>"""

PAGES = {
    "/file": '<iframe src="file:///etc/passwd"></iframe><a id=way href="file:///etc/passwd">x</a>'
    "<script>way.click(); open('file:///etc/passwd'); try { location = 'chrome://version'; } catch {}</script>",
    "/popups": "<script>for (let n = 0; n < 10; n++) open('/popup?' + n); onbeforeunload = () => 'stay';</script>",
    "/dialogs": "<script>alert('1'); confirm('2'); prompt('3'); onbeforeunload = () => 'stay';</script>",
    "/download": "<a id=way href=/program download=setup.exe>x</a><iframe src=/program></iframe>"
    "<script>way.click()</script>",
    "/worker": "<script>navigator.serviceWorker.register('/worker.js').then(() => document.title = 'taken', () => 0);"
    "setTimeout(async () => document.querySelector('.price').textContent = await (await fetch('/price')).text(), 400);"
    "</script>",
    "/asks": ASKS,
    "/endless": "<script>onscroll = () => document.body.insertAdjacentHTML('beforeend', '<p style=height:3000px>more')"
    "</script><p style=height:3000px>",
    "/stream": "<script>new EventSource('/events')</script>",
    "/big": "<script>fetch('/bytes').then(answer => answer.arrayBuffer())</script>",
    "/sockets": "<script>for (let n = 0; n < 500; n++) { try { new WebSocket(`ws://${location.host}/slow?${n}`) }"
    " catch {} fetch('/slow?' + n).catch(() => 0); }</script>",
    "/bomb": "<script>const text = URL.createObjectURL(new Blob(['for (;;) {}']));"
    "for (let n = 0; n < 60; n++) new Worker(text);</script>",
    "/hog": "<script>const kept = []; for (;;) try { kept.push(new Uint8Array(50e6).fill(1)) } catch { }</script>",
    "/loop": "<script>setTimeout(() => { for (;;); }, 100)</script>",
    "/again": "<script>location.reload()</script>",
}

FILES = {
    "/program": ("application/x-msdownload", b"MZ"),
    "/price": ("text/plain", b"12.00 EUR"),
    "/worker.js": (
        "text/javascript",
        b"oninstall = () => skipWaiting(); onactivate = event => event.waitUntil(clients.claim());"
        b"onfetch = event => event.respondWith(new Response('1.00 EUR'))",
    ),
    "/popup": ("text/html", b"<title>Popup</title>"),
}


@dataclass(slots=True)
class Hostile:
    """The shop's address, the internal server's, and what reached either."""

    shop: str
    inner: str
    hits: list[str] = field(default_factory=list)
    """What reached the internal server."""
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    """Bytes of the endless body that left the shop."""
    held: int = 0
    most_held: int = 0
    door: threading.Lock = field(default_factory=threading.Lock)


class Inner(BaseHTTPRequestHandler):
    """Answers nobody and notes who came, whatever they speak."""

    world: Hostile

    def handle(self) -> None:
        """Note the first bytes."""
        self.world.hits.append(repr(self.connection.recv(200)))


class Shop(BaseHTTPRequestHandler):
    """Answers one request; `/slow` and `/events` hold it, `/bytes` pours."""

    world: Hostile

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.world.asked.append(path)
        match path:
            case "/reach":
                port = self.world.inner.rpartition(":")[2]
                reach = REACH.replace("INNERPORT", port).replace("INNER", self.world.inner)
                self.answer("text/html", (LAMP + reach).encode())
            case "/over":
                self.answer("text/plain", b"", status=302, location=f"http://{self.world.inner}/over")
            case "/bytes":
                self.pour()
            case "/slow" | "/events":
                self.hold(path)
            case _:
                self.give(path)

    def give(self, path: str) -> None:
        """Send a file or a page."""
        if path in FILES:
            self.answer(*FILES[path])
        elif path in PAGES or path == "/plain":
            self.answer("text/html", (LAMP + PAGES.get(path, "")).encode())
        else:
            self.answer("text/plain", b"", status=404)

    def answer(self, media_type: str, body: bytes, *, status: int = 200, location: str = "") -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def pour(self) -> None:
        """Send 150 MB as long as somebody takes them."""
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(150 << 20))
        self.end_headers()
        for _ in range(150):
            self.wfile.write(bytes(1 << 20))
            self.world.sent += 1 << 20

    def hold(self, path: str) -> None:
        """Keep the connection for a while, and count how many are kept at once."""
        with self.world.door:
            self.world.held += 1
            self.world.most_held = max(self.world.most_held, self.world.held)
        try:
            if path == "/events":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
            time.sleep(1.5)
        finally:
            with self.world.door:
                self.world.held -= 1

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the tests read what was counted."""


@contextmanager
def open_hostile() -> Iterator[Hostile]:
    """Give the shop and the internal server while they are open."""
    world = Hostile("", "")
    handlers = (type(kind.__name__, (kind,), {"world": world}) for kind in (Shop, Inner))
    servers = [Server(("127.0.0.1", 0), handler) for handler in handlers]
    world.shop, world.inner = (f"127.0.0.1:{server.server_port}" for server in servers)
    threads = [threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield world
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
