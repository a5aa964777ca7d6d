"""A record: what was read of a page in plain form, for the command line and for files."""

from dataclasses import asdict
from typing import Any

from platforms.reading import Reading
from sampling.money import Money

_PRICES = ("price", "marked_price")


def reading_record(reading: Reading) -> dict[str, Any]:
    """Give a reading as JSON holds it: every field of the listing, both prices, where each came from, how sure.

    Amounts are texts, so that no digit is lost; a price whose currency the page does not tell has `currency` null.
    """
    plain = {name: value for name, value in asdict(reading.listing).items() if name not in _PRICES}
    shown, listing = reading.shown_price, reading.listing
    price = _plain(listing.price)
    if price is None and shown.bare is not None:
        price = {"amount": str(shown.bare), "currency": None}
    return {
        **{name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()},
        "price": price,
        "price_note": reading.price_note,
        "shown_price": {"low": _plain(shown.low), "high": _plain(shown.high), "note": shown.note},
        "marked_price": _plain(reading.marked_price),
        "price_box": asdict(reading.price_box) if reading.price_box else None,
        "price_place": reading.price_place,
        "missing": list(reading.missing),
    }


def _plain(money: Money | None) -> dict[str, str | None] | None:
    return None if money is None else {"amount": str(money.amount), "currency": money.currency}
