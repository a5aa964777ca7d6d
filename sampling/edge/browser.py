"""The browser: warm Chromiums behind a plain, thread-safe face, several fresh contexts at a time."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from sampling.edge.guard import Guard
from sampling.edge.launch import BrowserSettings, context_options
from sampling.edge.pool import Pool
from sampling.edge.sandbox import Process
from sampling.edge.tab import Tab, new_tab
from sampling.edge.thrift import Seat, let_go
from sampling.edge.visiting import failed_visit, visit
from sampling.edge.warm import Warm
from sampling.evidence.address import refusal
from sampling.evidence.exchange import Passage
from sampling.evidence.profile import FULL, READ, Profile
from sampling.evidence.visit import Visit
from sampling.recipe import Recipe

T = TypeVar("T")
Job = Callable[[Tab], Awaitable[T]]

_OPEN_SECONDS = 20.0
_CLOSE_SECONDS = 5.0


class Lost(Exception):
    """The job ended without an answer: the page hung or crashed, or the browser did."""

    def __init__(self, reason: str, tab: Tab | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tab = tab


@dataclass(frozen=True, slots=True)
class _Room:
    """A context with its way out and the browser that holds it."""

    warm: Warm
    guard: Guard
    context: BrowserContext


class Browser:
    """A context manager; every method may be called from any thread while it is open."""

    def __init__(self, settings: BrowserSettings) -> None:
        self.settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="browser", daemon=True)
        self._pool = Pool(settings)
        self._places = asyncio.Semaphore(settings.browsers * settings.contexts)

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._call(self._begin()).result()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def capture(self, url: str, recipe: Recipe | None = None, profile: Profile = FULL) -> Visit:
        """Give the visit with the views of the profile; whatever goes wrong is the visit's kind and reason."""
        try:
            return self._visit(url, recipe or Recipe(offer=True), profile)
        finally:
            let_go()

    def read(self, url: str, recipe: Recipe | None = None) -> Visit:
        """Give the visit with its HTML and text and no files."""
        return self._visit(url, recipe or Recipe(), READ)

    def run(self, job: Job[T], *, seconds: float | None = None) -> T:
        """Give what the job answers after working in a fresh context; a job without an answer raises Lost."""
        return self._call(self.work(job, seconds)).result()

    def run_in(self, stay: "Stay", job: Job[T], seconds: float | None) -> T:
        """Give what the job answers in the context of a stay."""
        return self._call(self.work(job, seconds, stay)).result()

    def _visit(self, url: str, recipe: Recipe, profile: Profile) -> Visit:
        began = self.settings.clock()
        if reason := refusal(url, private_hosts=self.settings.private_hosts):
            return failed_visit(self.settings, url, reason, None, began)
        # A visit changes nothing at the shop, so it may be repeated when another page took the browser down; the
        # third time it has a browser to itself.
        for alone in (False, False, True):
            try:
                job = partial(visit, url=url, recipe=recipe, profile=profile)
                seen = self._call(self.work(job, profile=profile, alone=alone, recorded=profile.keeps)).result()
            except Lost as lost:
                seen = failed_visit(self.settings, url, lost.reason, lost.tab, began)
            if alone or seen.reason != "browser_lost":  # which a visit also says that lost it on the way to its page
                return seen
        raise AssertionError("the loop above always answers")

    def _call(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    @property
    def known_as(self) -> set[str]:
        """Give the accounts a job finds itself logged in under: none, each job begins as a stranger."""
        return set()

    @property
    def own_passages(self) -> tuple[Passage, ...]:
        """What Chromium asked for by itself, outside every page; all of it was refused."""
        return self._pool.own_passages

    def processes(self) -> tuple[Process, ...]:
        """Give every process of the browsers on this machine, each browser's first one before its children."""
        return tuple(process for warm in self._pool.running for process in warm.processes())

    @contextlib.contextmanager
    def stay(self) -> Iterator["Stay"]:
        """Give a visitor whose cookies and log-in last from job to job, each in a tab of its own."""
        stay = Stay(self)
        try:
            yield stay
        finally:
            self._call(self.part(stay)).result()

    async def work(
        self,
        job: Job[T],
        seconds: float | None = None,
        stay: "Stay | None" = None,
        *,
        profile: Profile = FULL,
        alone: bool = False,
        recorded: bool = False,
    ) -> T:
        """Do a job in a fresh context, or in that of a stay; a stay whose job was lost begins anew."""
        async with self._places:
            visitor, lasting = stay or Stay(self), False
            tab: Tab | None = None
            with Seat() as seat:
                try:
                    room = visitor.room = visitor.room or await self._room(profile, alone=alone)
                    if recorded:
                        await seat.take(room.warm.seats)
                    room.guard.renew()
                    opening = new_tab(room.context, self.settings, room.warm.agent, room.guard)
                    tab = await room.warm.soon(opening, _OPEN_SECONDS)
                    tab.turn, tab.seat = room.warm.turn, seat
                    answer = await self._within(job, tab, seconds or self.settings.page_seconds)
                    # A tab and the driver's objects hold each other: its megabytes would wait for the collector.
                    tab.files.clear()
                    await tab.recorder.begin(keep=False)
                    if stay is not None:
                        await tab.page.close()
                        lasting = True
                    return answer
                except TimeoutError:
                    raise Lost(await self._delay(visitor), tab) from None
                except PlaywrightError as error:
                    raise Lost(await self._cause(visitor, error), tab) from error
                finally:
                    if not lasting:
                        await self.part(visitor)

    async def part(self, visitor: "Stay") -> None:
        """Let a visitor go: cookies, log-in and all."""
        room, visitor.room = visitor.room, None
        visitor.known_as.clear()
        if room is not None:
            await self._close(room)

    async def _room(self, profile: Profile, *, alone: bool) -> _Room:
        warm = await self._pool.take(alone=alone)
        guard = Guard(warm.terms, self.settings.resolve, self.settings.clock)
        try:
            await guard.start()
            options = context_options(profile, guard=guard.address)
            context = await warm.soon(warm.chromium.new_context(**options), _OPEN_SECONDS)
        except BaseException as error:
            if isinstance(error, TimeoutError):
                warm.hung = True
            await guard.stop()
            await self._pool.leave(warm)
            if isinstance(error, TimeoutError | PlaywrightError):
                raise Lost("browser_lost", None) from error
            raise
        return _Room(warm, guard, context)

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

    async def _delay(self, visitor: "Stay") -> str:
        """A page that is slow leaves its browser able to answer; a browser that is not is ended."""
        return "timeout" if visitor.room is None or await visitor.room.warm.answers() else "browser_lost"

    async def _cause(self, visitor: "Stay", error: PlaywrightError) -> str:
        """A page can close itself; then its browser still answers."""
        if visitor.room is None or not await visitor.room.warm.answers():
            return "browser_lost"
        return "page_closed" if "closed" in error.message else "browser_error"

    async def _close(self, room: _Room) -> None:
        """Close the context; a browser that cannot even do that takes no further job."""
        try:
            if not room.warm.hung:
                await asyncio.wait_for(room.context.close(), _CLOSE_SECONDS)
        except TimeoutError:
            room.warm.retired = True
            await room.warm.answers()
        except PlaywrightError:
            pass  # the browser went first
        await room.guard.stop()
        await self._pool.leave(room.warm)

    async def _begin(self) -> None:
        await self._pool.leave(await self._pool.take())

    def _stop(self) -> None:
        self._call(self._pool.end()).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()


@dataclass(slots=True)
class Stay:
    """One visitor who comes back: a new context costs as much as reading five pages."""

    browser: Browser
    room: _Room | None = None
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
            return self.run(lambda tab: visit(tab, url, recipe or Recipe(), READ))
        except Lost as lost:
            return failed_visit(self.settings, url, lost.reason, lost.tab, began)
