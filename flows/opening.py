"""Opening: every drawn listing becomes a case with a blind code, a laboratory, a shopper and its samplers."""

from collections.abc import Sequence
from datetime import datetime

from flows.wiring import World
from sampling import draw
from sampling.assignment import Need, Party, assign, assigned, assignment_record
from sampling.calendar import due
from sampling.campaign import Campaign
from sampling.digest import canonical, sha256
from sampling.rulebook import Rulebook, load
from sampling.sample import Sample, SampleEvent, blind_code
from sampling.samplers import assign_samplers
from storage import assignments, campaigns, draws, frames, meetings, parties, reserves, samples
from storage.frames import Framed
from storage.unit import Unit

ACTOR = "flow:plan"
NOBODY = "nobody_to_buy"
NO_LAB = "no_lab_in_scope"


def open_cases(
    world: World,
    unit: Unit,
    campaign: Campaign,
    drawn: Sequence[Framed],
    root: bytes,
    *,
    at: datetime,
    labs: Sequence[Party] | None = None,
    draw_sha256: str | None = None,
) -> None:
    """Open a case for each drawn listing; one that nobody can test or buy is skipped with its reason.

    The laboratories are those that were promised before the draw, for a single reserve those that have room now.
    """
    rules = load(campaign.rulebook)
    of_draw = draw_sha256 or campaign.draw_sha256 or ""
    testing = _testing(world, unit, campaign, drawn, root, of_draw, at, labs)
    meetings.assigning(unit)
    buys = [Need(item.listing_id, item.platform, merchant(item.platform, item.seller)) for item in drawn]
    buying = assign(buys, parties.shoppers(unit, rules, at), draw.seed_for("shopper", root))
    taking = _taking(unit, rules, drawn, root)
    by_when = due(at, rules.rule("task_limit"), rules.zone).due_at
    for item in drawn:
        lab, shopper = testing[item.listing_id], buying[item.listing_id]
        code = blind_code(world.blind_key, str(campaign.id), item.listing_id, "first")
        sample = samples.target(unit, campaign.id, item, blind_code=code, lab=lab or "", by=ACTOR, at=at)
        assignments.take(unit, sample.id, taking[item.listing_id] or ())
        if lab is None or shopper is None:
            reason = NO_LAB if lab is None else NOBODY
            samples.record(unit, sample.id, SampleEvent.SKIPPED, by=ACTOR, at=at, reason=reason)
        else:
            samples.assign(unit, sample.id, shopper, due_at=by_when, by=ACTOR, at=at)


def open_reserve(world: World, unit: Unit, campaign: Campaign, stratum: str, *, at: datetime, reason: str) -> bool:
    """Open the next listing of the published reserve order instead of one that was lost; False when none is left."""
    item = frames.next_reserve(unit, campaign.id, stratum)
    if item is None:
        return False
    draws.reserve_taken(unit, campaign.id, item.listing_id, reason, by=ACTOR, at=at)
    # The reserve's own root: it follows from the published draw and the listing, so nobody chooses it.
    root = bytes.fromhex(sha256(canonical({"draw": campaign.draw_sha256, "reserve": item.listing_id})))
    open_cases(world, unit, campaign, [item], root, at=at)
    return True


def open_missing_reserves(world: World, unit: Unit, campaign: Campaign, at: datetime) -> int:
    """Open a reserve for each listing that a person gave up since the last sweep; give how many were opened."""
    opened = 0
    for lost in reserves.wanted(unit, campaign.id):
        taken = open_reserve(world, unit, campaign, lost.stratum, at=at, reason=lost.reason or "")
        reserves.settle(unit, lost.id, taken=taken, by=ACTOR, at=at)
        opened += taken
    return opened


def reassign(unit: Unit, sample: Sample, *, at: datetime) -> str | None:
    """Give the shopper who may buy from the seller that the page named: the same one, another, or None."""
    campaign = campaigns.get(unit, sample.campaign_id)
    rules = load(campaign.rulebook)
    meetings.assigning(unit)
    need = Need(sample.listing_id, sample.platform, merchant(sample.platform, sample.seller))
    met = samples.sellers_bought_from(unit, sample.shopper or "", at - meetings.gap(rules), but=sample.id)
    if need.conflict not in met:
        return sample.shopper
    seed = sha256(canonical({"draw": campaign.draw_sha256, "again": sample.listing_id}))
    return assign([need], parties.shoppers(unit, rules, at), seed)[sample.listing_id]


def merchant(platform: str, seller: str) -> str:
    """Give the name by which a seller is not met twice; empty while nobody knows it."""
    return f"{platform}/{seller}" if seller else ""


def _testing(
    world: World,
    unit: Unit,
    campaign: Campaign,
    drawn: Sequence[Framed],
    root: bytes,
    draw_sha256: str,
    at: datetime,
    promised: Sequence[Party] | None,
) -> dict[str, str | None]:
    """Assign the laboratories, and keep what shows that nobody chose."""
    needs, seed = [Need(item.listing_id, item.category) for item in drawn], draw.seed_for("lab", root)
    if promised is None:
        promised = parties.labs(unit, campaign, {need.skill for need in needs}, world.limits, at)
    made = assigned(needs, promised, seed)
    record = assignment_record(made, "lab", seed)
    assignments.keep(unit, campaign.id, draw_sha256, "lab", record, at=at)
    return {need.id: next(iter(made.given[need.id]), None) for need in needs}


def _taking(unit: Unit, rules: Rulebook, drawn: Sequence[Framed], root: bytes) -> dict[str, tuple[str, ...] | None]:
    """Assign the samplers: any of them has room for all, so that each has the same chance."""
    people = parties.samplers(unit)
    merchants = {item.listing_id: merchant(item.platform, item.seller) for item in drawn}
    room = {user: len(drawn) for user in people}
    each = rules.rule("samplers_per_case").number
    return assign_samplers(merchants, room, assignments.recusals(unit), root=root, each=each)
