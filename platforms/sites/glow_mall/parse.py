"""Glow Mall's pages, as its JavaScript has drawn them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml.html import HtmlElement

from platforms.errors import UnreadablePage
from platforms.markup import parsed
from platforms.price import read_price
from platforms.reading import Reading, categorised, item_id, read_listing, words
from platforms.site import CataloguePage, OrderPage, Site
from sampling.evidence.layout import Box
from sampling.listing import Listing
from sampling.purchase import ShopOrder


def catalogue(site: Site, html: str, url: str) -> CataloguePage:
    """Give the cards of one category, all of which stand on one page once the list is unfolded."""
    category = site.category("".join(parse_qs(urlsplit(url).query).get("c", [])))
    cards = parsed(html).cssselect(".card")
    if not cards:
        raise UnreadablePage(f"{url} shows no offers")
    return CataloguePage(tuple(_card(site, card, category, url) for card in cards), None)


def _card(site: Site, card: HtmlElement, category: str, url: str) -> Listing:
    links = card.cssselect("a.card-link[href]")
    address = urljoin(url, links[0].get("href")) if links else ""
    number = item_id(address, site.rules)
    titles, prices = card.cssselect(".card-title"), card.cssselect(".card-price")
    if not number or not titles:
        raise UnreadablePage(f"{url} has a card without an item")
    return Listing(
        platform=site.code,
        item_id=number,
        url=address,
        title=words(titles[0]),
        category=category,
        price=read_price(words(prices[0]), currency=site.rules.currency).low if prices else None,
        sources={"title": "site rule", "price": "site rule", "category": "site rule"},
    )


def listing(site: Site, html: str, url: str, boxes: Sequence[Box] = ()) -> Reading:
    """Give what a product page says, with our category for the shop's."""
    return categorised(read_listing(html, url, platform=site.code, rules=site.rules, boxes=boxes), site.category)


def orders(site: Site, html: str, url: str) -> tuple[ShopOrder, ...]:
    """Give the rows of the order list, whose items are told by their item numbers."""
    return tuple(_row(site, row, url) for row in parsed(html).cssselect("tr.order"))


def _row(site: Site, row: HtmlElement, url: str) -> ShopOrder:
    links, times, states = row.cssselect(".no a[href]"), row.cssselect("time[datetime]"), row.cssselect(".state")
    if not links or not states:
        raise UnreadablePage(f"{url} has a row that is no order")
    return ShopOrder(
        order_no=words(links[0]),
        url=urljoin(url, links[0].get("href")),
        placed_at=datetime.fromisoformat(times[0].get("datetime")).astimezone(UTC) if times else None,
        item_ids=tuple(words(small) for small in row.cssselect(".items small")),
        status=site.order_state(words(states[0])),
    )


def order(site: Site, html: str, url: str) -> OrderPage:
    """Give what the page of one order says."""
    tree = parsed(html)
    number, state, total = (_said(tree, selector) for selector in (".order-no", ".order-state", ".total"))
    if number is None or state is None:
        raise UnreadablePage(f"{url} is no order")
    links = [urljoin(url, link.get("href")) for link in tree.cssselect("td a[href]")]
    return OrderPage(
        order_no=number,
        status=site.order_state(state),
        carrier=_said(tree, ".order-carrier"),
        waybill=_said(tree, ".order-tracking"),
        paid=read_price(total, currency=site.rules.currency).low if total else None,
        item_ids=tuple(number for link in links if (number := item_id(link, site.rules))),
    )


def _said(tree: HtmlElement, selector: str) -> str | None:
    found = tree.cssselect(selector)
    return words(found[0]) if found else None
