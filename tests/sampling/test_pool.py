"""A machine gets as many browsers as it carries; they are replaced when worn, and may stand elsewhere."""

import asyncio
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sampling.edge import pool, sandbox
from sampling.edge.browser import Browser
from sampling.edge.launch import BrowserSettings
from sampling.edge.pool import sized
from sampling.edge.tab import Tab
from sampling.evidence.exchange import Passage
from sampling.evidence.profile import LIGHT
from sampling.evidence.visit import VisitKind
from tests.world.chromium import browser_settings, executable
from tests.world.hard_pages import open_shop

GB = 1 << 30

SIZES = [
    # cores, memory, browsers, contexts in each
    (1, 1 * GB, 1, 1),
    (1, 4 * GB, 1, 2),
    (2, 2 * GB, 1, 3),
    (2, 4 * GB, 1, 4),
    (2, 24 * GB, 1, 4),
    (4, 16 * GB, 2, 4),
    (8, 4 * GB, 3, 1),
    (8, 32 * GB, 4, 4),
    (16, 64 * GB, 8, 4),
    (64, 256 * GB, 32, 4),
    (0, 0, 1, 1),
]


@pytest.mark.parametrize(("cores", "memory", "browsers", "contexts"), SIZES)
def test_a_machine_carries_what_its_cores_and_half_its_memory_allow(
    cores: int, memory: int, browsers: int, contexts: int
) -> None:
    assert sized(cores, memory) == (browsers, contexts)


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with open_shop() as address:
        yield address


def gone(pids: set[int]) -> bool:
    """Tell whether processes are gone, or go while we wait."""
    for _ in range(600):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False


def firsts(browser: Browser) -> set[int]:
    processes = browser.processes()
    pids = {process.pid for process in processes}
    return {process.pid for process in processes if process.parent not in pids}


@pytest.mark.browser
def test_jobs_are_spread_and_a_worn_browser_is_replaced_between_them(shop: str) -> None:
    both = asyncio.Barrier(2)

    async def read(tab: Tab) -> str:
        await tab.open(f"{shop}/plain")
        await both.wait()
        return await tab.text()

    settings = replace(browser_settings(), browsers=2, contexts=1, recycle_after=3)
    with Browser(settings) as browser, ThreadPoolExecutor(2) as threads:
        began = firsts(browser)
        texts = list(threads.map(browser.run, [read] * 6))
        then = firsts(browser)
    assert ["cable of two metres" in text for text in texts] == [True] * 6
    assert (len(began), len(then)) == (1, 2)  # the second starts when it is needed
    assert not began & then
    assert gone(began)


@pytest.mark.browser
def test_a_visitor_who_stays_keeps_a_worn_browser_until_they_go(shop: str) -> None:
    async def open_page(tab: Tab) -> None:
        await tab.open(f"{shop}/plain")

    with Browser(replace(browser_settings(), contexts=2, recycle_after=2)) as browser, browser.stay() as visitor:
        visitor.run(open_page)
        (old,) = firsts(browser)
        for _ in range(2):
            browser.run(open_page)
        assert old in firsts(browser) and len(firsts(browser)) == 2
        visitor.run(open_page)
        browser._call(browser.part(visitor)).result()
        assert old not in firsts(browser)


@pytest.mark.browser
def test_a_worn_browser_is_gone_before_the_next_one_starts(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_PATIENCE", 60.0)
    seen: list[set[int]] = []
    with Browser(replace(browser_settings(), contexts=2, recycle_after=2)) as browser:

        def capture(url: str) -> VisitKind:
            visit = browser.capture(url, profile=LIGHT)
            seen.append(firsts(browser))
            return visit.kind

        with ThreadPoolExecutor(2) as threads:
            kinds = list(threads.map(capture, [f"{shop}/plain"] * 4))
    assert kinds == [VisitKind.LISTING] * 4
    assert max(map(len, seen)) == 1
    assert len(set().union(*seen)) >= 2


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Give the DevTools address of a browser that somebody else started."""
    found = executable()
    if found is None:
        pytest.skip("Playwright's own browser is started by Playwright alone")
    start = sandbox.prepare(found, drop=os.geteuid() == 0)
    words = ["--headless", "--remote-debugging-port=0", f"--user-data-dir={start.home}/profile", "--no-first-run"]
    (start.home / "profile").mkdir()
    running = subprocess.Popen([str(start.program), *words], env=start.environment(), stderr=subprocess.DEVNULL)
    place = start.home / "profile" / "DevToolsActivePort"
    while not (place.exists() and "\n" in place.read_text()):
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{place.read_text().splitlines()[0]}"
    finally:
        start.end()
        running.wait(60)


@pytest.mark.browser
def test_the_pages_of_a_browser_elsewhere_leave_through_our_guard(elsewhere: str, shop: str) -> None:
    seen: list[Passage] = []

    async def look(tab: Tab) -> str:
        await tab.open(f"{shop}/plain")
        text = await tab.text()
        await tab.page.evaluate("fetch('http://169.254.169.254/').catch(() => 0)")
        seen.extend(tab.passages())
        return text

    port = shop.rpartition(":")[2]
    settings = BrowserSettings(remote=elsewhere, private_hosts=frozenset({f"127.0.0.1:{port}"}))
    with Browser(settings) as browser:
        assert "cable of two metres" in browser.run(look)
        assert browser.processes() == ()
    assert [(passage.port, passage.refused) for passage in seen][:1] == [(int(port), None)]
    assert ("169.254.169.254", "address") in {(passage.host, passage.refused) for passage in seen}
