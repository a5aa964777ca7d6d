"""A publication: what the public is told of one verdict, approved by a second person."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from labs.verdict import Outcome, Verdict, VerdictState
from platforms.notice import may_approve
from sampling.lifecycle import Lifecycle
from sampling.listing import Listing
from sampling.sample import Sample


class PublicationState(StrEnum):
    """Where a publication stands; nothing published is ever deleted."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    APPROVED = "approved"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class PublicationEvent(StrEnum):
    """What happened to a publication."""

    APPROVED = "approved"
    REFUSED = "refused"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


_S, _E = PublicationState, PublicationEvent

PUBLICATION: Lifecycle[PublicationState, PublicationEvent] = Lifecycle(
    noun="publication",
    initial=_S.PROPOSED,
    moves={
        (_S.PROPOSED, _E.APPROVED): _S.APPROVED,
        (_S.PROPOSED, _E.REFUSED): _S.REFUSED,
        (_S.APPROVED, _E.PUBLISHED): _S.PUBLISHED,
        # Its verdict fell before anybody could read it.
        (_S.APPROVED, _E.REFUSED): _S.REFUSED,
        (_S.PUBLISHED, _E.CORRECTED): _S.CORRECTED,
        (_S.PUBLISHED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.PUBLISHED, _E.EXPIRED): _S.EXPIRED,
        (_S.CORRECTED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.CORRECTED, _E.EXPIRED): _S.EXPIRED,
    },
)


@dataclass(frozen=True, slots=True)
class Publication:
    """One published result and its versions; `entry` is the allow-listed public record."""

    id: UUID
    number: str
    sample_id: UUID
    state: PublicationState
    version: int
    entry: dict[str, Any]
    proposed_by: str
    approved_by: str | None = None
    published_at: datetime | None = None
    disputed: bool = False
    changed_at: datetime | None = None
    """When it was last corrected or withdrawn."""
    reason: str | None = None
    """Why it was corrected or withdrawn: a code."""


@dataclass(frozen=True, slots=True)
class Party:
    """One party to the verdict: when it was told, and until when it may object."""

    name: str
    served_at: datetime | None
    window_closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """All that is asked before a result may be shown."""

    at: datetime
    outcome: Outcome
    verdict_state: VerdictState
    parties: tuple[Party, ...]
    author: str
    approver: str | None
    objection_open: bool = False
    disputed: bool = False
    """Published with the label that it is contested: the one way past an open window."""
    unqualified: tuple[str, ...] = ()
    """Items the laboratory was not qualified for on the day of the test (food: a fine, FSLR 43 and 80)."""
    origin_disputed: bool = False
    legal_checked: bool = False
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What an entry is projected from; most of it stays behind."""

    number: str
    version: int
    sample: Sample
    listing: Listing
    verdict: Verdict
    basis: str
    """`probability` or `risk_targeted`."""
    sampled_on: date
    lab: str
    name_seller: bool
    """Only after the seller's window has closed."""
    disputed: bool = False
    takedown: str | None = None


OVERTURNED = "verdict_overturned"
"""Why what rested on a verdict is taken back when it does not stand any more."""


def taken_back(state: PublicationState) -> PublicationEvent:
    """Give how a publication ends whose verdict was overturned: what was shown stays as withdrawn."""
    shown = state in (PublicationState.PUBLISHED, PublicationState.CORRECTED)
    return PublicationEvent.WITHDRAWN if shown else PublicationEvent.REFUSED


REQUIRED = ("number", "sample", "platform", "item_id", "title", "outcome", "basis", "sampled_on", "lab")

_SHOWN = frozenset({Outcome.PASS, Outcome.FAIL})


def gates(readiness: Readiness, public: Mapping[str, Any], private: Collection[str]) -> tuple[str, ...]:
    """Give a code for each gate still closed, `code` or `code:what`; an empty tuple lets the entry out."""
    return tuple(
        [
            *_of_the_verdict(readiness),
            *_of_the_parties(readiness),
            *(f"lab_not_qualified:{item}" for item in readiness.unqualified),
            *(["legal_check_missing"] if readiness.origin_disputed and not readiness.legal_checked else []),
            *(f"field_missing:{name}" for name in REQUIRED if not public.get(name)),
            *(f"private_data:{path}" for path in leaks(public, private)),
            *(["duplicate"] if readiness.duplicate else []),
            *_of_the_approval(readiness),
        ]
    )


def entry(facts: Facts) -> dict[str, Any]:
    """Give the public record: each field is named here, so nothing comes out by being added to a record.

    Who bought, with what account, order, address or waybill, and the code the laboratory saw, have no field.
    """
    listing, verdict = facts.listing, facts.verdict
    return {
        "number": facts.number,
        "version": facts.version,
        "sample": facts.sample.code,
        "platform": listing.platform,
        "item_id": listing.item_id,
        "url": public_url(listing.url, listing.item_id),
        "title": listing.title,
        "category": facts.sample.category,
        "brand": listing.brand,
        "model": listing.model,
        "batch": listing.batch,
        "gtin": listing.gtin,
        "seller": listing.seller if facts.name_seller else None,
        "sampled_on": facts.sampled_on.isoformat(),
        "basis": facts.basis,
        "lab": facts.lab,
        "outcome": verdict.outcome.value,
        "severity": verdict.severity,
        "items": [
            {"item": item.item, "outcome": item.outcome.value, "limit": item.limit_id, "found": item.raw_text}
            for item in verdict.items
        ],
        "disputed": facts.disputed,
        "takedown": facts.takedown,
    }


def public_url(url: str, item_id: str) -> str:
    """Give the address without log-in, fragment or tracking: of the query only what names the item stays."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = [(name, value) for name, value in parse_qsl(parts.query) if value == item_id]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query), ""))


def leaks(public: Mapping[str, Any], private: Collection[str]) -> tuple[str, ...]:
    """Give the path of each public text that holds a private value, in whatever case or width it is written."""
    wanted = {folded for folded in map(_folded, private) if folded}
    return tuple(path for path, text in _texts(public, "") if any(value in _folded(text) for value in wanted))


def _of_the_verdict(readiness: Readiness) -> Iterator[str]:
    if readiness.verdict_state is not VerdictState.CONFIRMED:
        yield "verdict_not_final"
    if readiness.outcome not in _SHOWN:
        yield f"no_result:{readiness.outcome.value}"
    if readiness.objection_open and not readiness.disputed:
        yield "objection_open"


def _of_the_parties(readiness: Readiness) -> Iterator[str]:
    if not readiness.parties:
        yield "nobody_served"
    for party in readiness.parties:
        if party.served_at is None:
            yield f"not_served:{party.name}"
        elif not readiness.disputed and (party.window_closes_at is None or readiness.at < party.window_closes_at):
            yield f"window_open:{party.name}"


def _of_the_approval(readiness: Readiness) -> Iterator[str]:
    if readiness.approver is None:
        yield "approval_missing"
    elif not may_approve(author=readiness.author, approver=readiness.approver):
        yield "same_person"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield path, value
        case Mapping():
            for name, item in value.items():
                yield from _texts(item, f"{path}.{name}".lstrip("."))
        case list():
            for place, item in enumerate(value):
                yield from _texts(item, f"{path}.{place}")
        case _:
            return


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
