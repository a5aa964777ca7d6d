"""The shown price: the one a reader takes for the offer's, found by where it stands and how it is set."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from lxml.html import HtmlElement

from platforms.boxed import Boxed
from platforms.candidate import Candidate, candidate_at
from platforms.page import Page
from platforms.part import Part, is_drawn_through, own_parts
from platforms.price import has_sign, read_price
from platforms.rows import is_carded
from platforms.text import flat

ENOUGH = 30
"""A candidate below this score is not the offer's price."""

_BEST = 12
_TALK = 30
"""So many letters beside a number make its text talk rather than a price."""
_LOUD = frozenset({"h2", "h3", "h4", "strong", "b", "big", "ins"})
_BESIDE = 3
_NEAR = 40
_DIGIT = re.compile(r"\d")
_MAIN = re.compile(
    r"(?:^|[-_ ])(?:main|current|final|sale|now|our|product|actual|selling|special|offer|buy|detail|pdp)", re.I
)


def candidates(
    page: Page, *, currency: str | None, buttons: Sequence[int], seen: Boxed, marked: frozenset[Decimal] = frozenset()
) -> list[Candidate]:
    """Give the prices on the page with their scores, the best first; `buttons` are where the buyer can buy.

    Other goods' prices are looked at only where the rest of the page has none that is good enough.
    """

    def scored(candidate: Candidate) -> Candidate:
        if _is_lower_of_old(page, candidate, currency):
            candidate = _as_asked(candidate)
        score = _score(candidate, page, buttons, seen, marked)
        return replace(candidate, score=score, box=seen.around(candidate.element))

    def among(away: bool) -> list[Candidate]:
        return [
            scored(candidate)
            for place, spot in enumerate(page.spots)
            if bool(spot.part & Part.AWAY) is away
            and (candidate := candidate_at(page, place, spot, currency)) is not None
        ]

    found = among(False)
    if any(has_sign(one.text) and one.score >= ENOUGH for one in found):
        found = [one for one in found if has_sign(one.text) or _is_named(one)]
    if not any(candidate.score >= ENOUGH for candidate in found):
        # A page that shows but one price asks it, though its class may say `original`.
        found = [scored(_as_asked(candidate)) if _is_called_old(candidate) else candidate for candidate in found]
    if not any(candidate.score >= ENOUGH for candidate in found):
        found += [scored(_as_near(page, one)) for one in among(True)]
    return _sorted([*(_carded(page, one) for one in _sorted(found)[:_BEST]), *_sorted(found)[_BEST:]])


def _sorted(found: Sequence[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.place))


def _is_called_old(candidate: Candidate) -> bool:
    """Whether but the name of a class makes it an old price, and nothing draws it through."""
    if not candidate.part & Part.STRUCK or candidate.part & Part.HIDDEN:
        return False
    return not any(is_drawn_through(one) for one in (candidate.element, *candidate.element.iterancestors()))


def _is_named(candidate: Candidate) -> bool:
    """Whether its own element or the one around it is called a price; further in there may be counts and clocks."""
    near = (candidate.element, candidate.element.getparent())
    return any(one is not None and own_parts(one) & (Part.PRICE | Part.STATED) for one in near)


def _as_near(page: Page, candidate: Candidate) -> Candidate:
    """Where no price stands better, one right behind the title is the offer's, whatever its surroundings are called."""
    near = page.title is not None and 0 < candidate.place - page.title <= _NEAR and candidate.place < page.end
    return replace(candidate, part=candidate.part & ~Part.AWAY) if near and candidate.part & Part.PRICE else candidate


def _is_lower_of_old(page: Page, candidate: Candidate, currency: str | None) -> bool:
    """Whether but a class calls it old, while a higher one stands beside it: an old price is not the lower."""
    if not _is_called_old(candidate) or candidate.price.low is None:
        return False
    own = candidate.price.low.amount
    near = (spot for spot in page.spots[max(candidate.place - _BESIDE, 0) :][: 2 * _BESIDE + 1] if has_sign(spot.text))
    read = (read_price(spot.text, currency=currency).low for spot in near)
    return any(price is not None and price.amount > own for price in read)


def _as_asked(candidate: Candidate) -> Candidate:
    return replace(candidate, part=candidate.part & ~Part.STRUCK)


def _carded(page: Page, candidate: Candidate) -> Candidate:
    """The candidate, much worse when it is of one of a row of other goods."""
    if candidate.part & Part.AWAY or not is_carded(candidate.element, page.heading):
        return candidate
    return replace(candidate, part=candidate.part | Part.AWAY, score=candidate.score - dict(_COSTS)[Part.AWAY])


def _score(candidate: Candidate, page: Page, buttons: Sequence[int], seen: Boxed, marked: frozenset[Decimal]) -> float:
    part, text = candidate.part, candidate.text
    score = 25.0 * bool(part & Part.PRICE) + 20.0 * bool(part & Part.STATED)
    score += 15.0 if has_sign(text) else -5.0
    score += 8.0 if len(text) < 24 else 0.0
    score -= 12.0 if sum(letter.isalpha() for letter in text) > _TALK else 0.0
    score += _nearness(candidate.place, page.title, buttons)
    score -= _misplaced(part)
    if _MAIN.search(f"{candidate.element.get('class', '')} {candidate.element.get('id', '')}"):
        score += 6.0
    if candidate.element.tag in _LOUD:
        score += 5.0
    amount = candidate.price.low.amount if candidate.price.low else candidate.price.bare
    if amount == 0:
        score -= 40.0
    if amount in marked and not part & (Part.STRUCK | Part.REGULAR):
        score += 18.0
    if seen.whole:
        box = seen.around(candidate.element)
        score += -70.0 if box is None else min(max(box.size - 13, 0) * 1.6, 32.0) - 60.0 * box.struck
    return score


def _nearness(place: int, title: int | None, buttons: Sequence[int]) -> float:
    near = 0.0
    if title is not None:
        gap = place - title
        near += max(0.0, 28.0 - gap / 3) if gap >= 0 else max(-10.0, 12.0 + gap)
    if buttons:
        near += max(0.0, 16.0 - min(_gap(place, button, title) for button in buttons) / 2)
    return near


def _gap(place: int, button: int, title: int | None) -> int:
    """How far the button stands from the place; between the title and it all stand equally near."""
    return 0 if title is not None and title <= place <= button else abs(place - button)


_COSTS = (
    (Part.STRUCK, 70.0),
    (Part.ASIDE_PRICE, 45.0),
    (Part.AWAY, 60.0),
    (Part.OPTION, 40.0),
    (Part.LINK, 35.0),
    (Part.HIDDEN, 35.0),
    (Part.WEAK, 18.0),
    (Part.CHOICE, 16.0),
    (Part.REGULAR, 7.0),
)


def _misplaced(part: int) -> float:
    return sum(cost for kind, cost in _COSTS if part & kind)


def without_text(page: Page) -> HtmlElement | None:
    """Give the element near the title that stands for a price but holds no digits: a picture, or not filled yet."""
    parts = (
        element
        for element, part in page.parts.items()
        if part & Part.PRICE and not part & (Part.AWAY | Part.WEAK | Part.HIDDEN | Part.STRUCK | Part.ASIDE_PRICE)
        and page.title is not None and 0 <= page.number[element] - page.title < 60
    )  # fmt: skip
    return next((element for element in parts if not _DIGIT.search(flat(element, 400))), None)
