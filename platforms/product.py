"""A product as schema.org writes it, in whatever syntax: its offers, variants and groups turned into fields."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

GTIN_NAMES = ("gtin13", "gtin", "gtin14", "gtin12", "gtin8", "ean", "isbn")
PRODUCTS = frozenset({
    "Product", "ProductGroup", "ProductModel", "IndividualProduct", "SomeProducts", "Vehicle", "Car", "Book",
    "ProductCollection",
})  # fmt: skip
_OFFERED = frozenset({
    "instock", "limitedavailability", "onlineonly", "instoreonly", "preorder", "presale", "backorder", "madetoorder",
    "available", "availablefororder", "in_stock", "yes", "true", "1", "reserved", "lowstock", "low_stock",
})  # fmt: skip
_GONE = frozenset({
    "outofstock", "soldout", "discontinued", "out_of_stock", "oos", "unavailable", "notavailable", "no", "false", "0",
    "sold_out",
})  # fmt: skip
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


def types(node: Mapping[str, Any]) -> list[str]:
    """Give the names of the node's types, without the vocabulary's address."""
    kind = node.get("@type", node.get("type", []))
    return [re.split(r"[/:#]", str(name))[-1] for name in (kind if isinstance(kind, list) else [kind])]


def product_fields(node: Mapping[str, Any], url: str) -> dict[str, str]:
    """Give the fields of a product; of several variants or offers those that the address names, else the first."""
    chosen = _variant(node, url)
    offers = [*_offers(chosen), *([] if chosen is node else _offers(node))]
    if not offers and chosen is node:
        offers = [offer for variant in _listed(node.get("hasVariant")) for offer in _offers(variant)]
    offer = _offer(offers, url)
    price, high = _price(offer)
    both: Mapping[str, Any] = {**node, **{name: value for name, value in chosen.items() if value not in (None, "", [])}}
    fields = {
        "title": text_of(node.get("name")) or text_of(both.get("name")),
        "brand": name_of(both.get("brand")) or name_of(both.get("manufacturer")),
        "model": name_of(both.get("model")),
        "mpn": text_of(both.get("mpn")) or text_of(offer.get("mpn")),
        "sku": _sku(chosen, offer) or _sku(node, {}),
        "gtin": _gtin(both) or _gtin(offer),
        "category": name_of(both.get("category")),
        "price": price,
        "high_price": high,
        "currency": _currency(offer),
        "available": _available(offers, offer, named=_is_at(offer, url) or _is_at(chosen, url))
        or availability(text_of(node.get("availability"))),
        "seller": name_of(offer.get("seller")) or name_of(offer.get("offeredBy")),
        "reviews": _reviews(node),
        "picture": _pictures(both.get("image")),
        "batch": text_of(both.get("batchNumber")),
        "variants": "\n".join(dict.fromkeys(_variant_names(node))),
    }
    return {name: value for name, value in fields.items() if value}


def availability(value: str) -> str:
    """Give `yes`, `no` or nothing for a value of `availability` in any spelling."""
    name = re.sub(r"[\s-]", "", re.split(r"[/:#]", value.strip().rstrip("/"))[-1].lower())
    return "yes" if name in _OFFERED else "no" if name in _GONE else ""


def text_of(value: Any) -> str:
    """Give a text or number as text, the first of several; anything else as nothing."""
    if isinstance(value, list) and value:
        return text_of(value[0])
    if isinstance(value, dict):
        return text_of(value.get("@value", value.get("value")))
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def name_of(value: Any) -> str:
    """Give the name of a thing that may be a text, a node with a name, or several of them."""
    if isinstance(value, list) and value:
        return name_of(value[0])
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value") or value.get("value"))
    return "" if isinstance(value, str) and value.startswith(("http://", "https://")) else text_of(value)


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _offers(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for offer in [*_listed(node.get("offers")), *_listed(node.get("offer"))]:
        inner = _listed(offer.get("offers"))
        found += [offer, *inner] if _plain_price(offer) or not inner else inner
    return found or ([node] if _plain_price(node) else [])


def _variant(node: Mapping[str, Any], url: str) -> Mapping[str, Any]:
    variants = _listed(node.get("hasVariant"))
    if not variants:
        return node
    named = [
        variant for variant in variants if _is_at(variant, url) or any(_is_at(offer, url) for offer in _offers(variant))
    ]
    if named:
        return named[0]
    return variants[0] if not _offers(node) else node


def _offer(offers: list[Mapping[str, Any]], url: str) -> Mapping[str, Any]:
    named = [offer for offer in offers if _is_at(offer, url) and _plain_price(offer)]
    priced = [offer for offer in offers if _plain_price(offer) or _listed(offer.get("priceSpecification"))]
    new = [offer for offer in priced if "Used" not in text_of(offer.get("itemCondition"))]
    return next(iter([*named, *new, *priced, *offers]), {})


def _is_at(node: Mapping[str, Any], url: str) -> bool:
    """Whether the node's own address asks for the same variant as the page's does."""
    theirs = text_of(node.get("url")) or text_of(node.get("@id"))
    asked = dict(parse_qsl(urlsplit(url).query))
    given = dict(parse_qsl(urlsplit(theirs).query))
    names = {"variant", "sku", "variation", "vid", "variantid", "color", "size", "id", "pid"}
    return any(name.lower() in names and asked.get(name) == value for name, value in given.items())


def _plain_price(offer: Mapping[str, Any]) -> str:
    return text_of(offer.get("price")) or text_of(offer.get("lowPrice"))


def _price(offer: Mapping[str, Any]) -> tuple[str, str]:
    low = _plain_price(offer)
    if low:
        high = text_of(offer.get("highPrice"))
        return low, high if high != low else ""
    specifications = _listed(offer.get("priceSpecification"))
    old = re.compile(r"ListPrice|StrikethroughPrice|SRP|MSRP|MinimumAdvertised|RegularPrice")
    plain = [item for item in specifications if not old.search(text_of(item.get("priceType"))) and not _is_unit(item)]
    return next((text_of(item.get("price")) or text_of(item.get("minPrice")) for item in plain), ""), ""


def _is_unit(item: Mapping[str, Any]) -> bool:
    return "UnitPriceSpecification" in types(item) and (
        "referenceQuantity" in item or text_of(item.get("unitCode")) not in {"", "C62"} or "billingDuration" in item
    )


def _currency(offer: Mapping[str, Any]) -> str:
    own = text_of(offer.get("priceCurrency")) or text_of(offer.get("currency"))
    inner = (text_of(item.get("priceCurrency")) for item in _listed(offer.get("priceSpecification")))
    return own or next((code for code in inner if code), "")


def _available(offers: list[Mapping[str, Any]], chosen: Mapping[str, Any], *, named: bool) -> str:
    """The chosen offer's word; one that may stand for all is out only when every variant is."""
    own = availability(text_of(chosen.get("availability")))
    every = {word for offer in offers if (word := availability(text_of(offer.get("availability"))))}
    if own == "no" and "yes" in every and not named:
        return "yes"
    return own or ("yes" if "yes" in every else "no" if "no" in every else "")


def _sku(node: Mapping[str, Any], offer: Mapping[str, Any]) -> str:
    own = text_of(node.get("sku")) or text_of(offer.get("sku"))
    named = re.match(r"sku:\s*(\S+)", text_of(node.get("productID")), re.I)
    return own or (named.group(1) if named else "")


def _gtin(node: Mapping[str, Any]) -> str:
    named = re.match(r"(?:gtin\d*|ean|upc|isbn):\s*(\d+)", text_of(node.get("productID")), re.I)
    return next((text_of(node[name]) for name in GTIN_NAMES if node.get(name)), named.group(1) if named else "")


def _reviews(node: Mapping[str, Any]) -> str:
    rating = next(iter(_listed(node.get("aggregateRating"))), {})
    return text_of(rating.get("reviewCount")) or text_of(rating.get("ratingCount"))


def _pictures(value: Any) -> str:
    items: Iterable[Any] = value if isinstance(value, list) else [value]
    found = (
        text_of(item.get("url") or item.get("contentUrl")) if isinstance(item, dict) else text_of(item)
        for item in items
    )
    return "\n".join(address for address in found if address)


def _variant_names(node: Mapping[str, Any]) -> Iterator[str]:
    for variant in _listed(node.get("hasVariant")):
        own = [text_of(variant.get(name)) for name in ("color", "size", "pattern", "material")]
        yield " ".join(word for word in own if word) or text_of(variant.get("name"))
