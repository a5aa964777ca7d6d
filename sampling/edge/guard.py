"""The guard: the only way out for a browser context, open to public web servers alone, with a log of every attempt.

A SOCKS5 proxy in this process. It resolves names itself and connects to the very address that it checked, so that a
name which changes its address between two questions gains nothing; TLS passes through untouched. Chromium cannot
give a SOCKS proxy a password, so another process of this machine can use the guard as well while it stands: it
reaches what the page could reach, and is in the log.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from sampling.edge.addresses import Resolve, is_named, is_outside, resolve
from sampling.evidence.exchange import Passage

_CHUNK = 1 << 18
_HANDSHAKE_SECONDS = 10.0
_CONNECT_SECONDS = 10.0

# The answers of RFC 1928, section 6.
_GRANTED, _FORBIDDEN, _UNREACHABLE, _NO_SUCH_COMMAND = 0, 2, 4, 7
_CONNECT = 1


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a guard lets through; the default is the public web."""

    private_hosts: frozenset[str] = frozenset()
    """`host` or `host:port` that may be private and on any port: the shops of tests and of the demonstration."""
    ports: frozenset[int] = frozenset({80, 443})
    connections: int = 64
    """At one time."""
    bytes: int = 300 << 20
    """In both directions together."""
    closed: bool = False
    """Nothing passes: for what the browser asks for by itself, outside every page."""
    listen: str = "127.0.0.1"
    peers: frozenset[str] | None = None
    """The addresses that may use the guard, where it listens beyond this machine; None: all that reach it."""


class Refusal(Exception):
    """An attempt that the guard does not let through: the word for the log and the answer to the browser."""

    def __init__(self, reason: str, answer: int = _FORBIDDEN) -> None:
        super().__init__(reason)
        self.reason = reason
        self.answer = answer


@dataclass(slots=True)
class _Attempt:
    at: datetime
    began: float
    host: str = ""
    port: int = 0
    addresses: tuple[str, ...] = ()
    address: str | None = None
    refused: str | None = None
    sent: int = 0
    received: int = 0
    ended: float | None = None

    def passage(self) -> Passage:
        return Passage(
            at=self.at, host=self.host, port=self.port, addresses=self.addresses, address=self.address,
            refused=self.refused, sent=self.sent, received=self.received,
            seconds=round((self.ended or time.monotonic()) - self.began, 3),
        )  # fmt: skip


@dataclass(slots=True)
class Guard:
    """Stands between one browser context and the network; `start` before the context is made, `stop` after it."""

    terms: Terms = field(default_factory=Terms)
    resolve: Resolve = resolve
    clock: Callable[[], datetime] = _now
    _server: asyncio.Server | None = None
    _address: str = ""
    _attempts: list[_Attempt] = field(default_factory=list)
    _live: set[asyncio.Task[None]] = field(default_factory=set)
    _open: int = 0
    _bytes: int = 0

    async def start(self) -> Self:
        """Give the guard, listening on a port that the system chose."""
        self._server = await asyncio.start_server(self._meet, self.terms.listen, 0, limit=_CHUNK)
        host, port = self._server.sockets[0].getsockname()[:2]
        self._address = f"socks5://[{host}]:{port}" if ":" in host else f"socks5://{host}:{port}"
        return self

    async def stop(self) -> None:
        """Cut every connection and listen no more; the log remains."""
        if self._server is not None:
            self._server.close()
        for task in self._live:
            task.cancel()
        await asyncio.gather(*self._live, return_exceptions=True)
        await asyncio.sleep(0)  # the loop closes in its next round what was closed in this one

    @property
    def address(self) -> str:
        """The address of the proxy, as the browser wants it."""
        if not self._address:
            raise RuntimeError("the guard has not been started")
        return self._address

    def renew(self) -> None:
        """Begin a job of a visitor who stays: an empty log, and all the bytes again."""
        self._attempts = [attempt for attempt in self._attempts if attempt.ended is None]
        self._bytes = 0

    def passages(self) -> tuple[Passage, ...]:
        """Give every attempt in the order they were made, those under way as they stand."""
        return tuple(attempt.passage() for attempt in self._attempts)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._live.add(task)
            task.add_done_callback(self._live.discard)
        attempt = _Attempt(self.clock(), time.monotonic())
        self._attempts.append(attempt)
        try:
            await self._serve(attempt, reader, writer)
        except Refusal as refusal:
            attempt.refused = refusal.reason
            if attempt.address is None:  # else the line is the page's already
                writer.write(_answer(refusal.answer))
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # A browser that connects ahead of need and says nothing has asked for nothing.
            if not attempt.host:
                self._attempts.remove(attempt)
        finally:
            attempt.ended = time.monotonic()
            _cut(writer)

    async def _serve(self, attempt: _Attempt, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.terms.peers is not None and writer.get_extra_info("peername")[0] not in self.terms.peers:
            raise Refusal("peer")
        command = await asyncio.wait_for(_greeting(attempt, reader, writer), _HANDSHAKE_SECONDS)
        if command != _CONNECT:
            raise Refusal("command", _NO_SUCH_COMMAND)
        await self._check(attempt)
        self._open += 1
        try:
            far_reader, far_writer = await _connected(attempt)
            try:
                writer.write(_answer(_GRANTED))
                await asyncio.gather(
                    self._pump(attempt, reader, far_writer, sent=True),
                    self._pump(attempt, far_reader, writer, sent=False),
                )
            finally:
                _cut(far_writer)
        finally:
            self._open -= 1

    async def _check(self, attempt: _Attempt) -> None:
        """Refuse what the terms do not allow; a name with one bad address among good ones is a trap."""
        host, port, terms = attempt.host, attempt.port, self.terms
        named = is_named(host, port, terms.private_hosts)
        if terms.closed:
            raise Refusal("closed")
        if port not in terms.ports and not named:
            raise Refusal("port")
        if self._open >= terms.connections:
            raise Refusal("connections")
        if self._bytes >= terms.bytes:
            raise Refusal("bytes")
        try:
            attempt.addresses = tuple(await self.resolve(host, port))
        except (OSError, UnicodeError):
            raise Refusal("name", _UNREACHABLE) from None
        if not named and not all(map(is_outside, attempt.addresses)):
            raise Refusal("address")
        if not attempt.addresses:
            raise Refusal("name", _UNREACHABLE)

    async def _pump(
        self, attempt: _Attempt, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, sent: bool
    ) -> None:
        try:
            while data := await reader.read(_CHUNK):
                self._bytes += len(data)
                if sent:
                    attempt.sent += len(data)
                else:
                    attempt.received += len(data)
                if self._bytes > self.terms.bytes:
                    raise Refusal("bytes")
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            _break(writer)


async def _greeting(attempt: _Attempt, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """Read what is asked for into the attempt and give the command (RFC 1928, sections 3 and 4)."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    _, command, _, kind = await reader.readexactly(4)
    match kind:
        case 1:
            host = socket.inet_ntop(socket.AF_INET, await reader.readexactly(4))
        case 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii", "replace")
        case 4:
            host = socket.inet_ntop(socket.AF_INET6, await reader.readexactly(16))
        case _:
            raise Refusal("command", _NO_SUCH_COMMAND)
    (attempt.port,) = struct.unpack(">H", await reader.readexactly(2))
    attempt.host = host.lower().rstrip(".")
    return int(command)


async def _connected(attempt: _Attempt) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for address in attempt.addresses:
        with suppress(OSError, TimeoutError):
            # An address, never the name: asked a second time, the name might stand for another machine.
            opening = asyncio.open_connection(address, attempt.port, limit=_CHUNK)
            reader, writer = await asyncio.wait_for(opening, _CONNECT_SECONDS)
            attempt.address = address
            return reader, writer
    raise Refusal("unreachable", _UNREACHABLE)


def _answer(code: int) -> bytes:
    return struct.pack(">BBBBIH", 5, code, 0, 1, 0, 0)


def _cut(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, RuntimeError):
        writer.close()


def _break(writer: asyncio.StreamWriter) -> None:
    """A line that the one side broke is broken to the other side too: the browser would wait for the rest."""
    with suppress(OSError, RuntimeError, AttributeError):
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
