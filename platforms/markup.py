"""Markup: the product that a page describes for machines, in JSON-LD, microdata or Open Graph."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html

_PARSER = lxml_html.HTMLParser(encoding="utf-8")
_GTIN_NAMES = ("gtin13", "gtin", "gtin14", "gtin12", "gtin8", "ean")


@dataclass(frozen=True, slots=True)
class Stated:
    """One value and where the page states it: `json-ld`, `microdata` or `open-graph`."""

    value: str
    source: str


def parsed(html: str) -> lxml_html.HtmlElement:
    """Give the page as a tree; an empty page as an empty one."""
    return lxml_html.document_fromstring((html.strip() or "<html></html>").encode(), parser=_PARSER)


def stated(tree: lxml_html.HtmlElement) -> dict[str, Stated]:
    """Give what the page states of its product by field name; JSON-LD first, then microdata, then Open Graph."""
    found: dict[str, Stated] = {}
    for source, fields in (
        ("json-ld", _from_json_ld(tree)),
        ("microdata", _from_microdata(tree)),
        ("open-graph", _from_open_graph(tree)),
    ):
        for name, value in fields.items():
            if name not in found and value.strip():
                found[name] = Stated(" ".join(value.split()), source)
    return found


def _from_json_ld(tree: lxml_html.HtmlElement) -> dict[str, str]:
    for script in tree.xpath("//script[@type='application/ld+json']"):
        for node in _nodes(_json(script.text or "")):
            if "Product" in _types(node):
                return _product(node)
    return {}


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except ValueError:  # one broken block must not hide the others
        return None


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    match value:
        case list():
            for item in value:
                yield from _nodes(item)
        case dict():
            yield value
            yield from _nodes(value.get("@graph"))
        case _:
            return


def _types(node: Mapping[str, Any]) -> list[str]:
    kind = node.get("@type", [])
    return [str(name).rsplit("/", 1)[-1] for name in (kind if isinstance(kind, list) else [kind])]


def _product(node: Mapping[str, Any]) -> dict[str, str]:
    offer = _first(node.get("offers"))
    fields = {
        "title": _text(node.get("name")),
        "brand": _name(node.get("brand")),
        "model": _name(node.get("model")),
        "sku": _text(node.get("sku")),
        "gtin": next((_text(node[name]) for name in _GTIN_NAMES if name in node), ""),
        "category": _text(node.get("category")),
        "price": _text(offer.get("price", offer.get("lowPrice"))),
        "high_price": _text(offer.get("highPrice")),
        "currency": _text(offer.get("priceCurrency")),
        "available": _availability(_text(offer.get("availability"))),
        "seller": _name(offer.get("seller")),
    }
    return {name: value for name, value in fields.items() if value}


def _first(value: Any) -> Mapping[str, Any]:
    match value:
        case [dict() as first, *_]:
            return first
        case dict():
            return value
        case _:
            return {}


def _name(value: Any) -> str:
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _availability(value: str) -> str:
    name = re.split(r"[/:]", value)[-1]
    if name in {"InStock", "LimitedAvailability", "OnlineOnly", "InStoreOnly", "PreOrder", "BackOrder"}:
        return "yes"
    return "no" if name in {"OutOfStock", "SoldOut", "Discontinued"} else ""


def _from_microdata(tree: lxml_html.HtmlElement) -> dict[str, str]:
    scopes = tree.xpath("//*[contains(@itemtype, 'schema.org/Product')]")
    if not scopes:
        return {}
    found: dict[str, str] = {}
    names = {"name": "title", "priceCurrency": "currency", "availability": "available", "lowPrice": "price"}
    for element in scopes[0].xpath(".//*[@itemprop]"):
        for name in element.get("itemprop").split():
            field = "gtin" if name in _GTIN_NAMES else names.get(name, name)
            found.setdefault(field, _property(element))
    if "available" in found:
        found["available"] = _availability(found["available"])
    known = {"title", "brand", "model", "sku", "gtin", "category", "price", "currency", "available", "seller"}
    return {name: value for name, value in found.items() if name in known and value}


def _property(element: lxml_html.HtmlElement) -> str:
    for name in ("content", "href", "src"):
        if element.get(name):
            return str(element.get(name))
    named = element.xpath(".//*[@itemprop='name']") if element.get("itemscope") is not None else []
    return str((named[0] if named else element).text_content()).strip()


def _from_open_graph(tree: lxml_html.HtmlElement) -> dict[str, str]:
    names = {
        "og:title": "title",
        "og:price:amount": "price",
        "product:price:amount": "price",
        "og:price:currency": "currency",
        "product:price:currency": "currency",
        "product:brand": "brand",
        "og:brand": "brand",
        "product:retailer_item_id": "sku",
    }
    found: dict[str, str] = {}
    for meta in tree.xpath("//meta[@property and @content]"):
        if meta.get("property") in names:
            found.setdefault(names[meta.get("property")], meta.get("content"))
    return found
