"""Frames: frozen once with what a plan must know of them; of their listings those that were drawn or reserved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sampling.campaign import CAMPAIGN, CampaignEvent
from sampling.frozen import Frozen
from sampling.preview import StratumFacts
from storage import moves
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.plan import CampaignRow, FrameFindingCountRow, FrameFindingRow, FrameRow, FrameStratumRow

Counts = Mapping[tuple[str, str, str], int]
"""How often each reason was found, by source, column and reason."""


@dataclass(frozen=True, slots=True)
class Framed:
    """One drawn or reserved listing of a frozen frame."""

    listing_id: str
    platform: str
    item_id: str
    url: str
    title: str
    category: str
    seller: str
    brand: str
    price: Decimal | None
    currency: str | None
    anomaly: bool
    stratum: str
    size: int
    ticket: str | None
    rank: int | None
    drawn: bool
    chance: Decimal | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class FrameFinding:
    """One thing wrong with a source of a frame."""

    source: str
    row: int
    column: str
    reason: str
    found: str


def freeze(
    unit: Session,
    id_: UUID,
    frozen: Frozen,
    strata: Iterable[StratumFacts],
    *,
    findings: Iterable[FrameFinding],
    counts: Counts,
    by: str,
    at: datetime,
) -> None:
    """Keep what is known of a gathered frame; from here on it never changes."""
    row = moves.load(unit, CampaignRow, id_)
    row.frame_sha256, row.frame = frozen.sha256, frozen.record()
    _insert(unit, FrameStratumRow, id_, [_columns(item) for item in strata])
    _insert(unit, FrameFindingRow, id_, [_columns(item) for item in findings])
    listed = [
        {"source": source, "column": column, "reason": reason, "count": count}
        for (source, column, reason), count in counts.items()
    ]
    _insert(unit, FrameFindingCountRow, id_, listed)
    data = {"frame_sha256": frozen.sha256, "merkle_root": frozen.merkle_root, "listings": frozen.listings,
            "findings": sum(counts.values())}  # fmt: skip
    moves.move(unit, row, CAMPAIGN, CampaignEvent.FRAME_FROZEN, case_id=id_, by=by, at=at, data=data)


def strata(unit: Session, id_: UUID) -> tuple[StratumFacts, ...]:
    """Give what a plan must know of each stratum of a frozen frame, by name."""
    wanted = select(FrameStratumRow).filter_by(campaign_id=id_).order_by(FrameStratumRow.name.collate("C"))
    return tuple(record_of(StratumFacts, row) for row in unit.scalars(wanted))


def keep(unit: Session, id_: UUID, places: Sequence[Framed], *, first: bool) -> tuple[Framed, ...]:
    """Keep the listings of a draw and give those drawn, by id.

    The reserve order is that of the first draw; a further round takes listings out of it or beside it.
    """
    if first:
        _insert(unit, FrameRow, id_, [_columns(item) for item in places])
    else:
        drawn = {item.listing_id: item for item in places if item.drawn}
        held = unit.scalars(select(FrameRow).where(FrameRow.campaign_id == id_, FrameRow.listing_id.in_(drawn)))
        there = {row.listing_id: row for row in held}
        for row in there.values():
            row.drawn = True
        more = [replace(item, rank=None, ticket=None) for id_, item in drawn.items() if id_ not in there]
        _insert(unit, FrameRow, id_, [_columns(item) for item in more])
    unit.flush()
    return tuple(sorted((item for item in places if item.drawn), key=lambda item: item.listing_id))


def next_reserve(unit: Session, id_: UUID, stratum: str) -> Framed | None:
    """Give and mark the next undrawn listing of a stratum by the published order, or None when it is used up.

    Two that ask at once wait for each other on the campaign: a waiter on the listing itself would find it drawn
    and be told that there is no other.
    """
    moves.load(unit, CampaignRow, id_)
    waiting = select(FrameRow).where(
        FrameRow.campaign_id == id_, FrameRow.stratum == stratum, FrameRow.drawn.is_(False), FrameRow.rank.is_not(None)
    )
    row = unit.scalars(waiting.order_by(FrameRow.rank).limit(1)).first()
    if row is None:
        return None
    row.drawn = True
    return record_of(Framed, row)


def listings(unit: Session, id_: UUID) -> tuple[Framed, ...]:
    """Give the drawn and reserved listings of a campaign in the order of stratum and draw."""
    rows = unit.scalars(select(FrameRow).filter_by(campaign_id=id_).order_by(FrameRow.stratum, FrameRow.rank))
    return tuple(record_of(Framed, row) for row in rows)


def find(unit: Session, id_: UUID, listing_id: str) -> Framed | None:
    """Give a drawn or reserved listing of a campaign, or None where it is none."""
    row = moves.one(unit, FrameRow, campaign_id=id_, listing_id=listing_id)
    return None if row is None else record_of(Framed, row)


def drawn(unit: Session, id_: UUID) -> frozenset[str]:
    """Give the ids of the listings that were drawn, or taken from the reserve."""
    return frozenset(unit.scalars(select(FrameRow.listing_id).filter_by(campaign_id=id_, drawn=True)))


def findings(unit: Session, id_: UUID, limit: int = 1000, offset: int = 0) -> tuple[FrameFinding, ...]:
    """Give the kept findings about the sources of a frame, by source and row."""
    wanted = select(FrameFindingRow).filter_by(campaign_id=id_)
    rows = wanted.order_by(FrameFindingRow.source, FrameFindingRow.row, FrameFindingRow.column)
    return tuple(record_of(FrameFinding, row) for row in unit.scalars(rows.limit(limit).offset(offset)))


def finding_counts(unit: Session, id_: UUID) -> dict[tuple[str, str, str], int]:
    """Give how many findings there are for each source, column and reason."""
    kept = FrameFindingCountRow
    rows = unit.scalars(select(kept).filter_by(campaign_id=id_).order_by(kept.source, kept.column, kept.reason))
    return {(row.source, row.column, row.reason): row.count for row in rows}


def _insert(unit: Session, table: type[Any], id_: UUID, listed: Sequence[Mapping[str, Any]]) -> None:
    if listed:
        unit.execute(insert(table), [{"id": new_id(), "campaign_id": id_, **item} for item in listed])


def _columns(item: Framed | FrameFinding | StratumFacts) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}
