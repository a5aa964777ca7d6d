"""A relay on loopback: a league of its own with a key of its own, in whatever mood it is told to be in."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from sampling import beacons
from sampling.beacons.drand import SUITE
from sampling.beacons.interface import Chain

SECRET = Scalar(20260302)


def league(**changes: object) -> Chain:
    """Give a chain like quicknet whose secret key is known here."""
    key = (G2Point() * SECRET).to_compressed_bytes().hex()
    pinned = replace(beacons.chain("drand-quicknet"), code="league", chain_hash="ab" * 32, public_key=key, relays=())
    return replace(pinned, **changes)  # type: ignore[arg-type]


def signature(round_: int) -> bytes:
    """Give the league's signature of a round."""
    message = hashlib.sha256(round_.to_bytes(8, "big")).digest()
    return (G1Point.hash_to_curve(message, SUITE) * SECRET).to_compressed_bytes()


def beacon(round_: int, **changes: object) -> bytes:
    """Give the relay's JSON of a round."""
    signed = signature(round_)
    value = hashlib.sha256(signed).hexdigest()
    return json.dumps({"round": round_, "randomness": value, "signature": signed.hex(), **changes}).encode()


@dataclass
class Relay:
    """Where it listens, and what it answers to which path; anything else is not found."""

    address: str
    answers: dict[str, bytes]


@contextmanager
def relaying(answers: Mapping[str, bytes] | None = None) -> Iterator[Relay]:
    """Listen on a free port of loopback until the block ends."""
    held = dict(answers or {})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = held.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Relay(f"http://127.0.0.1:{server.server_address[1]}", held)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
