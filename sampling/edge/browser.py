"""The browser: one warm Chromium behind a plain, thread-safe face, several fresh contexts at a time."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from sampling.edge.launch import BrowserSettings, context_options, launch_options
from sampling.edge.tab import Tab, new_tab
from sampling.edge.visiting import failed_visit, visit
from sampling.errors import NoBrowser
from sampling.evidence.visit import Visit
from sampling.recipe import Recipe

T = TypeVar("T")
Job = Callable[[Tab], Awaitable[T]]


@dataclass(slots=True)
class _Warm:
    """What runs in the background: the driver and the browser, or nothing yet."""

    driver: Playwright | None = None
    chromium: Chromium | None = None
    agent: str = ""


class Lost(Exception):
    """The job ended without an answer: the page hung or crashed, or the browser did."""

    def __init__(self, reason: str, tab: Tab | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tab = tab


class Browser:
    """A context manager; every method may be called from any thread while it is open."""

    def __init__(self, settings: BrowserSettings) -> None:
        self.settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._warm = _Warm()
        self._starting = asyncio.Lock()
        self._room = asyncio.Semaphore(settings.contexts)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._call(self._chromium()).result()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def capture(self, url: str, recipe: Recipe | None = None) -> Visit:
        """Give the visit with all its files; whatever goes wrong is the visit's kind and reason."""
        return self._visit(url, recipe or Recipe(), full=True)

    def read(self, url: str, recipe: Recipe | None = None) -> Visit:
        """Give the visit with its HTML and text and no files."""
        return self._visit(url, recipe or Recipe(), full=False)

    def run(self, job: Job[T], *, seconds: float | None = None) -> T:
        """Give what the job answers after working in a fresh context; a job without an answer raises Lost."""
        return self._call(self.work(job, seconds or self.settings.page_seconds)).result()

    def run_in(self, stay: "Stay", job: Job[T], seconds: float | None) -> T:
        """Give what the job answers in the context of a stay."""
        return self._call(self.work(job, seconds or self.settings.page_seconds, stay)).result()

    def _visit(self, url: str, recipe: Recipe, *, full: bool) -> Visit:
        began = self.settings.clock()
        for last in (False, True):
            try:
                return self.run(lambda tab: visit(tab, url, recipe, full=full))
            except Lost as lost:
                # A visit changes nothing at the shop, so it may be repeated when another page took the browser down.
                if last or lost.reason != "browser_lost":
                    return failed_visit(self.settings, url, lost.reason, lost.tab, began)
        raise AssertionError("the loop above always answers")

    def _call(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    @property
    def known_as(self) -> set[str]:
        """Give the accounts a job finds itself logged in under: none, each job begins as a stranger."""
        return set()

    @contextlib.contextmanager
    def stay(self) -> Iterator["Stay"]:
        """Give a visitor whose cookies and log-in last from job to job, each in a tab of its own."""
        stay = Stay(self)
        try:
            yield stay
        finally:
            self._call(self.part(stay)).result()

    async def work(self, job: Job[T], seconds: float, stay: "Stay | None" = None) -> T:
        """Do a job in a fresh context, or in that of a stay; a stay whose job was lost begins anew."""
        async with self._room:
            visitor, lasting = stay or Stay(self), False
            tab: Tab | None = None
            try:
                if visitor.context is None:
                    options = context_options(self.settings)
                    visitor.context = await (await self._chromium()).new_context(**options)
                tab = await new_tab(visitor.context, self.settings, self._warm.agent)
                answer = await self._within(job, tab, seconds)
                if stay is not None:
                    await tab.page.close()
                    lasting = True
                return answer
            except TimeoutError:
                raise Lost("timeout", tab) from None
            except PlaywrightError as error:
                raise Lost(self._cause(error), tab) from error
            finally:
                if not lasting:
                    await self.part(visitor)

    async def part(self, visitor: "Stay") -> None:
        """Let a visitor go: cookies, log-in and all."""
        context, visitor.context = visitor.context, None
        visitor.known_as.clear()
        if context is not None:
            await self._discard(context)

    async def _within(self, job: Job[T], tab: Tab, seconds: float) -> T:
        """A crashed page answers nothing any more, so its crash ends the wait like the clock does."""
        work = asyncio.ensure_future(job(tab))
        crashed: list[Page] = []

        def crash(page: Page) -> None:
            crashed.append(page)
            work.cancel()

        tab.page.on("crash", crash)
        try:
            return await asyncio.wait_for(work, seconds)
        except asyncio.CancelledError:
            if crashed:
                raise Lost("page_crashed", tab) from None
            raise

    def _cause(self, error: PlaywrightError) -> str:
        lost = self._warm.chromium is None or not self._warm.chromium.is_connected()
        return "browser_lost" if lost or "closed" in error.message else "browser_error"

    async def _discard(self, context: BrowserContext) -> None:
        """Close the context; a browser that cannot even do that is ended and started anew by the next job."""
        try:
            await asyncio.wait_for(context.close(), 5)
        except (TimeoutError, PlaywrightError):
            if self._warm.chromium is not None and self._warm.chromium.is_connected():
                await self._end()

    async def _chromium(self) -> Chromium:
        async with self._starting:
            if self._warm.chromium is None or not self._warm.chromium.is_connected():
                await self._end()
                self._warm.driver = await async_playwright().start()
                try:
                    self._warm.chromium = await self._warm.driver.chromium.launch(**launch_options(self.settings))
                except PlaywrightError as error:
                    raise NoBrowser(f"The browser does not start: {error.message.splitlines()[0]}") from error
                session = await self._warm.chromium.new_browser_cdp_session()
                self._warm.agent = (await session.send("Browser.getVersion"))["userAgent"]
            return self._warm.chromium

    async def _end(self) -> None:
        warm, self._warm = self._warm, _Warm()
        with contextlib.suppress(TimeoutError, PlaywrightError):
            if warm.chromium is not None:
                await asyncio.wait_for(warm.chromium.close(), 5)
        with contextlib.suppress(TimeoutError, PlaywrightError):
            if warm.driver is not None:
                await asyncio.wait_for(warm.driver.stop(), 5)

    def _stop(self) -> None:
        self._call(self._end()).result(timeout=15)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()


@dataclass(slots=True)
class Stay:
    """One visitor who comes back: a new context costs as much as reading five pages."""

    browser: Browser
    context: BrowserContext | None = None
    known_as: set[str] = field(default_factory=set)

    @property
    def settings(self) -> BrowserSettings:
        """The settings of the browser."""
        return self.browser.settings

    def run(self, job: Job[T], *, seconds: float | None = None) -> T:
        """Give what the job answers after working in a new tab of this visitor; without an answer raises Lost."""
        return self.browser.run_in(self, job, seconds)

    def read(self, url: str, recipe: Recipe | None = None) -> Visit:
        """Give the visit with its HTML and text and no files."""
        began = self.settings.clock()
        try:
            return self.run(lambda tab: visit(tab, url, recipe or Recipe(), full=False))
        except Lost as lost:
            return failed_visit(self.settings, url, lost.reason, lost.tab, began)
