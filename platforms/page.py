"""A page as a reader meets it: its texts in order, each with the part of the page in which it stands."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
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


@dataclass(frozen=True, slots=True)
class Spot:
    """One element with text of its own, without that of the elements in it."""

    element: HtmlElement
    text: str
    part: int


@dataclass(frozen=True, slots=True)
class Page:
    """The spots in the order of the document, the title's number among them, and the parts of every element."""

    tree: HtmlElement
    spots: tuple[Spot, ...]
    title: int | None
    parts: Mapping[HtmlElement, int]
    number: Mapping[HtmlElement, int]
    """By element: how many spots stand before it."""
    end: int
    """The number of the first spot that is other goods'."""

    @property
    def heading(self) -> HtmlElement | None:
        """The element of the title."""
        return self.spots[self.title].element if self.title is not None and self.title < len(self.spots) else None

    def holds(self, element: HtmlElement) -> bool:
        """Tell whether the element stands where the offer does, not with other goods or in the frame of the page."""
        return self.number[element] <= self.end and not self.parts[element] & Part.AWAY


_UNREAD = frozenset({"script", "style", "head", "meta", "link", "svg", "path", "title", "iframe", "textarea"})
_HIDING = frozenset({"noscript", "template", "dialog"})
_STRIKING = frozenset({"del", "s", "strike"})
_OUTSIDE = frozenset({"footer", "nav", "header"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_HEADING_CLASS = re.compile(r"title|head|caption|tit\b", re.I)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_DRAWN_THROUGH = re.compile(r"line-through", re.I)
_BETWEEN = re.compile(r"[\s_:/.]+")
_CART_FORM = 1 << 20
_BESIDE = frozenset({"with", "has"})
"""`with-list-price` names what stands beside, not what the element is."""
_CENTS_APART = re.compile(
    r"(?<=\d)\s?([.,])\s(?=\d\d(?!\d))|(?<=\d)\s([.,])\s?(?=\d\d(?!\d))|(?<=\d)\s([.,])\s(?=\d{3}(?!\d))"
)
_GONE = frozenset(
    [
        "hidden",
        "hide",
        "d-none",
        "is-hidden",
        "hidden-all",
        "display-none",
        "invisible",
        "u-hidden",
        "ng-hide",
        "js-hidden",
        "dn",
        "none",
        "uk-hidden",
    ]
)
_INHERITED = ~(Part.BUY | Part.TITLE)


def page_of(tree: HtmlElement) -> Page:
    """Give the page of a parsed tree, read in one pass."""
    elements = [element for element in _body(tree).iter() if isinstance(element.tag, str)]
    title = _title(tree, elements)
    kept = {title, *title.iterancestors()} if title is not None else set()
    parts, numbers, spots = _walk(elements, kept)
    place = numbers.get(title) if title is not None else None
    end = _end(spots, place)
    rest = (Spot(spot.element, spot.text, spot.part | Part.AWAY) for spot in spots[end:])
    return Page(tree, (*spots[:end], *rest), place, parts, numbers, end)


def parts_of_class(names: str) -> int:
    """Give what the words of a class or id say of an element's part of the page."""
    plain = _BETWEEN.sub("-", _CAMEL.sub("-", names)).lower()
    words, table, found = plain.split("-"), _classes(), Part.NONE
    for place, word in enumerate(words):
        found |= table.get(word, 0)
        if place:
            two = f"{words[place - 1]}-{word}"
            found |= table.get(two, 0) | (table.get(f"{words[place - 2]}-{two}", 0) if place > 1 else 0)
    if "price" in plain:
        found |= Part.PRICE
    if found & _CART_FORM:
        found &= ~Part.AWAY
    if not _BESIDE.isdisjoint(words):
        found &= ~Part.STRUCK
    if "final-price" in plain:
        found &= ~(Part.ASIDE_PRICE | Part.REGULAR)
    if found & Part.PRICE:
        found &= ~(Part.WEAK | Part.STOCK | Part.CHOICE)
    return found & ~_CART_FORM


def says(kind: str, text: str) -> bool:
    """Tell whether the text holds one of the words of a kind: related, buy, sold_out, in_stock."""
    return phrases(kind).search(text.lower()) is not None


@cache
def phrases(kind: str) -> re.Pattern[str]:
    """Give the pattern of the words of a kind, in lower case."""
    words = sorted(_table()["words"][kind], key=len, reverse=True)
    return re.compile("|".join(_phrase(word) for word in words))


def own_text(element: HtmlElement) -> str:
    """Give the text that stands in the element itself, in one line."""
    pieces = [element.text or "", *(child.tail or "" for child in element)]
    return " ".join(" ".join(pieces).split())


def _spoken(element: HtmlElement) -> str:
    """What is read out in place of a picture made of elements."""
    return (element.get("aria-label") or "").strip() if element.get("role") == "img" else ""


def flat(element: HtmlElement, most: int = 1_000) -> str:
    """Give the text of an element in one line, about as many letters as asked; digits set apart are joined again."""
    pieces, letters = [], 0
    for piece in _pieces(element):
        pieces.append(piece)
        letters += len(piece)
        if letters > most:
            break
    return _CENTS_APART.sub(r"\1\2\3", " ".join(" ".join(pieces).split()))


def _pieces(element: HtmlElement) -> Iterator[str]:
    if element.tag in _UNREAD or not isinstance(element.tag, str):
        return
    if element.text and not element.text.isspace():
        yield element.text
    for child in element:
        yield from _pieces(child)
        if child.tail and not child.tail.isspace():
            yield child.tail


def _body(tree: HtmlElement) -> HtmlElement:
    body = tree.find("body")
    return tree if body is None else body


def _walk(
    elements: list[HtmlElement], kept: set[HtmlElement]
) -> tuple[dict[HtmlElement, int], dict[HtmlElement, int], list[Spot]]:
    parts: dict[HtmlElement, int] = {}
    numbers: dict[HtmlElement, int] = {}
    spots: list[Spot] = []
    seen: dict[tuple[str, str, str], int] = {}
    for element in elements:
        if element.tag in _UNREAD:
            continue
        above = element.getparent()
        inherited = parts.get(above, Part.NONE) & _INHERITED
        if above is not None and above not in parts and parts:
            continue  # inside something unread
        own = _own(element, seen)
        if element in kept:
            own &= ~(Part.AWAY | Part.WEAK | Part.CHOICE | Part.HIDDEN | Part.ASIDE_PRICE | Part.STRUCK)
        parts[element] = part = inherited | own
        numbers[element] = len(spots)
        text = own_text(element) or _spoken(element)
        if text:
            spots.append(Spot(element, text, part))
    return parts, numbers, spots


def _own(element: HtmlElement, seen: dict[tuple[str, str, str], int]) -> int:
    attributes = dict(element.attrib)
    if not attributes:
        return _of_tag(element.tag)
    key = (element.tag, attributes.get("class", ""), attributes.get("id", ""))
    if key not in seen:
        body = element.tag in {"body", "html", "main"}
        gone = Part.NONE if _GONE.isdisjoint(key[1].split()) else Part.HIDDEN
        seen[key] = gone | _of_tag(element.tag) | (Part.NONE if body else parts_of_class(f"{key[1]} {key[2]}"))
    return seen[key] | _of_attributes(element.tag, attributes)


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
    if style and _DRAWN_THROUGH.search(style):
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


_PRICE_DATA = frozenset(("data-price", "data-price-amount", "data-product-price", "data-current-price"))
_TESTING = frozenset((
    "data-testid", "data-test", "data-test-id", "data-qa", "data-automation", "data-automation-id", "data-hook",
    "data-role", "data-component", "data-cy", "data-spm", "data-auto", "data-ui-id",
))  # fmt: skip


def _of_testing(attributes: Mapping[str, str]) -> int:
    """Shops whose classes are scrambled name their parts for their own tests."""
    found = Part.NONE
    for name in _TESTING & attributes.keys():
        found |= parts_of_class(attributes[name])
    return found


def _title(tree: HtmlElement, elements: list[HtmlElement]) -> HtmlElement | None:
    """The heading that shares most words with the document's own title."""
    named = _words(" ".join([_named(tree), *tree.xpath("//meta[@property='og:title']/@content")]))
    best: tuple[float, HtmlElement | None] = (0.0, None)
    for place, element in enumerate(elements):
        worth = _heading_worth(element)
        if worth and (own := _words(flat(element, 300))):
            score = worth + (4 * len(own & named) / len(own) if named else 0) - place / 1e6
            best = max(best, (score, element), key=lambda pair: pair[0])
    return best[1]


def _named(tree: HtmlElement) -> str:
    return " ".join(title.text or "" for title in tree.iter("title"))


def _heading_worth(element: HtmlElement) -> float:
    attributes = element.attrib
    if element.tag == "h1":
        logo = element.find(".//a[@href='/']") is not None
        return 0.5 if logo else 3 + (1 if attributes.get("itemprop") == "name" else 0)
    if attributes.get("itemprop") == "name" and element.tag in {"h2", "h3", "span", "div", "p"}:
        return 1.5
    if element.tag in {"h2", "h3"}:
        return 1
    names = attributes.get("class", "") + " " + attributes.get("id", "")
    return 0.8 if len(names) > 3 and _classes_of_title().search(names) else 0


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _end(spots: list[Spot], title: int | None) -> int:
    """From a heading such as `related products` on, the offers are others'."""
    related = phrases("related")
    for place in range((title or 0) + 1, len(spots)):
        text = spots[place].text
        if len(text) < 60 and _heads(spots[place]) and related.match(text.lower()):
            return place
    return len(spots)


def _heads(spot: Spot) -> bool:
    """Whether the spot is a heading by its tag or class, or stands right inside one."""
    around = [spot.element, *list(spot.element.iterancestors())[:2]]
    return not spot.part & Part.LINK and any(
        element.tag in _HEADINGS or _HEADING_CLASS.search(element.get("class", "")) for element in around
    )


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("page.toml").read_text("utf-8"))


@cache
def _classes() -> dict[str, int]:
    parts = {
        "price": Part.PRICE, "old": Part.STRUCK, "regular": Part.REGULAR, "aside_price": Part.ASIDE_PRICE,
        "away": Part.AWAY, "weak": Part.WEAK, "stock": Part.STOCK, "buy": Part.BUY, "choice": Part.CHOICE,
        "cart_form": _CART_FORM,
    }  # fmt: skip
    found: dict[str, int] = {}
    for name, part in parts.items():
        for word in _table()["classes"][name]:
            key = word.lower().replace(" ", "-")
            found[key] = found.get(key, 0) | part
    return found


@cache
def _classes_of_title() -> re.Pattern[str]:
    words = (word.replace(" ", "[-_ ]?") for word in _table()["classes"]["title"])
    return re.compile("|".join(words), re.I)


def _phrase(word: str) -> str:
    plain = re.escape(word).replace(r"\ ", r"\s+")
    before = r"(?<![^\W\d_])" if word[0].isalpha() and ord(word[0]) < 0x0E00 else ""
    after = r"(?![^\W\d_])" if word[-1].isalpha() and ord(word[-1]) < 0x0E00 and len(word) < 8 else ""
    return before + plain + after
