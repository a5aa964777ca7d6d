"""Pages that attack their visitor meet a browser in its sandbox behind its guard: nothing gets out, the run goes on."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from playwright.async_api import Error as PlaywrightError

from sampling.edge.browser import Browser, Lost
from sampling.edge.launch import BrowserSettings
from sampling.edge.tab import Tab
from sampling.evidence.exchange import Passage
from sampling.evidence.profile import LIGHT
from sampling.evidence.visit import VisitKind
from tests.world.chromium import browser_settings
from tests.world.hostile import Hostile, open_hostile

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def world() -> Iterator[Hostile]:
    with open_hostile() as opened:
        yield opened


def limited(world: Hostile, page_seconds: float) -> BrowserSettings:
    async def names(host: str, port: int) -> tuple[str, ...]:
        if host in {"leak.test", "unknown.test"}:
            raise OSError("no such name")
        return ("127.0.0.1",) if host in {"turn.test", "localhost"} else (host,)

    chosen = browser_settings(page_seconds=page_seconds, open_seconds=30, private_hosts=frozenset({world.shop}))
    return replace(
        chosen, resolve=names, egress_bytes=20 << 20, egress_connections=12, tab_memory=600 << 20, settle_seconds=1
    )


@pytest.fixture(scope="module")
def browser(world: Hostile) -> Iterator[Browser]:
    with Browser(limited(world, 60)) as opened:
        yield opened


@pytest.fixture(scope="module")
def hasty(world: Hostile) -> Iterator[Browser]:
    """Give a browser that soon gives up a page, for those that never end by themselves."""
    with Browser(limited(world, 6)) as opened:
        yield opened


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what a page does in its own time, but not for ever."""
    ends = time.monotonic() + 30
    while not holds() and time.monotonic() < ends:
        await asyncio.sleep(0.02)


def looked(browser: Browser, world: Hostile, path: str, then: Callable[[Tab], Awaitable[object]] | None = None) -> Tab:
    """Open a page, wait for what it does, and give the tab as it was left."""

    async def job(tab: Tab) -> Tab:
        await tab.open(f"http://{world.shop}{path}")
        if then is not None:
            await then(tab)
        return tab

    return browser.run(job)


def goes_on(browser: Browser, world: Hostile) -> bool:
    return browser.read(f"http://{world.shop}/plain").kind is VisitKind.LISTING


def refusals(passages: tuple[Passage, ...]) -> set[str]:
    return {passage.refused for passage in passages if passage.refused}


def sockets(user: int) -> set[tuple[str, str]]:
    """Give what the kernel says the sockets of a user are connected to."""
    found = set()
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[7]) == user and fields[3] not in {"0A", "06", "07"}:  # listening, or long closed
                found.add((kind, str(int(fields[2].rpartition(":")[2], 16))))
    return found


def test_no_page_reaches_an_internal_server_by_any_way(browser: Browser, world: Hostile) -> None:
    seen: set[tuple[str, str]] = set()
    ways = {("169.254.169.254", "address"), ("turn.test", "address"), ("turn.test", "port")}
    user = browser.processes()[0].user

    async def watch() -> None:
        while True:
            seen.update(sockets(user))
            await asyncio.sleep(0.005)

    async def job(tab: Tab) -> Tab:
        watching = asyncio.ensure_future(watch())
        await tab.open(f"http://{world.shop}/reach")
        await until(lambda: ways <= tried(tab) and {"address", "port"} <= refusals(tab.passages()))
        await asyncio.sleep(0.5)  # for whatever else it may try
        watching.cancel()
        return tab

    def tried(tab: Tab) -> set[tuple[str, str | None]]:
        return {(passage.host, passage.refused) for passage in tab.passages()}

    tab = browser.run(job)
    passages = tab.passages()
    assert world.hits == []
    assert {"address", "port"} <= refusals(passages)
    assert ways <= tried(tab)
    assert {passage.host for passage in passages if passage.address} == {"127.0.0.1"}
    assert tab.guard is not None
    if user:  # of another user's sockets there is no telling which are the browser's
        assert seen == {("tcp", tab.guard.address.rpartition(":")[2])}


def test_the_browser_asks_for_nothing_by_itself(browser: Browser, world: Hostile) -> None:
    assert goes_on(browser, world)
    assert browser.own_passages == ()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://{inner}/", "address"),
        ("http://169.254.169.254/latest/meta-data/", "address"),
        ("http://turn.test/", "unreachable"),
        ("http://who:what@{shop}/plain", "credentials"),
        ("file:///etc/passwd", "scheme"),
    ],
)
def test_an_internal_address_is_not_visited(browser: Browser, world: Hostile, url: str, reason: str) -> None:
    visit = browser.read(url.format(shop=world.shop, inner=world.inner))
    assert (visit.kind, visit.reason, world.hits) == (VisitKind.ERROR, reason, [])


def test_no_page_reads_a_file_or_the_browsers_own_pages(browser: Browser, world: Hostile) -> None:
    found: list[str] = []

    async def read(tab: Tab) -> None:
        for frame in tab.page.frames:
            found.append(frame.url)
            with contextlib.suppress(TimeoutError, PlaywrightError):  # a frame that never came answers nothing
                found.append(await asyncio.wait_for(frame.evaluate("document.documentElement.innerText"), 0.5))

    looked(browser, world, "/file", read)
    assert found[0].startswith(f"http://{world.shop}/file")
    assert not any("root:" in text or "file:" in text or text.startswith("chrome:") for text in found[1:])


def test_popups_dialogs_and_downloads_are_refused_and_noted(browser: Browser, world: Hostile) -> None:
    def noted(path: str, what: str, many: int) -> list[str]:
        """Give what was noted of a page, after so many of its doings."""

        async def wait(tab: Tab) -> None:
            await until(lambda: sum(what in note for note in tab.log) >= many)

        return looked(browser, world, path, wait).log

    assert sum("pop-up" in note for note in noted("/popups", "pop-up", 10)) == 10
    notes = noted("/dialogs", "dismiss", 3)
    assert [note.partition(":")[0] for note in notes] == ["dismiss alert", "dismiss confirm", "dismiss prompt"]
    assert any("download" in note for note in noted("/download", "download", 1))


def test_a_service_worker_cannot_put_its_own_price_on_the_page(browser: Browser, world: Hostile) -> None:
    async def read(tab: Tab) -> None:
        await until(lambda: "/price" in world.asked)
        await asyncio.sleep(0.5)  # for the answer to be written on the page
        tab.signals["price"] = await tab.page.inner_text(".price")

    assert looked(browser, world, "/worker", read).signals["price"] == "12.00 EUR"
    assert "/worker.js" not in world.asked


def test_nothing_that_a_page_asks_for_is_given(browser: Browser, world: Hostile) -> None:
    async def read(tab: Tab) -> None:
        await tab.page.wait_for_function("['place', 'camera', 'notes'].every(it => answers.textContent.includes(it))")
        tab.signals["answers"] = await tab.page.inner_text("#answers")

    answers = looked(browser, world, "/asks", read).signals["answers"]
    assert "given" not in answers
    assert {"place: refused", "camera: refused", "notes: refused"} <= set(answers.splitlines())


def test_endless_pages_and_streams_end(browser: Browser, world: Hostile) -> None:
    async def job(tab: Tab) -> None:
        await tab.open(f"http://{world.shop}/stream")
        await tab.open(f"http://{world.shop}/endless")
        await tab.scroll()
        assert "endless" in tab.signals

    browser.run(job)


def test_the_bytes_of_a_page_are_capped(browser: Browser, world: Hostile) -> None:
    tab = looked(browser, world, "/big", lambda tab: until(lambda: "bytes" in refusals(tab.passages())))
    assert "bytes" in refusals(tab.passages())
    assert sum(passage.received for passage in tab.passages()) < 22 << 20
    assert world.sent < 40 << 20  # the rest never left the sockets on the way


def test_the_connections_of_a_page_are_capped(browser: Browser, world: Hostile) -> None:
    tab = looked(browser, world, "/sockets", lambda tab: until(lambda: "connections" in refusals(tab.passages())))
    assert 1 < world.most_held <= 12
    assert "connections" in refusals(tab.passages())


def test_a_page_that_closes_itself_says_so(browser: Browser, world: Hostile) -> None:
    async def shut(tab: Tab) -> None:
        await tab.page.close()
        await tab.text()

    with pytest.raises(Lost, match="page_closed"):
        looked(browser, world, "/plain", shut)


def test_a_page_that_takes_all_the_memory_ends_alone(browser: Browser, world: Hostile) -> None:
    assert browser.capture(f"http://{world.shop}/hog", profile=LIGHT).reason == "page_crashed"
    assert goes_on(browser, world)


HARD = [("/bomb", {None, "timeout", "page_crashed", "browser_lost"}), ("/loop", {"timeout"}),
        ("/again", {None, "timeout", "browser_error"})]  # fmt: skip


@pytest.mark.parametrize(("path", "reasons"), HARD)
def test_a_page_that_takes_all_the_time_ends_alone(
    hasty: Browser, world: Hostile, path: str, reasons: set[str | None]
) -> None:
    assert hasty.capture(f"http://{world.shop}{path}", profile=LIGHT).reason in reasons
    assert any(goes_on(hasty, world) for _ in range(3)), "the machine may need a moment for all that ends"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_browser_that_dies_or_freezes_in_mid_capture_is_replaced(
    hasty: Browser, world: Hostile, number: signal.Signals
) -> None:
    assert goes_on(hasty, world)
    pid = hasty.processes()[0].pid
    world.asked.clear()

    def strike() -> None:
        while "/plain" not in world.asked:
            time.sleep(0.005)
        os.kill(pid, number)

    blow = Thread(target=strike, daemon=True)
    blow.start()
    visit = hasty.capture(f"http://{world.shop}/plain", profile=LIGHT)
    blow.join()
    assert visit.kind is VisitKind.LISTING
    assert pid not in {process.pid for process in hasty.processes()}
