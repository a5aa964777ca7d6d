"""Availability: whether the page lets its reader buy the offer, told by its words and its buttons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from platforms.boxed import Boxed
from platforms.markup import Stated
from platforms.page import Page, Spot
from platforms.part import Part
from platforms.phrases import phrases, says
from platforms.rows import is_carded
from platforms.text import flat

_FAR = 160
_NEAR = 60
_BEHIND = 20
_ELSEWHERE = re.compile(
    r"pick-?up|in-?store|store|abhol|filiale|click|collect|retrait|magasin|tienda|门店|自提|店舗", re.I
)
_NONE_LEFT = re.compile(
    r"(?:in stock|stock|库存|在庫|quantity|lager)\D{0,10}\b0(?![\d.,])|"
    r"(?<![\d.,])0\s*(?:in stock|left|auf lager|en stock)",
    re.I,
)
_SOME_LEFT = re.compile(
    r"(?:库存|stock|在庫|재고)\D{0,10}[1-9]|"
    r"[1-9]\d*\+?\s*(?:in stock|left|auf lager|en stock|disponib|på lager|i lager|ks|szt)",
    re.I,
)
_TOLD = re.compile(r"verified|history|protect|guide|how to|gift card", re.I)
"""`Verified purchase` sells nothing."""
_AWAITED = re.compile(r"notify|waitlist|back.in.stock|email me|avisar|benachrichtig|alert", re.I)


_PLACES = re.compile(r"\b(?:stores|shops|branches|filialen|magasins|tiendas|warehouses|pick-?up)\b|store-?list", re.I)
_CHOOSING = frozenset({"a", "label", "li", "option", "button"})
_FLAG = re.compile(r"badge|label|flag|tag\b|sticker|message|template", re.I)
_MARKED, _STOCKED, _ALONE, _LOOSE, _HINT, _BUTTON, _SOLD_OUT_BUTTON = 3.0, 3.2, 2.4, 1.4, 0.6, 2.0, 3.4
"""How much each sign weighs; what the mark-up says is outweighed by two signs of what is shown."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One sign that the offer can be bought or cannot, and its weight."""

    value: str
    weight: float


@dataclass(frozen=True, slots=True)
class Button:
    """One button by which the offer is bought, or would be."""

    element: HtmlElement
    place: int
    text: str
    enabled: bool
    sold_out: bool


def buttons_of(page: Page, seen: Boxed) -> list[Button]:
    """Give the buttons that sell this offer; those of other goods and those not seen are left out."""
    found = []
    for element in page.parts:
        pressed = element.tag in {"button", "input", "a"} or element.get("role") == "button"
        if pressed or (element.tag in {"span", "div"} and page.parts[element] & Part.BUY and _alone(element)):
            button = _button(page, element)
            if button is not None and not (seen.whole and seen.around(element) is None and element.tag != "input"):
                found.append(button)
    after = [button for button in found if page.title is None or button.place >= page.title - 3]
    return after or found


def availability_of(
    page: Page, buttons: Sequence[Button], seen: Boxed, *, marked: Stated | None, priced: bool
) -> Stated | None:
    """Give `yes` or `no`, weighed from the mark-up, the page's words and its buttons; None where nothing says it.

    What was seen to be shown counts twice: without the layout a word or a button may be one that stays hidden.
    """
    shown = [*_said(page, seen, buttons), *_pressed(buttons)]
    votes = [Vote(vote.value, vote.weight * (2 if seen.whole else 1)) for vote in shown]
    if not buttons and any(vote.value == "no" for vote in votes):
        votes.append(Vote("no", 1.0))
    theirs = marked if marked is not None and marked.value in {"yes", "no"} else None
    if theirs is not None:
        votes.append(Vote(theirs.value, _MARKED))
    if not votes:
        return Stated("yes", "price alone", 40) if priced else None
    balance = sum(vote.weight if vote.value == "yes" else -vote.weight for vote in votes)
    value = "yes" if balance > 0 else "no"
    source = theirs.source if theirs is not None and (theirs.value == value and not shown) else "page"
    return Stated(value, source, int(min(50 + 12 * abs(balance), 96)))


def _pressed(buttons: Sequence[Button]) -> list[Vote]:
    """The button that sells is a yes; one that says sold out a no, if no other sells."""
    if any(button.enabled and not button.sold_out for button in buttons):
        return [Vote("yes", _BUTTON)]
    return [Vote("no", _SOLD_OUT_BUTTON)] if any(button.sold_out for button in buttons) else []


def _button(page: Page, element: HtmlElement) -> Button | None:
    part = page.parts[element]
    if part & (Part.AWAY | Part.WEAK | Part.HIDDEN | Part.OPTION) and not part & Part.BUY:
        return None
    if part & Part.HIDDEN or not page.holds(element):
        return None
    if element.tag == "input" and element.get("type", "").lower() not in {"submit", "button", "image"}:
        return None
    text = (flat(element, 80) or element.get("value") or element.get("aria-label") or element.get("title") or "")[:80]
    # One that holds the words of all its states tells by itself which of them it is in.
    both = says("buy", text) and says("sold_out", text)
    leads = part & Part.LINK and not part & Part.BUY
    sold_out = len(text) < 60 and not both and not leads and says("sold_out", text) and not _ELSEWHERE.search(text)
    named = bool(part & Part.BUY) and element.tag != "a"
    choosing = element.tag in {"button", "input"} and len(text) < 40 and phrases("choose").match(text.lower())
    if not (sold_out or named or choosing or _sells(text)):
        return None
    if is_carded(element, page.heading):
        return None
    enabled = bool(choosing) or (_enabled(element) and not _AWAITED.search(text))
    return Button(element, page.number[element], text, enabled, sold_out)


def _sells(text: str) -> bool:
    if len(text) >= 40 or _TOLD.search(text):
        return False
    return says("buy", text) or text.lower().strip(" .!>»") == "buy"


def _alone(element: HtmlElement) -> bool:
    """Whether an element that is no button says but that it sells: one that its shop's scripts listen to."""
    text = flat(element, 41)
    no_button = element.find(".//button") is None and element.find(".//a") is None
    return no_button and _sells(text)


def _enabled(element: HtmlElement) -> bool:
    names = element.get("class", "").split()
    off = element.get("disabled") is not None or element.get("aria-disabled") == "true"
    return not off and not {"disabled", "is-disabled", "btn-disabled", "btn--disabled", "sold-out", "soldout"} & set(
        names
    )


def _said(page: Page, seen: Boxed, buttons: Sequence[Button]) -> list[Vote]:
    """What stands in a place made for it, and what stands loose near the title; the heaviest of each word."""
    start = max((page.title or 0) - 5, 0)
    selling = {button.element for button in buttons if button.enabled and not button.sold_out}
    heaviest: dict[str, float] = {}
    for place in range(start, min(start + _FAR, len(page.spots))):
        spot = page.spots[place]
        if spot.part & (Part.AWAY | Part.HIDDEN | Part.OPTION) or len(spot.text) > 120 or _ELSEWHERE.search(spot.text):
            continue
        if seen.whole and spot.element not in seen.by_element:
            continue
        if any(above in selling for above in islice(spot.element.iterancestors(), 3)):
            continue  # a word of the button's other states
        vote = _weakened(_vote(spot, place - start, bought=bool(selling)), place, buttons)
        if vote is not None and not (vote.value == "no" and _of_another(page, spot)):
            heaviest[vote.value] = max(heaviest.get(vote.value, 0.0), vote.weight)
    return [Vote(value, weight) for value, weight in heaviest.items()]


def _weakened(vote: Vote | None, place: int, buttons: Sequence[Button]) -> Vote | None:
    """A `no` far behind a button that sells is more likely some other variant's."""
    selling = [button.place for button in buttons if button.enabled and not button.sold_out]
    if vote is None or vote.value == "yes" or not selling or place - min(selling) <= _BEHIND:
        return vote
    return Vote(vote.value, vote.weight / 2)


def _of_another(page: Page, spot: Spot) -> bool:
    """Whether what is sold out is one variant to choose, one shop to collect from, or one of a row of goods."""
    above = [spot.element, *list(spot.element.iterancestors())[:4]]
    places = any(_PLACES.search(f"{one.get('class', '')} {one.get('id', '')}") for one in above)
    choices = [one for one in above[:3] if one.tag in _CHOOSING or one.get("role") in {"option", "radio"}]
    if places or (choices and not _begins_with_stock(flat(choices[-1], 60).lower())):
        return True
    return is_carded(spot.element, page.heading)


def _begins_with_stock(text: str) -> bool:
    return any(phrases(kind).match(text) is not None for kind in ("sold_out", "stock"))


def _vote(spot: Spot, gap: int, *, bought: bool) -> Vote | None:
    """What the text says; where nothing sells, the offer to tell when it is back may stand in a card too."""
    stocked = bool(spot.part & Part.STOCK) or phrases("stock").match(spot.text.lower()) is not None
    begins = phrases("sold_out").match(spot.text.lower()) is not None
    awaited = begins and not bought and _AWAITED.search(spot.text) is not None
    elsewhere = spot.part & (Part.LINK | Part.CHOICE | (Part.NONE if awaited else Part.WEAK))
    if not stocked and (gap > _NEAR or elsewhere or not (begins or len(spot.text) <= 60)):
        return None
    value = _value(spot.text, stocked)
    if value is None:
        return None
    if _FLAG.search(spot.element.get("class") or ""):
        return Vote(value, _HINT)
    if stocked:
        return Vote(value, _STOCKED)
    alone = awaited or phrases("sold_out" if value == "no" else "in_stock").fullmatch(spot.text.lower().strip(" .!"))
    return Vote(value, _ALONE if alone else _LOOSE)


def _value(text: str, stocked: bool) -> str | None:
    if _NONE_LEFT.search(text) or says("sold_out", text):
        return "no"
    if _SOME_LEFT.search(text):
        return "yes"
    if not says("in_stock", text):
        return None
    begins = says("in_stock", text[:24])
    return "yes" if stocked or (begins and len(text) < 45) else None


def site_availability(text: str) -> str:
    """Give `yes`, `no` or nothing for the words that a site's rule points at."""
    return _value(text, True) or ""
