"""Boxed: the texts of the layout put back on the elements of the page, so that what was not seen is known."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from sampling.evidence.layout import MOST_BOXES, Box, union

_STEP = re.compile(r"([a-z][\w.-]*)(?::nth-of-type\((\d+)\))?\Z")
_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Boxed:
    """The boxes by the element that holds the text; `whole` when what has no box was not to be seen."""

    by_element: Mapping[HtmlElement, tuple[Box, ...]]
    whole: bool

    def around(self, element: HtmlElement) -> Box | None:
        """Give the box around everything seen of an element."""
        seen = [box for inner in element.iter() for box in self.by_element.get(inner, ())]
        return union(seen)


def boxed(tree: HtmlElement, boxes: Sequence[Box]) -> Boxed:
    """Give the boxes by element; where most do not fit the page they are of another state of it and none is kept."""
    found: dict[str, HtmlElement | None] = {}
    ids = {element.get("id"): element for element in reversed(tree.xpath("//*[@id]"))} if boxes else {}
    kept: dict[HtmlElement, tuple[Box, ...]] = {}
    for box in boxes:
        element = _element(tree, box.place, ids, found)
        if element is not None and _fits(element, box.text):
            kept[element] = (*kept.get(element, ()), box)
    fitting = sum(len(some) for some in kept.values())
    if fitting < _ENOUGH * len(boxes):
        return Boxed({}, False)
    return Boxed(kept, bool(boxes) and len(boxes) < MOST_BOXES)


def _fits(element: HtmlElement, text: str) -> bool:
    start = "".join(text.split())[:20]
    return start in "".join("".join(element.itertext()).split())


def _element(
    tree: HtmlElement, place: str, ids: Mapping[str, HtmlElement], found: dict[str, HtmlElement | None]
) -> HtmlElement | None:
    """The element of a selector as layout.js writes them; each beginning of it is looked up once."""
    if place not in found:
        above, _, step = place.rpartition(">")
        if not above:
            found[place] = ids.get(step[1:]) if step.startswith("#") else tree if step == "html" else tree.find(step)
        else:
            outer = _element(tree, above, ids, found)
            found[place] = None if outer is None else _child(outer, step)
    return found[place]


def _child(outer: HtmlElement, step: str) -> HtmlElement | None:
    match = _STEP.match(step)
    if match is None:
        return None
    alike = [child for child in outer if child.tag == match.group(1)]
    place = int(match.group(2) or 1) - 1
    return alike[place] if place < len(alike) else None
