"""The people and parties of the flow tests, the offers of the shop, and steps that a test may take between sweeps."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from demo.accounts import ACCOUNTS, PASSWORD
from demo.mall.shelf import ITEMS
from demo.mall.store import Store
from flows.wiring import World
from labs.accreditation import ScopeEntry
from sampling.campaign import Campaign
from sampling.cover import Cover
from sampling.sample import Sample
from sampling.text import Text
from storage import accounts, campaigns, clock, laboratories, samples
from storage.frames import Framed
from storage.laboratories import Laboratory
from storage.role import UserRole
from storage.unit import Unit
from tests import build

PLATFORM = "glow-mall"
SHOPPERS = tuple(account.email.partition("@")[0] for account in ACCOUNTS)


def install(world: World) -> None:
    """Keep shoppers with their covers, and two laboratories that may test everything."""
    with world.database.unit() as unit:
        for name, account in zip(SHOPPERS, ACCOUNTS, strict=True):
            accounts.add_user(unit, accounts.new_user(name, name, UserRole.SHOPPER))
            cover = Cover(account=account.email, password=PASSWORD, country="CN", **asdict(account))
            world.vault.put(unit, name, PLATFORM, asdict(cover))
        for lab in ("L-01", "L-02"):
            scope = [
                ScopeEntry(lab, "CMA", limit.item, "*", date(2024, 1, 1), date(2031, 12, 31), "test")
                for limit in world.limits.limits
            ]
            laboratories.keep(unit, Laboratory(lab, Text(lab, lab), 30), scope)


def offer(world: World, item: str, **changes: Any) -> Framed:
    """Give an offer of the shop as a catalogue would show it."""
    known = ITEMS.get(item)
    return build.framed(
        int(item),
        listing_id=f"{PLATFORM}:{item}",
        item_id=item,
        url=f"{world.sites[PLATFORM].shop.base_url}/item/{item}",
        title=known.title if known else "gone",
        seller=str(known.seller.name) if known else "nobody",
        price=Decimal(known.price) if known else None,
        **changes,
    )


def drawn(world: World, unit: Unit, items: list[Framed], reserve: list[Framed] | None = None) -> Campaign:
    """Give a campaign whose frame holds the drawn offers and a reserve."""
    campaign = build.campaign(unit, at=clock.now(unit), units_each=1)
    waiting = [replace(item, drawn=False) for item in reserve or []]
    build.freeze(unit, campaign.id, [*items, *waiting], at=clock.now(unit))
    campaigns.drawn(unit, campaign.id, draw_sha256="1" * 64, by="t", at=clock.now(unit), data={})
    return campaigns.get(unit, campaign.id)


def target(unit: Unit, campaign: Campaign, listing: Framed, shopper: int = 0) -> Sample:
    """Open the case of one offer for one of the shoppers."""
    at, code = clock.now(unit), f"B{listing.item_id}"
    sample = samples.target(unit, campaign.id, listing, blind_code=code, lab="L-01", by="t", at=at)
    samples.assign(unit, sample.id, SHOPPERS[shopper], due_at=at + timedelta(days=5), by="t", at=at)
    return samples.get(unit, sample.id)


def pass_time(world: World, **by: float) -> None:
    """Move the clock on."""
    with world.database.unit() as unit:
        clock.advance(unit, timedelta(**by), movable=True)


def placed(store: Store, shopper: int) -> list[str]:
    """Give the items that a shopper's account really ordered, one for each line of each order."""
    return [line.item for order in store.orders(ACCOUNTS[shopper].email) for line in order.lines]
