"""The whole demonstration world on free ports, and a pretend sender of notices that the desks answer."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo import world
from demo.world import World
from tests.world import ports

Answers = list[tuple[str, str | None, str | None, dict[str, str]]]
"""Path, authorisation, idempotency key and body of each answer."""

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def free_ports() -> dict[str, int]:
    """A free port for each service."""
    return dict(zip(world.SERVICES, ports.free_ports(len(world.SERVICES)), strict=True))


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The running world, its desks introduced to nobody yet."""
    running = world.start(tmp_path_factory.mktemp("world"), free_ports())
    yield running
    running.stop()


class Sender(BaseHTTPRequestHandler):
    """Publishes the key of the notices and keeps what the desks answer."""

    answers: ClassVar[Answers]

    def do_GET(self) -> None:
        x = base64.urlsafe_b64encode(KEY.public_key().public_bytes_raw()).rstrip(b"=").decode()
        self._say(200, {"keys": [{"kid": "k1", "kty": "OKP", "crv": "Ed25519", "x": x}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answers.append((self.path, self.headers["Authorization"], self.headers["Idempotency-Key"], body))
        self._say(201, {})

    def _say(self, status: int, page: object) -> None:
        data = json.dumps(page).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def sender(shops: World) -> Iterator[Answers]:
    """What the desks have answered to the sender they are introduced to: path, authorisation, key, body."""

    class Fresh(Sender):
        answers: ClassVar[Answers] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    shops.introduce(
        base=f"http://127.0.0.1:{server.server_port}", tokens={"oscar-mart": "token-o", "glow-mall": "token-g"}
    )
    yield Fresh.answers
    (Path(shops.state) / "desk" / "desk.json").unlink()
    server.shutdown()
    thread.join()
    server.server_close()
