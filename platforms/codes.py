"""Codes: the number of the product where no label names it: in the page's address, and in what its scripts send."""

import re
from collections.abc import Iterator

from platforms.markup import Stated
from platforms.page import Page
from platforms.part import Part

_TELLING = 5
"""A code of so many signs does not stand in an address by chance."""
_ALONE = re.compile(r"[(\[]?(#?)([A-Za-z0-9][\w./-]{3,29})[)\]]?\.?")
_ASKED = re.compile(r"[?&](?:sku|item_?no|articleno|article_?number|artnr)=([\w./-]{3,40})(?:&|#|$)", re.I)
_CODE = re.compile(r"(?=[^\d]*\d)[A-Za-z0-9][\w./-]{2,39}")
_ATTRIBUTES = (
    "data-sku", "data-asin", "data-product-sku", "data-productsku", "data-item-sku", "data-article-number",
    "data-articlenumber", "data-article-id", "data-product-code", "data-productcode", "data-item-number", "data-code",
)  # fmt: skip
_FIELDS = (
    "sku", "asin", "product_sku", "productsku", "product_code", "productcode", "item_number", "itemnumber", "item_no",
    "article_number", "articlenumber", "artnr", "partnumber", "part_number",
)  # fmt: skip


def unnamed_code(page: Page, address: str) -> Stated | None:
    """Give the code that the address and the page both hold, else the only one that the offer's elements carry."""
    carried = list(dict.fromkeys(_carried(page)))
    for code in carried:
        if in_address(code, address):
            return Stated(code, "data attribute", 64)
    for spot in page.spots:
        if len(spot.text) <= 34 and not spot.part & (Part.LINK | Part.OPTION) and (code := _alone(spot.text, address)):
            return Stated(code, "page", 62)
    if len(carried) == 1:
        return Stated(carried[0], "data attribute", 58)
    asked = _ASKED.search(address)
    return Stated(asked.group(1), "address", 60) if asked else None


def in_address(code: str, address: str) -> bool:
    """Tell whether the address holds the code as a word of its own, and not by chance."""
    if len(code) < _TELLING:
        return False
    return re.search(rf"(?<![^\W_]){re.escape(code)}(?![^\W_])", address, re.I) is not None


def _alone(text: str, address: str) -> str:
    """A code that is all the text; one behind `#` may be the beginning of the one in the address."""
    match = _ALONE.fullmatch(text)
    if match is None or not re.search(r"\d", match.group(2)):
        return ""
    code = match.group(2)
    begins = rf"(?<=[/=]){re.escape(code)}"
    if match.group(1) and len(code) > _TELLING and re.search(begins, address):
        return code
    ends = rf"(?<=[/=_-]){re.escape(code)}(?=[/?&#.]|$)"  # in the middle of an address stands a model's name
    if len(code) >= _TELLING and re.search(ends, address, re.I):
        return code
    digits = re.sub(r"[./-]", "", code)  # 912/3456 is 9123456 in the address
    apart = digits != code and digits.isdigit() and len(digits) > _TELLING
    return code if apart and re.search(rf"(?<!\d){digits}(?!\d)", address) else ""


def _carried(page: Page) -> Iterator[str]:
    """The codes in attributes and hidden fields of the offer, not of other goods."""
    names = " or ".join(f"name()='{name}'" for name in _ATTRIBUTES)
    for value in page.tree.xpath(f"//@*[{names}]"):
        element = value.getparent()
        if element in page.parts and page.holds(element) and _CODE.fullmatch(value):
            yield str(value)
    for field in page.tree.iter("input"):
        named = (field.get("name") or "").lower().replace("-", "_") in _FIELDS and field.get("type") == "hidden"
        if named and field in page.parts and page.holds(field) and _CODE.fullmatch(field.get("value", "")):
            yield field.get("value", "")
