"""A warm browser: the driver, Chromium behind it, the watch over its memory, and its end."""

import asyncio
import contextlib
import os
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from playwright.async_api import Browser as Chromium
from playwright.async_api import CDPSession, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from sampling.edge.addresses import resolve
from sampling.edge.guard import Guard, Terms
from sampling.edge.launch import BrowserSettings, launch_options
from sampling.edge.sandbox import Process, Start, kill, prepare, tree
from sampling.edge.thrift import Turn, be_thrifty
from sampling.errors import NoBrowser

T = TypeVar("T")

_WATCH_SECONDS = 1.0
_ANSWER_SECONDS = 3.0
_CLOSE_SECONDS = 5.0


@dataclass(slots=True, eq=False)
class Warm:
    """One running browser; `warm_up` makes it, `end` ends it."""

    settings: BrowserSettings
    driver: Playwright
    chromium: Chromium
    session: CDPSession
    agent: str
    terms: Terms
    """What the guards of its pages let through."""
    guard: Guard | None = None
    """Refuses and notes what the browser asks for by itself; None for a remote browser."""
    start: Start | None = None
    contexts: int = 0
    jobs: int = 0
    resident: int = 0
    retired: bool = False
    """It finishes what it has and takes no further job."""
    hung: bool = False
    """It does not even answer for itself."""
    turn: Turn = field(default_factory=Turn)
    seats: asyncio.Semaphore = field(init=False, repr=False)
    idle: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """Set while it has no page."""
    gone: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """Set when it ends, by whatever cause."""
    _watch: asyncio.Task[None] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.seats = asyncio.Semaphore(self.settings.seats)

    @property
    def worn(self) -> bool:
        """Whether it should take no further job."""
        tired = self.jobs >= self.settings.recycle_after or self.resident > self.settings.browser_memory
        return tired or self.retired or self.hung or not self.chromium.is_connected()

    async def soon(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """Give what the work gives; it raises TimeoutError when that takes longer or the browser ends meanwhile.

        The driver leaves some questions open for ever when the browser is killed while it answers.
        """
        task, gone = asyncio.ensure_future(work), asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait({task, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise TimeoutError
        finally:
            task.cancel()
            gone.cancel()

    async def answers(self) -> bool:
        """Tell whether the browser itself still answers; one that does not is marked as hung."""
        try:
            await asyncio.wait_for(self.session.send("Browser.getVersion"), _ANSWER_SECONDS)
        except (TimeoutError, PlaywrightError):
            self.hung = True
        return not self.hung

    def processes(self) -> list[Process]:
        """Give its processes, the first one before its children; none of a remote browser."""
        return tree(self.start.pid()) if self.start is not None else []

    def watch(self) -> None:
        """Begin to look after the memory of its processes."""
        self._watch = asyncio.ensure_future(self._look())

    async def _look(self) -> None:
        """End every process that has grown too large; its page then counts as crashed, the others go on."""
        while self.start is not None:
            await asyncio.sleep(_WATCH_SECONDS)
            if not self.contexts:
                continue
            processes = await asyncio.to_thread(self.processes)
            self.resident = sum(process.resident for process in processes)
            kill(process for process in processes[1:] if process.resident > self.settings.tab_memory)

    async def end(self) -> None:
        """Close the browser, kill what does not close, and leave nothing of it behind."""
        if self._watch is not None:
            self._watch.cancel()
        if not self.hung:
            await _within(self.chromium.close())
        if self.start is not None:
            await asyncio.to_thread(self.start.end)
        await _within(self.driver.stop())
        if self.guard is not None:
            await self.guard.stop()


async def warm_up(settings: BrowserSettings) -> Warm:
    """Give a browser that runs and answers; raises NoBrowser with what to do about it."""
    be_thrifty()
    driver = await async_playwright().start()
    try:
        return await (_joined(settings, driver) if settings.remote else _started(settings, driver))
    except BaseException:
        await _within(driver.stop())
        raise


async def _started(settings: BrowserSettings, driver: Playwright) -> Warm:
    executable = settings.executable or Path(driver.chromium.executable_path)
    start = prepare(executable, drop=settings.sandbox and os.geteuid() == 0)
    guard = await Guard(Terms(closed=True), clock=settings.clock).start()
    try:
        options = launch_options(settings, program=start.program, environment=start.environment(), own=guard.address)
        warm = await _answering(settings, driver, await driver.chromium.launch(**options), settings.terms())
    except PlaywrightError as error:
        await _undo(start, guard)
        raise NoBrowser(sentence(error.message, executable)) from error
    except BaseException:
        await _undo(start, guard)
        raise
    warm.guard, warm.start = guard, start
    warm.watch()
    return warm


async def _undo(start: Start, guard: Guard) -> None:
    await asyncio.to_thread(start.end)
    await guard.stop()


async def _joined(settings: BrowserSettings, driver: Playwright) -> Warm:
    """Its sandbox and its own calls are in other hands; its pages leave through our guard all the same."""
    remote = settings.remote or ""
    parts = urlsplit(remote)
    terms = await _terms_for(settings, parts.hostname or "", parts.port or 80)
    kind = driver.chromium
    try:
        joining = kind.connect(remote) if parts.scheme in {"ws", "wss"} else kind.connect_over_cdp(remote)
        return await _answering(settings, driver, await joining, terms)
    except PlaywrightError as error:
        raise NoBrowser(f"The browser at {parts.hostname} does not answer: {error.message.splitlines()[0]}") from error


async def _terms_for(settings: BrowserSettings, host: str, port: int) -> Terms:
    """The guard of a remote browser must lie where that browser reaches it, and be closed to everybody else."""
    try:
        peers = frozenset(await resolve(host, port))
    except OSError as error:
        raise NoBrowser(f"The browser's machine {host} is not known: {error.strerror}.") from error
    if ip_address(settings.guard_listen).is_loopback and not all(ip_address(peer).is_loopback for peer in peers):
        raise NoBrowser(
            f"The browser at {host} cannot reach an egress guard at {settings.guard_listen}: "
            "name an address of this machine that it reaches."
        )
    return replace(settings.terms(), peers=peers)


async def _answering(settings: BrowserSettings, driver: Playwright, chromium: Chromium, terms: Terms) -> Warm:
    session = await chromium.new_browser_cdp_session()
    agent = (await session.send("Browser.getVersion"))["userAgent"]
    warm = Warm(settings, driver, chromium, session, agent, terms)
    chromium.on("disconnected", lambda _: warm.gone.set())
    return warm


def sentence(message: str, executable: Path) -> str:
    """Give what a person can do about a browser that did not start."""
    if "No usable sandbox" in message or "Failed to move to new namespace" in message:
        return (
            f"{executable} finds no sandbox on this machine: let unprivileged users make user namespaces "
            "(kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0, "
            "user.max_user_namespaces above 0, or a seccomp profile of the container that allows it)."
        )
    return f"The browser does not start: {message.splitlines()[0]}"


async def _within(closing: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(TimeoutError, PlaywrightError):
        await asyncio.wait_for(closing, _CLOSE_SECONDS)
