"""The parts of a page: what an element's tag, classes and other attributes say of the place it makes."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement


class Part:
    """What the classes and tags above a text say of it, as bits: plain numbers, for every element carries some."""

    NONE = 0
    HIDDEN = 1
    STRUCK = 2
    """An old price's place: drawn through, or a class that says so."""
    AWAY = 4
    """Other goods, the head and foot of the page, the cart, reviews, windows that open."""
    WEAK = 8
    """A slider, a card, a tab: as a rule not the offer itself."""
    PRICE = 16
    ASIDE_PRICE = 32
    """Savings, base prices, instalments, postage."""
    REGULAR = 64
    STOCK = 128
    BUY = 256
    LINK = 512
    """Inside a link that leads elsewhere."""
    OPTION = 1024
    TITLE = 2048
    STATED = 4096
    """Marked as the price in microdata."""
    CHOICE = 8192
    """Sizes and colours to choose from, tabs, descriptions: prices and words there may be of one variant only."""


_HIDING = frozenset({"noscript", "template", "dialog"})
_STRIKING = frozenset({"del", "s", "strike"})
_OUTSIDE = frozenset({"footer", "nav", "header", "address"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_DRAWN_THROUGH = re.compile(r"line-through", re.I)
_BETWEEN = re.compile(r"[\s_:/.]+")
_UTILITY = re.compile(
    r"(?<!\S)(?:\S*[a-z\])]:\S+|(?:align-)?items-(?:start|end|center|baseline|stretch)|(?:basis|border)-\S+|"
    r"select-(?:none|all|text|auto)|font-(?:regular|normal|medium|bold|light))(?!\S)"
)
"""Classes of the frameworks that name a look, not a part: `items-center`, `before:block`."""
_SHOWN_WIDE = re.compile(
    r"(?<!\S)(?:(?:sm|md|lg|xl|2xl|desktop)[:-]|d-(?:sm|md|lg|xl)-)(?:block|flex|grid|inline|table)"
)
"""Hidden on a narrow screen only."""
_CART_FORM = 1 << 20
_WITH_TAX = re.compile(r"(?:with|incl?|including|inkl)-(?:tax|vat|gst|mwst)\b")
_BESIDE = frozenset({"with", "has"})
"""`with-list-price` names what stands beside, not what the element is."""
_GONE = frozenset((
    "hidden", "hide", "d-none", "is-hidden", "hidden-all", "display-none", "invisible", "u-hidden", "ng-hide",
    "js-hidden", "dn", "none", "uk-hidden",
))  # fmt: skip
_PRICE_DATA = frozenset(("data-price", "data-price-amount", "data-product-price", "data-current-price"))
_TESTING = frozenset((
    "data-testid", "data-test", "data-test-id", "data-qa", "data-automation", "data-automation-id", "data-hook",
    "data-role", "data-component", "data-cy", "data-spm", "data-auto", "data-ui-id",
))  # fmt: skip


def own_parts(element: HtmlElement) -> int:
    """Give what the element itself says, without what stands around it."""
    attributes = dict(element.attrib)
    if not attributes:
        return _of_tag(element.tag)
    names = _of_names(element.tag, attributes.get("class", ""), attributes.get("id", ""))
    return names | _of_attributes(element.tag, attributes)


def is_drawn_through(element: HtmlElement) -> bool:
    """Tell whether the element's tag or style strikes its text."""
    return element.tag in _STRIKING or _DRAWN_THROUGH.search(element.get("style") or "") is not None


@lru_cache(maxsize=8192)
def parts_of_class(names: str) -> int:
    """Give what the words of a class or id say of an element's part of the page."""
    plain = _BETWEEN.sub("-", _CAMEL.sub("-", _UTILITY.sub("", names))).lower()
    words = plain.split("-")
    found = _of_words(words)
    if "price" in plain:
        found |= Part.PRICE
    if found & _CART_FORM:
        found &= ~Part.AWAY
    if not _BESIDE.isdisjoint(words):
        found &= ~Part.STRUCK
    if _WITH_TAX.search(plain):
        found &= ~Part.ASIDE_PRICE
    if "final-price" in plain:
        found &= ~(Part.ASIDE_PRICE | Part.REGULAR)
    if found & Part.PRICE:
        found &= ~(Part.WEAK | Part.STOCK | Part.CHOICE)
    return found & ~_CART_FORM


def _of_words(words: list[str]) -> int:
    """What one word, two or three beside each other say."""
    table, found = _classes(), Part.NONE
    for place, word in enumerate(words):
        found |= table.get(word, 0)
        if place:
            two = f"{words[place - 1]}-{word}"
            found |= table.get(two, 0) | (table.get(f"{words[place - 2]}-{two}", 0) if place > 1 else 0)
    return found


@lru_cache(maxsize=8192)
def names_title(names: str) -> bool:
    """Tell whether a class or id calls its element the title of the product."""
    return len(names) > 3 and _titles().search(names) is not None


@lru_cache(maxsize=8192)
def _of_names(tag: str, classes: str, name: str) -> int:
    body = tag in {"body", "html", "main"}
    gone = Part.NONE if _GONE.isdisjoint(classes.split()) or _SHOWN_WIDE.search(classes) else Part.HIDDEN
    return gone | _of_tag(tag) | (Part.NONE if body else parts_of_class(f"{classes} {name}"))


def _of_tag(tag: str) -> int:
    if tag in _HIDING:
        return Part.HIDDEN
    if tag in _STRIKING:
        return Part.STRUCK
    if tag in _OUTSIDE:
        return Part.AWAY
    return {"aside": Part.WEAK, "select": Part.OPTION, "option": Part.OPTION}.get(tag, Part.NONE)


def _of_attributes(tag: str, attributes: Mapping[str, str]) -> int:
    found = Part.NONE
    style = attributes.get("style")
    if "hidden" in attributes or (style and _INVISIBLE.search(style)):
        found |= Part.HIDDEN
    if (style and _DRAWN_THROUGH.search(style)) or attributes.get("data-a-strike") == "true":
        found |= Part.STRUCK
    if tag == "a" and attributes.get("href", "#").strip().lower()[:11] not in {"", "#", "javascript:"}:
        found |= Part.LINK if not attributes.get("href", "").startswith("#") else Part.NONE
    if attributes.get("itemprop") in {"price", "lowPrice"}:
        found |= Part.PRICE | Part.STATED
    if not _PRICE_DATA.isdisjoint(attributes):
        found |= Part.PRICE
    if attributes.get("role") in {"dialog", "navigation", "contentinfo", "search"}:
        found |= Part.AWAY
    return found if _TESTING.isdisjoint(attributes) else found | _of_testing(attributes)


def _of_testing(attributes: Mapping[str, str]) -> int:
    """Shops whose classes are scrambled name their parts for their own tests."""
    found = Part.NONE
    for name in _TESTING & attributes.keys():
        found |= parts_of_class(attributes[name])
    return found


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("part.toml").read_text("utf-8"))


@cache
def _classes() -> dict[str, int]:
    parts = {
        "price": Part.PRICE, "old": Part.STRUCK, "regular": Part.REGULAR, "aside_price": Part.ASIDE_PRICE,
        "away": Part.AWAY, "weak": Part.WEAK, "stock": Part.STOCK, "buy": Part.BUY, "choice": Part.CHOICE,
        "cart_form": _CART_FORM,
    }  # fmt: skip
    found: dict[str, int] = {}
    for name, part in parts.items():
        for word in _table()[name]:
            key = word.lower().replace(" ", "-")
            found[key] = found.get(key, 0) | part
    return found


@cache
def _titles() -> re.Pattern[str]:
    return re.compile("|".join(word.replace(" ", "[-_ ]?") for word in _table()["title"]), re.I)
