"""Reading: a product page turned into a listing, each field with the place it was read from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from lxml.html import HtmlElement

from platforms.markup import Stated, parsed, stated
from platforms.price import Note, Price, read_price
from sampling.listing import Listing, gtin_is_valid
from sampling.money import Money

EXPECTED = ("title", "price", "seller", "brand", "model", "sku", "gtin", "batch", "available")

LABELS: Mapping[str, tuple[str, ...]] = {
    "brand": ("品牌", "brand"),
    "model": ("型号", "规格型号", "model"),
    "batch": ("批号", "生产批号", "batch", "lot"),
    "gtin": ("条码", "商品条码", "gtin", "ean", "barcode"),
    "sku": ("货号", "商品编号", "item no.", "item number", "sku"),
    "claims": ("宣称", "claims"),
    "seller": ("卖家", "店铺", "sold by", "seller"),
}

_PRICE_PLACES = (
    "//*[contains(concat(' ', translate(@class, '-_', '  '), ' '), ' price ')"
    " and not(contains(@class, 'old')) and not(contains(@class, 'orig')) and not(ancestor-or-self::del)]"
)
_STOCKED = re.compile(r"in stock|有货|现货|库存\D{0,10}[1-9]", re.I)
_SOLD_OUT = re.compile(r"out of stock|unavailable|sold out|缺货|售罄|无货|库存\D{0,10}0\b", re.I)


@dataclass(frozen=True, slots=True)
class Rules:
    """Where a site keeps the fields: CSS selectors, and what the page itself never says."""

    item_id: str = r"([^/?#]+)/?(?:[?#].*)?$"
    """A pattern over the address whose group 1 is the item's id."""
    currency: str | None = None
    selectors: Mapping[str, str] = field(default_factory=dict)
    """By field: title, price, seller, sku, brand, model, batch, gtin, availability, pictures, category."""
    specs: str = "table tr, dl > div, ul.specs li"
    """The rows of a label and its value."""
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """The listing, the price as shown and as marked up, and what the page did not say."""

    listing: Listing
    shown_price: Price
    marked_price: Money | None
    price_note: Note | None
    """`from` and `range` beside a price; why there is none without one."""
    missing: tuple[str, ...]


def read_listing(html: str, url: str, *, platform: str, rules: Rules | None = None) -> Reading:
    """Give what the page says of its one offer; a page without a price is a reading with the reason."""
    rules = rules or Rules()
    tree = parsed(html)
    marked = stated(tree)
    labelled = _labelled(tree, rules)
    found = {**marked, **labelled, **_selected(tree, rules)}
    found.pop("gtin", None)
    found |= _checked_gtin(labelled, marked) | _shown_availability(found)
    shown = _shown_price(tree, rules)
    marked_price = _marked_price(marked)
    price, note, source = _price(shown, marked_price, marked)
    sources = {name: found[name].source for name in found if name in EXPECTED and name != "price"}
    if source:
        sources["price"] = source
    listing = Listing(
        platform=platform,
        item_id=item_id(url, rules),
        url=url,
        title=_value(found, "title") or "",
        category=_value(found, "category"),
        price=price,
        seller=_value(found, "seller"),
        brand=_value(found, "brand"),
        model=_value(found, "model"),
        batch=_value(found, "batch"),
        gtin=_value(found, "gtin"),
        sku=_value(found, "sku"),
        available={"yes": True, "no": False}.get(_value(found, "available") or ""),
        pictures=_pictures(tree, url, rules),
        claims=(found["claims"].value,) if "claims" in found else (),
        sources=sources,
    )
    absent = tuple(name for name in EXPECTED if getattr(listing, name) in (None, ""))
    return Reading(listing, shown, marked_price, note, absent)


def item_id(url: str, rules: Rules) -> str:
    """Give the item's id out of its address, or nothing when the address is not an item's."""
    match = re.search(rules.item_id, url)
    return match.group(1) if match else ""


def words(element: HtmlElement) -> str:
    """Give the element's text in one line."""
    return " ".join(str(element.text_content()).split())


def _price(shown: Price, marked: Money | None, fields: Mapping[str, Stated]) -> tuple[Money | None, Note | None, str]:
    """The buyer pays what is shown; the mark-up counts where nothing is shown, not where it says `on request`."""
    if shown.low is not None:
        return shown.low, shown.note, "page"
    if marked is not None and shown.note != "on_request":
        note: Note | None = "range" if "high_price" in fields else None
        return marked, note, fields["price"].source
    return None, shown.note, ""


def _shown_price(tree: HtmlElement, rules: Rules) -> Price:
    own = rules.selectors.get("price")
    places = tree.cssselect(own) if own else tree.xpath(_PRICE_PLACES)
    prices = [read_price(words(place), currency=rules.currency) for place in places]
    best = [price for price in prices if price.low is not None or price.note == "on_request"]
    return next(iter([*best, *prices]), Price(note="no_price"))


def _marked_price(marked: Mapping[str, Stated]) -> Money | None:
    if "price" not in marked or "currency" not in marked:
        return None
    return read_price(marked["price"].value, currency=marked["currency"].value.upper()).low


def _selected(tree: HtmlElement, rules: Rules) -> dict[str, Stated]:
    places = ((name, tree.cssselect(selector)) for name, selector in rules.selectors.items())
    return {name: Stated(words(found[0]), "site rule") for name, found in places if found and words(found[0])}


def _labelled(tree: HtmlElement, rules: Rules) -> dict[str, Stated]:
    """Rows such as `品牌 Brand | PandaPlay`; a label counts when it begins or ends with a known word."""
    found: dict[str, Stated] = {}
    for row in tree.cssselect(rules.specs):
        parts = [words(part) for part in row if words(part)]
        if len(parts) != 2:
            continue
        label = parts[0].rstrip("：: ").lower()
        for name, labels in LABELS.items():
            if any(label.startswith(word) or label.endswith(word) for word in labels):
                found.setdefault(name, Stated(parts[1], "page"))
    return found


def _value(found: Mapping[str, Stated], name: str) -> str | None:
    return found[name].value if name in found else None


def _checked_gtin(*places: Mapping[str, Stated]) -> dict[str, Stated]:
    """The first code whose check digit is right; one that is wrong everywhere is none."""
    for place in places:
        digits = re.sub(r"[\s-]", "", _value(place, "gtin") or "")
        if gtin_is_valid(digits):
            return {"gtin": Stated(digits, place["gtin"].source)}
    return {}


def _shown_availability(found: Mapping[str, Stated]) -> dict[str, Stated]:
    """What the buyer is told goes before what the mark-up says."""
    shown = found.get("availability", Stated("", ""))
    if _SOLD_OUT.search(shown.value):
        return {"available": Stated("no", shown.source)}
    if _STOCKED.search(shown.value):
        return {"available": Stated("yes", shown.source)}
    return {}


def _pictures(tree: HtmlElement, url: str, rules: Rules) -> tuple[str, ...]:
    images = tree.cssselect(rules.selectors["pictures"]) if "pictures" in rules.selectors else []
    places = [image.get("data-src") or image.get("src") for image in images]
    return tuple(dict.fromkeys(urljoin(url, place) for place in places if place))


def categorised(reading: Reading, category: Callable[[str], str]) -> Reading:
    """Give the reading with our category for the shop's; a page that names none keeps none."""
    label = reading.listing.category
    return replace(reading, listing=replace(reading.listing, category=category(label) if label else None))
