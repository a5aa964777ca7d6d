"""A receiver on loopback that answers a post as it is told to, well or badly."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, bytes], None]


@dataclass
class Receiver:
    """Where it listens, and every request it read whole."""

    port: int
    requests: list[bytes] = field(default_factory=list)


def says(text: str, *, body: bytes = b"") -> Behaviour:
    """Answer with this status line and these headers."""

    def answer(client: socket.socket, _: bytes) -> None:
        client.sendall(f"HTTP/1.1 {text}\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

    return answer


def drips(client: socket.socket, _: bytes) -> None:
    """Send a header that never ends, a byte at a time."""
    client.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while True:
        client.sendall(b"a")
        if threading.Event().wait(0.02):
            return


def hangs_up(client: socket.socket, _: bytes) -> None:
    """Close without a word."""


def babbles(client: socket.socket, _: bytes) -> None:
    """Answer in no protocol at all."""
    client.sendall(b"hello, this is not HTTP\r\n\r\n")


@contextmanager
def receiving(behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, listens: bool = True) -> Iterator[Receiver]:
    """Listen on a free port of loopback until the block ends; one that does not listen speaks first."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        receiver = Receiver(server.getsockname()[1])
        server.settimeout(0.05)
        over = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, receiver, behaviour, tls, listens, over), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            over.set()
            thread.join()


def _serve(
    server: socket.socket,
    receiver: Receiver,
    behaviour: Behaviour,
    tls: ssl.SSLContext | None,
    listens: bool,
    over: threading.Event,
) -> None:
    while not over.is_set():
        try:
            client, _ = server.accept()
        except TimeoutError:
            continue
        client.settimeout(5)
        try:
            with tls.wrap_socket(client, server_side=True) if tls else client as channel:
                receiver.requests.append(_read(channel) if listens else b"")
                behaviour(channel, receiver.requests[-1])
        except OSError:
            continue  # the other side has gone: that is its right
        finally:
            client.close()


def _read(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(client)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l")), 0
    )
    while len(body) < length:
        more = _more(client)
        body, data = body + more, data + more
    return data


def _more(client: socket.socket) -> bytes:
    chunk = client.recv(65536)
    if not chunk:
        raise ConnectionResetError("gone")
    return chunk
