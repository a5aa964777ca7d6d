"""State: the data that a page hands to its own scripts, searched for the one product that the page is about."""

import html
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement

from platforms.errors import NoLiteral
from platforms.literal import literal_at, literal_of
from platforms.offer import availability, name_of, text_of
from platforms.siblings import OF_VARIANTS, asked_sku, is_of_several

_MOST_NODES = 20_000
_MOST_BLOCKS = 60
_BUDGET = 150_000
"""How many letters of a script may turn out to be code before the rest is left."""
_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"' + r"|'[^'\\]*(?:\\.[^'\\]*)*'", re.S)
_TELLING = ("price", "sku", "商品", "itemid")
_BEGINS = re.compile(r"(?:[\w$\].]\s*=|[(,:]|return)\s*(?=\{\s*[\"'\w]|\[\s*\{)|JSON\.parse\(\s*(?=[\"'])")
_ASIDE = re.compile(
    r"relat|recomm|similar|upsell|cross|cart|basket|also|recent|viewed|review|navigation|menu|search|bundle|accessor|"
    r"filter|facet|shipping|payment|address|impression|promo",
    re.I,
)
_AMOUNTS = ("value", "amount", "current", "sale", "final", "price", "min", "centAmount")
_SHOPIFY = frozenset({"compare_at_price", "price_min", "public_title"})
_HOME = re.compile(r"product|item|detail|pdp|goods|sku|ecommerce|offer|variant", re.I)


@cache
def _keys(field: str) -> tuple[str, ...]:
    return tuple(tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))[field])


@dataclass(frozen=True, slots=True)
class _Found:
    score: float
    node: Mapping[str, Any]
    path: str
    alike: int
    """How many stand in one list with it."""


def state_fields(tree: HtmlElement, title: str, url: str = "") -> dict[str, str]:
    """Give the fields of the node that is likeliest the page's own product; a weak likeness gives nothing.

    `asked_sku` is the code of the variant that the address asks for.
    """
    values = [value for value in _data(tree) if isinstance(value, dict | list)]
    best = max(
        (found for value in values for found in _nodes(value, title)), key=lambda found: found.score, default=None
    )
    if best is None or best.score < 5:
        return {}
    found = _fields(best.node, best.path)
    if (best.alike > 1 and OF_VARIANTS.search(best.path)) or is_of_several(values, found.get("sku", "")):
        found.pop("sku", None)  # which of them is meant, nobody said
    return found | {"asked_sku": asked_sku(values, url)}


def _data(tree: HtmlElement) -> Iterator[Any]:
    for script in tree.iter("script"):
        text = script.text or ""
        if script.get("type") != "application/ld+json" and _is_telling(text):
            yield from _of_script(text, script.get("type") or "")
    # One search for all names: asking each element for each of them takes five times as long.
    for text in tree.xpath("//@*[starts-with(normalize-space(), '{') or starts-with(normalize-space(), '[')]"):
        if "product" in text.attrname or _is_telling(text):
            yield from _of_attribute(text)


def _is_telling(text: str) -> bool:
    lower = text.lower() if len(text) > 20 else ""
    return any(word in lower for word in _TELLING)


def _of_script(text: str, kind: str) -> Iterator[Any]:
    if "json" in kind:
        try:
            value = literal_of(text)
        except NoLiteral:
            return
        yield _revived(value)
        return
    past, budget = 0, _BUDGET
    for _ in range(_MOST_BLOCKS):
        match = _BEGINS.search(text, past)
        if match is None or budget <= 0:
            return
        start = past = match.end()
        try:
            value, past = literal_at(text, start, budget) if text[start] in "{[" else _quoted(text, start)
        except NoLiteral as error:
            budget -= max(error.end - start, 0)  # what was read in vain is not read endlessly
            continue
        yield value


def _quoted(text: str, start: int) -> tuple[Any, int]:
    """JSON inside a text of the script."""
    match = _TEXT.match(text, start, start + _BUDGET)
    if match is None:
        raise NoLiteral("the text does not end", start)
    (inner,), _ = literal_at(f"[{match.group()}]", 0)
    return literal_of(str(inner)), match.end()


def _of_attribute(text: str) -> Iterator[Any]:
    try:
        yield literal_of(text)
    except NoLiteral:
        try:
            yield literal_of(html.unescape(text))
        except NoLiteral:
            return


def _revived(value: Any) -> Any:
    """Nuxt writes a list whose objects hold the places of their values in that list."""
    if not (isinstance(value, list) and len(value) > 20 and any(isinstance(item, dict) for item in value)):
        return value
    return [
        {name: _at(value, place, 3) for name, place in item.items()}
        for item in value
        if isinstance(item, dict) and all(isinstance(place, int) for place in item.values())
    ] or value


def _at(value: list[Any], place: Any, depth: int) -> Any:
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(value):
        return None
    item = value[place]
    if isinstance(item, dict) and depth:
        return {name: _at(value, inner, depth - 1) for name, inner in item.items()}
    if isinstance(item, list) and depth:
        return [_at(value, inner, depth - 1) for inner in item]
    return item


def _nodes(value: Any, title: str) -> Iterator[_Found]:
    words = set(re.findall(r"\w+", title.lower()))
    rest: list[tuple[Any, str, int]] = [(value, "", 1)]
    for _ in range(_MOST_NODES):
        if not rest:
            return
        node, path, alike = rest.pop()
        if isinstance(node, dict):
            if score := _score(node, path, alike, words):
                yield _Found(score, node, path, alike)
            rest += [
                (inner, f"{path}/{name}"[-200:], 1) for name, inner in node.items() if isinstance(inner, dict | list)
            ]
        else:
            rest += [(inner, path, len(node)) for inner in node if isinstance(inner, dict | list)]


def _score(node: Mapping[str, Any], path: str, alike: int, words: set[str]) -> float:
    if node.keys().isdisjoint(_keys("name")):
        return 0
    name = _first(node, _keys("name"))
    priced = _price_of(node) is not None
    if not name or not (priced or _first(node, _keys("sku"))):
        return 0
    own = set(re.findall(r"\w+", name.lower()))
    shared = len(own & words) / max(len(own), 1)
    if not words or shared < 0.5:
        return 0
    score = 3 + 4 * shared + (2 if priced else 0) + (1 if _first(node, _keys("sku")) else 0)
    score += 1 if _HOME.search(path) else 0
    return score - (4 if _ASIDE.search(path) else 0) - (1 if alike > 3 else 0) - 0.1 * path.count("/")


def _fields(node: Mapping[str, Any], path: str) -> dict[str, str]:
    variants = next(
        (value for name in ("variants", "skus", "variations") if isinstance(value := node.get(name), list)), []
    )
    variant = next((item for item in variants if isinstance(item, dict)), {})
    price = _price_of(node) or _price_of(variant)
    if price and _in_cents(node):
        price = f"{int(price) / 100:.2f}"
    fields = {
        "title": _first(node, _keys("name")),
        "price": price or "",
        "currency": _currency(node) or _currency(variant),
        "sku": _code(node) or (_code(variant) if len(variants) == 1 else ""),
        "gtin": _first(node, _keys("gtin")) or (_first(variant, _keys("gtin")) if len(variants) == 1 else ""),
        "brand": next(
            (name_of(node[name]) for name in ("brand", "vendor", "item_brand", "manufacturer") if node.get(name)), ""
        ),
        "available": _stock(node),
        "seller": next((name_of(node[name]) for name in ("seller", "shopName", "sellerNick") if node.get(name)), ""),
        "shop_id": _first(node, ("shopId", "shop_id", "sellerId", "mall_id", "mallID", "venderId")),
    }
    return {name: value for name, value in fields.items() if value}


def _first(node: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := text_of(node.get(name)))), "")


def _code(node: Mapping[str, Any]) -> str:
    value = _first(node, _keys("sku"))
    return value if re.fullmatch(r"[\w./#+-]{2,40}", value) else ""


def _price_of(node: Mapping[str, Any]) -> str | None:
    for name in _keys("price"):
        value = node.get(name)
        if isinstance(value, dict):
            inner = (value[name] for name in _AMOUNTS if isinstance(value.get(name), int | float | str))
            value = next(inner, None)
        text = text_of(value)
        if re.fullmatch(r"\d[\d.,' ]*", text) and not re.fullmatch(r"0+(?:[.,]0+)?", text):
            return text
    return None


def _in_cents(node: Mapping[str, Any]) -> bool:
    """Shopify and commercetools give whole cents."""
    shopify = isinstance(node.get("price"), int) and not _SHOPIFY.isdisjoint(node)
    price = node.get("price")
    return shopify or (isinstance(price, dict) and "centAmount" in price)


def _currency(node: Mapping[str, Any]) -> str:
    for name in ("currency", "priceCurrency", "currencyCode", "currency_code", "currencyIso"):
        if re.fullmatch(r"[A-Za-z]{3}", text_of(node.get(name))):
            return text_of(node[name]).upper()
    price = next((node[name] for name in _keys("price") if isinstance(node.get(name), dict)), None)
    return _currency(price) if isinstance(price, dict) else ""


def _stock(node: Mapping[str, Any]) -> str:
    for name in _keys("stock"):
        value = node.get(name)
        if isinstance(value, bool):
            gone = re.search(r"out|sold", name, re.I) is not None
            return "yes" if value is not gone else "no"
        if isinstance(value, str) and (word := availability(value)):
            return word
    return ""
