"""The guard lets a browser out to public web servers alone, whatever a name says of itself the second time."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from sampling.edge.addresses import Resolve, is_outside, resolve
from sampling.edge.guard import Guard, Terms
from tests.world.ports import free_port

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HERE = "127.0.0.1"
OPEN = Terms(frozenset({"shop.test"}))


class Names:
    """A resolver that gives each name's answers in turn, the last for ever."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.answers = {name.replace("_", "."): list(found) for name, found in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.get(host)
        if not found:
            raise OSError("no such name")
        return found.pop(0) if len(found) > 1 else found[0]


class Echo:
    """A server on loopback that says every byte back and counts who came."""

    def __init__(self) -> None:
        self.visits = self.left = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        with suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        await hung_up(writer)
        self.left += 1


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
LINES: list[asyncio.StreamWriter] = []


async def hung_up(writer: asyncio.StreamWriter) -> None:
    """Close a line, whatever the other end did to it."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def call(guard: Guard) -> Line:
    """Open a line to the guard, which `met` hangs up."""
    line = await asyncio.open_connection(HERE, int(guard.address.rpartition(":")[2]))
    LINES.append(line[1])
    return line


async def ask(guard: Guard, host: str, port: int, *, kind: int = 3, command: int = 1) -> tuple[int, Line]:
    """Ask the guard for a way and give its answer (0: granted) and the line."""
    reader, writer = await call(guard)
    match kind:
        case 1:
            place = socket.inet_pton(socket.AF_INET, host)
        case 4:
            place = socket.inet_pton(socket.AF_INET6, host)
        case _:
            place = bytes([len(host)]) + host.encode()
    writer.write(b"\x05\x01\x00" + bytes([5, command, 0, kind]) + place + struct.pack(">H", port))
    assert await reader.readexactly(2) == b"\x05\x00"
    answer = await reader.readexactly(10)
    return answer[1], (reader, writer)


def met(
    terms: Terms, names: Resolve, job: Callable[[Guard, int], Awaitable[None]], echo: Echo | None = None
) -> tuple[Guard, Echo]:
    """Do a job with a guard before an echo server, whose port the job is told."""
    echo = echo or Echo()

    async def course() -> Guard:
        server = await asyncio.start_server(echo, HERE, 0)
        guard = await Guard(terms, names, lambda: NOON).start()
        try:
            await asyncio.wait_for(job(guard, server.sockets[0].getsockname()[1]), 60)
        finally:
            await guard.stop()
            while LINES:
                await hung_up(LINES.pop())
            server.close()
            await asyncio.sleep(0.01)
            while echo.left < echo.visits:
                await asyncio.sleep(0.01)
        return guard

    return asyncio.run(course()), echo


def test_an_address_of_this_machine_is_not_outside_whatever_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    class Probe(socket.socket):
        def bind(self, address: Any) -> None:
            """Stand for a machine that owns one address."""
            if address[0] != "93.184.215.14":
                raise OSError("not available")

    monkeypatch.setattr(socket, "socket", Probe)
    assert (is_outside("93.184.215.14"), is_outside("93.184.215.15")) == (False, True)


REFUSED = [
    # what is asked for, the reason, the answer of RFC 1928
    ("inner.test", 80, {}, "address", 2),
    ("both.test", 443, {}, "address", 2),
    ("mapped.test", 80, {}, "address", 2),
    ("169.254.169.254", 80, {"kind": 1}, "address", 2),
    ("::1", 443, {"kind": 4}, "address", 2),
    ("::ffff:10.0.0.1", 443, {"kind": 4}, "address", 2),
    ("LOCALHOST.", 80, {}, "address", 2),
    ("public.test", 22, {}, "port", 2),
    ("public.test", 8080, {}, "port", 2),
    ("unknown.test", 80, {}, "name", 4),
    ("nothing.test", 80, {}, "name", 4),
    ("public.test", 80, {"command": 2}, "command", 7),  # listen for somebody
    ("public.test", 80, {"command": 3}, "command", 7),  # UDP
]
NAMES: dict[str, Sequence[Sequence[str]]] = {
    "inner_test": [["10.0.0.1"]],
    "both_test": [["93.184.215.14", "127.0.0.1"]],
    "mapped_test": [["::ffff:127.0.0.1"]],
    "169_254_169_254": [["169.254.169.254"]],
    "::1": [["::1"]],
    "::ffff:10_0_0_1": [["::ffff:10.0.0.1"]],
    "localhost": [["127.0.0.1"]],
    "public_test": [["93.184.215.14"]],
    "nothing_test": [[]],
}


@pytest.mark.parametrize(("host", "port", "how", "reason", "answer"), REFUSED)
def test_what_is_not_the_public_web_is_refused_and_noted(
    host: str, port: int, how: dict[str, int], reason: str, answer: int
) -> None:
    async def job(guard: Guard, _: int) -> None:
        code, (reader, _writer) = await ask(guard, host, port, **how)
        assert (code, await reader.read()) == (answer, b"")

    guard, echo = met(Terms(), Names(**NAMES), job)
    (passage,) = guard.passages()
    assert (passage.at, passage.host, passage.port) == (NOON, host.lower().rstrip("."), port)
    assert (passage.refused, passage.address, echo.visits) == (reason, None, 0)


def test_a_named_shop_may_be_private_and_on_any_port() -> None:
    async def job(guard: Guard, port: int) -> None:
        code, (reader, writer) = await ask(guard, "Shop.Test.", port)
        writer.write(b"bread")
        assert (code, await reader.readexactly(5)) == (0, b"bread")
        writer.write_eof()
        assert await reader.read() == b""

    guard, echo = met(OPEN, Names(shop_test=[[HERE]]), job)
    (passage,) = guard.passages()
    assert (passage.addresses, passage.address, passage.refused) == ((HERE,), HERE, None)
    assert (passage.sent, passage.received, echo.visits) == (5, 5, 1)
    assert 0 <= passage.seconds < 60


def test_a_shop_named_with_its_port_opens_no_other_port() -> None:
    async def job(guard: Guard, port: int) -> None:
        assert (await ask(guard, "shop.test", port))[0] == 2
        assert (await ask(guard, "shop.test", 443))[0] == 2

    guard, echo = met(Terms(frozenset({"shop.test:81"})), Names(shop_test=[[HERE]]), job)
    assert ([passage.refused for passage in guard.passages()], echo.visits) == (["port", "address"], 0)


def test_a_name_that_changes_its_address_is_asked_once_a_passage_and_gains_nothing() -> None:
    names = Names(turn_test=[["203.0.113.1"], ["127.0.0.1"]])

    async def job(guard: Guard, port: int) -> None:
        await ask(guard, "turn.test", 80)
        await ask(guard, "turn.test", 80)

    guard, echo = met(Terms(), names, job)
    assert names.asked == ["turn.test"] * 2
    assert ([passage.refused for passage in guard.passages()], echo.visits) == (["address"] * 2, 0)


def test_the_connection_is_made_to_the_address_that_was_checked() -> None:
    names = Names(shop_test=[["::1", HERE]])  # nothing listens on the first

    async def job(guard: Guard, port: int) -> None:
        assert (await ask(guard, "shop.test", port))[0] == 0

    guard, echo = met(OPEN, names, job)
    assert (guard.passages()[0].address, names.asked, echo.visits) == (HERE, ["shop.test"], 1)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    async def job(guard: Guard, _: int) -> None:
        assert (await ask(guard, "shop.test", free_port()))[0] == 4

    guard, _ = met(OPEN, Names(shop_test=[[HERE]]), job)
    assert guard.passages()[0].refused == "unreachable"


def test_connections_are_counted_and_freed() -> None:
    async def job(guard: Guard, port: int) -> None:
        lines = [await ask(guard, "shop.test", port) for _ in range(3)]
        assert [code for code, _ in lines] == [0, 0, 2]
        lines[0][1][1].close()
        while sum(passage.sent == 0 and passage.refused is None for passage in guard.passages()) and guard._open > 1:
            await asyncio.sleep(0.01)
        assert (await ask(guard, "shop.test", port))[0] == 0

    guard, echo = met(Terms(OPEN.private_hosts, connections=2), Names(shop_test=[[HERE]]), job)
    assert [passage.refused for passage in guard.passages()] == [None, None, "connections", None]
    assert echo.visits == 3


def test_bytes_are_counted_in_both_directions_until_none_are_left() -> None:
    async def job(guard: Guard, port: int) -> None:
        _, (reader, writer) = await ask(guard, "shop.test", port)
        writer.write(bytes(5_000))
        assert len(await reader.read(5_000)) > 0
        writer.write(bytes(5_000))
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(10_000)
        assert (await ask(guard, "shop.test", port))[0] == 2
        guard.renew()
        assert guard.passages() == ()
        assert (await ask(guard, "shop.test", port))[0] == 0

    guard, _ = met(Terms(OPEN.private_hosts, bytes=11_000), Names(shop_test=[[HERE]]), job)
    assert [passage.refused for passage in guard.passages()] == [None]


def test_a_closed_guard_lets_nothing_pass_and_asks_for_no_name() -> None:
    names = Names(shop_test=[[HERE]])

    async def job(guard: Guard, port: int) -> None:
        assert (await ask(guard, "shop.test", port))[0] == 2

    guard, echo = met(Terms(OPEN.private_hosts, closed=True), names, job)
    assert ([passage.refused for passage in guard.passages()], names.asked, echo.visits) == (["closed"], [], 0)


def test_a_stranger_is_turned_away_where_the_peers_are_named() -> None:
    async def job(guard: Guard, port: int) -> None:
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError, AssertionError)):
            await ask(guard, "shop.test", port)

    guard, echo = met(Terms(OPEN.private_hosts, peers=frozenset({"192.0.2.1"})), Names(shop_test=[[HERE]]), job)
    assert ([passage.refused for passage in guard.passages()], echo.visits) == (["peer"], 0)


@pytest.mark.parametrize("words", [b"", b"\x05", b"GET / HTTP/1.1\r\n\r\n", b"\x05\x01\x00\x05\x01\x00\x09rest"])
def test_a_caller_who_speaks_otherwise_does_no_harm(words: bytes) -> None:
    async def job(guard: Guard, port: int) -> None:
        reader, writer = await call(guard)
        writer.write(words)
        writer.write_eof()
        await reader.read()
        assert (await ask(guard, "shop.test", port))[0] == 0

    guard, echo = met(OPEN, Names(shop_test=[[HERE]]), job)
    assert (guard.passages()[-1].refused, echo.visits) == (None, 1)


def test_a_guard_that_stops_cuts_what_is_open_and_keeps_its_log() -> None:
    async def job(guard: Guard, port: int) -> None:
        _, (reader, _writer) = await ask(guard, "shop.test", port)
        await guard.stop()
        assert await reader.read() == b""

    guard, _ = met(OPEN, Names(shop_test=[[HERE]]), job)
    assert [passage.address for passage in guard.passages()] == [HERE]


def test_a_guard_has_no_address_before_it_starts() -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        _ = Guard().address


def test_names_are_resolved_by_the_system() -> None:
    assert HERE in asyncio.run(resolve("localhost", 80))
