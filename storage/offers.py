"""The offer of a sample as its page said it, and as the frame said it where the page was silent."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from sampling.evidence.layout import Box
from sampling.listing import Listing
from sampling.money import Money
from sampling.sample import Sample
from storage import captures
from storage.captures import Capture

TEXTS = ("title", "category", "seller", "shop_id", "brand", "model", "batch", "gtin", "sku", "mpn", "licence")
LISTS = ("claims", "variants", "certificates", "pictures")
MAPPINGS = ("sources", "sureness", "picture_hashes")


def listing_record(listing: Listing, *, price_box: Box | None = None) -> dict[str, Any]:
    """Give a listing as plain JSON, for a capture's row and its bundle, with the place of the shown price."""
    names = (*TEXTS, "platform", "item_id", "url", "available", "sales", "reviews")
    return {
        **{name: getattr(listing, name) for name in names},
        "price": _plain(listing.price),
        "marked_price": _plain(listing.marked_price),
        **{name: list(getattr(listing, name)) for name in LISTS},
        **{name: dict(getattr(listing, name)) for name in MAPPINGS},
        "price_box": asdict(price_box) if price_box else None,
    }


def listing_of(unit: Session, sample: Sample) -> Listing:
    """Give the offer as the last capture before the purchase read it; what it lacks comes from the frame."""
    seen = binding_capture(unit, sample)
    read: Mapping[str, Any] = seen.listing if seen else {}
    known = {"category": sample.category, "seller": sample.seller, "brand": sample.brand}
    texts: dict[str, Any] = {name: read.get(name) or known.get(name) for name in TEXTS if name != "title"}
    return Listing(
        platform=sample.platform,
        item_id=sample.item_id,
        url=sample.url,
        **texts,
        title=read.get("title") or sample.title,
        price=price_in(read),
    )


def price_in(listing: Mapping[str, Any]) -> Money | None:
    """Give the price in a capture's record of an offer, or None."""
    price = listing.get("price")
    return Money(Decimal(price["amount"]), price["currency"]) if price else None


def drawn_capture(unit: Session, sample: Sample) -> Capture | None:
    """Give the capture of the draw that showed the offer."""
    return _last(unit, sample, captures.DRAW)


def binding_capture(unit: Session, sample: Sample) -> Capture | None:
    """Give the last capture that showed the offer before it was paid: what it claims is what is tested."""
    return _last(unit, sample, captures.DRAW, captures.PAYMENT)


def seen_at(unit: Session, sample: Sample) -> tuple[datetime, str] | None:
    """Give when the offer was seen and the hash of the capture that proves it."""
    seen = binding_capture(unit, sample)
    return (seen.captured_at, seen.manifest_sha256) if seen else None


def _last(unit: Session, sample: Sample, *purposes: str) -> Capture | None:
    found = (item for item in captures.of_sample(unit, sample.id) if item.purpose in purposes)
    return next((item for item in reversed([*found]) if item.kind == "listing"), None)


def _plain(money: Money | None) -> dict[str, str] | None:
    return None if money is None else {"amount": str(money.amount), "currency": money.currency}
