"""Oscar Mart: lists, listings, both ways to buy, and the faults it commits."""

import re
import time
from collections.abc import Iterator

import httpx
import pytest
from lxml import html

from demo.accounts import ACCOUNTS, PASSWORD
from demo.goods import offers
from demo.world import World

PLAIN = "OM-1016"
SOLD_OUT = "OM-1042"
GONE = "OM-1003"


def page(answer: httpx.Response) -> html.HtmlElement:
    answer.raise_for_status()
    return html.fromstring(answer.text)


def address(sku: str) -> str:
    """Listings were made in the order of their SKU; a wrong slug is redirected to the right one."""
    return f"/catalogue/x_{int(sku.removeprefix('OM-')) - 1000}/"


@pytest.fixture
def shop(shops: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shops.urls["oscar-mart"], follow_redirects=True, trust_env=False, timeout=60) as client:
        yield client


def fill(shop: httpx.Client, path: str, **fields: str) -> httpx.Response:
    token = page(shop.get(path)).xpath("string(//form[@method='post']//input[@name='csrfmiddlewaretoken']/@value)")
    return shop.post(path, data={"csrfmiddlewaretoken": token, **fields}, headers={"Referer": str(shop.base_url)})


def add(shop: httpx.Client, sku: str) -> html.HtmlElement:
    form = page(shop.get(address(sku))).cssselect("#add_to_basket_form")[0]
    fields = dict(form.form_values())
    return page(shop.post(form.action, data=fields, headers={"Referer": str(shop.base_url)}))


def place(shop: httpx.Client) -> str:
    thanks = page(fill(shop, "/checkout/preview/", action="place_order"))
    return str(thanks.cssselect("p.lead strong")[0].text_content())


def test_the_lists_show_every_listing(shop: httpx.Client) -> None:
    links: set[str] = set()
    for number in (1, 2, 3):
        links |= {link.get("href") for link in page(shop.get(f"/catalogue/?page={number}")).cssselect("h3 a")}
    # One listing is about to vanish, or has vanished already.
    assert len(offers("oscar-mart")) - 1 <= len(links) <= len(offers("oscar-mart"))


def test_a_listing_shows_its_seller_price_and_attributes(shop: httpx.Client) -> None:
    shown = page(shop.get(address(PLAIN)))
    rows = {row[0].text_content(): row[1].text_content() for row in shown.cssselect("table.table-striped tr")}
    assert shown.cssselect(".product_main p.price_color")[0].text_content() == "CN¥79.00"
    assert shown.cssselect("#seller_info .seller")[0].text_content().endswith("Shandian Digital")
    assert shown.cssselect("#seller_info .sku")[0].text_content() == PLAIN
    assert (rows["Model 型号"], rows["GTIN 条码"]) == ("GS-C30", "6900000000069")
    assert len(shown.cssselect("#product_gallery .carousel-inner img")) == 2


def test_pages_ask_nobody_else_for_anything(shop: httpx.Client) -> None:
    text = shop.get(address(PLAIN)).text
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []


def test_a_guest_can_buy(shop: httpx.Client) -> None:
    add(shop, PLAIN)
    fill(shop, "/checkout/", username="guest@example.org", options="anonymous")
    ship = {"first_name": "Li", "last_name": "Na", "line1": "1 Road", "line4": "Beijing", "postcode": "100000"}
    fill(shop, "/checkout/shipping-address/", **ship)
    assert place(shop).isdigit()


def test_a_customer_finds_the_order_and_its_parcel_in_the_order_list(shop: httpx.Client) -> None:
    login = {"login-username": ACCOUNTS[0].email, "login-password": PASSWORD, "login_submit": "Log In"}
    fill(shop, "/accounts/login/", **login)
    add(shop, PLAIN)
    add(shop, PLAIN)
    choice = page(shop.get("/checkout/")).cssselect("form[id^=select_shipping_address]")[0]
    shop.post(choice.action, data=dict(choice.form_values()), headers={"Referer": str(shop.base_url)})
    number = place(shop)
    row = page(shop.get("/accounts/orders/")).xpath(f"//tr[td/a='{number}']")[0]
    assert PLAIN in row[1].text_content() and "× 2" in row[1].text_content()
    deadline = time.monotonic() + 60
    while not (sent := page(shop.get(f"/accounts/orders/{number}/")).cssselect(".tracking")):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert sent[0].text_content()


def test_a_listing_sells_out_while_it_goes_into_the_basket(shop: httpx.Client) -> None:
    assert "instock" in page(shop.get(address(SOLD_OUT))).cssselect("p.availability")[0].classes
    add(shop, SOLD_OUT)
    assert "outofstock" in page(shop.get(address(SOLD_OUT))).cssselect("p.availability")[0].classes
    assert "empty" in page(shop.get("/basket/")).text_content()


def test_a_listing_is_gone_after_it_was_seen(shop: httpx.Client) -> None:
    shop.get(address(GONE))
    answer = shop.get(address(GONE))
    assert answer.status_code == 404
    assert html.fromstring(answer.text).cssselect(".offline")
