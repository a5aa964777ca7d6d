"""A frame: every listing that could be drawn, as a table, with what was wrong in its sources.

The columns of a frame are `listing_id platform item_id url title category seller brand` (text),
`price` (Decimal or None), `currency` (text), `sales` (int64), `anomaly` (bool), `size` (int64) and
`stratum` (text). Findings are `row` (int64, as a spreadsheet counts, the header being row 1),
`column`, `reason` and `found` (text).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from sampling.digest import Digest, sha256
from sampling.listing import canonical_id

TEXTS = ("platform", "item_id", "url", "title", "category", "seller", "brand", "currency")
FIELDS = (*TEXTS, "price", "sales")
UNKNOWN = "unknown"
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")
_WHOLE = re.compile(r"[0-9]{1,12}")
FINDING = ("row", "column", "reason", "found")


@dataclass(frozen=True, slots=True)
class Mapped:
    """How the columns of one source become ours: names, constants, and category words to codes."""

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The listings of one or more sources and the findings about them."""

    listings: pd.DataFrame
    findings: pd.DataFrame


def read_table(table: pd.DataFrame, mapping: Mapped) -> Gathered:
    """Give the listings of a table of texts; a row without a usable id is refused, all else is kept and reported."""
    missing = sorted(set(mapping.columns.values()) - set(table.columns))
    if missing:
        wrong = [(1, name, "column_missing", "") for name in missing]
        return Gathered(_frame([]), pd.DataFrame(wrong, columns=list(FINDING)))
    findings: list[tuple[int, str, str, str]] = []
    rows = []
    for number, record in enumerate(table.fillna("").to_dict("records"), start=2):
        given = {ours: str(record[theirs]).strip() for ours, theirs in mapping.columns.items()}
        row, wrong = _row({**mapping.constants, **given}, mapping, number)
        findings += wrong
        rows += [] if row is None else [row]
    listings = _frame(rows)
    kept = dedupe(listings)
    gone = listings[~listings.index.isin(kept.index)]
    findings += [(int(row), mapping.columns.get("item_id", "item_id"), "duplicate", item)
                 for row, item in zip(gone["row"], gone["item_id"], strict=True)]  # fmt: skip
    return Gathered(kept.drop(columns="row").reset_index(drop=True), pd.DataFrame(findings, columns=list(FINDING)))


def dedupe(listings: pd.DataFrame) -> pd.DataFrame:
    """Give one row a listing: the cheapest, and among equals the one whose bytes hash highest."""
    keyed = listings.assign(
        _price=listings["price"].map(lambda price: Decimal("Infinity") if price is None else price),
        _hash=[sha256("\t".join(map(str, row)).encode()) for row in listings[[*TEXTS]].itertuples(index=False)],
    )
    ordered = keyed.sort_values(["listing_id", "_price", "_hash"], ascending=[True, True, False], kind="stable")
    return listings.loc[ordered.drop_duplicates("listing_id").index].sort_values("listing_id")


def join(parts: list[Gathered]) -> pd.DataFrame:
    """Give one table of the listings of several sources, one row a listing."""
    filled = [part.listings for part in parts if len(part.listings)]
    if not filled:
        return _frame([]).drop(columns="row")
    return dedupe(pd.concat(filled, ignore_index=True)).reset_index(drop=True)


def digest(frame: pd.DataFrame) -> Digest:
    """Give the SHA-256 of the canonical frame: lines of id, stratum and size, tab between, sorted by bytes."""
    columns = zip(frame["listing_id"], frame["stratum"], frame["size"], strict=True)
    lines = sorted(f"{id_}\t{stratum}\t{size}\n".encode() for id_, stratum, size in columns)
    return sha256(b"".join(lines))


def _row(
    given: Mapping[str, str], mapping: Mapped, number: int
) -> tuple[dict[str, Any] | None, list[tuple[int, str, str, str]]]:
    def told(name: str, reason: str) -> tuple[int, str, str, str]:
        return number, mapping.columns.get(name, name), reason, given.get(name, "")[:200]

    try:
        listing_id = canonical_id(given.get("platform", ""), given.get("item_id", ""))
    except ValueError:
        return None, [told("item_id", "id_unusable")]
    wrong = []
    price, price_reason = _price(given.get("price", ""))
    if price_reason:
        wrong.append(told("price", price_reason))
    category, category_reason = _category(given.get("category", ""), mapping)
    if category_reason:
        wrong.append(told("category", category_reason))
    sales = given.get("sales", "")
    if sales and not _WHOLE.fullmatch(sales):
        wrong.append(told("sales", "number_unreadable"))
    texts = {name: given.get(name, "") for name in TEXTS}
    row = {**texts, "listing_id": listing_id, "category": category, "price": price, "row": number,
           "sales": int(sales) if _WHOLE.fullmatch(sales) else 0}  # fmt: skip
    return row, wrong


def _price(text: str) -> tuple[Decimal | None, str | None]:
    match text:
        case "":
            return None, "price_missing"
        case _ if not _PRICE.fullmatch(text):
            return None, "price_unreadable"
        case _ if Decimal(text) == 0:
            return None, "price_zero"
        case _:
            return Decimal(text), None


def _category(text: str, mapping: Mapped) -> tuple[str, str | None]:
    if not text:
        return UNKNOWN, "category_missing"
    if not mapping.categories:
        return text, None
    code = mapping.categories.get(text)
    return (code, None) if code else (UNKNOWN, "category_unknown")


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["listing_id", *FIELDS, "row"])
    table["price"] = table["price"].astype(object).where(table["price"].notna(), None)
    return table.astype({"sales": "int64", "row": "int64"})
