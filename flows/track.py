"""Tracking: follows the orders at the shops and the parcels on their way, and says which of them are late."""

from collections.abc import Sequence

from prefect import flow

from flows.accounts import at_accounts, at_covers
from flows.capture import skip
from flows.refunds import follow_refunds
from flows.report import Report, tally
from flows.tick import ALL, LEFT, each, joined, now
from flows.wiring import World, open_world, read_all_as
from platforms.errors import PlatformError
from platforms.site import OrderPage
from sampling.cover import Cover
from sampling.evidence.visit import Visit
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import Sample, SampleEvent, SampleState
from storage import budget, parcels, purchases, samples
from storage.parcels import DELIVERED, OVERDUE
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:track"
PARCEL_LIMIT = "parcel_limit"


@flow(name="track")
def track(limit: int = 100) -> str:
    """Follow what is ordered; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Read how each order stands and what came back of ended ones, then say which parcels should have come by now."""
    with world.database.unit() as unit:
        placed = purchases.on_the_way(unit, limit=limit)
        ordered = [samples.get(unit, order.sample_id) for order in placed]
        expected = parcels.expected(unit, OVERDUE, limit=ALL)
    followed = at_accounts("track", world, ordered, _follow_all)
    late = each("track", world, "sample", expected, _say_late, most=limit)
    return joined("track", [followed, follow_refunds(world, limit), late])


def _follow_all(world: World, ordered: Sequence[Sample]) -> Report:
    return at_covers("track", world, ordered, _follow_account)


def _follow_account(world: World, ordered: Sequence[Sample]) -> Report:
    """Log in once and read the page of every order of this account."""
    first = ordered[0]
    with world.database.unit() as unit:
        numbers = {sample.id: number for sample in ordered if (number := _number(unit, sample))}
        if not numbers or first.platform not in world.sites:
            return tally("track", [LEFT] * len(ordered))
        sealed = world.vault.open(
            unit, first.shopper or "", first.platform, case_id=first.id, by=ACTOR, at=now(world), purpose="follow"
        )
    site = world.sites[first.platform]
    addresses = [site.order_url(number) for number in numbers.values()]
    visits = dict(
        zip(numbers, read_all_as(world.browser, addresses, shop=site.shop, cover=Cover(**sealed)), strict=True)
    )
    return each("track", world, "sample", ordered, lambda world, sample: _follow(world, sample, visits.get(sample.id)))


def _number(unit: Unit, sample: Sample) -> str | None:
    order = purchases.live(unit, sample.id)
    return order.order_no if order and order.state is PurchaseState.PLACED else None


def _follow(world: World, sample: Sample, visit: Visit | None) -> str:
    if visit is None:
        return LEFT
    try:
        page = world.sites[sample.platform].order(visit.html, visit.final_url)
    except PlatformError:
        page = None
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.ORDERED)
        _read(world, unit, sample)
        return "left: order page unreadable" if page is None else _moved(world, unit, sample, page)


def _read(world: World, unit: Unit, sample: Sample) -> None:
    """The pages of the other orders come first the next time."""
    order = purchases.live(unit, sample.id)
    assert order is not None
    purchases.page_read(unit, order.id, at=now(world))


def _moved(world: World, unit: Unit, sample: Sample, page: OrderPage) -> str:
    at, order = now(world), purchases.live(unit, sample.id)
    assert order is not None
    if page.paid is not None:
        budget.seen(unit, order.id, page.paid, by=ACTOR, at=at)
    match page.status:
        case "shipped" | "delivered":
            purchases.record(unit, order.id, PurchaseEvent.SHIPPED, by=ACTOR, at=at, carrier=page.carrier,
                             waybill=page.waybill)  # fmt: skip
            told = {"carrier": page.carrier or "", DELIVERED: page.status == "delivered"}
            samples.record(unit, sample.id, SampleEvent.SHIPPED, by=ACTOR, at=at, data=told)
            return "shipped"
        case "cancelled":
            purchases.record(unit, order.id, PurchaseEvent.CANCELLED, by=ACTOR, at=at, reason="seller_cancelled")
            skip(world, unit, sample, "seller_cancelled", by=ACTOR)
            return "cancelled"
        case _:
            return "left: not shipped yet"


def _say_late(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.SHIPPED)
        late = parcels.say_late(unit, sample, OVERDUE, PARCEL_LIMIT, by=ACTOR, at=now(world))
    return "parcel overdue" if late else "left: on its way"
