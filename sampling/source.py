"""Sources: how the files that a frame can be gathered from are recognised and read."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import pandas as pd

from sampling.frame import FINDING, Gathered, Mapped, read_table
from sampling.listing import Listing

CRAWLED = Mapped(columns={name: name for name in ("platform", "item_id", "url", "title", "category", "seller", "brand",
                                                   "price", "currency")})  # fmt: skip


def known() -> dict[str, Mapped]:
    """Give the mapping of every known source by its code."""
    table = tomllib.loads((files("sampling") / "sources.toml").read_text("utf-8"))
    return {row["code"]: _mapped(row) for row in table["source"]}


def fitting(columns: Iterable[str]) -> Mapped | None:
    """Give the mapping whose columns are all there, the one with most columns first; None when none fits."""
    there = set(columns)
    fits = [mapped for mapped in known().values() if set(mapped.columns.values()) <= there]
    return max(fits, key=lambda mapped: len(mapped.columns), default=None)


def read_file(table: pd.DataFrame) -> Gathered:
    """Give the listings and findings of a table of texts; a table that fits no source is one finding."""
    mapping = fitting(table.columns)
    if mapping is None:
        wrong = [(1, "", "no_source_fits", ", ".join(map(str, table.columns))[:200])]
        return Gathered(table.iloc[0:0], pd.DataFrame(wrong, columns=list(FINDING)))
    return read_table(table, mapping)


def read_listings(listings: Iterable[Listing]) -> Gathered:
    """Give the crawled listings as part of a frame, with what their pages did not say."""
    rows = [_texts(listing) for listing in listings]
    return read_table(pd.DataFrame(rows, columns=list(CRAWLED.columns), dtype=object), CRAWLED)


def _texts(listing: Listing) -> dict[str, str]:
    return {
        "platform": listing.platform,
        "item_id": listing.item_id,
        "url": listing.url,
        "title": listing.title,
        "category": listing.category or "",
        "seller": listing.seller or "",
        "brand": listing.brand or "",
        "price": str(listing.price.amount) if listing.price else "",
        "currency": listing.price.currency if listing.price else "",
    }


def _mapped(row: dict[str, Any]) -> Mapped:
    return Mapped(row["columns"], row.get("constants", {}), row.get("categories", {}))
