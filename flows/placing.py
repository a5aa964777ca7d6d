"""Placing: a plan and its root become places in the frozen frame, and the listings that stand there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.framing import framed, rows_of
from flows.slices import place_in_parts
from flows.wiring import World
from flows.workers import working
from sampling import ceremony, draw, places
from sampling.assignment import Party, parties_file, parties_of
from sampling.campaign import Campaign
from sampling.ceremony import NOTHING, DrawPlan
from sampling.digest import sha256
from sampling.errors import RefusedDraw
from sampling.framefile import parse
from sampling.frozen import Frozen
from sampling.places import Place
from sampling.preview import Choice, affordable
from sampling.rulebook import load as load_rules
from sampling.version import VERSION
from storage import frames, parties
from storage.errors import StorageError
from storage.frames import Framed
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw as it was done: its places, their listings, and the hashes that are announced at once."""

    places: Sequence[Place]
    listings: Sequence[Framed]
    hashes: Mapping[str, str]


def choice_of(campaign: Campaign) -> Choice:
    """Give what the coordinator chose of the campaign's plan."""
    return Choice(campaign.sample_size, campaign.budget, campaign.units_each, campaign.design)


def planned(
    world: World, unit: Unit, campaign: Campaign, n: Mapping[str, int] | None = None, *, at: datetime
) -> DrawPlan:
    """Give the plan of a draw as far as the campaign decides it: no parties, nothing that is waited for.

    The laboratories are promised as they stand now.
    """
    categories = {*world.limits.categories, *campaign.categories}
    labs = parties_file(parties.labs(unit, campaign, categories, world.limits, at))
    frozen, rules, design = _frozen(campaign), load_rules(campaign.rulebook), campaign.design
    return DrawPlan(
        campaign=campaign.number, number=1, frame_sha256=frozen.sha256, merkle_root=frozen.merkle_root,
        listings=frozen.listings, n=dict(n or affordable(frames.strata(unit, campaign.id), choice_of(campaign))),
        reserve=design.reserve, rules=f"{rules.code}@{rules.version}", code=VERSION, parties=(), sources=(),
        cap=design.cap, each=design.each, labs_sha256=world.objects.put(labs),
    )  # fmt: skip


def placed(world: World, campaign: Campaign, plan: DrawPlan, root: bytes, taken: Sequence[str] = ()) -> Drawn:
    """Draw and read the drawn listings again.

    What they cost is not looked at: a draw that is taken back for that would be a second try for whoever saw it.
    """
    found, rows = _found(world, campaign, plan, draw.seed_for("listing", root), taken)
    listings = framed(world, _frozen(campaign), rows, found)
    sample = places.sample_file(found)
    whole = places.draw_digest(sample, places.reserve_file(found), places.tickets_file(found))
    return Drawn(found, listings, {"sample_sha256": sha256(sample), "draw_sha256": whole})


def _found(
    world: World, campaign: Campaign, plan: DrawPlan, seed: str, taken: Sequence[str]
) -> tuple[Sequence[Place], Mapping[str, int]]:
    """The places, and the row of each in the frame."""
    parts, data = world.settings.parts, frame_file(world, campaign, plan)
    if parts == 1 or plan.by_merchant:
        frame = parse(data, merchants=plan.by_merchant)
        found = places.place(frame, plan, seed, taken)
        return found, rows_of(frame, found)
    del data  # it was held to its hash, and is read again slice by slice
    with working(world.settings, f"draw-{campaign.id}") as (stores, mapper):
        return place_in_parts(stores, plan.frame_sha256, plan, seed, taken, mapper=mapper, parts=parts)


def promised_labs(world: World, plan: DrawPlan) -> tuple[Party, ...] | None:
    """Give the laboratories that a plan promises, None for a plan made before there was such a promise."""
    return None if plan.labs_sha256 == NOTHING else parties_of(world.objects.get(plan.labs_sha256))


def frame_file(world: World, campaign: Campaign, plan: DrawPlan) -> bytes:
    """Give the frame's file; one that is not what was promised raises RefusedDraw."""
    try:
        data = world.objects.get(_frozen(campaign).sha256)
    except StorageError as changed:
        raise RefusedDraw(f"the frame was changed after its freeze: {changed}") from changed
    ceremony.refuse_changed_frame(plan, _frozen(campaign).sha256)
    return data


def _frozen(campaign: Campaign) -> Frozen:
    if campaign.frame is None:
        raise RefusedDraw(f"the frame of {campaign.number} was never kept as a file: cancel it and plan it anew")
    return campaign.frame
