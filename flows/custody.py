"""Custody: follows the parcels, and packs what is sealed for the laboratories."""

from collections.abc import Sequence
from itertools import groupby

from prefect import flow

from flows.accounts import at_accounts
from flows.capture import skip
from flows.report import Report, tally
from flows.tick import ALL, LEFT, each, joined, now
from flows.wiring import World, open_world, read_all_as
from labs.accreditation import pick_retest_lab
from labs.verdict import Outcome
from platforms.errors import PlatformError
from platforms.site import OrderPage
from sampling.cover import Cover
from sampling.custody import Role
from sampling.evidence.visit import Visit
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import Sample, SampleEvent, SampleState, blind_code
from storage import budget, consignments, custody, laboratories, purchases, samples, verdicts
from storage.consignments import Packed
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:custody"
FIRST, RETEST = "first", "retest"


@flow(name="custody")
def custody_flow(limit: int = 100) -> str:
    """Follow and pack what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Read how each order stands, then pack one consignment a laboratory."""
    with world.database.unit() as unit:
        ordered = samples.in_state(unit, SampleState.ORDERED, limit=limit)
    followed = at_accounts("custody", world, ordered, _follow_all)
    with world.database.turn("packing", "all") as mine:
        packed = [*_pack_first(world, limit), *_pack_retests(world, limit)] if mine else []
    return joined("custody", [followed, tally("custody", packed)])


def _follow_all(world: World, ordered: Sequence[Sample]) -> Report:
    """Log in once and read the page of every order of this account."""
    first = ordered[0]
    with world.database.unit() as unit:
        numbers = {sample.id: number for sample in ordered if (number := _number(unit, sample))}
        if not numbers or first.platform not in world.sites:
            return tally("custody", [LEFT] * len(ordered))
        sealed = world.vault.open(
            unit, first.shopper or "", first.platform, case_id=first.id, by=ACTOR, at=now(world), purpose="follow"
        )
    site = world.sites[first.platform]
    addresses = [site.order_url(number) for number in numbers.values()]
    visits = dict(
        zip(numbers, read_all_as(world.browser, addresses, shop=site.shop, cover=Cover(**sealed)), strict=True)
    )
    return each(
        "custody", world, "sample", ordered, lambda world, sample: _follow(world, sample, visits.get(sample.id))
    )


def _number(unit: Unit, sample: Sample) -> str | None:
    order = purchases.live(unit, sample.id)
    return order.order_no if order and order.state is PurchaseState.PLACED else None


def _follow(world: World, sample: Sample, visit: Visit | None) -> str:
    if visit is None:
        return LEFT
    try:
        page = world.sites[sample.platform].order(visit.html, visit.final_url)
    except PlatformError:
        return "left: order page unreadable"
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.ORDERED)
        return _moved(world, unit, sample, page)


def _moved(world: World, unit: Unit, sample: Sample, page: OrderPage) -> str:
    at, order = now(world), purchases.live(unit, sample.id)
    assert order is not None
    if page.paid is not None:
        budget.seen(unit, order.id, page.paid, by=ACTOR, at=at)
    match page.status:
        case "shipped" | "delivered":
            purchases.record(unit, order.id, PurchaseEvent.SHIPPED, by=ACTOR, at=at, carrier=page.carrier,
                             waybill=page.waybill)  # fmt: skip
            samples.record(unit, sample.id, SampleEvent.SHIPPED, by=ACTOR, at=at, data={"carrier": page.carrier or ""})
            return "shipped"
        case "cancelled":
            purchases.record(unit, order.id, PurchaseEvent.CANCELLED, by=ACTOR, at=at, reason="seller_cancelled")
            skip(world, unit, sample, "seller_cancelled", by=ACTOR)
            return "cancelled"
        case _:
            return "left: not shipped yet"


def _pack_first(world: World, limit: int) -> list[str]:
    at = now(world)
    with world.database.unit() as unit:
        waiting = samples.in_state(unit, SampleState.NOTICE_SENT, limit=ALL)
        fresh = [sample for sample in waiting if not consignments.of_sample(unit, sample.id)][:limit]
        for lab, group in groupby(
            sorted(fresh, key=lambda sample: sample.lab or ""), key=lambda sample: sample.lab or ""
        ):
            packed = [_packed(world, unit, sample, Role.TEST, sample.blind_code, ()) for sample in group]
            consignments.pack(unit, lab, packed, purpose=FIRST, by=ACTOR, at=at)
    return ["packed"] * len(fresh)


def _pack_retests(world: World, limit: int) -> list[str]:
    at, done = now(world), []
    with world.database.unit() as unit:
        scopes = laboratories.scopes(unit)
        codes = [lab.code for lab in laboratories.listed(unit)]
        for sample in samples.in_state(unit, SampleState.REINSPECTION, limit=limit):
            if any(order.purpose == RETEST for order in consignments.of_sample(unit, sample.id)):
                continue
            failed = _failed_items(unit, sample)
            seed = str(sample.id)
            lab = pick_retest_lab(
                codes, sample.lab or "", seed.encode(), [(item, "*") for item in failed], at.date(), scopes=scopes
            )
            if lab is None:
                done.append("left: no second laboratory")
                continue
            code = blind_code(world.blind_key, str(sample.campaign_id), sample.listing_id, RETEST)
            packed = _packed(world, unit, sample, Role.BACKUP, code, failed)
            consignments.pack(unit, lab, [packed], purpose=RETEST, by=ACTOR, at=at)
            done.append("packed for re-test")
    return done


def _packed(world: World, unit: Unit, sample: Sample, role: Role, code: str, items: tuple[str, ...]) -> Packed:
    ordered = items or world.limits.items(sample.category, now(world).date())
    return Packed(custody.of_role(unit, sample.id, role), code, sample.category, ordered)


def _failed_items(unit: Unit, sample: Sample) -> tuple[str, ...]:
    first = verdicts.effective(unit, sample.id)
    return tuple(item.item for item in first.items if item.outcome is Outcome.FAIL) if first else ()
