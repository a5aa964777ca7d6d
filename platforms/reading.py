"""Reading: a product page turned into a listing, each field with the place it was read from."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from lxml.html import HtmlElement

from platforms.availability import site_availability
from platforms.codes import gtin_of, settled_code
from platforms.currency import home_currency
from platforms.details import pictures, printed, variants
from platforms.labels import labelled, unlabelled
from platforms.markup import Stated, parsed, stated
from platforms.meta import locales
from platforms.offered import Offered, offered
from platforms.page import Page, page_of
from platforms.price import Note, Price
from platforms.text import flat
from sampling.evidence.layout import Box
from sampling.listing import Listing
from sampling.money import Money

EXPECTED = ("title", "price", "seller", "brand", "model", "sku", "gtin", "batch", "available")

_BOOKED = 66
SITE_RULE = 95
"""How sure a field is that a site's own rule points at."""

_JOINED = (
    "title", "sku", "brand", "model", "mpn", "batch", "seller", "shop_id", "category", "licence", "sales", "reviews",
    "claims", "certificates",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """Where a site keeps the fields: CSS selectors, and what the page itself never says."""

    item_id: str = r"([^/?#]+)/?(?:[?#].*)?$"
    """A pattern over the address whose group 1 is the item's id."""
    currency: str | None = None
    selectors: Mapping[str, str] = field(default_factory=dict)
    """By field: title, price, seller, sku, brand, model, batch, gtin, availability, pictures, category."""
    specs: str | None = None
    """The rows of a label and its value, where no others count."""
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """The listing, the price as shown and as marked up, and what the page did not say."""

    listing: Listing
    shown_price: Price
    marked_price: Money | None
    price_note: Note | None
    """`from`, `range` and `deal` beside a price; why there is none without one."""
    missing: tuple[str, ...]
    price_box: Box | None = None
    """Where the shown price stood, when the layout was recorded."""
    price_place: str | None = None
    """The XPath of the element that shows the price, or that should where the price is no text."""


def read_listing(
    html: str, url: str, *, platform: str, rules: Rules | None = None, boxes: Sequence[Box] = ()
) -> Reading:
    """Give what the page says of its one offer; a page without a price is a reading with the reason.

    What is shown goes before what is marked up where both are as sure; `boxes` tell what was seen.
    """
    rules = rules or Rules()
    tree = parsed(html)
    marked = stated(tree, url)
    page = page_of(tree, marked["title"].value if "title" in marked else "")
    own = _selected(tree, rules)
    offer = offered(
        page, marked, currency=_currency(tree, url, marked, rules), place=rules.selectors.get("price"), boxes=boxes
    )
    found = _joined(page, url, marked, _labels(page, tree, rules, url), own) | _availability(offer, own)
    listing = _listing(page, url, platform, rules, found)
    listing = _priced(listing, offer, found)
    absent = tuple(name for name in EXPECTED if getattr(listing, name) in (None, ""))
    return Reading(listing, offer.shown, offer.marked, offer.note, absent, offer.box, offer.place)


def item_id(url: str, rules: Rules) -> str:
    """Give the item's id out of its address, or nothing when the address is not an item's."""
    match = re.search(rules.item_id, url)
    return match.group(1) if match else ""


def words(element: HtmlElement) -> str:
    """Give the element's text in one line."""
    return " ".join(str(element.text_content()).split())


def categorised(reading: Reading, category: Callable[[str], str]) -> Reading:
    """Give the reading with our category for the shop's; a page that names none keeps none."""
    label = reading.listing.category
    return replace(reading, listing=replace(reading.listing, category=category(label) if label else None))


def _listing(page: Page, url: str, platform: str, rules: Rules, found: Mapping[str, Stated]) -> Listing:
    def value(name: str) -> str | None:
        return found[name].value if name in found else None

    def count(name: str) -> int | None:
        text = value(name) or ""
        return int(text) if text.isdecimal() else None

    return Listing(
        platform=platform,
        item_id=item_id(url, rules),
        url=url,
        title=value("title") or "",
        category=value("category"),
        seller=value("seller"),
        shop_id=value("shop_id"),
        brand=value("brand"),
        model=value("model"),
        batch=value("batch"),
        gtin=value("gtin"),
        sku=value("sku"),
        mpn=value("mpn"),
        available={"yes": True, "no": False}.get(value("available") or ""),
        pictures=_pictures(page, url, rules, value("picture") or ""),
        claims=tuple((value("claims") or "").splitlines()),
        variants=tuple((value("variants") or "").splitlines()) or variants(page),
        licence=value("licence"),
        certificates=tuple((value("certificates") or "").splitlines()),
        sales=count("sales"),
        reviews=count("reviews"),
    )


def _priced(listing: Listing, offer: Offered, found: Mapping[str, Stated]) -> Listing:
    """The listing with its price, and where each of its fields comes from."""
    kept = [name for name in found if getattr(listing, name, None) not in (None, "", ())]
    sources = {name: found[name].source for name in kept}
    sureness = {name: found[name].sureness for name in kept}
    if offer.source:
        sources["price"], sureness["price"] = offer.source, offer.sureness
    return replace(listing, price=offer.price, marked_price=offer.marked, sources=sources, sureness=sureness)


def _currency(tree: HtmlElement, url: str, marked: Mapping[str, Stated], rules: Rules) -> str | None:
    if rules.currency:
        return rules.currency
    stated_one = marked["currency"].value.strip().upper() if "currency" in marked else ""
    return stated_one if re.fullmatch(r"[A-Z]{3}", stated_one) else home_currency(url, locales(tree))


def _selected(tree: HtmlElement, rules: Rules) -> dict[str, Stated]:
    places = ((name, tree.cssselect(selector)) for name, selector in rules.selectors.items())
    return {
        name: Stated(words(found[0]), "site rule", SITE_RULE) for name, found in places if found and words(found[0])
    }


def _labels(page: Page, tree: HtmlElement, rules: Rules, url: str) -> dict[str, Stated]:
    if rules.specs is None:
        return labelled(page, url)
    rows = {inner for row in tree.cssselect(rules.specs) for inner in row.iter()}
    return labelled(replace(page, title=None, spots=tuple(spot for spot in page.spots if spot.element in rows)))


def _joined(
    page: Page, url: str, marked: Mapping[str, Stated], labels: Mapping[str, Stated], own: Mapping[str, Stated]
) -> dict[str, Stated]:
    """A site's rule first; then what is printed by a label, and what is marked up, the surer of the two."""
    found: dict[str, Stated] = {}
    texts = printed(page)
    if "sku" in marked:
        marked = {**marked, "sku": replace(marked["sku"], value=unlabelled(marked["sku"].value))}
        if re.fullmatch(r"\d{1,4}", marked["sku"].value):  # its place in the shop's own books, as a rule
            marked["sku"] = replace(marked["sku"], sureness=_BOOKED)
    for name in _JOINED:
        places = [place[name] for place in (own, marked, labels, texts) if name in place]
        if places:
            found[name] = _surest(places)
    found |= {name: marked[name] for name in ("picture", "variants") if name in marked}
    if code := settled_code(page, url, found.get("sku"), marked.get("number")):
        found["sku"] = code
    return found | _title(page, marked, own) | _checked_gtin(labels, marked)


def _surest(places: Sequence[Stated]) -> Stated:
    best = max(places, key=lambda place: place.sureness)
    agreeing = {place.source for place in places if place.value.casefold() == best.value.casefold()}
    if len(agreeing) > 1:
        return replace(best, sureness=max(best.sureness, 93))
    return replace(best, sureness=best.sureness - 5) if len(places) > 1 else best


def _title(page: Page, marked: Mapping[str, Stated], own: Mapping[str, Stated]) -> dict[str, Stated]:
    """The heading where it and the mark-up name the same; a site's rule or the mark-up where there is no heading."""
    if "title" in own:
        return {"title": own["title"]}
    heading = flat(page.heading, 300) if page.heading is not None else ""
    if "title" in marked:
        theirs = marked["title"].value
        same = heading.casefold() == theirs.casefold()
        return {"title": replace(marked["title"], sureness=95 if same else marked["title"].sureness)}
    if heading:
        return {"title": Stated(heading, "page", 75)}
    named = next((" ".join((element.text or "").split()) for element in page.tree.iter("title")), "")
    return {"title": Stated(re.split(r"\s[|–—]\s", named)[0], "page", 45)} if named else {}


def _checked_gtin(*places: Mapping[str, Stated]) -> dict[str, Stated]:
    """The first code whose check digit is right; one that is wrong everywhere is none."""
    for place in places:
        if "gtin" in place and (code := gtin_of(place["gtin"].value)):
            return {"gtin": replace(place["gtin"], value=code, sureness=90)}
    return {}


def _availability(offer: Offered, own: Mapping[str, Stated]) -> dict[str, Stated]:
    """The words that a site's rule points at go before everything; ones that say neither leave it open."""
    if "availability" in own:
        word = site_availability(own["availability"].value)
        return {"available": replace(own["availability"], value=word)} if word else {}
    return {"available": offer.available} if offer.available is not None else {}


def _pictures(page: Page, url: str, rules: Rules, marked: str) -> tuple[str, ...]:
    if "pictures" not in rules.selectors:
        return pictures(page, url, marked)
    places = [image.get("data-src") or image.get("src") for image in page.tree.cssselect(rules.selectors["pictures"])]
    return tuple(dict.fromkeys(urljoin(url, place) for place in places if place))
