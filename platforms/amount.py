"""An amount: digits as shops write them turned into a decimal, in the custom of the currency."""

import re
from decimal import Decimal

from platforms.currency import custom_of

DIGITS = r"\d+(?:[.,'’٫٬]\d+|[ \u00a0\u202f\u2009]\d{3}(?!\d))*"
"""A pattern of one number with its marks; every step takes a mark, so it is linear."""

_GROUPS = re.compile(r"\d{1,3}(?:[.,]\d{3})+\Z")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})*,\d{3}\Z")


def amount_of(digits: str, code: str) -> Decimal | None:
    """Give the amount in at least two decimals; digits that fit no custom, or two, are None."""
    plain = re.sub(r"['’\s٬]", "", digits).replace("٫", ".")
    mark = _decimal_mark(plain, code)
    if mark is None:
        return None
    whole, _, part = plain.rpartition(mark) if mark else (plain, "", "")
    return trimmed(Decimal(f"{re.sub('[.,]', '', whole or '0')}.{part or '0'}"))


def stated_amount(text: str, code: str) -> Decimal | None:
    """Give the amount that mark-up states: a point is its decimal mark, save where only thousands make sense."""
    plain = text.strip()
    if not re.fullmatch(r"\d+(?:\.\d+)?", plain):
        return amount_of(plain, code) if re.fullmatch(DIGITS, plain) else None
    whole, _, part = plain.partition(".")
    custom = custom_of(code)
    thousands = len(part) == 3 and custom.decimal == "," and len(whole) <= 3 and whole != "0"
    if thousands and (part != "000" or custom.parts == 0):
        return trimmed(Decimal(whole + part))
    return trimmed(Decimal(plain))


def trimmed(amount: Decimal) -> Decimal:
    """Give it with two decimals where they suffice, as shops print them."""
    cents = amount.quantize(Decimal("0.01")) if amount.adjusted() < 20 else amount
    return cents if cents == amount else amount


def _decimal_mark(plain: str, code: str) -> str | None:
    """Give the decimal mark, nothing where there is none, or None where the marks make no number."""
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return ""
    mark, after = plain[last], len(plain) - last - 1
    if "." in plain and "," in plain:
        return mark if plain.count(mark) == 1 and _grouped(plain[:last]) else None
    if plain.count(mark) > 1:
        cents = after == 2 and _grouped(plain[:last])  # `2.999.99`: the cents stood in an element of their own
        return mark if cents and not _grouped(plain) else "" if _grouped(plain) else None
    return _single(plain, mark, code) if after == 3 else mark


def _grouped(plain: str) -> bool:
    return _GROUPS.match(plain) is not None or _INDIAN.match(plain) is not None


def _single(plain: str, mark: str, code: str) -> str | None:
    """`1.299` is a thousand and more where commas part decimals; where points do, it may be either."""
    custom = custom_of(code)
    whole = plain.partition(mark)[0]
    if whole == "0" or (custom.parts == 3 and mark == custom.decimal):
        return mark
    if len(whole) > 3:
        return mark
    return None if mark == "." == custom.decimal and custom.parts else ""
