"""The certificates: what the browser itself verified of each origin, on the connection that brought the page."""

import asyncio
import base64
import contextlib
from dataclasses import replace
from urllib.parse import urlsplit

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from sampling.edge.draft import instant
from sampling.edge.targets import Facts, Line, Unanswered
from sampling.evidence.exchange import Connection

_STATE = "Security.visibleSecurityStateChanged"


class Certificates:
    """The connections of one visit by their origin; each chain is asked for once, while the page loads."""

    def __init__(self) -> None:
        self._found: dict[str, Connection] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def note(self, line: Line, url: str, details: Facts | None) -> None:
        """Take in the security details of an answer; those of an origin already known are let pass."""
        origin = origin_of(url)
        if details is None or origin in self._found:
            return
        self._found[origin] = connection(origin, details)
        task = asyncio.ensure_future(self._ask(line, origin))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self, seconds: float) -> None:
        """Wait for the chains under way."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    async def refused(self, session: CDPSession, url: str, seconds: float = 1.0) -> None:
        """Keep the certificate that the browser refused, as its own warning page shows it."""
        told = asyncio.get_running_loop().create_future()

        def hear(facts: Facts) -> None:
            state = facts["visibleSecurityState"].get("certificateSecurityState")
            if state is not None and not told.done():
                told.set_result(state)

        session.on(_STATE, hear)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._listen(session, told), seconds)
        session.remove_listener(_STATE, hear)
        if told.done() and not told.cancelled():
            origin = origin_of(url)
            self._found[origin] = _chained(connection(origin, told.result()), told.result().get("certificate", ()))

    def connections(self) -> tuple[Connection, ...]:
        """Give the connections in the order of their first answers."""
        return tuple(self._found.values())

    async def _listen(self, session: CDPSession, told: asyncio.Future[Facts]) -> None:
        """The warning page comes a moment after the refusal; until then there is no page to listen to."""
        while not told.done():
            with contextlib.suppress(PlaywrightError, TimeoutError):
                await session.send("Security.enable")
                await asyncio.wait_for(asyncio.shield(told), 0.2)
            await asyncio.sleep(0.05)

    async def _ask(self, line: Line, origin: str) -> None:
        with contextlib.suppress(Unanswered):
            answer = await line.send("Network.getCertificate", {"origin": origin})
            self._found[origin] = _chained(self._found[origin], answer["tableNames"])


def origin_of(url: str) -> str:
    """Give the scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def connection(origin: str, details: Facts) -> Connection:
    """Give the connection as the browser describes it, without its chain."""
    return Connection(
        origin=origin,
        protocol=str(details["protocol"]),
        cipher=str(details["cipher"]),
        key_exchange=str(details.get("keyExchangeGroup") or details.get("keyExchange") or ""),
        subject=str(details["subjectName"]),
        issuer=str(details["issuer"]),
        names=tuple(details.get("sanList", ())),
        valid_from=instant(details["validFrom"]),
        valid_to=instant(details["validTo"]),
        transparency=str(details.get("certificateTransparencyCompliance", "unknown")),
        chain=(),
    )


def _chained(found: Connection, texts: list[str]) -> Connection:
    return replace(found, chain=tuple(base64.b64decode(text) for text in texts))
