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
from platforms.choices import is_chosen
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
_MOST_TAX = Decimal("1.3")
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
        chosen, alone = _chosen(page, own, theirs, buttons, seen, most=_most(marked, theirs))
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


def _most(marked: Mapping[str, Stated], theirs: Money | None) -> Decimal | None:
    """The highest of several prices in the mark-up, of which its own is the lowest; None where it names but one."""
    if theirs is None or "high_price" not in marked:
        return None
    return stated_amount(marked["high_price"].value, theirs.currency) or theirs.amount


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
    return Candidate(price, 95, element, flat(element), Part.PRICE, 0, box=seen.around(element)), price


def _chosen(
    page: Page,
    currency: str | None,
    theirs: Money | None,
    buttons: Sequence[Button],
    seen: Boxed,
    *,
    most: Decimal | None,
) -> tuple[Candidate | None, bool]:
    """The best candidate, or one that stands nearly as well and that the mark-up confirms; and whether it needs none.

    It needs none where no other amount stands well between the title and the button that sells, and where the
    mark-up still holds the price that the page has struck or the one of its members. `most` is the highest of several.
    """
    amounts = frozenset({theirs.amount}) if theirs else frozenset[Decimal]()
    places = [button.place for button in buttons]
    first = min(places, default=0)
    stated = amounts if most is None else frozenset[Decimal]()  # the lowest of several confirms none of them
    found = candidates(page, currency=currency, buttons=places, seen=seen, marked=stated)
    if not found:
        return None, False
    old = _still_old(page, found[0], amounts, currency) or _for_members(found, amounts)
    for candidate in found:
        agrees = candidate.price.low is not None and candidate.price.low.amount in amounts and not _is_talk(candidate)
        agrees = agrees and not old
        usual = candidate.part & (Part.STRUCK | Part.REGULAR | Part.ASIDE_PRICE) and candidate is not found[0]
        room = _WITHIN if most is None else _ALIKE
        if agrees and not usual and candidate.score >= max(_BARELY, found[0].score - room):
            return _selected(candidate, found, first, most), False
    best = _selected(_lower(_apart(found), found), found, first, most)
    alone = len({_amount(candidate) for candidate in found if candidate.score >= _BARELY}) == 1
    between = page.title is not None and page.title <= best.place < first
    return (best if best.score >= (_BARELY if alone else ENOUGH) else None), (alone and between) or old


def _apart(found: Sequence[Candidate]) -> Candidate:
    """The best; of choices with a price each the one that stands before them once more, for it is chosen."""
    best = found[0]
    if not best.part & Part.CHOICE:
        return best
    offered_too = {_amount(one) for one in found if one.part & Part.CHOICE}
    repeated = (
        one
        for one in found
        if one.score >= ENOUGH and one.place < best.place and not one.part & Part.CHOICE and _amount(one) in offered_too
    )
    return next(repeated, best)


def _still_old(page: Page, best: Candidate, amounts: frozenset[Decimal], currency: str | None) -> bool:
    """Whether the mark-up still holds the price that the page has struck beside the lower one it asks."""
    near = page.spots[max(best.place - _ROOM, 0) : best.place + _ROOM + 1]
    struck = (read_price(spot.text, currency=currency) for spot in near if spot.part & Part.STRUCK)
    old = {price.low.amount if price.low else price.bare for price in struck} & amounts
    return not best.part & Part.STRUCK and any(amount > _amount(best) for amount in old if amount)


def _for_members(found: Sequence[Candidate], amounts: frozenset[Decimal]) -> bool:
    """Whether the mark-up holds what but members or holders of a card pay, while anybody's price is shown beside it."""
    theirs = [candidate for candidate in found if _amount(candidate) in amounts]
    bound = bool(theirs) and all(candidate.bound for candidate in theirs)
    return bound and any(
        candidate.score >= ENOUGH and not candidate.part & (Part.STRUCK | Part.ASIDE_PRICE) for candidate in found
    )


def _is_talk(candidate: Candidate) -> bool:
    """Whether it stands in a sentence: a buyer tells what was paid once, a shop what it once asked."""
    return not candidate.part & (Part.PRICE | Part.STATED) and len(candidate.text) > _SENTENCE


def _lower(best: Candidate, found: Sequence[Candidate]) -> Candidate:
    """Of two that stand alike beside each other the one with tax, else the lower: the other is the old price.

    One that words call the price asked is not the old one.
    """
    alike = [
        other
        for other in found[:4]
        if other is not best and abs(best.score - other.score) < _ALIKE and abs(other.place - best.place) <= _BESIDE
    ]
    if best.taxed or best.price.note is not None:
        return best
    alike = [other for other in alike if other.named or not best.named]
    taxed = [other for other in alike if other.taxed and _amount(best) < _amount(other) < _amount(best) * _MOST_TAX]
    if taxed:
        return taxed[0]
    least = _amount(best) * Decimal("0.15")
    lower = [other for other in alike if not other.part & Part.REGULAR and least < _amount(other) < _amount(best)]
    return (*lower, best)[0]


def _selected(best: Candidate, found: Sequence[Candidate], button: int, most: Decimal | None) -> Candidate:
    """Of a range or the lowest of several, the price of what is chosen, where one stands between it and the button."""
    low, high = best.price.low, best.price.high
    if best.price.note not in {"range", "from"} or low is None or high is None:
        return best
    highest = high.amount if best.price.note == "range" else most or low.amount
    within = [
        other
        for other in found
        if other.price.note is None and best.place < other.place <= button and low.amount <= _amount(other) <= highest
        and not other.part & (Part.STRUCK | Part.ASIDE_PRICE | Part.AWAY)
        and best.element not in other.element.iterancestors()
    ]  # fmt: skip
    chosen = (other for other in within if is_chosen(other.element))
    clear = [other for other in within if other.part & Part.PRICE and other.score >= ENOUGH]
    open_choice = len({_amount(other) for other in clear}) > 1 and all(other.part & Part.CHOICE for other in clear)
    return next(chosen, next((other for other in clear if not open_choice), best))


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
        most = _most(marked, theirs)
        between = most is not None and theirs is not None and theirs.amount <= shown.low.amount <= most
        least = ENOUGH if alone else clear
        if between or ruled or agree or theirs is None or not theirs.amount or chosen.score >= least:
            sure = 96 if agree else int(min(max(chosen.score, 30), 88))
            return shown.low, shown.note, "page", sure
    if theirs is not None and shown.note != "on_request" and theirs.amount > 0:
        note: Note | None = "range" if "high_price" in marked else None
        stated = marked.get("price") or marked["price_text"]
        return theirs, note, stated.source, stated.sureness - (15 if shown.low is not None else 0)
    return None, shown.note, "", 0
