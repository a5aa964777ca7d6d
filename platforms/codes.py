"""Codes: the number of the product where no label names it: in the page's address, and in what its scripts send."""

import re
from collections.abc import Iterator

from platforms.markup import Stated
from platforms.offer import TELLING, in_address
from platforms.page import Page
from platforms.part import Part
from sampling.listing import gtin_is_valid

_ALONE = re.compile(r"[(\[]?(#?)([A-Za-z0-9][\w./-]{3,29})[)\]]?\.?")
_IN_TEXT = re.compile(r"\d{3,14}\s-\s\d{3,14}(?!\w)|[^\W_][\w./#+\-*]{0,39}(?:\s(?=\S*\d)[\w./#+\-]{1,12}){0,3}")
EMPTY = re.compile(
    r"(?:n/?a|none|null|keine?|nicht|not|ohne|sin|-+|—|–|无|暂无|なし|undefined|select|choose)\b.*|\W*", re.I
)
"""What stands beside a label where there is nothing to say."""
_MEASURE = re.compile(r"\d+(?:[.,]\d+)?\s?(?:m?g|kg|[mc]?l|[mc]m|oz|lbs?|mAh|inch)")
"""How much of it there is: the name of a choice, no number of goods."""
_ASKED = re.compile(r"[?&](?:sku|item_?no|articleno|article_?number|artnr)=([\w./-]{3,40})(?:&|#|$)", re.I)
_CODE = re.compile(r"(?=[^\d]*\d)[A-Za-z0-9][\w./-]{2,39}")
_UNSEEN = frozenset({"open-graph", "state"})
_ATTRIBUTES = (
    "data-sku", "data-asin", "data-product-sku", "data-productsku", "data-item-sku", "data-article-number",
    "data-articlenumber", "data-article-id", "data-product-code", "data-productcode", "data-item-number", "data-code",
)  # fmt: skip
_FIELDS = (
    "sku", "asin", "product_sku", "productsku", "product_code", "productcode", "item_number", "itemnumber", "item_no",
    "article_number", "articlenumber", "artnr", "partnumber", "part_number",
)  # fmt: skip


def code_of(text: str) -> str:
    """Give the code that the text begins with, or nothing where it says that there is none."""
    plain = text.strip(" \t:：#|,;.")
    match = _IN_TEXT.match(plain)
    if match is None or EMPTY.fullmatch(plain) or _MEASURE.fullmatch(plain):
        return ""
    code = match.group().rstrip(".-/*,")
    if plain[match.end() :].startswith(": "):  # the shop's own name before its number
        return code_of(plain[match.end() :])
    return code if re.search(r"\d", code) or (code.isupper() and len(code) > 2 and code == plain) else ""


def gtin_of(text: str) -> str:
    """Give the first code in the text whose check digit is right."""
    runs = (re.sub(r"[\s-]", "", run) for run in re.findall(r"\d(?:[\s-]?\d){7,13}", text))
    return next((run for run in runs if gtin_is_valid(run)), "")


def settled_code(page: Page, address: str, best: Stated | None, number: Stated | None) -> Stated | None:
    """Give the SKU of `best`; one that but the head or the scripts tell gives way to one that address and page hold.

    `number` is the product's own in the mark-up; it stands for a code that nothing else tells.
    """
    if best is not None and (best.source not in _UNSEEN or in_address(best.value, address)):
        return best
    shown = unnamed_code(page, address)
    if best is not None:
        return (
            shown if shown is not None and in_address(shown.value, address) and best.value not in shown.value else best
        )
    return shown or number


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


def _alone(text: str, address: str) -> str:
    """A code that is all the text; one behind `#` may be the beginning of the one in the address."""
    match = _ALONE.fullmatch(text)
    if match is None or not re.search(r"\d", match.group(2)):
        return ""
    code = match.group(2)
    begins = rf"(?<=[/=]){re.escape(code)}"
    if match.group(1) and len(code) > TELLING and re.search(begins, address):
        return code
    ends = rf"(?<=[/=_-]){re.escape(code)}(?=[/?&#.]|$)"  # in the middle of an address stands a model's name
    if len(code) >= TELLING and re.search(ends, address, re.I):
        return code
    digits = re.sub(r"[./-]", "", code)  # 912/3456 is 9123456 in the address
    apart = digits != code and digits.isdigit() and len(digits) > TELLING
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
