"""A draft: all that one version of a notice is going to say, before it is put into words and signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from labs.limits import Limit
from labs.verdict import ItemVerdict, Verdict
from platforms.notice import NoticeKind
from sampling.listing import Listing
from sampling.text import Text


class Action(StrEnum):
    """What is asked for one listing."""

    REMOVE = "remove"
    DISABLE_SALE = "disable_sale"
    WARN = "warn"
    PRESERVE_DATA = "preserve_data"
    INFORM = "inform"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The authority that speaks; `base_url` is where its schema, keys and answers live."""

    id: str
    name: Text
    contact: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is spoken to; `role` is `platform`, `seller`, `producer` or `authority`."""

    id: str
    role: str
    platform: str


@dataclass(frozen=True, slots=True)
class Product:
    """What the goods are; `ids` are pairs of a scheme (`gtin`, `model`, `batch`) and its value."""

    name: Text
    brand: str | None
    ids: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One judged item; values and limits stay in the report that the hash names."""

    sample: str
    test: str
    result: str
    report_sha256: str | None
    lab: str | None
    final: bool
    limit_status: str | None = None
    """Whether the limit was `read` at its source, in a `secondary` text, or is `unconfirmed`."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The listing as it was seen, with the hash of the capture that proves it."""

    item_id: str
    url: str
    seen_at: datetime
    snapshot_sha256: str
    sku: str | None = None
    shop_id: str | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """What one version changed."""

    version: int
    at: datetime
    summary: Text


@dataclass(frozen=True, slots=True)
class Risk:
    """How dangerous the goods are, and in what way."""

    level: str
    hazard: tuple[str, ...]
    summary: Text


@dataclass(frozen=True, slots=True)
class Draft:
    """All that one version of a notice says."""

    number: str
    version: int
    kind: NoticeKind
    issuer: Issuer
    recipient: Recipient
    sample_code: str
    product: Product
    offer: Offer
    action: Action
    revisions: tuple[Revision, ...]
    """One for each version so far, the oldest first."""
    respond_url: str
    findings: tuple[Finding, ...] = ()
    legal_basis: tuple[tuple[str, str], ...] = ()
    """Pairs of an instrument and its provision."""
    risk: Risk | None = None
    ack_by: datetime | None = None
    due: datetime | None = None
    contest_until: datetime | None = None
    seller_notified: bool = False
    references: tuple[str, ...] = ()
    supersedes: str | None = None
    ref: str = "L1"


def product_of(listing: Listing) -> Product:
    """Give the product as its listing names it; the title is quoted, so it is the same in both languages."""
    named = (("gtin", listing.gtin), ("model", listing.model), ("batch", listing.batch))
    ids = tuple((scheme, value) for scheme, value in named if value)
    return Product(Text(listing.title, listing.title), listing.brand, ids)


def findings_of(
    sample_code: str,
    verdict: Verdict,
    *,
    report_sha256: str | None,
    lab: str | None,
    final: bool,
    limits: Mapping[str, Limit],
) -> tuple[Finding, ...]:
    """Give one finding for each judged item, with how well its limit is known where that is among those given."""
    return tuple(
        Finding(sample_code, item.item, item.outcome.value, report_sha256, lab, final, _status(item, limits))
        for item in verdict.items
    )


def _status(item: ItemVerdict, limits: Mapping[str, Limit]) -> str | None:
    limit = limits.get(item.limit_id or "")
    return None if limit is None else limit.status
