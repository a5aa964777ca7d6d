"""A loopback shop that keeps its own list of all it was asked and all it sent, to be held against a recording."""

import base64
import gzip
import hashlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.world.hard_pages import Server
from tests.world.odd_pages import HARD, PAGES
from tests.world.pixels import picture


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer as the server knows it."""

    method: str
    path: str
    status: int
    sha256: str
    asked: str
    """The hash of what the request carried."""


@dataclass(slots=True)
class Shop:
    """The shop while it is open."""

    port: int
    scheme: str
    sent: list[Sent] = field(default_factory=list)
    ahead: float = 0.0
    """Seconds by which the server's clock is ahead."""

    @property
    def address(self) -> str:
        """The shop's address."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    """Answers over kept connections, and writes down each answer before it is sent."""

    protocol_version = "HTTP/1.1"
    shop: Shop

    def do_GET(self) -> None:
        path = self.path
        odd = getattr(self, f"_{path.strip('/').split('?')[0].replace('.', '_')}", None)
        if path in ("/", "/hard"):
            self._answer(200, HARD.replace("@@", str(self.shop.port)).encode(), "text/html; charset=utf-8", coded=True)
        elif odd is not None:
            odd()
        elif path in PAGES:
            self._answer(200, PAGES[path][1], PAGES[path][0])
        elif path.startswith(("/picture.png", "/icon.png")):
            self._answer(200, picture(path), "image/png")
        elif path.startswith("/piece"):
            self._answer(200, path.encode(), "text/plain")
        else:
            self._answer(404, b"<title>404</title>not found", "text/html")

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/beacon":
            self._answer(204, b"", "text/plain", asked=asked)
        else:
            self._answer(201, b'{"ok": true}', "application/json", asked=asked)

    def _go(self) -> None:
        self._answer(302, b"", "text/plain", Location="/hop")

    def _hop(self) -> None:
        self._answer(301, b"", "text/plain", Location="/hard")

    def _round(self) -> None:
        self._answer(302, b"", "text/plain", Location="/round?" + self.path[-1] * 2)

    def _reset(self) -> None:
        self._write_down(0, b"")
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()

    def _cut_jpg(self) -> None:
        self._cut(b"\xff\xd8\xff" + bytes(4997), "image/jpeg")

    def _cut_html(self) -> None:
        self._cut(b"<p>The first half", "text/html")

    def _cut(self, body: bytes, content_type: str) -> None:
        """Promise more than is sent."""
        self._head(200, body, content_type, promised=len(body) + 4000)
        self.wfile.write(body)
        self.close_connection = True

    def _events(self) -> None:
        self._head(200, b"", "text/event-stream", promised=None)
        for number in range(100):
            self.wfile.write(f"data: price {number}\n\n".encode())
            time.sleep(0.1)

    def _trickle_png(self) -> None:
        self._head(200, b"", "image/png", promised=1000)
        for byte in picture("slow"):
            self.wfile.write(bytes([byte]))
            time.sleep(1)

    def _socket(self) -> None:
        """Greet, answer the first frame with its own bytes, and say goodbye."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self._write_down(101, b"")
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"\x81\x05hello")
        self.rfile.read(6)
        self.wfile.write(b"\x82\x03\x00\x01\x02")
        time.sleep(0.3)
        self.wfile.write(b"\x88\x02\x03\xe8")
        self.close_connection = True

    def _answer(
        self,
        status: int,
        body: bytes,
        content_type: str,
        *,
        asked: bytes = b"",
        coded: bool = False,
        **headers: str,
    ) -> None:
        wire = gzip.compress(body) if coded else body
        extra = {**headers, **({"Content-Encoding": "gzip"} if coded else {})}
        self._head(status, body, content_type, promised=len(wire), asked=asked, **extra)
        self.wfile.write(wire)

    def _head(
        self,
        status: int,
        body: bytes,
        content_type: str,
        *,
        promised: int | None,
        asked: bytes = b"",
        **headers: str,
    ) -> None:
        self._write_down(status, body, asked)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("X-Odd-CASE", "as sent")
        if promised is None:
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(promised))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _write_down(self, status: int, body: bytes, asked: bytes = b"") -> None:
        hashes = hashlib.sha256(body).hexdigest(), hashlib.sha256(asked).hexdigest()
        self.shop.sent.append(Sent(self.command, self.path, status, *hashes))

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Give the time by the shop's clock."""
        return formatdate(time.time() + self.shop.ahead, usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the tests read what the browser recorded."""


@contextmanager
def open_witness(*, certificate: Path | None = None) -> Iterator[Shop]:
    """Give the shop while it is open; with a file of certificate and key it speaks TLS."""
    shop = Shop(0, "https" if certificate else "http")
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"shop": shop}))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    shop.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
