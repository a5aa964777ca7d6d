"""The purchase: settles orders that were lost sight of, then places the next; no intent is ever acted on twice."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from prefect import flow

from flows.accounts import at_accounts
from flows.capture import skip
from flows.keeping import keep
from flows.paying import look_again
from flows.report import Report
from flows.tick import ALL, LEFT, each, joined, now
from flows.wiring import Stay, World, open_world, place_order, read_as
from platforms.errors import PlatformError
from platforms.site import Site
from sampling.campaign import Campaign
from sampling.consent import Consent, ConsentEvent
from sampling.cover import Cover
from sampling.evidence.visit import Visit, VisitKind
from sampling.money import Money
from sampling.order import OrderAttempt, OrderOutcome
from sampling.purchase import Purchase, PurchaseEvent, PurchaseState, find_order
from sampling.rulebook import load as load_rules
from sampling.sample import Sample, SampleState
from storage import campaigns, captures, cashbook, consents, meetings, purchases, samples
from storage.acts.office import ordered
from storage.offers import listing_of
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:purchase"
NOT_ANSWERED = "consent_ran_out"


@flow(name="purchase")
def purchase(limit: int = 50) -> str:
    """Buy what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Let go of what nobody consented to in time, settle what is unknown, then order each captured listing once."""
    at = now(world)
    with world.database.unit() as unit:
        unanswered = consents.overdue(unit, at=at, limit=limit)
    ended = each("purchase", world, "consent", unanswered, _give_up)
    with world.database.unit() as unit:
        lost = purchases.in_state(unit, PurchaseState.INTENDED, PurchaseState.UNKNOWN, limit=limit)
        unsettled = [samples.get(unit, item.sample_id) for item in lost]
    settled = at_accounts("purchase", world, unsettled, _settle_all)
    with world.database.unit() as unit:
        asked = {question.sample_id for question, _ in consents.open_of(unit)}
        captured = samples.in_state(unit, SampleState.CAPTURED, limit=ALL)
        due = [sample for sample in captured if sample.id not in asked][:limit]
    return joined("purchase", [ended, settled, at_accounts("purchase", world, due, _buy_all)])


def _give_up(world: World, asked: Consent) -> str:
    """Nobody said in time whether the changed offer is bought: the next of its reserve is."""
    at = now(world)
    with world.database.unit() as unit:
        sample = samples.expect(unit, asked.sample_id, SampleState.CAPTURED)
        consents.decide(unit, asked.id, ConsentEvent.RAN_OUT, by=ACTOR, at=at)
        skip(world, unit, sample, NOT_ANSWERED, by=ACTOR)
    return "given up: nobody consented"


def _settle_all(world: World, lost: Sequence[Sample]) -> Report:
    return each("purchase", world, "sample", lost, _settle)


def _buy_all(world: World, due: Sequence[Sample]) -> Report:
    """Order one after the other, for an account has one basket; a look needs none: the next is taken meanwhile."""
    following = dict(zip((sample.id for sample in due), due[1:], strict=False))
    looks: dict[UUID, Future[str | None]] = {}
    with world.browser.stay() as stay, ThreadPoolExecutor(max_workers=1) as ahead:

        def look(sample: Sample | None) -> None:
            if sample is not None and sample.id not in looks:
                looks[sample.id] = ahead.submit(_look, world, sample)

        def buy(world: World, sample: Sample) -> str:
            look(sample)
            why_not = looks[sample.id].result()
            look(following.get(sample.id))
            return why_not or _buy(world, sample, stay)

        return each("purchase", world, "sample", due, buy)


def _look(world: World, sample: Sample) -> str | None:
    with world.database.unit() as unit:
        ready = _ready(world, unit, sample)
    return ready if isinstance(ready, str) else look_again(world, sample)


def _settle(world: World, sample: Sample) -> str:
    """Whoever placed this order is gone, or its turn would not be free: ask the shop what it knows."""
    at = now(world)
    with world.database.unit() as unit:
        lost = purchases.live(unit, sample.id)
        if lost is None or lost.state not in (PurchaseState.INTENDED, PurchaseState.UNKNOWN):
            return LEFT
        if lost.state is PurchaseState.INTENDED:
            purchases.record(unit, lost.id, PurchaseEvent.LOST_SIGHT, by=ACTOR, at=at, reason="no_answer_kept")
        cover, wanted = _cover(world, unit, sample, at, purpose="settle"), listing_of(unit, sample)
        taken = purchases.order_numbers(unit, sample.platform)
    site = world.sites[sample.platform]
    visit = read_as(world.browser, site.orders_url, shop=site.shop, cover=cover)
    if visit.kind is not VisitKind.LISTING:
        return f"left: order list {visit.reason or visit.kind.value}"
    try:
        found = find_order(lost, site.order_name(wanted), site.orders(visit.html, visit.final_url), taken)
    except PlatformError:
        return "left: order list unreadable"
    with world.database.unit() as unit:
        if found is not None:
            purchases.placed(
                unit, lost.id, PurchaseEvent.FOUND, order_no=found.order_no, order_url=found.url, paid=None,
                by=ACTOR, at=at,
            )  # fmt: skip
            ordered(unit, sample.id, found.order_no, by=ACTOR, at=at)
            return "found"
        # Counted from when it was lost sight of: the order may have been placed a moment before that.
        if at - purchases.lost_at(unit, lost) < site.list_delay:
            return "left: too early to tell"
        purchases.record(unit, lost.id, PurchaseEvent.NOT_FOUND, by=ACTOR, at=at, reason="not_in_order_list")
    return "never placed"


def _buy(world: World, sample: Sample, stay: Stay) -> str:
    at = now(world)
    with world.database.unit() as unit:
        ready = _ready(world, unit, sample)  # at the price that the page asks by now
        if isinstance(ready, str):
            return ready
        if not meetings.meet(unit, sample, load_rules(ready.rulebook), at=at):
            skip(world, unit, sample, "seller_met_before", by=ACTOR)
            return "skipped: seller met before"
        cover = _cover(world, unit, sample, at)
        intent = purchases.intend(unit, sample, quantity=ready.units_each, by=f"shopper:{sample.shopper}", at=at)
    site = world.sites[sample.platform]
    attempt = place_order(stay, shop=site.shop, cover=cover, item_url=sample.url, quantity=intent.quantity)
    return _answer(world, sample, intent, attempt)


def _ready(world: World, unit: Unit, sample: Sample) -> Campaign | str:
    """The campaign that can afford the sample and may buy it, or what became of the sample instead."""
    samples.expect(unit, sample.id, SampleState.CAPTURED)
    if purchases.live(unit, sample.id) is not None:
        return LEFT
    if consents.waiting(unit, sample.id) is not None:
        return "left: waits for consent"
    if sample.platform not in world.sites:
        skip(world, unit, sample, "no_checkout", by=ACTOR)
        return "skipped: no checkout"
    campaign, offer = campaigns.held(unit, sample.campaign_id), listing_of(unit, sample)
    if offer.price is None:
        return "left: no price"
    if offer.price.currency != campaign.budget.currency:
        skip(world, unit, sample, "other_currency", by=ACTOR)
        return "skipped: other currency"
    if not offer.price * campaign.units_each <= cashbook.account(unit, campaign.id).left:
        skip(world, unit, sample, "budget_spent", by=ACTOR)
        return "skipped: budget spent"
    return campaign


def _answer(world: World, sample: Sample, intent: Purchase, attempt: OrderAttempt) -> str:
    at, by = now(world), f"shopper:{sample.shopper}"
    with world.database.unit() as unit:
        if attempt.visit is not None:
            keep(world, unit, sample, attempt.visit, captures.ORDER, read={}, by=by, at=at)
        match attempt.outcome:
            case OrderOutcome.PLACED:
                _placed(world, unit, sample, intent, attempt, by=by, at=at)
            case OrderOutcome.REFUSED:
                purchases.record(unit, intent.id, PurchaseEvent.REFUSED, by=by, at=at, reason=attempt.reason)
                skip(world, unit, sample, attempt.reason or "refused", by=by)
            case OrderOutcome.UNCLEAR:
                purchases.record(unit, intent.id, PurchaseEvent.LOST_SIGHT, by=by, at=at, reason=attempt.reason)
    return attempt.outcome.value


def _placed(
    world: World, unit: Unit, sample: Sample, intent: Purchase, attempt: OrderAttempt, *, by: str, at: datetime
) -> None:
    site = world.sites[sample.platform]
    paid = _paid(site, attempt.visit) if attempt.visit else None
    purchases.placed(unit, intent.id, PurchaseEvent.PLACED, order_no=str(attempt.order_no),
                     order_url=str(attempt.order_url), paid=paid, by=by, at=at)  # fmt: skip
    ordered(unit, sample.id, str(attempt.order_no), by=by, at=at)


def _paid(site: Site, visit: Visit) -> Money | None:
    """What the order page says was paid; an order stands even when its page cannot be read."""
    try:
        return site.order(visit.html, visit.final_url).paid
    except PlatformError:
        return None


def _cover(world: World, unit: Unit, sample: Sample, at: datetime, purpose: str = "order") -> Cover:
    shopper = sample.shopper or ""
    opened = world.vault.open(unit, shopper, sample.platform, case_id=sample.id, by=ACTOR, at=at, purpose=purpose)
    return Cover(**opened)
