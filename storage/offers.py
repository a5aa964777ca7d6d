"""The offer of a sample as its page said it, and as the frame said it where the page was silent."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from sampling.listing import Listing
from sampling.money import Money
from sampling.sample import Sample
from storage import captures
from storage.captures import Capture

TEXTS = ("title", "category", "seller", "shop_id", "brand", "model", "batch", "gtin", "sku")


def listing_record(listing: Listing) -> dict[str, Any]:
    """Give a listing as plain JSON, for a capture's row and its bundle."""
    price = None if listing.price is None else {"amount": str(listing.price.amount), "currency": listing.price.currency}
    plain = {name: getattr(listing, name) for name in (*TEXTS, "platform", "item_id", "url", "available")}
    return {**plain, "price": price, "claims": list(listing.claims), "sources": dict(listing.sources)}


def listing_of(unit: Session, sample: Sample) -> Listing:
    """Give the offer as the last capture before the purchase read it; what it lacks comes from the frame."""
    seen = first_capture(unit, sample)
    read: Mapping[str, Any] = seen.listing if seen else {}
    price = read.get("price")
    known = {"category": sample.category, "seller": sample.seller, "brand": sample.brand}
    texts: dict[str, Any] = {name: read.get(name) or known.get(name) for name in TEXTS if name != "title"}
    return Listing(
        platform=sample.platform,
        item_id=sample.item_id,
        url=sample.url,
        **texts,
        title=read.get("title") or sample.title,
        price=Money(Decimal(price["amount"]), price["currency"]) if price else None,
    )


def first_capture(unit: Session, sample: Sample) -> Capture | None:
    """Give the capture of the draw that showed the offer."""
    found = [item for item in captures.of_sample(unit, sample.id) if item.purpose == "draw" and item.kind == "listing"]
    return found[-1] if found else None


def seen_at(unit: Session, sample: Sample) -> tuple[datetime, str] | None:
    """Give when the offer was seen and the hash of the capture that proves it."""
    seen = first_capture(unit, sample)
    return (seen.captured_at, seen.manifest_sha256) if seen else None
