"""A product as schema.org writes it, in whatever syntax: its offers, variants and groups turned into fields."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platforms.offer import (
    availability,
    available_of,
    currency_of,
    in_address,
    is_at,
    listed,
    name_of,
    offer_of,
    offers_of,
    parted,
    price_of,
    text_of,
    types,
)

GTIN_NAMES = ("gtin13", "gtin", "gtin14", "gtin12", "gtin8", "ean", "isbn")
PRODUCTS = frozenset({
    "Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car", "Book",
    "ProductCollection",
})  # fmt: skip
_LETTERED = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w./-]{4,40}")
_RELATIONS = frozenset({
    "isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "isConsumableFor", "review", "reviews", "itemReviewed",
    "hasVariant", "offers", "makesOffer", "isVariantOf",
})  # fmt: skip


def product_nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Give every product in the data, outermost first; goods that are only related are left out."""
    rest = [value]
    while rest:
        node = rest.pop(0)
        if isinstance(node, list):
            rest[:0] = node
        elif isinstance(node, dict):
            if PRODUCTS & set(types(node)):
                yield node
            rest[:0] = [
                inner for name, inner in node.items() if name not in _RELATIONS and isinstance(inner, dict | list)
            ]


def is_asked(node: Mapping[str, Any], url: str) -> bool:
    """Tell whether the address asks for this product or for an offer or variant of it, among others of its kind."""
    inner = [node, *listed(node.get("hasVariant"))]
    return any(is_at(one, url) for product in inner for one in (product, *offers_of(product)))


def is_here(node: Mapping[str, Any], url: str) -> bool:
    """Tell whether the product's own address is the page's, whatever is asked there."""
    path = parted(text_of(node.get("url")) or text_of(node.get("@id"))).path.strip("/")
    return bool(path) and path == parted(url).path.strip("/")


def product_fields(node: Mapping[str, Any], url: str) -> dict[str, str]:
    """Give the fields of a product; of several variants or offers those that the address names, else the first."""
    chosen = _variant(node, url)
    offers = [*offers_of(chosen), *([] if chosen is node else offers_of(node))]
    every = [offer for variant in listed(node.get("hasVariant")) for offer in offers_of(variant)]
    if not offers and chosen is node:
        offers = every
    offer = offer_of(offers, url)
    price, high = price_of(offer)
    both: Mapping[str, Any] = {**node, **{name: value for name, value in chosen.items() if value not in (None, "", [])}}
    fields = {
        "title": text_of(node.get("name")) or text_of(both.get("name")),
        "brand": name_of(both.get("brand")) or name_of(both.get("manufacturer")),
        "model": name_of(both.get("model")),
        "mpn": text_of(both.get("mpn")) or text_of(offer.get("mpn")),
        "sku": _own_sku(node, chosen, offers, offer, url),
        "number": _number(offer) or _number(both) or _group(node, url),
        "gtin": _gtin(both) or _gtin(offer),
        "category": name_of(both.get("category")),
        "price": price,
        "high_price": high,
        "currency": currency_of(offer),
        "available": available_of([*offers, *every], offer, named=is_at(offer, url) or is_at(chosen, url))
        or availability(text_of(node.get("availability"))),
        "seller": name_of(offer.get("seller")) or name_of(offer.get("offeredBy")),
        "reviews": _reviews(node),
        "picture": _pictures(both.get("image")),
        "batch": text_of(both.get("batchNumber")),
        "variants": "\n".join(dict.fromkeys(_variant_names(node))),
    }
    return {name: value for name, value in fields.items() if value}


def _variant(node: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    variants = listed(node.get("hasVariant"))
    if not variants:
        return node
    named = [
        variant for variant in variants if is_at(variant, url) or any(is_at(offer, url) for offer in offers_of(variant))
    ]
    if named:
        return named[0]
    return variants[0] if not offers_of(node) else node


def _own_sku(
    node: Mapping[str, Any],
    chosen: Mapping[str, Any],
    offers: list[Mapping[str, Any]],
    offer: Mapping[str, Any],
    url: str,
) -> str:
    """The SKU of what the address names, else the product's; of several variants' none is the product's."""
    if is_at(chosen, url) or is_at(offer, url):
        return _sku(offer) if chosen is node and is_at(offer, url) and _sku(offer) else _sku(chosen) or _sku(offer)
    alike = {_sku(one) for one in (*listed(node.get("hasVariant")), *offers)} - {""}
    return _sku(node) or (alike.pop() if len(alike) == 1 else "")


def _sku(node: Mapping[str, Any]) -> str:
    named = re.match(r"sku:\s*(\S+)", text_of(node.get("productID")), re.I)
    return text_of(node.get("sku")) or (named.group(1) if named else "")


def _number(node: Mapping[str, Any]) -> str:
    """The number of the product in the shop's own books, as a rule: no SKU, save where no other is told."""
    number = text_of(node.get("productID"))
    return number if _LETTERED.fullmatch(number) else ""


def _group(node: Mapping[str, Any], url: str) -> str:
    number = text_of(node.get("productGroupID"))
    return number if _LETTERED.fullmatch(number) and in_address(number, url) else ""


def _gtin(node: Mapping[str, Any]) -> str:
    named = re.match(r"(?:gtin\d*|ean|upc|isbn):\s*(\d+)", text_of(node.get("productID")), re.I)
    return next((text_of(node[name]) for name in GTIN_NAMES if node.get(name)), named.group(1) if named else "")


def _reviews(node: Mapping[str, Any]) -> str:
    rating = next(iter(listed(node.get("aggregateRating"))), {})
    return text_of(rating.get("reviewCount")) or text_of(rating.get("ratingCount"))


def _pictures(value: Any) -> str:
    items: Iterable[Any] = value if isinstance(value, list) else [value]
    found = (
        text_of(item.get("url") or item.get("contentUrl")) if isinstance(item, dict) else text_of(item)
        for item in items
    )
    return "\n".join(address for address in found if address)


def _variant_names(node: Mapping[str, Any]) -> Iterator[str]:
    for variant in listed(node.get("hasVariant")):
        own = [text_of(variant.get(name)) for name in ("color", "size", "pattern", "material")]
        yield " ".join(word for word in own if word) or text_of(variant.get("name"))
