"""Oscar Mart's pages, as django-oscar renders them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urljoin

from lxml.html import HtmlElement

from platforms.errors import UnreadablePage
from platforms.markup import parsed
from platforms.price import read_price
from platforms.reading import Reading, categorised, item_id, read_listing, words
from platforms.site import CataloguePage, OrderPage, Site
from sampling.evidence.layout import Box
from sampling.listing import Listing
from sampling.money import Money
from sampling.purchase import ShopOrder


def catalogue(site: Site, html: str, url: str) -> CataloguePage:
    """Give the cards of one page of a category; they name no seller."""
    tree = parsed(html)
    here = tree.cssselect("ol.breadcrumb li.active")
    category = site.category(words(here[0]) if here else "")
    cards = tree.cssselect("article.product_pod")
    if not cards:
        raise UnreadablePage(f"{url} shows no offers")
    following = tree.cssselect("ul.pagination li.next a")
    return CataloguePage(
        tuple(_card(site, card, category, url) for card in cards),
        urljoin(url, following[0].get("href")) if following else None,
    )


def _card(site: Site, card: HtmlElement, category: str, url: str) -> Listing:
    links = card.cssselect("h3 a[href]")
    address = urljoin(url, links[0].get("href")) if links else ""
    number = item_id(address, site.rules)
    if not number:
        raise UnreadablePage(f"{url} has a card without an item")
    prices = card.cssselect(".product_price .price_color")
    stock = card.cssselect(".availability")
    return Listing(
        platform=site.code,
        item_id=number,
        url=address,
        title=links[0].get("title") or words(links[0]),  # the visible title is cut
        category=category,
        price=read_price(words(prices[0]), currency=site.rules.currency).low if prices else None,
        available="instock" in (stock[0].get("class") or "") if stock else None,
        sources={"title": "site rule", "price": "site rule", "category": "site rule"},
    )


def listing(site: Site, html: str, url: str, boxes: Sequence[Box] = ()) -> Reading:
    """Give what a product page says, with our category for the shop's."""
    return categorised(read_listing(html, url, platform=site.code, rules=site.rules, boxes=boxes), site.category)


def orders(site: Site, html: str, url: str) -> tuple[ShopOrder, ...]:
    """Give the rows of the order list, whose items are told by the seller's item numbers."""
    rows = parsed(html).xpath("//table//tr[td]")
    return tuple(_row(site, row, url) for row in rows)


def _row(site: Site, row: HtmlElement, url: str) -> ShopOrder:
    cells = row.findall("td")
    links, times = row.cssselect("td a[href]"), row.cssselect("time[datetime]")
    if len(cells) != 5 or not links:
        raise UnreadablePage(f"{url} has a row that is no order")
    return ShopOrder(
        order_no=words(links[0]),
        url=urljoin(url, links[0].get("href")),
        placed_at=datetime.fromisoformat(times[0].get("datetime")).astimezone(UTC) if times else None,
        item_ids=tuple(words(small) for small in row.cssselect("small")),
        status=site.order_state(words(cells[4])),
    )


def order(site: Site, html: str, url: str) -> OrderPage:
    """Give what the page of one order says; a product that was taken off has no link and so no id here."""
    tree = parsed(html)
    titles = [words(title) for title in tree.cssselect("h1") if "#" in words(title)]
    states = tree.xpath("//h2[normalize-space()='Status']/following-sibling::p[1]")
    if not titles or not states:
        raise UnreadablePage(f"{url} is no order")
    links = [urljoin(url, link.get("href")) for link in tree.cssselect("table td a[href]")]
    return OrderPage(
        order_no=titles[0].rpartition("#")[2].strip(),
        status=site.order_state(words(states[0])),
        carrier=_said(tree, ".carrier"),
        waybill=_said(tree, ".tracking"),
        paid=_paid(tree, site),
        item_ids=tuple(dict.fromkeys(number for link in links if (number := item_id(link, site.rules)))),
    )


def _said(tree: HtmlElement, selector: str) -> str | None:
    found = tree.cssselect(selector)
    return words(found[0]) if found else None


def _paid(tree: HtmlElement, site: Site) -> Money | None:
    """The row that says what the whole order cost."""
    for row in tree.xpath("//tr[th]"):
        if words(row.find("th")).lower().startswith("order total"):
            return read_price(words(row[-1]), currency=site.rules.currency).low
    return None
