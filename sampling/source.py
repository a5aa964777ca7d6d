"""Sources: how the files that a frame can be gathered from are recognised, and a crawl as one of them."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files

import pyarrow as pa

from sampling.listing import Listing
from sampling.mapping import TEXTS, Mapped, mapped

CRAWL = (*TEXTS, "price", "crawled_at")
"""The columns of a crawl that is kept as a table."""


@cache
def known() -> Mapping[str, Mapped]:
    """Give the mapping of every known source by its code."""
    table = tomllib.loads((files("sampling") / "sources.toml").read_text("utf-8"))
    return {row["code"]: mapped(row) for row in table["source"]}


def fitting(columns: Collection[str]) -> Mapped | None:
    """Give the settled mapping whose columns are all there, the one with most columns first; None when none fits."""
    there = set(columns)
    fits = [mapping.settled(there) for mapping in known().values() if mapping.fits(there)]
    return max(fits, key=lambda mapping: len(mapping.needed), default=None)


def listing_table(listings: Iterable[Listing], *, at: int = 0) -> pa.Table:
    """Give crawled listings as a table of texts that is read like a file; `at` says when, in seconds since 1970."""
    rows = [_texts(listing, at) for listing in listings]
    return pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in CRAWL})


def _texts(listing: Listing, at: int) -> dict[str, str]:
    return {
        "platform": listing.platform,
        "item_id": listing.item_id,
        "url": listing.url,
        "title": listing.title,
        "category": listing.category or "",
        "seller": listing.seller or "",
        "brand": listing.brand or "",
        "price": f"{listing.price.amount:f}" if listing.price else "",
        "currency": listing.price.currency if listing.price else "",
        "crawled_at": str(at) if at else "",
    }
