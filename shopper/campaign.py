"""A campaign from the command line: planned on frame files, gathered, previewed and, with a person's go, drawn."""

import secrets
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from flows import plan
from flows.wiring import World, keep_memory, open_world
from platforms.sites import SITES
from sampling.campaign import Campaign, CampaignState
from sampling.design import Design
from sampling.money import Money
from sampling.samplers import Recusal
from sampling.text import Text
from shopper import plan as previews
from shopper.administer import opened
from shopper.errors import CommandError
from shopper.importing import keep
from shopper.plan import amount
from storage import assignments, campaigns, clock, samples
from storage.database import migrate
from storage.revision import at_head
from storage.settings import load

BY = "command"


def run(chosen: Namespace) -> int:
    """Plan a campaign on files, gather its frame and print the preview; with `--go` draw it as well."""
    unknown = [code for code in chosen.platform if code not in SITES]
    if unknown:
        raise CommandError(f"No platform {unknown[0]} is known; these are: {', '.join(sorted(SITES))}.")
    settings = load()
    if settings.parts == 1:
        keep_memory()
    with open_world(settings) as world:
        if not at_head(world.database.url):
            migrate(world.database.url)
        campaign = _planned(world, chosen, keep(world, chosen.files, chosen.mapping) if chosen.files else {})
        print(f"{campaign.number} is planned.")
        if _step(world, campaign) == "impossible":
            raise CommandError(f"{campaign.number} is cancelled: {_why(world, campaign)}.")
        said = Namespace(number=campaign.number, size=None, least=None, budget=None, by=None, test_cost=None, csv=None,
                         beacon=chosen.beacon, party=chosen.party)  # fmt: skip
        previews.show(said)
        if not chosen.go:
            print(f"Nothing is drawn yet: shopper plan approve {campaign.number}")
            return 0
        previews.approve(said)
        if _step(world, campaign) == "impossible":
            raise CommandError(f"{campaign.number} is cancelled: {_why(world, campaign)}.")
        _show_draw(world, campaign)
    return 0


def recuse(chosen: Namespace) -> int:
    """Keep that an officer or coordinator takes no samples of a merchant from here on."""
    platform, _, seller = chosen.merchant.partition("/")
    if not platform or not seller:
        raise CommandError(f"{chosen.merchant!r} is not PLATFORM/SELLER.")
    with opened(load()) as database, database.unit() as unit:
        assignments.recuse(unit, Recusal(chosen.user, chosen.merchant, chosen.reason, clock.now(unit)))
    print(f"{chosen.user} takes no samples of {chosen.merchant}.")
    return 0


def _step(world: World, campaign: Campaign) -> str:
    with world.database.turn("campaign", campaign.id) as mine:
        if not mine:
            raise CommandError(f"{campaign.number} is being worked on by the flow plan: look at shopper draw show.")
        return plan.step(world, campaign)


def _planned(world: World, chosen: Namespace, kept: Mapping[str, str]) -> Campaign:
    design = Design(
        least=chosen.least, by=chosen.by, test_cost=amount("--test-cost", chosen.test_cost, Decimal(0)),
        reserve=chosen.reserve, cap=chosen.cap, each=chosen.each, hold=True, picks=dict(map(_pick, chosen.pick)),
    )  # fmt: skip
    with world.database.unit() as unit:
        at = clock.now(unit)
        return campaigns.plan(
            unit, name=Text(chosen.name, chosen.name), platforms=chosen.platform, categories=chosen.category,
            sample_size=chosen.size, units_each=chosen.units,
            budget=Money(amount("--budget", chosen.budget, Decimal(0)), chosen.currency), seed=secrets.token_hex(32),
            rulebook=world.settings.rulebook, files=list(kept), mappings={one: its for one, its in kept.items() if its},
            design=design, beacons=chosen.beacon, parties=chosen.party, by=BY, at=at,
        )  # fmt: skip


def _pick(text: str) -> tuple[str, str]:
    id_, _, label = text.rpartition("=")
    if not id_ or not label:
        raise CommandError(f"{text!r} is not LISTING=LABEL.")
    return id_, label


def _why(world: World, campaign: Campaign) -> str:
    with world.database.unit() as unit:
        return str(campaigns.history(unit, campaign.id)[-1].data["reason"])


def _show_draw(world: World, campaign: Campaign) -> None:
    with world.database.unit() as unit:
        now = campaigns.get(unit, campaign.id)
        if now.state is CampaignState.DRAWING:
            print(f"The draw of {now.number} is promised: shopper draw show {now.number}")
            return
        found = Counter((one.state.value, one.reason or "") for one in samples.of_campaign(unit, campaign.id))
    print(f"{now.number} is drawn: {sum(found.values())} samples, SHA-256 {now.draw_sha256}")
    for (state, reason), count in sorted(found.items()):
        print(f"  {count:>6}  {state}{' ' + reason if reason else ''}")
