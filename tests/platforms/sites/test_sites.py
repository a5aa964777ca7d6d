"""A site's facts hold together, and its parser stops rather than guess."""

from dataclasses import replace
from datetime import datetime, time

import pytest

from platforms.errors import UnknownSite, UnreadablePage
from platforms.robots import read_manners
from platforms.site import Site
from platforms.sites import SITES, find_site
from sampling.listing import Listing
from sampling.step import committing

URL = "http://shop.test/?c=toys"
OSCAR, GLOW = SITES["oscar-mart"], SITES["glow-mall"]
CRUMB = "<ol class='breadcrumb'><li class='active'>Kitchenware 厨房用品</li></ol>"
CARD = "<article class='product_pod'><h3><a href='/catalogue/lamp_7/'>Lamp</a></h3></article>"


@pytest.mark.parametrize("site", SITES.values(), ids=lambda site: site.code)
def test_a_sites_facts_hold_together(site: Site) -> None:
    assert SITES[site.code] is find_site(site.code)
    assert site.name.zh != site.name.en
    assert 0 < site.least < site.most
    assert site.pause_seconds > 0
    assert all(site.owns(url) for url in site.start_urls)
    assert committing(site.shop.checkout) > 0
    assert set(site.rules.categories.values()) <= {"toys", "electrical", "cosmetics", "kitchenware"}
    assert set(site.order_states.values()) <= {"placed", "shipped", "delivered", "cancelled"}


def test_a_site_can_be_reached_elsewhere() -> None:
    site = OSCAR.at("http://shop.test:81/")
    assert site.start_urls[0].startswith("http://shop.test:81/catalogue/")
    assert site.orders_url == "http://shop.test:81/accounts/orders/"
    assert site.order_url("100001") == "http://shop.test:81/accounts/orders/100001/"
    assert site.shop.base_url == "http://shop.test:81"
    assert site.owns("http://shop.test:81/x")
    assert not any(map(site.owns, ("http://other.test:81/", "http://shop.test:82/x", "http://shop.test/x")))


OPENING = [
    # the night at the site, the hour asked about in UTC, when the next one begins in UTC
    (None, "2026-11-22T12:00", None),
    (("01:00", "06:00"), "2026-11-21T18:00", None),
    (("01:00", "06:00"), "2026-11-21T16:30", "2026-11-21T17:00"),
    (("01:00", "06:00"), "2026-11-21T22:00", "2026-11-22T17:00"),
    (("23:00", "05:00"), "2026-11-21T15:30", None),
    (("23:00", "05:00"), "2026-11-21T20:59", None),
    (("23:00", "05:00"), "2026-11-21T21:00", "2026-11-22T15:00"),
]


@pytest.mark.parametrize(("night", "asked", "opens"), OPENING)
def test_a_site_is_visited_in_its_night_by_its_own_clock(
    night: tuple[str, str] | None, asked: str, opens: str | None
) -> None:
    hours = (time.fromisoformat(night[0]), time.fromisoformat(night[1])) if night else None
    site = replace(OSCAR, night=hours, timezone="Asia/Shanghai")
    at, next_one = (datetime.fromisoformat(f"{moment}+00:00") if moment else None for moment in (asked, opens))
    assert at is not None and site.opens(at) == next_one


def test_an_unlisted_site_is_unknown() -> None:
    with pytest.raises(UnknownSite, match="glow-mall, oscar-mart"):
        find_site("nowhere")


def test_a_listing_is_found_in_the_order_list_by_its_item_number() -> None:
    listing = Listing("glow-mall", "1", "http://shop.test/item/1", "Lamp", sku="GM-1")
    assert GLOW.order_name(listing) == "GM-1"
    with pytest.raises(UnreadablePage, match="has no sku"):
        GLOW.order_name(replace(listing, sku=None))


UNREADABLE = [
    (OSCAR.catalogue, "<p>Nothing</p>"),
    (OSCAR.catalogue, CRUMB.replace("Kitchenware", "Weapons") + CARD),
    (OSCAR.catalogue, CRUMB),
    (OSCAR.catalogue, CRUMB + CARD.replace("lamp_7", "lamp")),
    (OSCAR.catalogue, CRUMB + "<article class='product_pod'></article>"),
    (OSCAR.listing, "<ol class='breadcrumb'><li></li><li><a>Weapons</a></li></ol>"),
    (OSCAR.orders, "<table><tr><td>1</td></tr></table>"),
    (OSCAR.orders, "<table><tr><td><a href='/1'>1</a></td><td></td><td></td><td></td><td>Lost</td></tr></table>"),
    (OSCAR.order, "<h1>Order #1</h1>"),
    (OSCAR.order, "<h1>Order</h1><h2>Status</h2><p>Pending</p>"),
    (GLOW.catalogue, "<p>Nothing</p>"),
    (GLOW.catalogue, "<div class='card'><p class='card-title'>Lamp</p></div>"),
    (GLOW.catalogue, "<div class='card'><a class='card-link' href='/item/7'></a></div>"),
    (GLOW.listing, "<p class='p-crumb'>Weapons</p>"),
    (GLOW.orders, "<table><tr class='order'><td class='no'></td></tr></table>"),
    (GLOW.orders, "<table><tr class='order'><td class='no'><a href='/1'>1</a></td></tr></table>"),
    (GLOW.order, "<b class='order-state'>Paid</b>"),
    (GLOW.order, "<b class='order-no'>1</b>"),
    (GLOW.order, "<b class='order-no'>1</b><b class='order-state'>Lost</b>"),
]


@pytest.mark.parametrize(("read", "html"), UNREADABLE)
def test_a_page_that_does_not_fit_the_facts_is_not_guessed(read: object, html: str) -> None:
    assert callable(read)
    with pytest.raises(UnreadablePage):
        read(html, URL)


def test_a_category_address_must_be_known() -> None:
    with pytest.raises(UnreadablePage, match="weapons"):
        GLOW.catalogue("<div class='card'></div>", "http://shop.test/?c=weapons")


def test_a_catalogue_goes_on_where_it_says() -> None:
    more = "<ul class='pagination'><li class='next'><a href='?page=2'>next</a></li></ul>"
    page = OSCAR.catalogue(CRUMB + CARD + more, "http://shop.test/c/")
    assert page.next_url == "http://shop.test/c/?page=2"
    assert [(offer.title, offer.price, offer.available) for offer in page.listings] == [("Lamp", None, None)]


def test_a_card_may_lack_a_price() -> None:
    card = "<div class='card'><a class='card-link' href='/item/7'></a><p class='card-title'>Lamp</p></div>"
    page = GLOW.catalogue(card, URL)
    assert [(offer.item_id, offer.price) for offer in page.listings] == [("7", None)]


GLOW_LIST, OSCAR_LIST = "<h1>我的订单 My orders</h1>", "<h1>Order History</h1>"


def test_sparse_order_pages_give_what_they_have() -> None:
    row = "<tr class='order'><td class='no'><a href='/o/1'>1</a></td><td class='state'>Paid</td></tr>"
    assert GLOW.orders(f"{GLOW_LIST}<table>{row}</table>", URL)[0].placed_at is None
    row = "<tr><td><a href='/1'>1</a></td><td></td><td></td><td></td><td>Pending</td></tr>"
    assert OSCAR.orders(f"{OSCAR_LIST}<table>{row}</table>", URL)[0].placed_at is None
    page = OSCAR.order("<h1>Order #1</h1><h2>Status</h2><p>Pending</p><table><tr><th>x</th></tr></table>", URL)
    assert (page.order_no, page.paid, page.item_ids, page.waybill) == ("1", None, (), None)
    assert GLOW.order("<b class='order-no'>1</b><b class='order-state'>Paid</b>", URL).paid is None
    assert OSCAR.orders(f"{OSCAR_LIST}<p>You haven't placed any orders.</p>", URL) == ()
    assert GLOW.orders(f"{GLOW_LIST}<p class='empty'>还没有订单 No orders yet</p>", URL) == ()


@pytest.mark.parametrize(
    ("site", "page"),
    [
        (GLOW, f"{GLOW_LIST}<table><tr class='order'><td>no number</td></tr></table>"),
        (OSCAR, f"{OSCAR_LIST}<table><tr><td>one cell</td></tr></table>"),
    ],
)
def test_a_row_that_is_no_order_is_not_passed_over(site: Site, page: str) -> None:
    with pytest.raises(UnreadablePage, match="has a row that is no order"):
        site.orders(page, URL)


@pytest.mark.parametrize("site", [GLOW, OSCAR])
@pytest.mark.parametrize("page", ["", "<h1>Log in</h1><form></form>", "<h1>502 Bad Gateway</h1>", "<table></table>"])
def test_a_page_that_is_not_the_order_list_says_nothing_about_orders(site: Site, page: str) -> None:
    with pytest.raises(UnreadablePage, match="is not the order list"):
        site.orders(page, URL)


def test_a_page_without_a_category_keeps_none() -> None:
    assert GLOW.listing("<h1 class='p-title'>Lamp</h1>", URL).listing.category is None


def test_robots_are_obeyed_to_the_fraction_of_a_second() -> None:
    manners = read_manners("User-agent: *\nCrawl-delay: 0.5 # please\nDisallow: /checkout/\n")
    assert manners.allows("http://shop.test/item/1")
    assert not manners.allows("http://shop.test/checkout/address")
    assert manners.pause(0.2) == 0.5
    assert manners.pause(2.0) == 2.0
    assert read_manners("").pause(0.1) == 0.1
    assert read_manners("").allows("http://shop.test/anything")
