"""Labels: the fields that a page names in words beside their values, in rows, lists or running text."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from platforms.codes import EMPTY, code_of, gtin_of
from platforms.fields import beginnings, initials, is_name, is_vague, label_of
from platforms.markup import Stated
from platforms.offer import in_address
from platforms.page import Page, Spot
from platforms.part import Part
from platforms.text import flat

_LONGEST_LABEL = 40
_LONGEST_VALUE = 200
_SHORTEST = 2
_PAIR = 2
_LEAST = 5
_FRAME = frozenset({"footer", "nav", "header"})
_ADDRESSED = 12
"""How much surer of several codes is the one that the page's address holds too."""
_NAMED = 14
"""How much surer is one that is called the SKU itself than one called the item's or the article's number."""
_IN_CRUMBS = 24
_CALLED = re.compile(r"sku\s?(?:[:：#]|\Z)", re.I)
_CRUMBS = re.compile(r"crumb", re.I)
_INLINE = re.compile(
    r"(?<![^\W_])(sku|item\s?(?:no|number|code|#)|art(?:ikel)?\.?[- ]?(?:nr|nummer)|artikelnummer|"
    r"product\s?(?:code|number|no|id)|"
    r"réf(?:érence)?|ref(?:erence|erencia)?|货号|商品编号|品番|商品番号|"
    r"артикул|код товара|varenr|varenummer|model\s?(?:no|number))"
    r"\s?(?:\.|nr|no|n°|#)?\s?[.]?\s?[:：#]\s?#?([A-Za-z0-9][\w./\-]{1,39})",
    re.I,
)
_TELLING = re.compile(r"(?=\D*\d)\S{4,}")
"""What nobody takes for anything but a number of goods: the shop shows it, so it goes before what is marked up."""
_OF_PLACE = re.compile(
    r"sku|article|artikel|ordernumber|product-?(?:code|number|id)|reference|item-?(?:number|no|code)", re.I
)


def labelled(page: Page, address: str = "") -> dict[str, Stated]:
    """Give the fields that labels name; those before the title or among other goods are not the offer's.

    A code that stands there counts where the address holds it too.
    """
    found: dict[str, Stated] = {}
    ranks: dict[str, int] = {}
    for place, spot in enumerate(page.spots):
        elsewhere, named = _is_elsewhere(page, place, spot), _CALLED.match(spot.text) is not None
        crumbs = elsewhere and (_in_crumbs(spot) if place < (page.title or 0) else named and _in_body(page, place))
        if spot.part & Part.OPTION or (elsewhere and not crumbs and not _may_be_in(spot.text, address)):
            continue
        for name, value, sure in _read(page, place, spot):
            addressed = name == "sku" and in_address(value, address)
            if elsewhere and not addressed and not (crumbs and name == "sku"):
                continue
            sure += _ADDRESSED if addressed else -_IN_CRUMBS if elsewhere else 0
            rank = sure + (_NAMED if named else 0)
            if value and ranks.get(name, 0) < rank:
                found[name], ranks[name] = Stated(value, "page", sure), rank
    return found


def unlabelled(text: str) -> str:
    """Give the code without the label that stands before it, as in `SKU: 12-34`; other texts as they are."""
    head, mark, tail = _parted(text.strip())
    return code_of(tail) or text if mark and label_of(head) == "sku" else text


def _is_elsewhere(page: Page, place: int, spot: Spot) -> bool:
    return bool(spot.part & Part.AWAY) or (page.title is not None and place < page.title - 12)


def _in_body(page: Page, place: int) -> bool:
    """Whether it stands before other goods and in no frame of the page, whatever its surroundings are called."""
    element = page.spots[place].element
    return place < page.end and not any(one.tag in _FRAME for one in (element, *element.iterancestors()))


def _in_crumbs(spot: Spot) -> bool:
    """Whether it stands in the path to the product, whose last step may be its number."""
    if len(spot.text) > _LONGEST_LABEL or not any(map(str.isdigit, spot.text)):
        return False
    return any(_CRUMBS.search(f"{one.get('class')} {one.get('id')}") for one in islice(spot.element.iterancestors(), 6))


def _may_be_in(text: str, address: str) -> bool:
    """Whether the text, or the next one after a mere label, can hold a code of the address."""
    if len(text) >= _LONGEST_VALUE:
        return False
    last = text.rsplit(maxsplit=1)[-1].strip("#.()")
    if last.lower() in address.lower() or text[-1] in ":：#":
        return True
    return len(text) <= _LONGEST_LABEL and label_of(text) == "sku"


def _read(page: Page, place: int, spot: Spot) -> Iterator[tuple[str, str, int]]:
    text = spot.text
    if text[0].lower() in initials() or text[0] in "(#[" or "가" <= text[0] <= "힣":
        yield from _begun(page, place, text.lstrip("([# "))
    if len(text) < 400 and (":" in text or "：" in text or "#" in text):
        for match in _INLINE.finditer(text):
            if code := code_of(match.group(2)):
                yield ("model" if match.group(1).lower().startswith("model") else "sku"), code, 72
    alone = len(text) <= _LONGEST_LABEL and " " not in text.strip("# ") and _OF_PLACE.search(_names(spot))
    if alone and label_of(text) is None and (code := code_of(unlabelled(text))):
        yield "sku", code, 70


def _names(spot: Spot) -> str:
    """The classes of the text's element, and of the one around it where it holds nothing else."""
    above = spot.element.getparent()
    alone = above is not None and len(above) == 1 and not (above.text or "").strip()
    named = [spot.element, above] if alone and above is not None else [spot.element]
    return " ".join(f"{one.get('class', '')} {one.get('id', '')}" for one in named)


def _begun(page: Page, place: int, text: str) -> Iterator[tuple[str, str, int]]:
    head, mark, tail = _parted(text)
    name = label_of(head) if len(head) <= _LONGEST_LABEL else None
    if name is None:
        code = code_of(tail) if "#" in mark and is_name(head) else ""
        if len(code) > _LEAST and _TELLING.fullmatch(code):
            yield "sku", code, 66
        return
    value = _above(page.spots[place].element) if not mark and not tail else ""
    value = value or (
        tail
        if tail.strip(" .:：#") and not tail.startswith("|")
        else _following(page, place)
        if mark or len(text) <= _LONGEST_LABEL
        else ""
    )
    code = _clean(name, value)
    telling = _TELLING.fullmatch(code) and not is_vague(head)
    sure = 84 if name != "sku" or "sku" in head.lower() or telling else 70
    yield name, code if sure > 70 or len(code) > _SHORTEST else "", sure


def _parted(text: str) -> tuple[str, str, str]:
    """The label, its mark, and what stands behind it."""
    match = re.search(r"\s?[:：]\s?|\s?#\s?(?=\S)|\s(?:is|est|[-–—|])\s", text[: _LONGEST_LABEL + 2])
    if match:
        return text[: match.start()], match.group(), text[match.end() :]
    longest = beginnings().match(text.lower())
    if longest and re.match(r"[\s.]+#?\S*\d", text[longest.end() :]):
        return text[: longest.end()], " ", text[longest.end() :]
    return text, "", ""


def _following(page: Page, place: int) -> str:
    """The text right behind the label's element, else of the next element when both stand in one row."""
    tail = " ".join((page.spots[place].element.tail or "").split())
    if tail.strip(" :：.#|-–"):
        return tail.lstrip(" :：.#|-–")
    for later in (place + 1, place + 2):
        if later >= len(page.spots):
            return ""
        text = page.spots[later].text
        if text.strip(" :：.#"):
            return text if _one_row(page.spots[place], page.spots[later]) and label_of(text) is None else ""
    return ""


def _above(element: HtmlElement) -> str:
    """The value that stands above its label, where the two and those beside them are cells of that kind."""
    cell, value = element.getparent(), element.getprevious()
    if cell is None or value is None or element.getnext() is not None or len(cell) != _PAIR:
        return ""
    nearby = [one for one in (cell.getprevious(), cell.getnext()) if one is not None]
    alike = all(one.tag == cell.tag and len(one) == _PAIR and one[1].tag == element.tag for one in nearby)
    return flat(value, _LONGEST_VALUE) if nearby and alike and element.tag == value.tag else ""


def _one_row(one: Spot, other: Spot) -> bool:
    mine, theirs = _around(one.element), _around(other.element)
    return any(mine[i] is theirs[j] for i in range(len(mine)) for j in range(len(theirs)) if i + j <= 4)


def _around(element: HtmlElement) -> list[HtmlElement]:
    """The element and three around it; what holds nothing but one other is that one."""
    above = (one for one in element.iterancestors() if len(one) > 1 or (one.text or "").strip())
    return [element, *islice(above, 3)]


def _clean(name: str, value: str) -> str:
    plain = " ".join(value.split())[:_LONGEST_VALUE].strip(" :：")
    match name:
        case "gtin":
            return gtin_of(plain)
        case "sku" | "mpn":
            return code_of(plain)
        case _:
            return "" if EMPTY.fullmatch(plain) else plain.rstrip(" .|")
