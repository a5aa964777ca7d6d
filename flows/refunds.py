"""Refunds: reads the pages of orders that have ended now and then, and books what the shop gave back since."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID

from flows.accounts import at_accounts, at_covers
from flows.report import Report, tally
from flows.tick import LEFT, each, now
from flows.wiring import World, read_all_as
from platforms.errors import PlatformError
from sampling.cover import Cover
from sampling.evidence.visit import Visit
from sampling.purchase import Purchase
from sampling.rulebook import load as load_rules
from sampling.sample import Sample
from storage import budget, cashbook, purchases, samples
from storage.unit import Unit

ACTOR = "flow:track"
EVERY = timedelta(days=3)
"""A buyer looks after a refund now and then; a page that is read more often than that stands out."""


def follow_refunds(world: World, limit: int) -> Report:
    """Read the page of each ended order whose time for a refund is not over, and book what came back."""
    at, watch = now(world), load_rules(world.settings.rulebook).rule("refund_watch").number
    with world.database.unit() as unit:
        ended = purchases.refundable(unit, after=at - timedelta(days=watch), read_before=at - EVERY)
        paid = {order.sample_id: order for order in islice((one for one in ended if _is_paid(unit, one)), limit)}
        due = [samples.get(unit, sample_id) for sample_id in paid]

    def of_cover(world: World, own: Sequence[Sample]) -> Report:
        return _read_all(world, own, paid)

    def of_account(world: World, mine: Sequence[Sample]) -> Report:
        return at_covers("track", world, mine, of_cover)

    return at_accounts("track", world, due, of_account)


def _is_paid(unit: Unit, order: Purchase) -> bool:
    money = cashbook.reservation(unit, order.id)
    return order.order_no is not None and money is not None and money.net.amount > 0


def _read_all(world: World, due: Sequence[Sample], paid: dict[UUID, Purchase]) -> Report:
    """Log in once and read the page of every such order of this cover."""
    first, site = due[0], world.sites.get(due[0].platform)
    if site is None:
        return tally("track", [LEFT] * len(due))
    with world.database.unit() as unit:
        sealed = world.vault.open(
            unit, first.shopper or "", first.platform, case_id=first.id, by=ACTOR, at=now(world), purpose="follow"
        )
    addresses = [site.order_url(paid[sample.id].order_no or "") for sample in due]
    visits = read_all_as(world.browser, addresses, shop=site.shop, cover=Cover(**sealed))
    seen = dict(zip((sample.id for sample in due), visits, strict=True))
    return each("track", world, "refund", due, lambda world, one: _book(world, one, paid[one.id], seen[one.id]))


def _book(world: World, sample: Sample, order: Purchase, visit: Visit) -> str:
    try:
        shown = world.sites[sample.platform].order(visit.html, visit.final_url).paid
    except PlatformError:
        shown = None
    with world.database.unit() as unit:
        at = now(world)
        purchases.page_read(unit, order.id, at=at)
        came_back = shown is not None and budget.seen(unit, order.id, shown, by=ACTOR, at=at)
    return "money came back" if came_back else "left: no money came back"
