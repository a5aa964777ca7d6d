"""The plan: gathers and freezes the frame of a planned campaign, draws it once it may, and hands out the work.

A campaign that names no beacon is drawn at once from its seed. One that does goes through the ceremony, a step a sweep.
"""

from datetime import datetime

from prefect import flow

from flows import drawing
from flows.freezing import Kept, freeze, keep
from flows.gathering import gather, sources_of
from flows.opening import open_missing_reserves
from flows.parts import freeze_in_parts
from flows.report import Report
from flows.tick import LEFT, each, now
from flows.wiring import World, keep_memory, open_world
from flows.workers import working
from sampling.campaign import Campaign, CampaignEvent, CampaignState
from sampling.errors import ImpossiblePlan
from storage import campaigns, reserves
from storage.acts import planning
from storage.settings import load

ACTOR = "flow:plan"
WAITS = "left: waiting for a person's go"


@flow(name="plan")
def plan(limit: int = 10) -> str:
    """Draw what is planned; give the report as one line."""
    settings = load()
    if settings.parts == 1:
        keep_memory()  # the run ends with its process, and a frame as a whole wants much memory for a short while
    with open_world(settings) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Freeze and draw each planned campaign, and open the cases of each drawn one."""
    with world.database.unit() as unit:
        waiting = campaigns.in_state(unit, CampaignState.PLANNED, CampaignState.FRAMED, CampaignState.DRAWING)
        lacking = [one for one in campaigns.in_state(unit, CampaignState.SAMPLING) if reserves.wanted(unit, one.id)]
    due = [*waiting, *lacking]
    return each("plan", world, "campaign", due, step, most=limit)


def step(world: World, campaign: Campaign) -> str:
    """Do the one step that a campaign is due for; give what became of it."""
    at = now(world)
    with world.database.unit() as unit:
        current = campaigns.get(unit, campaign.id)
    match current.state:
        case CampaignState.PLANNED:
            return _gather(world, current, at)
        case CampaignState.FRAMED:
            return _go_on(world, current, at)
        case CampaignState.DRAWING:
            return drawing.advance(world, current, by=ACTOR, at=at)
        case CampaignState.SAMPLING:
            with world.database.unit() as unit:
                open_missing_reserves(world, unit, current, at)
            return "reserves opened"
        case _:
            return LEFT


def _gather(world: World, campaign: Campaign, at: datetime) -> str:
    """Freeze the frame; unless a person is to see the preview first, promise the draw or do it."""
    try:
        kept = _kept(world, campaign, at)
    except ImpossiblePlan as impossible:  # a pick that is in no source
        return _cancel(world, campaign, str(impossible), at)
    with world.database.unit() as unit:
        freeze(unit, campaign.id, kept, by=ACTOR, at=at)
        gathered = campaigns.get(unit, campaign.id)
    return "framed" if campaign.design.hold and kept.frozen.listings else _go_on(world, gathered, at)


def _go_on(world: World, campaign: Campaign, at: datetime) -> str:
    """Let a gathered frame be drawn that waits for nobody; an empty one ends its campaign."""
    if campaign.frame is not None and not campaign.frame.listings:
        return _cancel(world, campaign, f"no listing was found for the {campaign.sample_size} samples", at)
    if campaign.design.hold:
        return WAITS
    with world.database.unit() as unit:
        planning.approve(
            unit, campaign.id, sample_size=campaign.sample_size, budget=campaign.budget, design=campaign.design,
            beacons=campaign.beacons, parties=campaign.parties, by=ACTOR, at=at,
        )  # fmt: skip
        approved = campaigns.get(unit, campaign.id)
    return drawing.advance(world, approved, by=ACTOR, at=at)


def _kept(world: World, campaign: Campaign, at: datetime) -> Kept:
    """The frame's files, made in memory or in the parts that the settings ask for."""
    parts, workers, design = world.settings.parts, world.settings.workers, campaign.design
    if parts == 1:
        return keep(world.objects, gather(world, campaign, at), design)
    sources, lost = sources_of(world, campaign, at)
    with working(world.settings, f"freeze-{campaign.id}") as (stores, mapper):
        return freeze_in_parts(stores, sources, mapper=mapper, parts=parts, shares=workers.many, design=design,
                               categories=campaign.categories, lost=lost)  # fmt: skip


def _cancel(world: World, campaign: Campaign, reason: str, at: datetime) -> str:
    with world.database.unit() as unit:
        campaigns.record(unit, campaign.id, CampaignEvent.CANCELLED, by=ACTOR, at=at, data={"reason": reason})
    return "impossible"
