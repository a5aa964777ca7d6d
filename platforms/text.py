"""Text: what an element says, in one line and as a reader sees it."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

UNREAD = frozenset({"script", "style", "head", "meta", "link", "svg", "path", "title", "iframe", "textarea"})
"""The elements whose content is no text of the page."""

_CENTS = re.compile(r"\s*\d\d\s*")
_FEW = 9
_ENDS_IN_DIGIT = re.compile(r"\d\s*\Z")
"""Cents set high behind the whole: `79⁹⁹`."""
_UNSEEN = dict.fromkeys((0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
"""Marks of direction and joints: beside a number they part it from its sign, for nobody to see."""
_CENTS_APART = re.compile(
    r"(?<=\d)\s?([.,])\s(?=\d\d(?!\d))|(?<=\d)\s([.,])\s?(?=\d\d(?!\d))|(?<=\d)\s([.,])\s(?=\d{3}(?!\d))"
)


def own_text(element: HtmlElement) -> str:
    """Give the text that stands in the element itself, in one line."""
    own = element.text
    if len(element) == 0:
        return _in_line(own) if own else ""
    return _in_line(" ".join([own or "", *(child.tail or "" for child in element)]))


def text_before(outer: HtmlElement, inner: HtmlElement) -> str:
    """Give the own text of an element up to another in it; all of it where that stands elsewhere."""
    branch = next((child for child in outer if child is inner or inner in child.iterdescendants()), None)
    if branch is None:
        return own_text(outer)
    pieces = [outer.text or "", *(child.tail or "" for child in branch.itersiblings(preceding=True))]
    return _in_line(" ".join(pieces))


def text_ahead(element: HtmlElement) -> str:
    """Give what stands right before an element in the one around it: loose text, else what the element before says."""
    before, above = element.getprevious(), element.getparent()
    loose = before.tail if before is not None else above.text if above is not None else ""
    return _in_line(loose or "") or (flat(before, _FEW) if before is not None else "")


def text_behind(element: HtmlElement) -> str:
    """Give what stands right behind an element in the one around it: loose text, else what the next element says."""
    behind = element.getnext()
    return _in_line(element.tail or "") or (flat(behind, _FEW) if behind is not None else "")


def spoken(element: HtmlElement) -> str:
    """Give what is read out in place of a picture made of elements."""
    return (element.get("aria-label") or "").strip() if element.get("role") == "img" else ""


def flat(element: HtmlElement, most: int = 1_000) -> str:
    """Give the text of an element in one line, about as many letters as asked; digits set apart are joined again."""
    pieces, letters = [], 0
    for piece in _pieces(element):
        pieces.append(piece)
        letters += len(piece)
        if letters > most:
            break
    return _CENTS_APART.sub(r"\1\2\3", _in_line(" ".join(pieces)))


def _ahead(element: HtmlElement) -> str:
    """The text right before an element in the one around it."""
    before = element.getprevious()
    return (before.tail or before.text if before is not None else element.getparent().text) or ""


def _in_line(text: str) -> str:
    line = " ".join(text.split())
    return line if line.isascii() else line.translate(_UNSEEN).strip()


def _pieces(element: HtmlElement) -> Iterator[str]:
    if element.tag in UNREAD or not isinstance(element.tag, str):
        return
    if element.text and not element.text.isspace():
        yield element.text
    for child in element:
        if child.tag == "sup" and _CENTS.fullmatch(child.text or "") and len(child) == 0:
            yield f".{(child.text or '').strip()}" if _ENDS_IN_DIGIT.search(_ahead(child)) else child.text or ""
        else:
            yield from _pieces(child)
        if child.tail and not child.tail.isspace():
            yield child.tail
