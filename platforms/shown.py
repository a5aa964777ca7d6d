"""The shown price: the one a reader takes for the offer's, found by where it stands and how it is set."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lxml.html import HtmlElement

from platforms.beside import Kind, is_aside, kind_beside
from platforms.boxed import Boxed
from platforms.currency import likeliest, signs
from platforms.page import Page, Part, Spot, flat
from platforms.price import Price, has_sign, holds_for_some, read_price, split_at_price
from platforms.rows import around, is_carded
from sampling.evidence.layout import Box

ENOUGH = 30
"""A candidate below this score is not the offer's price."""

_LONGEST = 160
_BLOCK = 64
_BEST = 12
_TALK = 30
"""So many letters beside a number make its text talk rather than a price."""
_REFUSED: frozenset[Kind] = frozenset({"old", "unit", "instalment", "saving", "shipping", "percent", "quantity"})
_TIGHT: frozenset[Kind] = frozenset({"saving", "shipping"})
_LETTER = re.compile(r"[^\W\d_]|[/%]")
_LOUD = frozenset({"h2", "h3", "h4", "strong", "b", "big", "ins"})
_DIGIT = re.compile(r"\d")
_MAIN = re.compile(
    r"(?:^|[-_ ])(?:main|current|final|sale|now|our|product|actual|selling|special|offer|buy|detail|pdp)", re.I
)


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
    box: Box | None = None


def candidates(
    page: Page, *, currency: str | None, buttons: Sequence[int], seen: Boxed, marked: frozenset[Decimal] = frozenset()
) -> list[Candidate]:
    """Give the prices on the page with their scores, the best first; `buttons` are where the buyer can buy.

    Other goods' prices are looked at only where the rest of the page has none that is good enough.
    """

    def among(away: bool) -> list[Candidate]:
        return [
            replace(candidate, score=_score(candidate, page, buttons, seen, marked), box=seen.around(candidate.element))
            for place, spot in enumerate(page.spots)
            if bool(spot.part & Part.AWAY) is away
            and _may_be(page, place, spot)
            and (candidate := _candidate(page, place, spot, currency)) is not None
        ]

    found = among(False)
    if not any(candidate.score >= ENOUGH for candidate in found):
        found += among(True)
    return _sorted([*(_carded(page, one) for one in _sorted(found)[:_BEST]), *_sorted(found)[_BEST:]])


def _sorted(found: Sequence[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.place))


def _carded(page: Page, candidate: Candidate) -> Candidate:
    """The candidate, much worse when it is of one of a row of other goods."""
    if candidate.part & Part.AWAY or not is_carded(candidate.element, page.heading):
        return candidate
    return replace(candidate, part=candidate.part | Part.AWAY, score=candidate.score - dict(_COSTS)[Part.AWAY])


def _may_be(page: Page, place: int, spot: Spot) -> bool:
    if len(spot.text) > _LONGEST or not _DIGIT.search(spot.text):
        return False
    if spot.part & (Part.PRICE | Part.STATED) or has_sign(spot.text):
        return True
    beside = [page.spots[other].text for other in (place - 1, place + 1) if 0 <= other < len(page.spots)]
    return any(len(text) <= 24 and not _DIGIT.search(text) and signs().search(text) for text in beside)


def _candidate(page: Page, place: int, spot: Spot, currency: str | None) -> Candidate | None:
    element, price, text = _block(spot, currency)
    if price.low is None and price.bare is None:
        return None
    kind = _kind_around(page, place, text)
    if kind in _REFUSED:
        return None
    part = spot.part | (Part.REGULAR if kind in {"regular", "net"} else Part.NONE)
    if kind == "deal" and price.note is None and holds_for_some(page.spots[place - 1].text):
        price = replace(price, note="deal")
    ahead, behind = split_at_price(text)
    before, after = around(element, text)
    if is_aside(f"{before} {ahead}", f"{behind} {after}", ahead):
        part |= Part.ASIDE_PRICE
    return Candidate(price, 0.0, element, text, part, place)


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
    return element, price, text


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
    return amount == amount.to_integral_value() and 0 < cents < 1 and whole.note is None


def _kind_around(page: Page, place: int, text: str) -> Kind:
    """What the texts right before and after, in the same few elements, make of it."""
    spot = page.spots[place]
    before = _beside(page, spot, place - 1)
    after = _beside(page, spot, _end(page, place, text))
    kind, _ = kind_beside(before, "")
    if kind in _TIGHT and len(before) > 14:
        kind = "plain"
    own, _ = kind_beside(_DIGIT.split(text)[0], "")
    if own in {"net", "regular"}:
        return own
    if kind == "plain":
        follows, _ = kind_beside("", after)
        kind = follows if follows in {"unit", "instalment"} else "plain"
    return kind


def _end(page: Page, place: int, text: str) -> int:
    """The first spot after those that make up the text."""
    for later in range(place + 1, min(place + 5, len(page.spots))):
        if page.spots[later].text not in text:
            return later
    return place + 1


def _beside(page: Page, spot: Spot, other: int) -> str:
    if not 0 <= other < len(page.spots):
        return ""
    near = page.spots[other]
    if len(near.text) > 40 or has_sign(near.text) or not _LETTER.search(near.text):
        return ""
    mine = [spot.element, *list(spot.element.iterancestors())[:2]]
    others = [near.element, *list(near.element.iterancestors())[:2]]
    return near.text if any(one is two for one in mine for two in others) else ""


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
        gap = min(abs(place - button) for button in buttons)
        near += max(0.0, 16.0 - gap / 2)
    return near


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
