"""The number formats of a workbook: which of them show the number or the text that a cell holds, and no other."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

_PLAIN = frozenset({0, 1, 2, 3, 4, 11, 49})
"""The built-in formats that neither scale a number nor write anything beside it."""
_CODE = re.compile(r"(?:General|@|(?:#,##)?0(?:\.[0#]+)?(?:E\+0+)?)(?:_.)?", re.IGNORECASE)
"""A width left blank at the end, as in `0.00_ `, shows nothing."""
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[_*].|\[[^\]]*\]|[^;])*', re.DOTALL)
_LITERAL = re.compile(r'"[^"]*"|\\.|[_*].', re.DOTALL)
_TEXT = re.compile(r"(?:_.)?(?:General|@)(?:_.)?", re.IGNORECASE)
_SECTIONS = 4
"""The last of so many is for texts."""


def plain_styles(part: bytes) -> tuple[bool, ...]:
    """Give for each style of a cell whether it shows its number as it is; none without a part of styles.

    A percentage, a scaling comma or a quoted sign shows another number than the one a cell holds, and a day is none.
    """
    return _judged(part, lambda id_: id_ in _PLAIN, lambda code: _CODE.fullmatch(code) is not None)


def plain_texts(part: bytes) -> tuple[bool, ...]:
    """Give for each style of a cell whether it shows its text as it is; a format may write a sign beside it."""
    return _judged(part, lambda _: True, _shows_text)


def dressing_formats(part: bytes) -> frozenset[str]:
    """Give the conditional formats, by their places, that may show a cell in another number format."""
    found = ElementTree.fromstring(part).find("{*}dxfs") if part else None
    return frozenset(
        str(at) for at, one in enumerate(() if found is None else found) if one.find("{*}numFmt") is not None
    )


def shows_as_is(styles: tuple[bool, ...], style: str | None) -> bool:
    """Tell whether a cell of this style shows its number as it is; one that names no style has the first."""
    place = int(style or "0")
    return styles[place] if place < len(styles) else not styles and place == 0


def _judged(part: bytes, built_in: Callable[[int], bool], own: Callable[[str], bool]) -> tuple[bool, ...]:
    if not part:
        return ()
    root = ElementTree.fromstring(part)
    formats, used = root.find("{*}numFmts"), root.find("{*}cellXfs")
    codes = {_id(one): str(one.get("formatCode")) for one in (() if formats is None else formats)}
    ids = [_id(one) for one in (() if used is None else used)]
    return tuple(own(codes[id_]) if id_ in codes else built_in(id_) for id_ in ids)


def _shows_text(code: str) -> bool:
    """The section for texts is the fourth, or one that names the text; without one it is shown as it is."""
    sections = _sections(code)
    for_texts = sections[_SECTIONS - 1 :] or [one for one in sections if "@" in _LITERAL.sub("", one)]
    return all(_TEXT.fullmatch(one) for one in for_texts)


def _sections(code: str) -> list[str]:
    sections, at = list[str](), 0
    while at <= len(code):
        match = _SECTION.match(code, at)
        assert match is not None  # the pattern matches nothing as well
        sections.append(match[0])
        at = match.end() + 1
    return sections


def _id(element: ElementTree.Element) -> int:
    return int(element.get("numFmtId", "0"))
