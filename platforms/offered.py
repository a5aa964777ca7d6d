"""Offered: for how much, and whether at all, the page offers its product; what is shown is set against the mark-up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from platforms.amount import stated_amount
from platforms.availability import Button, availability_of, buttons_of
from platforms.beside import on_request
from platforms.boxed import Boxed, boxed
from platforms.candidate import Candidate
from platforms.currency import likeliest
from platforms.markup import Stated
from platforms.page import Page
from platforms.part import Part
from platforms.price import Note, Price, read_price
from platforms.shown import ENOUGH, candidates, without_text
from platforms.text import flat
from sampling.evidence.layout import Box
from sampling.money import Money

CLEAR = 66
"""A candidate of this score is believed against a mark-up that says something else."""
CLASSED = 48
"""The same for one whose classes call it a price."""
_WITHIN = 44
"""How much worse a candidate that the mark-up confirms may stand than the best one."""
_BARELY = 12
_SENTENCE = 40
_ALIKE, _BESIDE, _ROOM = 4.0, 3, 20
_HOLDING = ("data-price-amount", "data-product-price", "data-current-price", "data-price")


@dataclass(frozen=True, slots=True)
class Offered:
    """The price that counts with its source, the two it comes from, and the availability."""

    price: Money | None
    shown: Price
    marked: Money | None
    note: Note | None
    source: str
    sureness: int
    available: Stated | None
    box: Box | None
    place: str | None


def offered(
    page: Page, marked: Mapping[str, Stated], *, currency: str | None, place: str | None, boxes: Sequence[Box] = ()
) -> Offered:
    """Give the offer of a page; `place` is the selector of the price where the site is known."""
    seen = boxed(page.tree, boxes)
    own = currency or _guessed(page)
    marked = {**_held(page), **marked}
    theirs = _whole(page, marked, marked_price(marked, own))
    buttons = buttons_of(page, seen)
    alone = False
    if place is not None:
        chosen, shown = _pointed_at(page, place, own, seen)
    else:
        chosen, alone = _chosen(page, own, theirs, buttons, seen)
        if (chosen is None or chosen.score < CLEAR) and _asked(page):
            chosen = None
            shown = Price(note="on_request")
        else:
            shown = chosen.price if chosen else Price(note="no_price")
    price, note, source, sure = _settled(shown, chosen, theirs, marked, ruled=place is not None, alone=alone)
    available = availability_of(page, buttons, seen, marked=marked.get("available"), priced=price is not None)
    element = chosen.element if chosen else without_text(page) if price is None or source != "page" else None
    where = page.tree.getroottree().getpath(element) if element is not None else None
    if shown.note == "no_price" and element is not None:
        shown, note = Price(note="not_text"), note if price else "not_text"
    return Offered(price, shown, theirs, note, source, sure, available, chosen.box if chosen else None, where)


def marked_price(marked: Mapping[str, Stated], currency: str | None) -> Money | None:
    """Give the price that the mark-up states; one without a currency is in the page's own."""
    if "price" not in marked:
        if "price_text" in marked:
            return read_price(marked["price_text"].value, currency=currency).low
        return None
    code = marked["currency"].value.strip().upper() if "currency" in marked else currency
    if code is None:
        return None
    amount = stated_amount(marked["price"].value, code)
    if amount is not None:
        return Money(amount, code)
    return read_price(marked["price"].value, currency=code).low


def _whole(page: Page, marked: Mapping[str, Stated], theirs: Money | None) -> Money | None:
    """The price in whole units: scripts may count in cents, which shows where the page asks a hundredth of it."""
    if theirs is None or "price" not in marked or marked["price"].source != "state":
        return theirs
    texts = (spot.text for spot in page.spots if spot.part & Part.PRICE and len(spot.text) <= _SENTENCE)
    shown = {read_price(text, currency=theirs.currency).low for text in texts}
    cents = Money(theirs.amount / 100, theirs.currency)
    return cents if cents in shown and theirs not in shown else theirs


def _held(page: Page) -> dict[str, Stated]:
    """The price that an element near the title holds for the page's scripts."""
    for element, part in page.parts.items():
        if (
            part & Part.PRICE
            and not part & (Part.STRUCK | Part.WEAK | Part.CHOICE | Part.ASIDE_PRICE)
            and page.holds(element)
        ):
            values = (element.get(name, "") for name in _HOLDING)
            value = next(
                (value for value in values if re.fullmatch(r"\d+(?:\.\d{1,4})?", value) and float(value)), None
            )
            if value is not None and element.get("data-price-type", "finalPrice") == "finalPrice":
                return {"price": Stated(value, "data attribute", 55)}
    return {}


def _guessed(page: Page) -> str | None:
    """The currency where neither mark-up nor region tells: what a shared sign most often means."""
    return next((code for spot in page.spots if len(spot.text) < 60 and (code := likeliest(spot.text))), None)


def _pointed_at(page: Page, place: str, currency: str | None, seen: Boxed) -> tuple[Candidate | None, Price]:
    """What a site's own selector points at; the first of several that reads as a price."""
    elements = page.tree.cssselect(place)
    read = [(element, read_price(flat(element), currency=currency)) for element in elements]
    best = [pair for pair in read if pair[1].low is not None or pair[1].note == "on_request"]
    element, price = next(iter([*best, *read]), (None, Price(note="no_price")))
    if element is None:
        return None, price
    return Candidate(price, 95, element, flat(element), Part.PRICE, 0, seen.around(element)), price


def _chosen(
    page: Page, currency: str | None, theirs: Money | None, buttons: Sequence[Button], seen: Boxed
) -> tuple[Candidate | None, bool]:
    """The best candidate, or one that stands nearly as well and that the mark-up confirms; and whether it needs none.

    It needs none where no other amount stands well between the title and the button that sells, and where the
    mark-up still holds the price that the page has struck.
    """
    amounts = frozenset({theirs.amount}) if theirs else frozenset[Decimal]()
    places = [button.place for button in buttons]
    found = candidates(page, currency=currency, buttons=places, seen=seen, marked=amounts)
    if not found:
        return None, False
    for candidate in found:
        agrees = candidate.price.low is not None and candidate.price.low.amount in amounts and not _is_talk(candidate)
        usual = candidate.part & (Part.STRUCK | Part.REGULAR | Part.ASIDE_PRICE) and candidate is not found[0]
        if agrees and not usual and candidate.score >= max(_BARELY, found[0].score - _WITHIN):
            return candidate, False
    best = _selected(_lower(found), found, min(places, default=0))
    alone = len({_amount(candidate) for candidate in found if candidate.score >= _BARELY}) == 1
    between = page.title is not None and page.title <= best.place < min(places, default=0)
    old = any(
        candidate.part & Part.STRUCK and _amount(candidate) in amounts and abs(candidate.place - best.place) <= _ROOM
        for candidate in found
    )
    return (best if best.score >= (_BARELY if alone else ENOUGH) else None), (alone and between) or old


def _is_talk(candidate: Candidate) -> bool:
    """Whether it stands in a sentence: a buyer tells what was paid once, a shop what it once asked."""
    return not candidate.part & (Part.PRICE | Part.STATED) and len(candidate.text) > _SENTENCE


def _lower(found: Sequence[Candidate]) -> Candidate:
    """Of two that stand alike beside each other, one is the old price: the higher one."""
    best = found[0]
    alike = (
        other for other in found[1:4] if best.score - other.score < _ALIKE and abs(other.place - best.place) <= _BESIDE
    )
    least = _amount(best) * Decimal("0.15")
    lower = [other for other in alike if not other.part & Part.REGULAR and least < _amount(other) < _amount(best)]
    return lower[0] if lower and best.price.note is None else best


def _selected(best: Candidate, found: Sequence[Candidate], button: int) -> Candidate:
    """Of a range, the price of what is chosen in it, where one stands between it and the button."""
    low, high = best.price.low, best.price.high
    if best.price.note != "range" or low is None or high is None:
        return best
    within = (
        other
        for other in found
        if other.price.note is None and other.part & Part.PRICE and other.score >= ENOUGH
        and best.place < other.place <= button and low.amount <= _amount(other) <= high.amount
        and best.element not in other.element.iterancestors()
    )  # fmt: skip
    return next(within, best)


def _amount(candidate: Candidate) -> Decimal:
    return candidate.price.low.amount if candidate.price.low else candidate.price.bare or Decimal(0)


def _asked(page: Page) -> bool:
    """Whether the page, where the price should stand, says that it is told on asking."""
    start = page.title or 0
    near = (spot for spot in page.spots[start : start + 80] if not spot.part & (Part.AWAY | Part.WEAK))
    return any(len(spot.text) < 40 and on_request(spot.text) for spot in near)


def _settled(
    shown: Price,
    chosen: Candidate | None,
    theirs: Money | None,
    marked: Mapping[str, Stated],
    *,
    ruled: bool,
    alone: bool,
) -> tuple[Money | None, Note | None, str, int]:
    """The buyer pays what is shown; the mark-up counts where nothing is shown well, not where it says `on request`."""
    if shown.low is not None and chosen is not None:
        agree = theirs is not None and shown.low == theirs
        clear = CLASSED if chosen.part & Part.PRICE and not chosen.part & Part.CHOICE else CLEAR
        believed = ruled or agree or theirs is None or chosen.score >= (ENOUGH if alone else clear) or not theirs.amount
        if believed:
            sure = 96 if agree else int(min(max(chosen.score, 30), 88))
            return shown.low, shown.note, "page", sure
    if theirs is not None and shown.note != "on_request" and theirs.amount > 0:
        note: Note | None = "range" if "high_price" in marked else None
        stated = marked.get("price") or marked["price_text"]
        return theirs, note, stated.source, stated.sureness - (15 if shown.low is not None else 0)
    return None, shown.note, "", 0
