"""Campaigns and their frames: planned by a person, frozen and drawn by a flow."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from sampling.campaign import CAMPAIGN, Campaign, CampaignEvent, CampaignState
from sampling.money import Money
from sampling.places import Place
from sampling.text import Text
from storage import events, moves, numbers
from storage.errors import NotFound
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.plan import CampaignRow, FrameFindingRow, FrameRow


@dataclass(frozen=True, slots=True)
class Framed:
    """One listing of a frozen frame."""

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


@dataclass(frozen=True, slots=True)
class FrameFinding:
    """One thing wrong with a source of a frame."""

    source: str
    row: int
    column: str
    reason: str
    found: str


def plan(
    unit: Session,
    *,
    name: Text,
    platforms: Sequence[str],
    categories: Sequence[str],
    sample_size: int,
    units_each: int,
    budget: Money,
    seed: str,
    rulebook: str,
    files: Sequence[str],
    by: str,
    at: datetime,
    beacons: Sequence[str] = (),
    parties: Sequence[str] = (),
) -> Campaign:
    """Create a campaign and plan it; the `plan` flow draws it next."""
    number = f"C{at.year}-{numbers.take(unit, f'campaign-{at.year}'):03d}"
    row = CampaignRow(
        id=new_id(), number=number, name=name.record(), platforms=list(platforms), categories=list(categories),
        sample_size=sample_size, units_each=units_each, budget=budget.amount, currency=budget.currency, seed=seed,
        rulebook=rulebook, state=CAMPAIGN.initial, created_by=by, created_at=at, files=list(files),
        frame_sha256=None, draw_sha256=None, beacons=list(beacons), parties=sorted(parties),
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    record(unit, row.id, CampaignEvent.PLANNED, by=by, at=at, data={"sample_size": sample_size, "budget": str(budget)})
    return _campaign(row)


def record(
    unit: Session, id_: UUID, event: CampaignEvent, *, by: str, at: datetime, data: Mapping[str, Any] | None = None
) -> CampaignState:
    """Move a campaign and give its new state."""
    row = moves.load(unit, CampaignRow, id_)
    return moves.move(unit, row, CAMPAIGN, event, case_id=id_, by=by, at=at, data=data)


def get(unit: Session, id_: UUID) -> Campaign:
    """Give one campaign, or raise NotFound."""
    return _campaign(moves.read(unit, CampaignRow, id_))


def held(unit: Session, id_: UUID) -> Campaign:
    """Give one campaign and hold it until the unit ends: whoever spends of its budget waits here for the others."""
    return _campaign(moves.load(unit, CampaignRow, id_))


def listed(unit: Session) -> tuple[Campaign, ...]:
    """Give every campaign, newest first."""
    return tuple(_campaign(row) for row in unit.scalars(select(CampaignRow).order_by(CampaignRow.id.desc())))


def in_state(unit: Session, *states: CampaignState) -> tuple[Campaign, ...]:
    """Give the campaigns that stand in one of the states, oldest first."""
    rows = unit.scalars(select(CampaignRow).where(CampaignRow.state.in_(states)).order_by(CampaignRow.id))
    return tuple(_campaign(row) for row in rows)


def freeze(
    unit: Session,
    id_: UUID,
    frame: Iterable[Framed],
    findings: Iterable[FrameFinding],
    *,
    frame_sha256: str,
    by: str,
    at: datetime,
) -> None:
    """Keep the frame, its findings and its hash; from here on the frame never changes."""
    row = moves.load(unit, CampaignRow, id_)
    row.frame_sha256 = frame_sha256
    listings = [{"id": new_id(), "campaign_id": id_, **_columns(item)} for item in frame]
    wrong = [{"id": new_id(), "campaign_id": id_, **_columns(item)} for item in findings]
    if listings:
        unit.execute(insert(FrameRow), listings)
    if wrong:
        unit.execute(insert(FrameFindingRow), wrong)
    data = {"frame_sha256": frame_sha256, "listings": len(listings), "findings": len(wrong)}
    moves.move(unit, row, CAMPAIGN, CampaignEvent.FRAME_FROZEN, case_id=id_, by=by, at=at, data=data)


def drawn(unit: Session, id_: UUID, *, draw_sha256: str, by: str, at: datetime, data: Mapping[str, Any]) -> None:
    """Keep the hash of the draw and start the sampling."""
    row = moves.load(unit, CampaignRow, id_)
    row.draw_sha256 = draw_sha256
    moves.move(unit, row, CAMPAIGN, CampaignEvent.DRAWN, case_id=id_, by=by, at=at, data=data)


def mark(unit: Session, id_: UUID, places: Iterable[Place]) -> tuple[Framed, ...]:
    """Write the first draw's places, or what a further round drew, into the frame; give the drawn listings."""
    row, drawn = moves.load(unit, CampaignRow, id_), []
    held = {one.id: one for one in places}
    wanted = select(FrameRow).where(FrameRow.campaign_id == id_, FrameRow.listing_id.in_(held))
    for listing in unit.scalars(wanted.order_by(FrameRow.listing_id)):
        place = held[listing.listing_id]
        if row.draw_sha256 is None:
            # The reserve order is that of the first draw; a further round takes listings out of it.
            listing.ticket, listing.rank = str(place.ticket), place.rank
        if place.selected:
            listing.drawn = True
            drawn.append(record_of(Framed, listing))
    unit.flush()
    return tuple(drawn)


def by_number(unit: Session, number: str) -> Campaign:
    """Give the campaign of that number, or raise NotFound."""
    row = moves.one(unit, CampaignRow, number=number)
    if row is None:
        raise NotFound(f"there is no campaign {number}")
    return _campaign(row)


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


def frame(unit: Session, id_: UUID) -> tuple[Framed, ...]:
    """Give a campaign's frame in the order of stratum and draw."""
    rows = unit.scalars(select(FrameRow).filter_by(campaign_id=id_).order_by(FrameRow.stratum, FrameRow.rank))
    return tuple(record_of(Framed, row) for row in rows)


def findings(unit: Session, id_: UUID, limit: int = 1000) -> tuple[FrameFinding, ...]:
    """Give what was wrong with the sources of a frame, by source and row."""
    wanted = select(FrameFindingRow).filter_by(campaign_id=id_)
    rows = unit.scalars(wanted.order_by(FrameFindingRow.source, FrameFindingRow.row).limit(limit))
    return tuple(record_of(FrameFinding, row) for row in rows)


def finding_counts(unit: Session, id_: UUID) -> dict[tuple[str, str, str], int]:
    """Give how many findings there are for each source, column and reason."""
    key = (FrameFindingRow.source, FrameFindingRow.column, FrameFindingRow.reason)
    rows = unit.execute(
        select(*key, func.count()).where(FrameFindingRow.campaign_id == id_).group_by(*key).order_by(*key)
    )
    return {(source, column, reason): number for source, column, reason, number in rows}


def history(unit: Session, id_: UUID) -> tuple[events.Entry, ...]:
    """Give what happened to the campaign itself."""
    return events.history(unit, id_)


def _columns(item: Framed | FrameFinding) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def _campaign(row: CampaignRow) -> Campaign:
    return record_of(
        Campaign,
        row,
        name=Text(**row.name),
        platforms=tuple(row.platforms),
        categories=tuple(row.categories),
        budget=Money(row.budget, row.currency),
        files=tuple(row.files),
        beacons=tuple(row.beacons),
        parties=tuple(row.parties),
    )
