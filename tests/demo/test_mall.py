"""Glow Mall: pages drawn by JavaScript, a wall of cookies, a late price, three odd listings, and the till."""

from collections.abc import Iterator
from os import geteuid

import httpx
import pytest
from lxml import html
from playwright.sync_api import Page, sync_playwright

from demo.accounts import ACCOUNTS, PASSWORD
from demo.goods import offers
from demo.world import World
from sampling.edge.launch import ARGUMENTS
from tests.demo.browser import chromium


def page(text: str) -> html.HtmlElement:
    return html.fromstring(text)


@pytest.fixture
def mall(shops: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shops.urls["glow-mall"], follow_redirects=True, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def visitor(shops: World) -> Iterator[Page]:
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=chromium(), chromium_sandbox=geteuid() != 0, args=list(ARGUMENTS)
        )
        tab = browser.new_page(base_url=shops.urls["glow-mall"])
        tab.set_default_timeout(60_000)
        yield tab
        browser.close()


def test_the_list_comes_page_by_page(mall: httpx.Client) -> None:
    ids: list[str] = []
    number, more = 1, True
    while more:
        got = mall.get("/api/items", params={"page": number}).json()
        ids += [item["id"] for item in got["items"]]
        number, more = number + 1, got["more"]
    assert len(set(ids)) == len(ids) == len(offers("glow-mall"))


def test_the_page_without_javascript_says_nothing_of_the_listing(mall: httpx.Client) -> None:
    assert "PandaPlay" not in mall.get("/item/2001").text


@pytest.mark.parametrize(("item", "text"), [("2001", "￥41.10"), ("2013", "面议 Price on request")])
def test_the_price_has_an_address_of_its_own(mall: httpx.Client, item: str, text: str) -> None:
    assert "price" not in mall.get(f"/api/items/{item}").json()
    assert mall.get(f"/api/items/{item}/price").json()["text"] == text


def test_a_range_is_shown_as_a_range(mall: httpx.Client) -> None:
    assert mall.get("/api/items/2019/price").json()["text"] == "￥59.00 - ￥89.00"


def test_one_listing_asks_for_a_human(mall: httpx.Client) -> None:
    assert mall.get("/api/items/2007").status_code == 403
    assert page(mall.get("/item/2007").text).cssselect("#captcha-box")


def test_a_customer_buys_two_and_finds_them_in_the_order_list(mall: httpx.Client) -> None:
    mall.post("/login", data={"email": ACCOUNTS[0].email, "password": PASSWORD, "next": "/"})
    mall.post("/cart", data={"item": "2001", "quantity": "2"})
    number = page(mall.post("/checkout").text).cssselect(".order-no")[0].text_content()
    rows = page(mall.get("/orders").text).cssselect("tr.order")
    assert rows[0].cssselect(".no a")[0].text_content() == number
    assert "GM-2001" in rows[0].cssselect(".items")[0].text_content()


def test_orders_need_a_log_in(mall: httpx.Client) -> None:
    assert str(mall.get("/orders").url).endswith("/login?next=/orders")


@pytest.mark.browser
def test_a_visitor_dismisses_the_cookies_waits_for_the_price_and_loads_the_picture(visitor: Page) -> None:
    visitor.goto("/item/2001")
    assert visitor.locator("#consent").is_visible()
    visitor.click("#consent-ok")
    visitor.wait_for_selector(".p-price:not(.loading)")
    assert visitor.inner_text(".p-price") == "￥41.10"
    visitor.wait_for_function("document.querySelector('.p-gallery img').naturalWidth > 0")
    visitor.reload()
    assert visitor.locator("#consent").count() == 0
