"""Campaigns: planned and approved by a person, gathered and drawn by a flow."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.campaign import CAMPAIGN, Campaign, CampaignEvent, CampaignState
from sampling.design import PLAIN, Design, design_of
from sampling.frozen import frozen_of
from sampling.money import Money
from sampling.text import Text
from storage import events, moves, numbers
from storage.errors import Conflict, NotFound
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.plan import CampaignRow


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
    mappings: Mapping[str, str] | None = None,
    design: Design = PLAIN,
) -> Campaign:
    """Create a campaign and plan it; the `plan` flow gathers its frame next."""
    number = f"C{at.year}-{numbers.take(unit, f'campaign-{at.year}'):03d}"
    row = CampaignRow(
        id=new_id(), number=number, name=name.record(), platforms=list(platforms), categories=list(categories),
        sample_size=sample_size, units_each=units_each, budget=budget.amount, currency=budget.currency, seed=seed,
        rulebook=rulebook, state=CAMPAIGN.initial, created_by=by, created_at=at, files=list(files),
        frame_sha256=None, draw_sha256=None, beacons=list(beacons), parties=sorted(parties), frame=None,
        mappings=dict(mappings or {}), design=design.record(),
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    record(unit, row.id, CampaignEvent.PLANNED, by=by, at=at, data={"sample_size": sample_size, "budget": str(budget)})
    return _campaign(row)


def add_files(unit: Session, id_: UUID, mappings: Mapping[str, str]) -> Campaign:
    """Add frame files, each with the hash of its mapping or nothing; once the frame is gathered it raises Conflict."""
    row = moves.load(unit, CampaignRow, id_)
    if row.state is not CampaignState.PLANNED:
        raise Conflict(f"{row.number} is {row.state}: its frame is gathered already")
    row.files = list(dict.fromkeys([*row.files, *mappings]))
    row.mappings = {**row.mappings, **{file: mapping for file, mapping in mappings.items() if mapping}}
    unit.flush()
    return _campaign(row)


def change(
    unit: Session,
    id_: UUID,
    *,
    sample_size: int,
    budget: Money,
    design: Design,
    beacons: Sequence[str],
    parties: Sequence[str],
) -> None:
    """Keep what a person chose after seeing the preview of a frame."""
    row = moves.load(unit, CampaignRow, id_)
    row.sample_size, row.budget, row.currency = sample_size, budget.amount, budget.currency
    row.design, row.beacons, row.parties = design.record(), list(beacons), sorted(parties)
    unit.flush()


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


def drawn(unit: Session, id_: UUID, *, draw_sha256: str, by: str, at: datetime, data: Mapping[str, Any]) -> None:
    """Keep the hash of the draw and start the sampling."""
    row = moves.load(unit, CampaignRow, id_)
    row.draw_sha256 = draw_sha256
    moves.move(unit, row, CAMPAIGN, CampaignEvent.DRAWN, case_id=id_, by=by, at=at, data=data)


def by_number(unit: Session, number: str) -> Campaign:
    """Give the campaign of that number, or raise NotFound."""
    row = moves.one(unit, CampaignRow, number=number)
    if row is None:
        raise NotFound(f"there is no campaign {number}")
    return _campaign(row)


def history(unit: Session, id_: UUID) -> tuple[events.Entry, ...]:
    """Give what happened to the campaign itself."""
    return events.history(unit, id_)


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
        design=design_of(row.design),
        frame=frozen_of(row.frame) if row.frame else None,
    )
