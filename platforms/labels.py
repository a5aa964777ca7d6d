"""Labels: the fields that a page names in words beside their values, in rows, lists or running text."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

from platforms.codes import EMPTY, code_of, gtin_of
from platforms.markup import Stated
from platforms.offer import in_address
from platforms.page import Page, Spot
from platforms.part import Part

_LONGEST_LABEL = 40
_LONGEST_VALUE = 200
_SHORTEST = 2
_TELLING_LABEL = 7
_ADDRESSED = 12
"""How much surer of several codes is the one that the page's address holds too."""
_NAMED = 14
"""How much surer is one that is called the SKU itself than one called the item's or the article's number."""
_IN_CRUMBS = 24
_CALLED = re.compile(r"sku\s?(?:[:：#]|\Z)", re.I)
_CRUMBS = re.compile(r"crumb", re.I)
_OF_MODEL = re.compile(r"model|модел|모델|型|موديل")
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
        elsewhere = _is_elsewhere(page, place, spot)
        crumbs = elsewhere and place < (page.title or 0) and _in_crumbs(spot)
        if spot.part & Part.OPTION or (elsewhere and not crumbs and not _may_be_in(spot.text, address)):
            continue
        named = _CALLED.match(spot.text) is not None
        for name, value, sure in _read(page, place, spot):
            addressed = name == "sku" and in_address(value, address)
            if elsewhere and not addressed and not (crumbs and name == "sku"):
                continue
            sure += _ADDRESSED if addressed else -_IN_CRUMBS if elsewhere else 0
            rank = sure + (_NAMED if named else 0)
            if value and ranks.get(name, 0) < rank:
                found[name], ranks[name] = Stated(value, "page", sure), rank
    return found


@lru_cache(maxsize=8192)
def label_of(text: str) -> str | None:
    """Give the field that a label names, alone or beside the same in another language."""
    plain = text.strip(" \t:：#.").lower()
    own = next((name for name, pattern in _fields().items() if pattern.fullmatch(plain) or _ends(name, plain)), None)
    return "sku" if own is None and _is_the_shops(plain) else own


def _is_the_shops(plain: str) -> bool:
    """`Harlow item number`: a long label behind one or two words, which are the shop's name as a rule."""
    words = plain.split()
    for count in (1, 2):
        rest = " ".join(words[count:])
        if len(rest) >= _TELLING_LABEL and _fields()["sku"].fullmatch(rest):
            return not set(words[:count]) & set(_table()["foreign"]["sku"])
    return False


def unlabelled(text: str) -> str:
    """Give the code without the label that stands before it, as in `SKU: 12-34`; other texts as they are."""
    head, mark, tail = _parted(text.strip())
    return code_of(tail) or text if mark and label_of(head) == "sku" else text


def _is_elsewhere(page: Page, place: int, spot: Spot) -> bool:
    return bool(spot.part & Part.AWAY) or (page.title is not None and place < page.title - 12)


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
    if text[0].lower() in _initials() or text[0] in "(#[":
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
        return
    value = (
        tail
        if tail.strip(" .:：#") and not tail.startswith("|")
        else _following(page, place)
        if mark or len(text) <= _LONGEST_LABEL
        else ""
    )
    code = _clean(name, value)
    vague = head.strip(" #.:：").lower() in _table()["vague"]["sku"] or _OF_MODEL.search(head.lower())
    telling = _TELLING.fullmatch(code) and not vague
    sure = 84 if name != "sku" or "sku" in head.lower() or telling else 70
    yield name, code if sure > 70 or len(code) > _SHORTEST else "", sure


def _parted(text: str) -> tuple[str, str, str]:
    """The label, its mark, and what stands behind it."""
    match = re.search(r"\s?[:：]\s?|\s?#\s?(?=\S)|\s(?:is|est|[-–—|])\s", text[: _LONGEST_LABEL + 2])
    if match:
        return text[: match.start()], match.group(), text[match.end() :]
    longest = _begins().match(text.lower())
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


def _one_row(one: Spot, other: Spot) -> bool:
    mine = [one.element, *list(one.element.iterancestors())[:3]]
    theirs = [other.element, *list(other.element.iterancestors())[:3]]
    return any(mine[i] is theirs[j] for i in range(len(mine)) for j in range(len(theirs)) if i + j <= 4)


def _clean(name: str, value: str) -> str:
    plain = " ".join(value.split())[:_LONGEST_VALUE].strip(" :：")
    match name:
        case "gtin":
            return gtin_of(plain)
        case "sku" | "mpn":
            return code_of(plain)
        case _:
            return "" if EMPTY.fullmatch(plain) else plain.rstrip(" .|")


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))


def _words() -> Mapping[str, list[str]]:
    return _table()["firm"]


@cache
def _fields() -> dict[str, re.Pattern[str]]:
    plain = {
        name: sorted({word.strip(":#. ") for word in words}, key=len, reverse=True) for name, words in _words().items()
    }
    # A label may stand twice, in two languages: 品牌 Brand, Model / 型号.
    return {
        name: re.compile(rf"(?:{_any(words)})(?:\s*[./(#]?\s*(?:{_any(words)}|no|nr|id)?[.)]?)(?:\s?\([^)]{{1,20}}\))?")
        for name, words in plain.items()
    }


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[\s_-]?") for word in words)


def _ends(name: str, plain: str) -> bool:
    """`Batch 批号`, `产品品牌`: a word of two scripts that begins or ends with a known one."""
    if not re.search(r"[㐀-鿿]", plain) or len(plain) > 24:
        return False
    return any(plain.startswith(word) or plain.endswith(word) for word in _words()[name] if len(word) > 1)


@cache
def _begins() -> re.Pattern[str]:
    every = sorted({word.strip(":#. ") for words in _words().values() for word in words}, key=len, reverse=True)
    return re.compile(f"(?:{_any(every)})")


@cache
def _initials() -> frozenset[str]:
    return frozenset(word[0] for words in _words().values() for word in words) | frozenset("产商生食医特国")
