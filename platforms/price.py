"""A price: an amount and its currency read from what a page shows, or the reason why there is none."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sampling.money import Money

Note = Literal["from", "range", "on_request", "no_price", "no_currency", "ambiguous"]

# A plain yen sign means yuan or yen; only the site's own currency decides, so it stands apart.
_SIGNS = (
    ("CNY", r"CN¥|RMB|CNY|人民币|元"),
    ("HKD", r"HK\$|HKD|港币|港元"),
    ("TWD", r"NT\$|TWD|新台币"),
    ("USD", r"US\$|USD|美元"),
    ("EUR", r"€|EUR|欧元"),
    ("GBP", r"£|GBP|英镑"),
    ("JPY", r"JPY|円|日元"),
)
_YEN = re.compile(r"[¥￥]")
_DOLLAR = re.compile(r"\$")
_NUMBER = re.compile(r"(?<![\d.,])(\d+(?:[.,'’\u00a0 ]?\d+)*)\s*(万)?")
_ON_REQUEST = re.compile(
    r"面议|询价|价格待定|price (?:up)?on request|call for price|contact (?:us|seller) for price", re.I
)
_FROM = re.compile(r"起(?!订)|\bfrom\b|\bstarting at\b|^\s*ab\b", re.I)
_COMMA_DECIMAL = frozenset({"EUR"})


@dataclass(frozen=True, slots=True)
class Price:
    """The lowest amount shown and the highest; both None with the reason in `note`."""

    low: Money | None = None
    high: Money | None = None
    note: Note | None = None


def read_price(text: str, *, currency: str | None = None) -> Price:
    """Give the price that the text shows; `currency` is the site's own, for signs that mean several."""
    if _ON_REQUEST.search(text):
        return Price(note="on_request")
    numbers = _NUMBER.findall(text)
    if not numbers:
        return Price(note="no_price")
    code = _currency(text, currency)
    if code is None:
        return Price(note="no_currency")
    amounts = [amount for digits, wan in numbers if (amount := _amount(digits, bool(wan), code)) is not None]
    if len(amounts) != len(numbers) or len(amounts) > 2:
        return Price(note="ambiguous")
    return _priced(amounts, code, text)


def _priced(amounts: list[Decimal], code: str, text: str) -> Price:
    low, high = Money(amounts[0], code), Money(amounts[-1], code)
    if high < low:
        return Price(note="ambiguous")  # two prices, but not a range: an old one beside a new one
    if len(amounts) == 2:
        return Price(low, high, "range")
    return Price(low, high, "from" if _FROM.search(text) else None)


def _currency(text: str, own: str | None) -> str | None:
    named = {code for code, signs in _SIGNS if re.search(signs, text, re.I)}
    if len(named) == 1:
        return named.pop()
    if named:
        return None
    if _YEN.search(text):
        return own if own in {"CNY", "JPY"} else None
    if _DOLLAR.search(text):
        return own if own in {"USD", "HKD", "TWD"} else None
    return own


def _amount(digits: str, wan: bool, code: str) -> Decimal | None:
    plain = re.sub(r"['’\u00a0 ]", "", digits)
    mark = _decimal_mark(plain, code)
    if mark == "?":
        return None
    whole, _, part = plain.rpartition(mark) if mark else (plain, "", "")
    amount = Decimal(f"{re.sub('[.,]', '', whole or '0')}.{part or '0'}")
    return _trimmed(amount * 10_000 if wan else amount)


def _decimal_mark(plain: str, code: str) -> str:
    """Give the decimal mark, nothing, or `?` where `1.299` may be a thousand or a fraction."""
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return ""
    mark, after = plain[last], len(plain) - last - 1
    both = "." in plain and "," in plain
    if after == 3 and not both:
        thousands = "." if code in _COMMA_DECIMAL else ","
        return "" if mark == thousands or plain.count(mark) > 1 else "?"
    return mark if plain.count(mark) == 1 else "?"


def _trimmed(amount: Decimal) -> Decimal:
    """Two decimals where they suffice, as shops print them."""
    return amount.quantize(Decimal("0.01")) if amount == amount.quantize(Decimal("0.01")) else amount
