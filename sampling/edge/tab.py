"""A tab: one page in a fresh context, with its recorder and the log of everything done to it."""

import contextlib
from dataclasses import dataclass, field

from playwright.async_api import BrowserContext, CDPSession, Dialog, Download, Page, Response
from playwright.async_api import Error as PlaywrightError

from sampling.edge import pictures
from sampling.edge.consent import answer_any, answer_known
from sampling.edge.guard import Guard
from sampling.edge.launch import BrowserSettings
from sampling.edge.recorder import Recorder
from sampling.edge.thrift import Seat, Turn
from sampling.evidence.address import refusal
from sampling.evidence.exchange import Passage
from sampling.evidence.profile import READ, Profile

# Two frames a step: faster scrolling loses pictures, a viewport as tall as the page loses more.
_SCROLL = """async most => {
  const view = document.scrollingElement, began = performance.now();
  for (let y = 0; y < Math.min(view.scrollHeight, most) && performance.now() - began < 4000; y += innerHeight * 0.9) {
    scrollTo(0, y);
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 30)));
  }
  const full = view.scrollHeight <= most && performance.now() - began < 4000;
  scrollTo(0, 0);
  return full;
}"""

_MOST_UNFOLDINGS = 100


class Refused(Exception):
    """A page that was not reached, with the reason code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Tab:
    """What a job works with; everything it does to the page is noted in `log`."""

    context: BrowserContext
    page: Page
    session: CDPSession
    recorder: Recorder
    settings: BrowserSettings
    agent: str
    log: list[str] = field(default_factory=list)
    signals: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    response: Response | None = None
    guard: Guard | None = None
    profile: Profile = READ
    turn: Turn = field(default_factory=Turn)
    """Shared with the other pages of the browser."""
    seat: Seat = field(default_factory=Seat)

    def passages(self) -> tuple[Passage, ...]:
        """Give the log of the egress guard."""
        return self.guard.passages() if self.guard else ()

    async def open(self, url: str, *, idle: float = 0.35) -> None:
        """Go to the address and wait until the page rests; what keeps it from being reached raises Refused."""
        self._check(url)
        self.response = None
        self.recorder.await_page()
        try:
            # Only the answer is awaited here: a page that holds up its own loading is still a page.
            self.response = await self.page.goto(url, wait_until="commit", timeout=self.settings.open_seconds * 1000)
        except PlaywrightError as error:
            self.signals["browser_error"] = error.message.splitlines()[0][:200]
            raise Refused(reason_of(error.message)) from error
        await self._load()
        await self.rest(idle)
        self._check(self.page.url)

    def _check(self, url: str) -> None:
        """A page may send its visitor anywhere; the guard alone knows what a name stands for."""
        if reason := refusal(url, private_hosts=self.settings.private_hosts):
            raise Refused(reason)

    async def _load(self) -> None:
        """Wait until the document is parsed, asking the document: a download begun meanwhile hides the event."""
        limit = self.settings.open_seconds
        try:
            await self.page.wait_for_function("document.readyState !== 'loading'", timeout=limit * 1000, polling=50)
        except PlaywrightError:
            self.signals["never_loaded"] = f"{limit:g} s"

    async def rest(self, idle: float) -> None:
        """Wait until nothing moves any more, or note that something still did."""
        if not await self.recorder.rest(idle=idle, cap=self.settings.settle_seconds):
            self.signals["unsettled"] = f"{self.settings.settle_seconds:g} s"
        if self.recorder.overflown:
            self.signals["overflown"] = str(self.recorder.bytes)

    async def wait_for(self, selector: str) -> None:
        """Wait for a part that arrives late; its absence is noted, not an error."""
        try:
            await self.page.wait_for_selector(selector, timeout=self.settings.settle_seconds * 1000)
        except PlaywrightError:
            self.signals["never_came"] = selector

    async def consent(self, selectors: tuple[str, ...], *, unknown: bool = False) -> None:
        """Answer a banner: by the first of the site's own answers that is visible, else, if asked to, by refusing."""
        done = await answer_known(self.page, selectors)
        if done is None and unknown:
            done = await answer_any(self.page, self.session)
        if done is not None:
            self.log.append(done)

    async def unfold(self, selector: str) -> None:
        """Click the button that adds to the list until it is gone, or until the list is taken for endless."""
        button = self.page.locator(selector).first
        for _ in range(_MOST_UNFOLDINGS):
            links = await self.page.evaluate("document.links.length")
            if not await button.is_visible():
                return
            await button.click(timeout=3000)
            self.log.append(f"click {selector}")
            await self.rest(0.15)
            if await self.page.evaluate("document.links.length") == links:
                return  # some lists leave a button that does nothing any more
        self.signals["endless"] = selector

    async def scroll(self) -> None:
        """Pass once over the page so that lazy pictures load, and note a page that has no end."""
        if not await self.page.evaluate(_SCROLL, self.settings.scroll_height):
            self.signals["endless"] = str(self.settings.scroll_height)
        self.log.append("scroll")
        await self.rest(0.25)

    async def shot(self, *, full: bool = False) -> bytes:
        """Give a PNG of the viewport, or of the page down to the height limit of one picture."""
        if not full:
            return await pictures.shot(self.session)
        return await anext(
            data async for _, data in pictures.tiles(self.session, tall=self.settings.page_height, most=1)
        )

    async def last_shot(self) -> bytes:
        """Give the picture that can still be had of a page that failed, or nothing of a frozen one."""
        return await pictures.last_shot(self.session)

    async def text(self) -> str:
        """Give the visible text."""
        return str(await self.page.evaluate("() => document.body ? document.body.innerText : ''"))


async def new_tab(context: BrowserContext, settings: BrowserSettings, agent: str, guard: Guard | None = None) -> Tab:
    """Give a tab that records, and refuses and notes whatever the page throws at a visitor."""
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    recorder = Recorder(session, page, most_bytes=settings.page_bytes, most_body=settings.body_bytes)
    tab = Tab(context, page, session, recorder, settings, agent, guard=guard)
    await recorder.start()

    async def dismiss(dialog: Dialog) -> None:
        tab.log.append(f"dismiss {dialog.type}: {dialog.message[:80]}")
        with contextlib.suppress(PlaywrightError):
            await dialog.dismiss()

    async def shut(popup: Page) -> None:
        tab.log.append(f"close pop-up: {popup.url}")
        with contextlib.suppress(PlaywrightError):
            await popup.close()

    async def drop(download: Download) -> None:
        tab.log.append(f"refuse download: {download.url}")
        with contextlib.suppress(PlaywrightError):
            await download.cancel()

    page.on("dialog", dismiss)
    page.on("popup", shut)
    page.on("download", drop)
    return tab


def reason_of(message: str) -> str:
    """Give the reason code for what the browser says of a page it could not open."""
    for part, reason in _REASONS:
        if part in message:
            return reason
    return "unreachable"


_REASONS = (
    ("ERR_CERT_", "certificate"),
    ("ERR_SSL_", "certificate"),
    ("ERR_TOO_MANY_REDIRECTS", "redirect_loop"),
    ("Download is starting", "download"),
    ("ERR_ABORTED", "download"),
    ("Timeout", "timeout"),
    ("ERR_TIMED_OUT", "timeout"),
    ("ERR_INVALID_RESPONSE", "invalid_response"),
    ("ERR_EMPTY_RESPONSE", "invalid_response"),
    ("crashed", "page_crashed"),
    ("has been closed", "browser_lost"),
)
