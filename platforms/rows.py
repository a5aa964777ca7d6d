"""Rows: the words in one row with a number, and whether an element is one of several cards of other goods."""

import re
from itertools import islice

from lxml.html import HtmlElement

from platforms.price import has_sign
from platforms.text import flat

_ROW = 100
_CARD = 1_500
_ALIKE = 3
_HEAD = 30
_DEEP = 6


def around(element: HtmlElement, text: str) -> tuple[str, str]:
    """Give the words before and after the element's text in its row; another price ends the row."""
    before, found, after = flat(element, _ROW + 1).partition(text)
    if not found or len(f"{before}{after}") > _ROW or has_sign(before) or has_sign(after):
        before = after = ""
    inner, own = element, f"{before}{text}{after}"
    for _ in range(4):
        above = inner.getparent()
        if above is None or not isinstance(above.tag, str):
            break
        wider = flat(above, _ROW + 1)
        head, found, tail = wider.partition(own)
        if len(wider) > _ROW or not found or has_sign(head) or has_sign(tail):
            break
        before, after = f"{head} {before}".strip(), f"{after} {tail}".strip()
        inner, own = above, wider
    return before, after


def row_head(element: HtmlElement) -> str:
    """Give what the element's row of a table or list of terms is called, nothing where it stands in none."""
    inner = element
    for _ in range(_DEEP):
        above = inner.getparent()
        if above is None or not isinstance(above.tag, str):
            return ""
        before = inner.getprevious() if inner.tag == "dd" else above[0] if above.tag == "tr" else None
        if before is not None:
            text = flat(before, _HEAD + 1) if before is not inner else ""
            return text if len(text) <= _HEAD and not re.search(r"\d", text) else ""
        inner = above
    return ""


def is_carded(element: HtmlElement, title: HtmlElement | None) -> bool:
    """Tell whether the element stands in one of three or more alike, each with a picture, a link and a number."""
    outer = {title, *title.iterancestors()} if title is not None else set()
    inner = element
    for _ in range(9):
        above = inner.getparent()
        if above is None or inner in outer:
            return False
        if _is_card(inner) and sum(_is_card(one) for one in _neighbours(inner)) >= _ALIKE - 1:
            return True
        inner = above
    return False


def _neighbours(element: HtmlElement) -> list[HtmlElement]:
    """The elements right before and after that are of the same kind, two of them where there are as many."""
    near = [*islice(element.itersiblings(), 2), *islice(element.itersiblings(preceding=True), 2)]
    return [one for one in near if one.tag == element.tag and one.get("class") == element.get("class")][: _ALIKE - 1]


def _is_card(element: HtmlElement) -> bool:
    if element.find(".//img") is None or (element.tag != "a" and element.find(".//a") is None):
        return False
    text = flat(element, _CARD + 1)
    return len(text) <= _CARD and has_sign(text)
