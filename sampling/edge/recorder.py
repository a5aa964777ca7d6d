"""The recorder: every request a page makes, told by the browser itself, and when the page has come to rest."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from playwright.async_api import CDPSession, Page

from sampling.edge import hearing, streams
from sampling.edge.bodies import Bodies
from sampling.edge.certificates import Certificates
from sampling.edge.crosscheck import CrossCheck
from sampling.edge.draft import Draft
from sampling.edge.hearing import Hearing
from sampling.edge.streams import Streams
from sampling.edge.targets import Facts, Line, Targets, Unanswered
from sampling.evidence.clock import offset_ms
from sampling.evidence.exchange import Connection, Exchange, Passage

_BUFFERS = {"maxTotalBufferSize": 256 << 20, "maxResourceBufferSize": 64 << 20}
_ENABLE = ("Network.enable", {**_BUFFERS, "maxPostDataSize": 1 << 20})
_DURABLE = ("Network.configureDurableMessages", _BUFFERS)


class Recorder:
    """The ledger of one page, filled from the Network domain of all its targets."""

    def __init__(self, session: CDPSession, page: Page, *, most_bytes: int, most_body: int) -> None:
        self.session = session
        self.way = "DevTools network events without bodies"
        """How the visit is recorded, for the manifest."""
        self.overflown = False
        self._most = (most_body, most_bytes)
        self._keeps = False
        self._deaf = False
        self._driver = CrossCheck(page)
        self._stopping: asyncio.Task[Facts] | None = None
        self._forget()
        self.targets = Targets(session, (*hearing.EVENTS, *streams.EVENTS), self._hear)

    @property
    def headers(self) -> dict[str, str]:
        """Those of the page's own answer, in lower case."""
        return self._hearing.headers

    @property
    def bytes(self) -> int:
        """How much has come so far, decoded."""
        return self._hearing.bytes

    async def start(self) -> None:
        """Begin to listen; called before the first navigation."""
        await self.targets.page.send(*_ENABLE)

    async def begin(self, *, keep: bool) -> None:
        """Forget what came before this visit, and keep bodies from here on if asked to."""
        self._forget()
        if keep and not self._keeps:
            self._keeps = True
            durable = await self._can_endure()
            self.way = f"DevTools network events, {'durable messages' if durable else 'buffers of the page'}"
            await self.targets.start((_ENABLE, _DURABLE) if durable else (_ENABLE,))
        self._bodies.raw = "durable" in self.way

    def await_page(self) -> None:
        """Take the next document for the page's own answer."""
        self._hearing.headers = {}

    async def rest(self, *, idle: float, cap: float, stuck: float = 0.7) -> bool:
        """Tell whether nothing moved for `idle` seconds before `cap` was over.

        Networkidle never comes while a body stays unread or a stream is open; so an answer whose headers
        are older than `stuck` seconds no longer counts as under way.
        """
        began = time.monotonic()
        while (now := time.monotonic()) - began < cap:
            live = any(head is None or now - head <= stuck for head in self._hearing.open.values())
            if not live and now - self._hearing.last > idle:
                return True
            await asyncio.sleep(0.05)
        return False

    async def finish(self, seconds: float = 5.0) -> None:
        """Hear no more, and fetch what can still be had of the bodies, also of answers that did not end."""
        self._deaf = True
        if not self._keeps:
            return
        for draft in self._hearing.drafts:
            if draft.is_answered and draft.body is not None and draft.is_short:
                self._bodies.fetch_again(draft)
            elif draft.is_answered and (draft.ended or not draft.is_stream):
                self._bodies.fetch(draft)
        await asyncio.gather(
            self._bodies.settle(seconds),
            self._certificates.settle(seconds),
            self._driver.close(self._hearing.drafts, seconds),
        )

    async def keep_refused(self, url: str) -> None:
        """Keep the certificate for which the browser would not go on to the address."""
        await self._certificates.refused(self.session, url)

    def exchanges(self, passages: Sequence[Passage] = ()) -> tuple[Exchange, ...]:
        """Give every request in the order they were made; the guard's passages tell the servers behind it."""
        if not self._keeps:
            return ()
        gaps = self._driver.gaps(self._hearing.drafts)
        servers = {(passage.host, passage.port): passage.address for passage in passages if passage.address}
        found = [*(draft.exchange() for draft in self._hearing.drafts), *gaps]
        return tuple(sorted((_placed(each, servers) for each in found), key=lambda each: each.sent_at))

    def connections(self) -> tuple[Connection, ...]:
        """Give what the browser verified of each origin's TLS connection."""
        return self._certificates.connections()

    def clock_offset_ms(self) -> int | None:
        """Give by how many milliseconds this machine's clock is ahead of the servers', by their Date headers."""
        return offset_ms(
            (draft.at(draft.answered), date)
            for draft in self._hearing.drafts
            if draft.answered is not None and not draft.from_cache and (date := draft.header("date"))
        )

    def _forget(self) -> None:
        most_body, most_bytes = self._most
        self._bodies = Bodies(most_each=most_body, most_all=most_bytes)
        self._certificates = Certificates()
        self._hearing = Hearing(self._whole, self._posted)
        self._streams = Streams(self._hearing, most_bytes=most_body)
        self._driver.forget()
        self._deaf, self.overflown = False, False

    def _hear(self, line: Line, name: str, facts: Facts) -> None:
        if self._deaf:
            return
        self._hearing.hear(line, name, facts)
        if not self._keeps:
            return
        self._streams.hear(line, name, facts)
        if name == "Network.responseReceived":
            self._certificates.note(line, facts["response"]["url"], facts["response"].get("securityDetails"))
        elif name == "Network.dataReceived" and self.bytes > self._most[1] and not self.overflown:
            self.overflown = True
            self._stopping = asyncio.ensure_future(self.targets.page.send("Page.stopLoading"))

    def _whole(self, draft: Draft) -> None:
        if self._keeps:
            self._bodies.fetch(draft)

    def _posted(self, draft: Draft, request: Facts) -> None:
        if self._keeps:
            self._bodies.fetch_posted(draft, request)

    async def _can_endure(self) -> bool:
        """Durable messages are experimental in the protocol; a browser without them lets unread bodies go."""
        with contextlib.suppress(Unanswered):
            await self.targets.store(*_DURABLE)
            return True
        return False


def _placed(exchange: Exchange, servers: dict[tuple[str, int], str]) -> Exchange:
    """Behind a guard the browser knows the guard's address only."""
    if not servers or exchange.gap:
        return exchange
    parts = urlsplit(exchange.url)
    port = parts.port or (443 if parts.scheme in {"https", "wss"} else 80)
    return replace(exchange, server_ip=servers.get((parts.hostname or "", port)), server_port=port)
