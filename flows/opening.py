"""Opening: every drawn listing becomes a case with a blind code, a laboratory and a shopper."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flows.wiring import World
from labs.accreditation import ScopeEntry, in_scope
from labs.limits import Limits
from sampling import draw
from sampling.assignment import Need, Party, assign
from sampling.calendar import due
from sampling.campaign import Campaign
from sampling.digest import canonical, sha256
from sampling.rulebook import Rulebook, load
from sampling.sample import Sample, SampleEvent, blind_code
from storage import accounts, campaigns, draws, laboratories, samples, vault
from storage.campaigns import Framed
from storage.role import UserRole
from storage.unit import Unit

ACTOR = "flow:plan"
NOBODY = "nobody_to_buy"
NO_LAB = "no_lab_in_scope"
ANY_METHOD = "*"


def open_cases(
    world: World, unit: Unit, campaign: Campaign, drawn: Sequence[Framed], root: bytes, *, at: datetime
) -> None:
    """Open a case for each drawn listing; one that nobody can test or buy is skipped with its reason."""
    rules = load(campaign.rulebook)
    tests = [Need(item.listing_id, item.category) for item in drawn]
    testing = assign(tests, _labs(unit, campaign, world.limits, at), draw.seed_for("lab", root))
    buys = [Need(item.listing_id, item.platform, merchant(item.platform, item.seller)) for item in drawn]
    since = at - timedelta(days=rules.rule("shopper_merchant_gap").number)
    buying = assign(buys, _shoppers(unit, rules, since), draw.seed_for("shopper", root))
    by_when = due(at, rules.rule("task_limit"), rules.zone).due_at
    for item in drawn:
        lab, shopper = testing[item.listing_id], buying[item.listing_id]
        code = blind_code(world.blind_key, str(campaign.id), item.listing_id, "first")
        sample = samples.target(unit, campaign.id, item, blind_code=code, lab=lab or "", by=ACTOR, at=at)
        if lab is None or shopper is None:
            reason = NO_LAB if lab is None else NOBODY
            samples.record(unit, sample.id, SampleEvent.SKIPPED, by=ACTOR, at=at, reason=reason)
        else:
            samples.assign(unit, sample.id, shopper, due_at=by_when, by=ACTOR, at=at)


def open_reserve(world: World, unit: Unit, campaign: Campaign, stratum: str, *, at: datetime, reason: str) -> bool:
    """Open the next listing of the published reserve order instead of one that was lost; False when none is left."""
    item = campaigns.next_reserve(unit, campaign.id, stratum)
    if item is None:
        return False
    draws.reserve_taken(unit, campaign.id, item.listing_id, reason, by=ACTOR, at=at)
    # The reserve's own root: it follows from the published draw and the listing, so nobody chooses it.
    root = bytes.fromhex(sha256(canonical({"draw": campaign.draw_sha256, "reserve": item.listing_id})))
    open_cases(world, unit, campaign, [item], root, at=at)
    return True


def reassign(unit: Unit, sample: Sample, *, at: datetime) -> str | None:
    """Give the shopper who may buy from the seller that the page named: the same one, another, or None."""
    campaign = campaigns.get(unit, sample.campaign_id)
    rules = load(campaign.rulebook)
    since = at - timedelta(days=rules.rule("shopper_merchant_gap").number)
    need = Need(sample.listing_id, sample.platform, merchant(sample.platform, sample.seller))
    met = samples.sellers_bought_from(unit, sample.shopper or "", since, but=sample.id)
    if need.conflict not in met:
        return sample.shopper
    seed = sha256(canonical({"draw": campaign.draw_sha256, "again": sample.listing_id}))
    return assign([need], _shoppers(unit, rules, since), seed)[sample.listing_id]


def merchant(platform: str, seller: str) -> str:
    """Give the name by which a seller is not met twice; empty while nobody knows it."""
    return f"{platform}/{seller}" if seller else ""


def _labs(unit: Unit, campaign: Campaign, limits: Limits, at: datetime) -> list[Party]:
    scopes, busy = laboratories.scopes(unit), samples.per_lab(unit, campaign.id)
    return [
        Party(lab.code, _skills(campaign, lab.code, scopes, limits, at), lab.capacity - busy.get(lab.code, 0))
        for lab in laboratories.listed(unit)
    ]


def _skills(campaign: Campaign, lab: str, scopes: Sequence[ScopeEntry], limits: Limits, at: datetime) -> frozenset[str]:
    """The categories of which a laboratory may test every item on the day."""
    day = at.date()
    return frozenset(
        category
        for category in campaign.categories
        if all(in_scope(scopes, lab, item, ANY_METHOD, day) for item in limits.items(category, day))
    )


def _shoppers(unit: Unit, rules: Rulebook, since: datetime) -> list[Party]:
    most, busy = rules.rule("shopper_capacity").number, samples.live_tasks(unit)
    return [
        Party(
            user.name,
            vault.platforms_of(unit, user.name),
            most - busy.get(user.name, 0),
            samples.sellers_bought_from(unit, user.name, since),
        )
        for user in accounts.list_users(unit, UserRole.SHOPPER)
    ]
