"""A page as a reader meets it: its texts in order, each with the part of the page in which it stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml.html import HtmlElement

from platforms.currency import signs
from platforms.part import Part, names_title, own_parts, parts_of_class
from platforms.phrases import phrases
from platforms.text import UNREAD, flat, own_text, spoken


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


_SURE = 2.0
_SHORT = 5
_PARTS = re.compile(r"\s[|–—·»-]\s")
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_PRESSED = frozenset({"a", "button", "label", "li", "option", "input"})
_HEADING_CLASS = re.compile(r"title|head|caption|tit\b", re.I)
_INHERITED = ~(Part.BUY | Part.TITLE)


def page_of(tree: HtmlElement, name: str = "") -> Page:
    """Give the page of a parsed tree, read in one pass; `name` is what its mark-up calls the product."""
    elements = [element for element in _body(tree).iter() if isinstance(element.tag, str)]
    title = _title(tree, elements, name)
    kept = {title, *title.iterancestors()} if title is not None else set()
    parts, numbers, spots = _walk(elements, kept)
    place = numbers.get(title) if title is not None else None
    end = _end(spots, place)
    rest = (Spot(spot.element, spot.text, spot.part | Part.AWAY) for spot in spots[end:])
    return Page(tree, (*spots[:end], *rest), place, parts, numbers, end)


def _body(tree: HtmlElement) -> HtmlElement:
    body = tree.find("body")
    return tree if body is None else body


def _walk(
    elements: list[HtmlElement], kept: set[HtmlElement]
) -> tuple[dict[HtmlElement, int], dict[HtmlElement, int], list[Spot]]:
    parts: dict[HtmlElement, int] = {}
    numbers: dict[HtmlElement, int] = {}
    spots: list[Spot] = []
    for element in elements:
        if element.tag in UNREAD:
            continue
        above = element.getparent()
        if above is not None and above not in parts and parts:
            continue  # inside something unread
        own = own_parts(element)
        if element in kept:
            own &= ~(Part.AWAY | Part.WEAK | Part.CHOICE | Part.HIDDEN | Part.ASIDE_PRICE | Part.STRUCK)
        parts[element] = part = parts.get(above, Part.NONE) & _INHERITED | own
        numbers[element] = len(spots)
        text = own_text(element) or spoken(element)
        if text:
            spots.append(Spot(element, text, part))
    return parts, numbers, spots


def _title(tree: HtmlElement, elements: list[HtmlElement], name: str) -> HtmlElement | None:
    """The heading that is most like the document's own title, or what the mark-up calls the product."""
    names = [_words(one) for one in (_named(tree), *tree.xpath("//meta[@property='og:title']/@content"), name)]
    related = phrases("related")
    best: tuple[float, HtmlElement | None] = (0.0, None)
    for place, element in enumerate(elements):
        worth = _heading_worth(element)
        if not worth:
            continue
        text = flat(element, 300)
        if (own := _words(text)) and not related.match(text.lower()):
            score = worth + 4 * max(_likeness(own, one) for one in names) - place / 1e6
            best = max(best, (score, element), key=lambda pair: pair[0])
    alike = _named_alike(tree, elements) if best[0] <= _SURE else None
    return best[1] if alike is None else alike


def _named_alike(tree: HtmlElement, elements: list[HtmlElement]) -> HtmlElement | None:
    """Where no heading is one: the text that says what the document's own title begins with."""
    shared = tree.xpath("//meta[@property='og:title']/@content")
    names = {_plain(part) for whole in (_named(tree), *shared) for part in (whole, *_PARTS.split(whole))}
    names = {name for name in names if len(name) > _SHORT}
    return next((one for one in elements if one.tag not in UNREAD and _plain(own_text(one)) in names), None)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _named(tree: HtmlElement) -> str:
    return " ".join(title.text or "" for title in tree.iter("title"))


def _heading_worth(element: HtmlElement) -> float:
    if element.tag == "h1":
        logo = element.find(".//a[@href='/']") is not None
        return 0.5 if logo else 3 + (1 if element.get("itemprop") == "name" else 0)
    if element.tag in {"h2", "h3", "span", "div", "p"} and element.get("itemprop") == "name":
        return 1.5
    if element.tag in {"h2", "h3"}:
        return 0.3 if _leads_away(element) else 1
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return 0.8 if names_title(names) and not parts_of_class(names) & Part.AWAY else 0


def _leads_away(element: HtmlElement) -> bool:
    """Whether the heading is a link, as the names of other goods are."""
    link = element.find("a")
    above = element.getparent()
    if link is None and above is not None and above.tag == "a":
        link = above
    return link is not None and not link.get("href", "#").startswith(("#", "javascript:"))


def _likeness(own: set[str], named: set[str]) -> float:
    """How much of both texts is the same, so that a brand above the name is not taken for it."""
    return 2 * len(own & named) / (len(own) + len(named))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _end(spots: list[Spot], title: int | None) -> int:
    """From a heading such as `related products` on, the offers are others'; not while the offer is still to come."""
    related, begun = phrases("related"), False
    for place in range((title or 0) + 1, len(spots)):
        text = spots[place].text
        heads = len(text) < 60 and _is_related(spots[place], related)
        if heads and (begun or not any(spot.part & Part.BUY for spot in spots[place:])):
            return place
        begun = begun or _offers(spots[place])
    return len(spots)


def _is_related(spot: Spot, related: re.Pattern[str]) -> bool:
    """Whether it is a heading of other goods, or says nothing but that."""
    text = spot.text.lower().strip(" :…")
    if spot.part & Part.LINK or related.match(text) is None:
        return False
    return _heads(spot) or (related.fullmatch(text) is not None and spot.element.tag not in _PRESSED)


def _offers(spot: Spot) -> bool:
    """Whether it may be the offer's price, or sells it."""
    if spot.part & Part.BUY:
        return True
    if spot.part & (Part.ASIDE_PRICE | Part.AWAY):
        return False
    return any(map(str.isdigit, spot.text)) and (bool(spot.part & Part.PRICE) or signs().search(spot.text) is not None)


def _heads(spot: Spot) -> bool:
    """Whether the spot is a heading by its tag or class, or stands right inside one."""
    around = [spot.element, *list(spot.element.iterancestors())[:2]]
    return any(element.tag in _HEADINGS or _HEADING_CLASS.search(element.get("class", "")) for element in around)
