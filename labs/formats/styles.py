"""The number formats of a workbook: which of them show the number that a cell holds, and no other."""

import re
from xml.etree import ElementTree

_PLAIN = frozenset({0, 1, 2, 3, 4, 11, 49})
"""The built-in formats that neither scale a number nor write anything beside it."""
_CODE = re.compile(r"(?:General|@|(?:#,##)?0(?:\.[0#]+)?(?:E\+0+)?)(?:_.)?", re.IGNORECASE)
"""A width left blank at the end, as in `0.00_ `, shows nothing."""


def plain_styles(part: bytes) -> tuple[bool, ...]:
    """Give for each style of a cell whether it shows its number as it is; none without a part of styles.

    A percentage, a scaling comma or a quoted sign shows another number than the one a cell holds, and a day is none.
    """
    if not part:
        return ()
    root = ElementTree.fromstring(part)
    own, used = root.find("{*}numFmts"), root.find("{*}cellXfs")
    codes = {_id(one): str(one.get("formatCode")) for one in (() if own is None else own)}
    ids = [_id(one) for one in (() if used is None else used)]
    return tuple(_CODE.fullmatch(codes[id_]) is not None if id_ in codes else id_ in _PLAIN for id_ in ids)


def shows_as_is(styles: tuple[bool, ...], style: str | None) -> bool:
    """Tell whether a cell of this style shows its number as it is; one that names no style has the first."""
    place = int(style or "0")
    return styles[place] if place < len(styles) else not styles and place == 0


def _id(element: ElementTree.Element) -> int:
    return int(element.get("numFmtId", "0"))
