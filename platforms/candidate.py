"""A candidate: one price on the page, read whole, with the kind of price that the words beside it make of it."""

import re
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from platforms.amount import DIGITS
from platforms.beside import Kind, is_aside, is_for_members, kind_beside
from platforms.choices import is_unchosen
from platforms.currency import likeliest, signs
from platforms.page import Page, Spot
from platforms.part import Part
from platforms.price import Price, has_sign, holds_for_some, read_price, split_at_price
from platforms.rows import around, row_head
from platforms.text import flat, text_ahead, text_before, text_behind
from sampling.evidence.layout import Box

_LONGEST = 160
_BLOCK = 64
_REFUSED: frozenset[Kind] = frozenset({"old", "unit", "instalment", "saving", "shipping", "percent", "quantity"})
_TIGHT: frozenset[Kind] = frozenset({"saving", "shipping"})
_TITLE = 14
_LETTER = re.compile(r"[^\W\d_]|[/%]")
_WITHIN_WORD = re.compile(r"[A-Za-z]\d+[A-Za-z]")
_PER_UNIT = re.compile(r"\(\D{0,6}[\d.,]+[^\d/]{0,4}/[^\d)]{1,12}\)")
"""`($6.24 / Pack)` beside the price of more than one."""
_WITH_TAX = re.compile(
    r"税込|含税|\bttc\b|\b(?:in[ck]l|inc)\w*\W{1,2}(?:\w+\W){0,2}(?:vat|gst|tax|mwst|btw|moms|iva|tva)\b"
)
"""What anybody pays, though a class may call it the tax's."""
_NUMBER = re.compile(DIGITS)
_WORDS = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_MASKED = re.compile(r"\d[?*]+[\d.,]|[?*]{2,}[.,]?\d")
"""A price to come, of which not all digits are told: `1?9.000`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One price on the page: how it reads, how well it stands, and its place."""

    price: Price
    score: float
    element: HtmlElement
    text: str
    part: int
    place: int
    """The number of its first spot."""
    taxed: bool = False
    """Whether the words beside it say that tax is in it."""
    named: bool = False
    """Whether the words before it call it the price asked now."""
    bound: bool = False
    """Whether the words beside it keep it for members or holders of a card."""
    box: Box | None = None


def candidate_at(page: Page, place: int, spot: Spot, currency: str | None) -> Candidate | None:
    """Give the price that begins at the spot, not scored yet; None where there is none that a buyer could pay."""
    return _candidate(page, place, spot, currency) if _may_be(page, place, spot) else None


def _may_be(page: Page, place: int, spot: Spot) -> bool:
    if place == page.title or len(spot.text) > _LONGEST or not _DIGIT.search(spot.text) or _MASKED.search(spot.text):
        return False
    if spot.part & (Part.PRICE | Part.STATED):
        return not _LETTER.search(spot.text) or has_sign(spot.text) or not _is_of_word(page, spot.text)
    if has_sign(spot.text):
        return True
    beside = [page.spots[other].text for other in (place - 1, place + 1) if 0 <= other < len(page.spots)]
    return any(len(text) <= 24 and not _DIGIT.search(text) and signs().search(text) for text in beside)


def _is_of_word(page: Page, text: str) -> bool:
    """Whether its number stands in a word, or in words that but repeat the title: the model's."""
    if _WITHIN_WORD.search(text):
        return True
    own = set(_WORDS.findall(text.lower()))
    heading = flat(page.heading, _LONGEST) if page.heading is not None else ""
    return own <= set(_WORDS.findall(heading.lower()))


def _candidate(page: Page, place: int, spot: Spot, currency: str | None) -> Candidate | None:
    element, price, text = _block(spot, currency)
    if price.low is None and price.bare is None:
        return None
    kind = _kind_around(page, place, text)
    if kind in _REFUSED or _PER_UNIT.fullmatch(text):
        return None
    ahead, behind = split_at_price(text)
    before, after = around(element, text)
    net = kind == "net" or kind_beside("", behind)[0] == "net"
    # The words of its own row go before those of the one above.
    taxed = _WITH_TAX.search((f"{before} {after}" if net else f"{before} {text} {after}").lower()) is not None
    net = net and not taxed
    part = spot.part | (Part.REGULAR if net or kind == "regular" else Part.NONE)
    if kind == "deal" and price.note is None and holds_for_some(page.spots[place - 1].text):
        price = replace(price, note="deal")
    if taxed:
        part &= ~Part.ASIDE_PRICE
    if is_aside(f"{before} {ahead}", f"{behind} {after}", ahead):
        part |= Part.ASIDE_PRICE
    if is_unchosen(element):
        part |= Part.OPTION
    named = "deal" in {kind, kind_beside(ahead, "")[0]}
    bound = is_for_members(f"{before} {ahead}", f"{behind} {after}")
    return Candidate(price, 0.0, element, text, part, place, taxed, named, bound)


def _block(spot: Spot, currency: str | None) -> tuple[HtmlElement, Price, str]:
    """The smallest element around the spot that shows the price whole: its sign, its cents, its other end."""
    element, text = spot.element, flat(spot.element, _LONGEST + 1)
    if len(text) > _LONGEST:
        text = spot.text
    price = _read(text, currency)
    own = _read(spot.text, currency)
    other = own.low is not None and price.note is None and price.low != own.low and not _completes(price, own)
    if (price.low is None and price.bare is None) or (other and has_sign(spot.text)):
        text, price = spot.text, own  # without an old price in an element of its own
    above = element.getparent()
    for _ in range(3):
        if above is None or not isinstance(above.tag, str):
            break
        wider = flat(above, _BLOCK + 1)
        if len(wider) > _BLOCK:
            break
        whole = _read(wider, currency)
        if _completes(whole, price) or _signs(whole, wider, price, text):
            element, price, text = above, whole, wider
        above = above.getparent()
    if _NUMBER.fullmatch(text) and (signed := _with_sign(element, text)):
        text, price = signed, _read(signed, currency)
    return element, price, text


def _with_sign(element: HtmlElement, text: str) -> str:
    """The number with the sign that stands alone right before or behind it, nothing where there is none."""
    before, behind = text_ahead(element), text_behind(element)
    if before and signs().fullmatch(before):
        return f"{before} {text}"
    return f"{text} {behind}" if behind and signs().fullmatch(behind) else ""


def _read(text: str, currency: str | None) -> Price:
    """The price of the text; a sign that cannot mean the page's own currency means what it most often does."""
    price = read_price(text, currency=currency)
    return read_price(text, currency=likeliest(text)) if price.note == "no_currency" and price.bare is None else price


def _signs(whole: Price, wider: str, part: Price, text: str) -> bool:
    """Whether the wider text shows the same amount, and but the sign more."""
    same = whole.low is not None and whole.low == part.low and whole.note == part.note
    return same and has_sign(wider) and not has_sign(text) and len(wider) - len(text) < 8


def _completes(whole: Price, part: Price) -> bool:
    if whole.low is None or whole.low.amount == 0:
        return False
    amount = part.low.amount if part.low else part.bare
    if amount is None:
        return False
    if whole.low.amount == amount:
        return part.low is None or (whole.note is not None and part.note is None)
    if whole.low.amount % 1 * 100 == amount:
        return True  # the part was but the cents
    cents = whole.low.amount - amount
    return amount == amount.to_integral_value() and 0 < cents < 1 and whole.note in {None, "deal"}


def _kind_around(page: Page, place: int, text: str) -> Kind:
    """What the texts right before and after, in the same few elements, make of it."""
    spot = page.spots[place]
    ahead = place - 1
    if ahead > 0 and signs().fullmatch(page.spots[ahead].text):
        ahead -= 1  # behind a sign that stands in an element of its own
    before = _beside(page, spot, ahead)
    after = _tail(page, spot) or _beside(page, spot, _end(page, place, text))
    kind, _ = kind_beside(before, "")
    if kind in _TIGHT and len(before) > _TITLE:
        kind = "plain"
    own, _ = kind_beside(_DIGIT.split(text)[0], "")
    if own in {"net", "regular"}:
        return own
    if kind == "plain" and (head := row_head(spot.element)):
        kind = _headed(head)
    if kind == "plain":
        follows, _ = kind_beside("", after)
        kind = follows if follows in {"unit", "instalment", "net"} else "plain"
    return kind


def _headed(head: str) -> Kind:
    """What the head of the row makes of the numbers in it, where it says nothing good of them."""
    kind, _ = kind_beside(f"{head} ", "")
    return kind if kind in _REFUSED and not (kind in _TIGHT and len(head) > _TITLE) else "plain"


def _end(page: Page, place: int, text: str) -> int:
    """The first spot after those that make up the text."""
    for later in range(place + 1, min(place + 5, len(page.spots))):
        if page.spots[later].text not in text:
            return later
    return place + 1


def _first_words(spot: Spot) -> str:
    """What it says before the first element in it, which may be another price."""
    return " ".join((spot.element.text or "").split()) or spot.text


def _tail(page: Page, spot: Spot) -> str:
    """What stands right behind the element, in the one around it."""
    text = " ".join((spot.element.tail or "").split())
    return text if len(text) <= _BLOCK and _LETTER.search(text) and not has_sign(text) else ""


def _beside(page: Page, spot: Spot, other: int) -> str:
    if not 0 <= other < len(page.spots):
        return ""
    near = page.spots[other]
    if near.part & Part.HIDDEN and not spot.part & Part.HIDDEN:
        return ""
    ahead = other < page.number[spot.element]
    text = text_before(near.element, spot.element) if ahead else _first_words(near)
    if len(text) > 40 or has_sign(text) or not _LETTER.search(text):
        return ""
    mine = [spot.element, *list(spot.element.iterancestors())[:2]]
    others = [near.element, *list(near.element.iterancestors())[:2]]
    return text if any(one is two for one in mine for two in others) else ""
