"""Replaying: a capture opened again in a fresh context that is answered from its own exchanges alone."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, field
from time import monotonic

from playwright.async_api import CDPSession, Page, Route, WebSocketRoute
from playwright.async_api import Error as PlaywrightError

from sampling.edge.isolated import ask
from sampling.edge.pictures import shot
from sampling.evidence import replay as rules
from sampling.evidence.difference import differ
from sampling.evidence.exchange import Exchange
from sampling.evidence.replay import Answerer, ReplayCheck
from sampling.evidence.visit import Visit

OPEN_SECONDS = 5.0
WAIT_SECONDS = 4.0
"""So long a late price is waited for."""
IDLE_SECONDS = 0.35
GIVEN_UP_SECONDS = 1.2
"""A page that rests so long without its price will not show it: the live one was left after less."""
_TEXT = "() => document.body ? document.body.innerText : ''"
_TEXT_AT = "place => { const found = document.querySelector(place); return found ? found.innerText : ''; }"

# The body is kept without its coding, and nothing of the replay may last or speak to anyone.
_DROPPED = frozenset(
    {
        "alt-svc",
        "connection",
        "content-encoding",
        "content-length",
        "keep-alive",
        "nel",
        "report-to",
        "reporting-endpoints",
        "strict-transport-security",
        "transfer-encoding",
    }
)


@dataclass  # without slots: the driver keeps a note on whose method it calls
class _Desk:
    """Where every request of the replayed page is answered, and counted."""

    answerer: Answerer
    asked: int = 0
    missed: list[str] = field(default_factory=list)
    last: float = field(default_factory=monotonic)

    async def answer(self, route: Route) -> None:
        request = route.request
        exchange = self._find(request.method, request.url, request.post_data_buffer)
        with contextlib.suppress(PlaywrightError):  # the page may be gone
            if exchange is None or not _can_be_told(exchange):
                await route.abort()
            else:
                await route.fulfill(status=exchange.status, headers=_headers(exchange), body=_body(exchange))
        self.last = monotonic()

    async def speak(self, socket: WebSocketRoute) -> None:
        exchange = self._find("GET", socket.url, None)
        for message in exchange.messages if exchange else ():
            if not message.sent:
                socket.send(message.data.decode("utf-8", "replace") if message.opcode == 1 else message.data)

    def _find(self, method: str, url: str, body: bytes | None) -> Exchange | None:
        self.asked += 1
        self.last = monotonic()
        exchange = self.answerer.answer(method, url, body)
        if exchange is None:
            self.missed.append(url)
        return exchange


async def replay(page: Page, visit: Visit, *, price: str | None = None) -> ReplayCheck:
    """Give whether the capture shows the same again; the page must be new, in a context of its own.

    `price` is an amount or the very words; without one it is the foremost price of the live page.
    """
    desk = _Desk(Answerer.of(visit.exchanges))
    wanted = price or rules.foremost_price(visit.boxes)
    live = rules.shown_price(visit.text, wanted) if wanted else None
    session = await _isolate(page, visit, desk)
    with contextlib.suppress(PlaywrightError):  # an address that is not in the capture
        await page.goto(visit.final_url, wait_until="domcontentloaded", timeout=OPEN_SECONDS * 1000)
    text = await _settled(session, desk, live)
    picture = await _picture(session)
    before = visit.files.get("before.png") or visit.files.get("viewport.png")
    alike = differ((before,), (picture,)) if before and picture else None
    return ReplayCheck(
        price_live=live,
        price_replayed=await _price(session, visit, text, live) if live else None,
        asked=desk.asked,
        found=desk.asked - len(desk.missed),
        missed=tuple(dict.fromkeys(desk.missed))[: rules.MOST_MISSED],
        similarity=alike.similarity if alike else None,
    )


async def _isolate(page: Page, visit: Visit, desk: _Desk) -> CDPSession:
    """Every request is answered here; what could still slip past finds no network."""
    await page.context.set_offline(True)
    await page.context.add_init_script("Object.defineProperty(Navigator.prototype, 'onLine', {get: () => true})")
    await page.context.route(re.compile(""), desk.answer)
    await page.context.route_web_socket(re.compile(""), desk.speak)
    await page.clock.set_fixed_time(visit.started_at)
    if found := re.match(r"(\d+)x(\d+)", visit.tool.get("viewport", "")):
        await page.set_viewport_size({"width": int(found[1]), "height": int(found[2])})
    return await page.context.new_cdp_session(page)


async def _settled(session: CDPSession, desk: _Desk, live: str | None) -> str:
    """The text once the page rests and shows its price, or what there is of it when the time is over."""
    began, text = monotonic(), ""
    while (now := monotonic()) - began < WAIT_SECONDS:
        await asyncio.sleep(0.1)
        if now - desk.last < IDLE_SECONDS:
            continue
        with contextlib.suppress(PlaywrightError):  # the page is just going elsewhere
            text = str(await ask(session, _TEXT))
        if live is None or rules.shown_price(text, live) or now - desk.last > GIVEN_UP_SECONDS:
            break
    return text


async def _price(session: CDPSession, visit: Visit, text: str, live: str) -> str | None:
    """The live price where the page shows it, else the one that stands in its place."""
    if shown := rules.shown_price(text, live):
        return shown
    with contextlib.suppress(PlaywrightError):
        if place := rules.place_of(visit.boxes, live):
            return rules.first_price(str(await ask(session, _TEXT_AT, place)))
    return None


async def _picture(session: CDPSession) -> bytes:
    with contextlib.suppress(PlaywrightError):
        return await shot(session)
    return b""


def _can_be_told(exchange: Exchange) -> bool:
    """Whether there is an answer; a stream of events that its page closed has failed only after it was heard."""
    return exchange.status is not None and (exchange.failure is None or bool(exchange.messages))


def _headers(exchange: Exchange) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in exchange.headers:
        key = name.lower()
        if key not in _DROPPED:
            glue = "\n" if key == "set-cookie" else ", "
            headers[key] = f"{headers[key]}{glue}{value}" if key in headers else value
    if exchange.media_type:
        headers.setdefault("content-type", exchange.media_type)
    return headers


def _body(exchange: Exchange) -> bytes:
    """A stream of events was kept event by event; of one that its page closed there may be nothing else."""
    if exchange.body or not exchange.messages:
        return exchange.body or b""
    return b"".join(b"data: " + message.data.replace(b"\n", b"\ndata: ") + b"\n\n" for message in exchange.messages)
