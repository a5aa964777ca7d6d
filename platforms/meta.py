"""Meta: what the head of a page says of the product for those who share it: Open Graph and the cards' labels."""

import re
from collections.abc import Mapping

from lxml.html import HtmlElement

from platforms.offer import availability

_FIELDS: Mapping[str, str] = {
    "og:title": "title",
    "product:sale_price:amount": "price",
    "product:price:amount": "price",
    "og:price:amount": "price",
    "og:product:price:amount": "price",
    "price": "price",
    "product:sale_price:currency": "currency",
    "product:price:currency": "currency",
    "og:price:currency": "currency",
    "og:product:price:currency": "currency",
    "currency": "currency",
    "product:brand": "brand",
    "og:brand": "brand",
    "product:availability": "available",
    "og:availability": "available",
    "availability": "available",
    "product:retailer_item_id": "sku",
    "product:retailer_part_no": "sku",
    "product:sku": "sku",
    "sku": "sku",
    "product:mfr_part_no": "mpn",
    "product:ean": "gtin",
    "product:upc": "gtin",
    "product:isbn": "gtin",
    "product:category": "category",
    "og:image": "picture",
}
_FIRST = ("product:sale_price:amount", "product:sale_price:currency")


def meta_fields(tree: HtmlElement) -> dict[str, str]:
    """Give the fields that meta elements state; a sale's price goes before the usual one."""
    stated = _stated(tree)
    found: dict[str, str] = {}
    for name in (*_FIRST, *_FIELDS):
        if stated.get(name):
            found.setdefault(_FIELDS[name], stated[name])
    if "available" in found:
        found["available"] = availability(found["available"])
    for name, value in _labelled(stated).items():
        found.setdefault(name, value)
    return {name: value for name, value in found.items() if value}


def locales(tree: HtmlElement) -> tuple[str, ...]:
    """Give the page's languages and regions, the likeliest first."""
    html = tree if tree.tag == "html" else next(iter(tree.xpath("/html")), tree)
    stated = _stated(tree)
    found = (html.get("lang"), html.get("xml:lang"), stated.get("og:locale"), stated.get("content-language"))
    return tuple(locale for locale in found if locale)


def _stated(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv")
        content = meta.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), content.strip())
    return found


def _labelled(stated: Mapping[str, str]) -> dict[str, str]:
    """`twitter:label1` says what `twitter:data1` is."""
    found: dict[str, str] = {}
    for number in "1234":
        label, value = stated.get(f"twitter:label{number}", "").lower(), stated.get(f"twitter:data{number}", "")
        if re.fullmatch(r"price|preis|prix|precio|prezzo|prijs|cena|pris", label):
            found["price_text"] = value
        elif re.match(r"availab|verfügbar|disponib|stock", label):
            found["available"] = availability(value)
    return found
