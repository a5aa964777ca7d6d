"""A price: an amount and its currency read from what a page shows, or the reason why there is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from platforms.amount import DIGITS, amount_of, trimmed
from platforms.beside import Kind, is_between, is_from, kind_beside, on_request
from platforms.currency import meant_by, settled, signs
from sampling.money import Money

Note = Literal["from", "range", "deal", "on_request", "no_price", "no_currency", "ambiguous", "not_text"]

_LONGEST = 400
_BEFORE_QUANTITY = 12
"""How much of the text before a quantity still belongs to the number after it: `1 kg = 25,98 €`."""
_NUMBER = re.compile(rf"(?<![\d.,])({DIGITS})([.,:][-–—]+)?\s?(万)?")
_SPLIT_CENTS = re.compile(r"\A(\D*?\d[\d.,'’]*?)[.,]?\s+(\d\d)(?!\d)(\D*)\Z")
_SIGN_WITHIN = re.compile(r"(?<![\d.,])(\d+)([€$£₽₹])(\d\d)(?![\d.,])")
_SIGN_ALONE = re.compile(r"\A(\d+)\s?([€£₽])\s?(\d\d)\Z")
_RUN = re.compile(r"\d[\d.,]*")
_WHOLE = re.compile(DIGITS)
_PENCE = re.compile(r"\A(?:now\s)?(\d\d)p\Z", re.I)
_CENTS_BEHIND_ROOM = re.compile(r"(?<=\d)(?:\s+([.,])|([.,])\s+)(?=\d{1,2}(?!\d)\D*\Z)")
"""The last of the text: `104 .3`."""
_BARE_CENTS = re.compile(r"(?<![\d.,])[.,](\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Price:
    """The lowest amount shown and the highest; both None with the reason in `note`."""

    low: Money | None = None
    high: Money | None = None
    note: Note | None = None
    bare: Decimal | None = None
    """The amount alone where nothing says in which currency."""


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    digits: str
    wan: bool
    kind: Kind
    sign: str


@lru_cache(maxsize=8192)
def read_price(text: str, *, currency: str | None = None) -> Price:
    """Give the price that the text shows; `currency` is the page's own, for signs that mean several.

    Old prices, savings, instalments, base prices and postage are left out; a price after coupons is noted `deal`.
    """
    plain = _joined(text)
    if on_request(plain):
        return Price(note="on_request")
    numbers = _chosen(_numbers(plain), plain)
    if not numbers:
        return Price(note="no_price")
    code = settled(plain, currency)
    numbers = [number for number in numbers if not number.sign or code in meant_by(number.sign)] or numbers
    amounts = [_amount(number, code or "") for number in numbers]
    known = [amount for amount in amounts if amount is not None]
    if len(known) != len(numbers):
        return Price(note="ambiguous")
    if code is None:
        return Price(note="no_currency", bare=known[0] if len(set(known)) == 1 and not signs().search(plain) else None)
    return _priced(plain, numbers, known, code)


def _joined(text: str) -> str:
    """One line, with cents that stand apart from the whole put back to it."""
    plain = " ".join(text[:_LONGEST].split())
    plain = _SIGN_ALONE.sub(r"\1,\3 \2", _SIGN_WITHIN.sub(r"\1,\3 \2", plain))
    plain = _PENCE.sub(r"£0.\1", plain)
    plain = _CENTS_BEHIND_ROOM.sub(r"\1\2", plain)
    plain = _BARE_CENTS.sub(r"0.\1", plain)
    split = _SPLIT_CENTS.match(plain)
    if split and signs().search(split.group(1) + split.group(3)):
        mark = "," if "." in split.group(1) else "."
        return f"{split.group(1)}{mark}{split.group(2)}{split.group(3)}"
    return plain


def _numbers(plain: str) -> list[_Number]:
    matches = list(_NUMBER.finditer(plain))
    signed = _signed_ones(plain, matches)
    found: list[_Number] = []
    past = 0
    for place, match in enumerate(matches):
        kind, used = kind_beside(plain[past : match.start()], plain[match.end(1) :], first=not found)
        if kind == "quantity" and place in signed:
            kind = "plain"
        found.append(
            _Number(match.start(), match.end(), match.group(1), match.group(3) is not None, kind, signed.get(place, ""))
        )
        past = max(match.end(), match.end(1) + used)
        if kind == "quantity":
            past = max(match.start() - _BEFORE_QUANTITY, 0)
    return found


def _signed_ones(plain: str, matches: Sequence[re.Match[str]]) -> dict[int, str]:
    """A sign belongs to the number it touches; between two, to the one before if the text ends in one."""
    ends_in_sign, found = _ends_in_sign(plain, matches), dict[int, str]()
    for sign in signs().finditer(plain):
        gaps = [
            (gap, after is ends_in_sign, place)
            for place, match in enumerate(matches)
            for gap, after in ((sign.start() - match.end(), False), (match.start() - sign.end(), True))
            if 0 <= gap <= 1
        ]
        found |= {place: sign.group() for _, _, place in sorted(gaps)[:1]}
    return found


def _ends_in_sign(plain: str, matches: Sequence[re.Match[str]]) -> bool:
    return bool(matches) and signs().search(plain, matches[-1].end(1)) is not None


def _chosen(numbers: Sequence[_Number], plain: str) -> list[_Number]:
    """A price after coupons goes before a plain one, that before one without tax; the rest is no price."""
    kinds: tuple[Kind, ...] = ("deal", "plain", "net", "regular", "each")
    for kind in kinds:
        chosen = [number for number in numbers if number.kind == kind]
        if chosen:
            return _signed(chosen, plain, any(number.sign for number in numbers))
    return []


def _signed(numbers: list[_Number], plain: str, some: bool) -> list[_Number]:
    """Beside numbers with a sign those without are something else, unless they begin or end a range."""
    if not some:
        return numbers
    if len(numbers) == 2 and is_between(plain[numbers[0].end : numbers[1].start]):
        return numbers
    return [number for number in numbers if number.sign]


def _priced(plain: str, numbers: Sequence[_Number], amounts: Sequence[Decimal], code: str) -> Price:
    first, last = numbers[0], numbers[-1]
    if len(set(amounts)) == 1:
        low, deal = Money(amounts[0], code), first.kind == "deal"
        if is_from(plain[: first.start], plain[first.end :]):
            return Price(low, low, "from")
        return Price(low, low, "deal" if deal and holds_for_some(plain) else None)
    if len(numbers) != 2 or amounts[-1] < amounts[0]:
        return Price(note="ambiguous")  # two prices, but not a range: an old one beside another
    if is_between(plain[first.end : last.start]):
        return Price(Money(amounts[0], code), Money(amounts[-1], code), "range")
    return Price(note="ambiguous")


def holds_for_some(text: str) -> bool:
    """Tell whether the words beside a price bind it to a coupon, a club or a day."""
    return re.search(r"券后|到手|活动价|秒杀|拼团|补贴|折后|限时", text) is not None


def _amount(number: _Number, code: str) -> Decimal | None:
    amount = amount_of(number.digits, code)
    return trimmed(amount * 10_000) if amount is not None and number.wan else amount


@lru_cache(maxsize=8192)
def has_sign(text: str) -> bool:
    """Tell whether the text holds the sign, name or code of a currency beside a number."""
    around = ((match.start(), match.end()) for match in _RUN.finditer(text))
    return any(_is_signed(text, start, end) for start, end in around)


def split_at_price(text: str) -> tuple[str, str]:
    """Give the text before its first number with a sign and after it; before its first number where none has one."""
    numbers = list(_WHOLE.finditer(text))
    match = next((number for number in numbers if _is_signed(text, *number.span())), *numbers[:1])
    return text[: match.start()], text[match.end() :]


def _is_signed(text: str, start: int, end: int) -> bool:
    for sign in signs().finditer(text, max(start - 7, 0), min(end + 8, len(text))):
        before, after = text[sign.end() : start], text[end : sign.start()]
        if sign.end() <= start and not before.strip(" .,:\u00a0") and len(before) < 3:
            return True
        if sign.start() >= end and not after.strip(" .,-–—:万\u00a0") and len(after) < 4:
            return True
    return False
