"""An offer as schema.org writes it: the price that anybody pays, its currency, and whether it can be had."""

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

_OFFERED = frozenset({
    "instock", "limitedavailability", "onlineonly", "instoreonly", "preorder", "presale", "backorder", "madetoorder",
    "available", "availablefororder", "in_stock", "yes", "true", "1", "reserved", "lowstock", "low_stock",
})  # fmt: skip
_GONE = frozenset({
    "outofstock", "soldout", "discontinued", "out_of_stock", "oos", "unavailable", "notavailable", "no", "false", "0",
    "sold_out",
})  # fmt: skip
TELLING = 5
"""A code of so many signs does not stand in an address by chance."""
_USUAL = re.compile(r"ListPrice|StrikethroughPrice|SRP|MSRP|MinimumAdvertised|RegularPrice")
_SALE = re.compile(r"SalePrice")


def types(node: Mapping[str, Any]) -> list[str]:
    """Give the names of the node's types, without the vocabulary's address."""
    kind = node.get("@type", node.get("type", []))
    named = (re.split(r"[/:#]", str(name))[-1] for name in (kind if isinstance(kind, list) else [kind]))
    return [name[:1].upper() + name[1:] for name in named]


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
    if isinstance(value, str) and "&" in value:
        return html.unescape(value).strip()
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def name_of(value: Any) -> str:
    """Give the name of a thing that may be a text, a node with a name, or several of them."""
    if isinstance(value, list) and value:
        return name_of(value[0])
    if isinstance(value, dict):
        return text_of(value.get("name") or value.get("@value") or value.get("value"))
    return "" if isinstance(value, str) and value.startswith(("http://", "https://")) else text_of(value)


def listed(value: Any) -> list[Mapping[str, Any]]:
    """Give the nodes of a value that may be one, several or none."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def _lowered(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties in the spelling of schema.org: some shops begin them with a capital letter."""
    return {name[:1].lower() + name[1:]: value for name, value in node.items()}


def offers_of(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the offers of a product, those inside an offer of several too; a product with a price is its own."""
    found: list[Mapping[str, Any]] = []
    for offer in map(_lowered, [*listed(node.get("offers")), *listed(node.get("offer"))]):
        inner = listed(offer.get("offers"))
        found += [offer, *inner] if _plain_price(offer) or not inner else inner
    return found or ([node] if _plain_price(node) else [])


def offer_of(offers: list[Mapping[str, Any]], url: str) -> Mapping[str, Any]:
    """Give the offer that counts: the one the address names, else the first of new goods with a price for all."""
    named = [offer for offer in offers if is_at(offer, url) and _plain_price(offer)]
    stated = [offer for offer in offers if _plain_price(offer) or listed(offer.get("priceSpecification"))]
    priced = [offer for offer in stated if not _is_members(offer)] or stated
    new = [offer for offer in priced if "Used" not in text_of(offer.get("itemCondition"))]
    return next(iter([*named, *new, *priced, *offers]), {})


def parted(url: str) -> SplitResult:
    """Give the parts of an address; what is none has none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def is_at(node: Mapping[str, Any], url: str) -> bool:
    """Tell whether the node's own address asks for the same variant as the page's does."""
    theirs = text_of(node.get("url")) or text_of(node.get("@id"))
    asked = dict(parse_qsl(parted(url).query))
    given = dict(parse_qsl(parted(theirs).query))
    names = {"variant", "sku", "variation", "vid", "variantid", "color", "size", "id", "pid"}
    return any(name.lower() in names and asked.get(name) == value for name, value in given.items())


def in_address(code: str, address: str) -> bool:
    """Tell whether the address, behind its host, holds the code as a word of its own, and not by chance."""
    if len(code) < TELLING:
        return False
    parts = parted(address)
    asked = f"{parts.path}?{parts.query}#{parts.fragment}"
    return re.search(rf"(?<![^\W_]){re.escape(code)}(?![^\W_])", asked, re.I) is not None


def _plain_price(offer: Mapping[str, Any]) -> str:
    return text_of(offer.get("price")) or text_of(offer.get("lowPrice"))


def price_of(offer: Mapping[str, Any]) -> tuple[str, str]:
    """Give the price and, where it is a range, its higher end."""
    low, specified = _plain_price(offer), _specified(offer)
    if low and not (specified and low in _usual(offer)):
        high = text_of(offer.get("highPrice"))
        return low, high if high != low else ""
    return next((text_of(item.get("price")) or text_of(item.get("minPrice")) for item in specified), ""), ""


def _specified(offer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What anybody pays for one, by what it is of: a sale's price first, then one with tax."""
    plain = [
        item
        for item in map(_lowered, listed(offer.get("priceSpecification")))
        if not _USUAL.search(text_of(item.get("priceType"))) and not _is_unit(item) and not _is_members(item)
    ]
    return sorted(
        plain,
        key=lambda item: (
            not _SALE.search(text_of(item.get("priceType"))),
            str(item.get("valueAddedTaxIncluded", "true")).lower() == "false",
        ),
    )


def _usual(offer: Mapping[str, Any]) -> set[str]:
    """What it costs where there is no sale."""
    specified = map(_lowered, listed(offer.get("priceSpecification")))
    return {text_of(item.get("price")) for item in specified if _USUAL.search(text_of(item.get("priceType")))}


def _is_members(node: Mapping[str, Any]) -> bool:
    return bool(node.get("validForMemberTier"))


def _is_unit(item: Mapping[str, Any]) -> bool:
    return "UnitPriceSpecification" in types(item) and (
        "referenceQuantity" in item or text_of(item.get("unitCode")) not in {"", "C62"} or "billingDuration" in item
    )


def currency_of(offer: Mapping[str, Any]) -> str:
    """Give the currency that the offer or its price names."""
    own = text_of(offer.get("priceCurrency")) or text_of(offer.get("currency"))
    inner = (text_of(item.get("priceCurrency")) for item in listed(offer.get("priceSpecification")))
    return own or next((code for code in inner if code), "")


def available_of(offers: list[Mapping[str, Any]], chosen: Mapping[str, Any], *, named: bool) -> str:
    """Give the chosen offer's word; one that may stand for all is out only when every variant is."""
    own = availability(text_of(chosen.get("availability")))
    every = {word for offer in offers if (word := availability(text_of(offer.get("availability"))))}
    if own == "no" and "yes" in every and not named:
        return "yes"
    return own or ("yes" if "yes" in every else "no" if "no" in every else "")
