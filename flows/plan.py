"""The plan: gathers and freezes the frame of a planned campaign, draws it, and hands out the work.

A campaign that names no beacon is drawn at once from its seed. One that does goes through the ceremony, a step a sweep.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from prefect import flow

from flows import drawing
from flows.drawing import RESERVE
from flows.gathering import gather
from flows.opening import open_cases
from flows.report import Report
from flows.tick import LEFT, each, now
from flows.wiring import World, open_world
from sampling import draw
from sampling.campaign import Campaign, CampaignEvent, CampaignState
from sampling.digest import canonical, sha256
from sampling.draw import Drawn
from sampling.errors import ImpossiblePlan
from sampling.frame import digest as frame_digest
from sampling.plan import check_cost
from storage import campaigns
from storage.campaigns import Framed, FrameFinding
from storage.settings import load

ACTOR = "flow:plan"
KEPT = ("listing_id", "platform", "item_id", "url", "title", "category", "seller", "brand", "price", "stratum")


@flow(name="plan")
def plan(limit: int = 10) -> str:
    """Draw what is planned; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Freeze and draw each planned campaign, and open the cases of each drawn one."""
    with world.database.unit() as unit:
        due = campaigns.in_state(unit, CampaignState.PLANNED, CampaignState.DRAWING)[:limit]
    return each("plan", world, "campaign", due, _step)


def _step(world: World, campaign: Campaign) -> str:
    at = now(world)
    with world.database.unit() as unit:
        state = campaigns.get(unit, campaign.id).state
    match state:
        case CampaignState.DRAWING:
            return drawing.advance(world, campaign, by=ACTOR, at=at)
        case CampaignState.PLANNED:
            frame, findings = gather(world, campaign)
            step = _promise if campaign.beacons else _draw_at_once
            return step(world, campaign, frame, findings, at)
        case _:
            return LEFT


def _promise(
    world: World, campaign: Campaign, frame: pd.DataFrame, findings: Sequence[FrameFinding], at: datetime
) -> str:
    """Freeze the frame and promise the draw: plan, commitments and future rounds come before any chance."""
    frozen = frame_digest(frame)
    try:
        _refuse_empty(frame, campaign)
        drawing.allocation(campaign, {str(name): int(held) for name, held in frame["stratum"].value_counts().items()})
    except ImpossiblePlan as impossible:
        return _refuse(world, campaign, frame, findings, impossible, at)
    with world.database.unit() as unit:
        campaigns.freeze(unit, campaign.id, _framed(frame, {}), findings, frame_sha256=frozen, by=ACTOR, at=at)
        drawing.begin(world, unit, campaigns.get(unit, campaign.id), by=ACTOR, at=at)
    return "frozen"


def _draw_at_once(
    world: World, campaign: Campaign, frame: pd.DataFrame, findings: Sequence[FrameFinding], at: datetime
) -> str:
    frozen = frame_digest(frame)
    plan_sha256 = sha256(canonical(_plan_record(campaign)))
    root = draw.root(plan_sha256, frozen, bytes.fromhex(campaign.seed))
    try:
        places = _draw(frame, campaign, draw.seed_for("listing", root))
    except ImpossiblePlan as impossible:
        return _refuse(world, campaign, frame, findings, impossible, at)
    whole = draw.digest(plan_sha256, frozen, places)
    data = {"plan_sha256": plan_sha256, "draw_sha256": whole, "strata": len(places)}
    with world.database.unit() as unit:
        framed = tuple(_framed(frame, places))
        campaigns.freeze(unit, campaign.id, framed, findings, frame_sha256=frozen, by=ACTOR, at=at)
        campaigns.drawn(unit, campaign.id, draw_sha256=whole, by=ACTOR, at=at, data=data)
        picked = [item for item in framed if item.drawn]
        open_cases(world, unit, campaigns.get(unit, campaign.id), picked, root, at=at)
    return "drawn"


def _refuse(
    world: World,
    campaign: Campaign,
    frame: pd.DataFrame,
    findings: Sequence[FrameFinding],
    impossible: ImpossiblePlan,
    at: datetime,
) -> str:
    with world.database.unit() as unit:
        kept = _framed(frame, {})  # what was found, and what was wrong with it, explains the refusal
        campaigns.freeze(unit, campaign.id, kept, findings, frame_sha256=frame_digest(frame), by=ACTOR, at=at)
        campaigns.record(unit, campaign.id, CampaignEvent.CANCELLED, by=ACTOR, at=at, data={"reason": str(impossible)})
    return "impossible"


def _refuse_empty(frame: pd.DataFrame, campaign: Campaign) -> None:
    if frame.empty:
        raise ImpossiblePlan(f"no listing was found for the {campaign.sample_size} samples")


def _draw(frame: pd.DataFrame, campaign: Campaign, seed: str) -> dict[str, tuple[Drawn, ...]]:
    _refuse_empty(frame, campaign)
    groups = {str(name): group for name, group in frame.groupby("stratum", sort=True)}
    given = drawing.allocation(campaign, {name: len(group) for name, group in groups.items()})
    places = {
        name: draw.draw_stratum(
            list(zip(group["listing_id"], group["size"], strict=True)), given[name], seed, reserve=RESERVE
        )
        for name, group in groups.items()
    }
    prices = frame.set_index("listing_id")["price"]
    picked = [prices[item.id] for items in places.values() for item in items if item.selected]
    check_cost([price for price in picked if price is not None], campaign.units_each, campaign.budget)
    return places


def _framed(frame: pd.DataFrame, places: dict[str, tuple[Drawn, ...]]) -> list[Framed]:
    by_id = {item.id: item for items in places.values() for item in items}
    framed = []
    for row in frame.to_dict("records"):
        place = by_id.get(row["listing_id"])
        drawn: dict[str, Any] = {
            "currency": row["currency"] or None,
            "anomaly": bool(row["anomaly"]),
            "size": int(row["size"]),
            "ticket": str(place.ticket) if place else None,
            "rank": place.rank if place else None,
            "drawn": bool(place and place.selected),
        }
        framed.append(Framed(**{name: row[name] for name in KEPT}, **drawn))
    return framed


def _plan_record(campaign: Campaign) -> dict[str, object]:
    return {
        "platforms": list(campaign.platforms),
        "categories": list(campaign.categories),
        "sample_size": campaign.sample_size,
        "units_each": campaign.units_each,
        "budget": str(campaign.budget),
        "rulebook": campaign.rulebook,
        "files": list(campaign.files),
    }
