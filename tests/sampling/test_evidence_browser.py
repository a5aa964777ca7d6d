"""A real browser meets hard pages; none of them takes it down, and each leaves an outcome with its reason."""

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sampling.edge.browser import Browser, Lost
from sampling.edge.launch import BrowserSettings
from sampling.edge.tab import Tab
from sampling.errors import NoBrowser
from sampling.evidence.bundle import seal
from sampling.evidence.verification import verify_bundle
from sampling.evidence.visit import Visit, VisitKind
from sampling.recipe import Recipe
from tests.sampling.visits import KEYS
from tests.world.chromium import browser_settings
from tests.world.hard_pages import open_shop
from tests.world.ports import free_port

pytestmark = pytest.mark.browser

FULL = {"before.png", "viewport.png", "page.png", "phone.png", "dom.html", "page.mhtml", "page.pdf"}
LATE = Recipe(consent=("#reject",), wait_for=".price:not(.loading)")


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with open_shop() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(browser_settings(page_seconds=60, open_seconds=5)) as opened:
        yield opened


@pytest.fixture(scope="module")
def hasty() -> Iterator[Browser]:
    """Give a browser that soon gives up a page, for one that never ends by itself."""
    with Browser(browser_settings(page_seconds=5)) as opened:
        yield opened


def asked(visit: Visit) -> dict[str, int | None]:
    return {"/" + exchange.url.split("/", 3)[3]: exchange.status for exchange in visit.exchanges}


def test_a_late_lazy_page_behind_a_banner_is_captured_whole(browser: Browser, shop: str) -> None:
    visit = browser.capture(f"{shop}/late", LATE)
    assert (visit.kind, visit.reason, visit.status) == (VisitKind.LISTING, None, 200)
    assert set(visit.files) == FULL
    assert "￥1,299起" in visit.text
    assert 'id="banner"' not in visit.html
    assert visit.interactions == ("click #reject (Reject all)", "scroll", "viewport 390x844 mobile")
    assert {path: asked(visit).get(path) for path in ("/late", "/price", "/pic.svg")} == {
        "/late": 200,
        "/price": 200,
        "/pic.svg": 200,
    }
    assert visit.files["before.png"].startswith(b"\x89PNG") and visit.files["page.pdf"].startswith(b"%PDF")
    assert visit.files["before.png"] != visit.files["page.png"]
    assert visit.started_at < visit.ended_at
    assert "Chrome" in visit.tool["user_agent"]


def test_a_capture_can_be_sealed_and_verified(browser: Browser, shop: str) -> None:
    visit = browser.capture(f"{shop}/moved")
    files = seal(visit, capture_id="c", case="k", keys=KEYS)
    assert verify_bundle(files) == ()
    manifest = json.loads(files["manifest.json"])
    assert [hop["status"] for hop in manifest["redirects"]] == [302]
    assert manifest["server_ips"] == ["127.0.0.1"]
    assert visit.final_url == f"{shop}/plain"


def test_a_page_that_forbids_foreign_scripts_is_captured_too(browser: Browser, shop: str) -> None:
    visit = browser.capture(f"{shop}/strict")
    lacking = {"price_absent": "no price (+3)"}
    assert (visit.kind, visit.signals, set(visit.files)) == (VisitKind.LISTING, lacking, FULL)


def test_a_light_read_leaves_no_files(browser: Browser, shop: str) -> None:
    visit = browser.read(f"{shop}/late", LATE)
    assert visit.files == {}
    assert "￥1,299起" in visit.text and "Lamp" in visit.html


def test_traps_are_refused_and_noted(browser: Browser, shop: str) -> None:
    visit = browser.capture(f"{shop}/traps")
    assert visit.kind is VisitKind.LISTING
    notes = " ".join(visit.interactions)
    assert "dismiss alert: Buy now!" in notes
    assert "close pop-up" in notes
    assert "refuse download" in notes
    assert {exchange.gap for exchange in visit.exchanges if exchange.url == f"{shop}/popup"} == {"popup"}


WALLS = [
    ("/captcha", VisitKind.OBSTACLE, "captcha", FULL),
    ("/absent", VisitKind.NOT_FOUND, "not_found", FULL),
    ("/hang", VisitKind.ERROR, "timeout", {"page.png"}),
    ("/loop", VisitKind.ERROR, "timeout", set()),  # a frozen page cannot even be drawn
    ("/file", VisitKind.ERROR, "download", {"page.png"}),
]


@pytest.mark.parametrize(("path", "kind", "reason", "files"), WALLS)
def test_what_is_no_offer_is_an_outcome(
    browser: Browser, hasty: Browser, shop: str, path: str, kind: VisitKind, reason: str, files: set[str]
) -> None:
    visit = (hasty if path == "/loop" else browser).capture(f"{shop}{path}")
    assert (visit.kind, visit.reason) == (kind, reason)
    assert set(visit.files) >= files
    assert asked(visit)[path] == (None if path == "/hang" else 404 if path == "/absent" else 200)


def test_an_unreachable_shop_is_an_outcome_with_a_picture(browser: Browser) -> None:
    visit = browser.capture(f"http://127.0.0.1:{free_port()}/")
    assert (visit.kind, visit.reason, visit.status) == (VisitKind.ERROR, "unreachable", None)
    assert visit.files["page.png"].startswith(b"\x89PNG")


REFUSED = [
    ("file:///etc/passwd", "scheme"),
    ("https://buyer:secret@shop.example.com/", "credentials"),
    ("http://10.0.0.1/", "address"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_only_public_web_pages_are_visited(browser: Browser, url: str, reason: str) -> None:
    visit = browser.capture(url)
    assert (visit.kind, visit.reason, visit.html) == (VisitKind.ERROR, reason, "")


def test_many_threads_share_one_browser(browser: Browser, shop: str) -> None:
    with ThreadPoolExecutor(6) as threads:
        visits = list(threads.map(browser.read, [f"{shop}/plain"] * 6))
    assert [visit.kind for visit in visits] == [VisitKind.LISTING] * 6


def test_a_crashed_page_ends_its_own_visit_only(browser: Browser, shop: str) -> None:
    async def crash(tab: Tab) -> None:
        await tab.open(f"{shop}/plain")
        await tab.session.send("Page.crash")

    with pytest.raises(Lost, match="page_crashed"):
        browser.run(crash)
    assert browser.read(f"{shop}/plain").kind is VisitKind.LISTING


def test_a_killed_browser_is_started_anew(browser: Browser, shop: str) -> None:
    async def process(tab: Tab) -> int:
        assert tab.context.browser is not None
        session = await tab.context.browser.new_browser_cdp_session()
        found = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        return next(int(entry["id"]) for entry in found if entry["type"] == "browser")

    os.kill(browser.run(process), signal.SIGKILL)
    assert browser.capture(f"{shop}/plain").kind is VisitKind.LISTING


def test_a_machine_without_a_browser_says_so() -> None:
    with pytest.raises(NoBrowser, match="does not start"), Browser(BrowserSettings(executable=Path("/nonexistent"))):
        raise AssertionError("it opened")


def test_a_visitor_who_stays_keeps_cookies_until_a_job_is_lost(browser: Browser, shop: str) -> None:
    async def enter(tab: Tab) -> str:
        await tab.open(f"{shop}/late")
        before = str(await tab.page.evaluate("document.cookie"))
        await tab.page.evaluate("document.cookie = 'basket=1'")
        return before

    async def fail(tab: Tab) -> None:
        await tab.page.goto("http://127.0.0.1:9/")

    with browser.stay() as visitor:
        visitor.known_as.add("somebody")
        assert (visitor.run(enter), visitor.run(enter)) == ("", "basket=1")
        with pytest.raises(Lost):
            visitor.run(fail)
        assert (visitor.known_as, visitor.run(enter)) == (set(), "")
        assert visitor.read(f"{shop}/late", LATE).kind is VisitKind.LISTING
        assert visitor.read("http://127.0.0.1:9/").reason == "unreachable"
    assert (browser.run(enter), browser.known_as) == ("", set())
