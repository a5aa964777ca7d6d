"""Both demonstration shops are read and bought from by a real browser, like any other shop."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from platforms.edge.crawl import crawl
from platforms.site import Site
from platforms.sites import SITES
from sampling.cover import Cover
from sampling.edge.browser import Browser
from sampling.edge.checkout import place_order, read_as
from sampling.evidence.visit import VisitKind
from sampling.listing import Listing
from sampling.order import OrderOutcome
from tests.world.chromium import browser_settings
from tests.world.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
MODULES = {"oscar-mart": "demo.marketplace", "glow-mall": "demo.mall"}
# (site, an ordinary item, its number, what it costs, one that cannot be bought and why)
CASES = [
    ("oscar-mart", "/catalogue/x_14/", "OM-1014", "121.30", "/catalogue/x_42/", "sold_out"),
    ("glow-mall", "/item/2001", "GM-2001", "41.10", "/item/2007", "captcha"),
]
COVER = Cover(
    account="lin.yue@example.net",
    password="demo-Passw0rd!",
    first_name="Yue",
    last_name="Lin",
    line1="18 Xinhua Road",
    city="Hangzhou",
    postcode="310012",
    phone="+8613800000001",
    email="lin.yue@example.net",
    country="CN",
)


@contextmanager
def opened(module: str, state: Path) -> Iterator[str]:
    """Give the address of the shop while it runs."""
    port = free_port()
    command = [sys.executable, "-m", module, "--port", str(port), "--state", str(state)]
    shop = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}", shop)
        yield f"http://127.0.0.1:{port}"
    finally:
        shop.terminate()
        shop.wait(60)


def _await(address: str, shop: subprocess.Popen[bytes]) -> None:
    for _ in range(900):
        try:
            with urlopen(f"{address}/healthz", timeout=2):
                return
        except (URLError, OSError):
            assert shop.poll() is None, "the shop ended before it opened"
            time.sleep(0.1)
    raise AssertionError("the shop did not open in 90 s")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(browser_settings()) as started:
        yield started


@pytest.mark.parametrize(("code", "path", "sku", "price", "wall", "reason"), CASES, ids=[case[0] for case in CASES])
def test_a_shop_is_crawled_captured_and_bought_from(
    browser: Browser, tmp_path: Path, code: str, path: str, sku: str, price: str, wall: str, reason: str
) -> None:
    with opened(MODULES[code], tmp_path) as address:
        site = SITES[code].at(address)
        offers = _crawled(browser, site)
        assert site.least <= len(offers) <= site.most
        assert {offer.category for offer in offers} == {"toys", "electrical", "cosmetics", "kitchenware"}

        visit = browser.capture(address + path, site.recipe)
        reading = site.listing(visit.html, visit.final_url)
        assert (visit.kind, reading.missing) == (VisitKind.LISTING, ())
        assert (reading.listing.sku, str(reading.listing.price)) == (sku, f"{price} CNY")

        attempt = place_order(browser, shop=site.shop, cover=COVER, item_url=reading.listing.url, quantity=2)
        assert (attempt.outcome, attempt.reason) == (OrderOutcome.PLACED, None)
        assert attempt.order_no and attempt.visit and attempt.screenshot
        assert set(attempt.visit.files) >= {"before.png", "page.png", "page.pdf", "dom.html"}
        order = site.order(attempt.visit.html, attempt.visit.final_url)
        assert (order.order_no, order.item_ids) == (attempt.order_no, (reading.listing.item_id,))
        assert order.paid == (reading.listing.price * 2 if reading.listing.price else None)
        assert COVER.password not in " ".join(attempt.interactions)

        listed = read_as(browser, site.orders_url, shop=site.shop, cover=COVER)
        orders = site.orders(listed.html, listed.final_url)
        assert [(entry.order_no, entry.item_ids) for entry in orders] == [
            (attempt.order_no, (site.order_name(reading.listing),))
        ]

        refused = place_order(browser, shop=site.shop, cover=COVER, item_url=address + wall, quantity=1)
        assert (refused.outcome, refused.reason, refused.order_no) == (OrderOutcome.REFUSED, reason, None)
        assert refused.screenshot.startswith(b"\x89PNG")


def _crawled(browser: Browser, site: Site) -> list[Listing]:
    return [offer for page in crawl(browser, site) for offer in page.listings]
