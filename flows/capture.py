"""The capture: visits each drawn listing and keeps what it showed; an obstacle is an outcome, and the next is taken."""

from prefect import flow

from flows.keeping import keep
from flows.opening import NOBODY, open_reserve, reassign
from flows.politeness import admitted, heed, in_turn
from flows.report import Report
from flows.tick import each
from flows.wiring import World, check_replay, open_world
from platforms.errors import UnreadablePage
from platforms.reading import Reading
from platforms.seen import offer_seen
from sampling.evidence.visit import Visit, VisitKind
from sampling.sample import Sample, SampleEvent, SampleState
from sampling.task import TaskEvent
from storage import campaigns, captures, clock, consents, samples
from storage.captures import Capture
from storage.offers import listing_record
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:capture"
MOST_ERRORS = 2
"""A visit that failed is repeated once; then the listing counts as unreachable."""
BESIDE = 20
"""How many times more are looked at than are visited: the oldest may all be of one site that rests."""


@flow(name="capture")
def capture(limit: int = 50) -> str:
    """Capture what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Visit each targeted listing once."""
    with world.database.unit() as unit:
        waiting = samples.in_state(unit, SampleState.TARGETED, limit=limit * BESIDE)
    return each("capture", world, "sample", in_turn(world, waiting, limit), _step, threads=world.threads)


def _step(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.TARGETED)
    if admitted(world, sample) is not None:
        return "left: its site rests"
    site = world.sites.get(sample.platform)
    visit = world.browser.capture(sample.url, site.recipe if site else None)
    heed(world, sample, visit)
    found, reason = read(world, sample, visit)
    replay = check_replay(world.browser, visit, found.listing) if found else None
    said = listing_record(found.listing, price_box=found.price_box) if found else {}
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.TARGETED)
        kept = keep(world, unit, sample, visit, captures.DRAW, read=said, by=ACTOR, at=clock.now(unit), replay=replay)
        if found is not None:
            one = found.listing
            sample = samples.learn(unit, sample.id, title=one.title, seller=one.seller, brand=one.brand)
        return _settled(world, unit, sample, kept, reason)


def _settled(world: World, unit: Unit, sample: Sample, kept: Capture, reason: str | None) -> str:
    at = clock.now(unit)
    shopper = reassign(unit, sample, at=at)
    reason = reason or (NOBODY if shopper is None else None)
    if reason is None and shopper is not None:
        if shopper != sample.shopper:
            samples.hand_on(unit, sample.id, shopper, by=ACTOR, at=at)
        samples.record(unit, sample.id, SampleEvent.CAPTURED, by=ACTOR, at=at)
        return "captured"
    if may_be_tried_again(unit, kept):
        return f"left for another try: {reason}"
    skip(world, unit, sample, str(reason), by=ACTOR)
    return f"skipped: {reason}"


def read(world: World, sample: Sample, visit: Visit) -> tuple[Reading | None, str | None]:
    """Give what the page says, and the reason why it cannot be bought, if there is one."""
    if visit.kind is not VisitKind.LISTING:
        return None, visit.reason or visit.kind.value
    try:
        found = offer_seen(visit, world.sites.get(sample.platform), platform=sample.platform)
    except UnreadablePage:
        return None, "unreadable"
    listing = found.listing
    if listing.price is None or found.price_note == "range":
        return found, found.price_note or "no_price"
    return found, "unavailable" if listing.available is False else None


def skip(world: World, unit: Unit, sample: Sample, reason: str, *, by: str) -> None:
    """End the case of a listing that cannot be obtained, and open the next of its stratum's reserve."""
    at = clock.now(unit)  # by the unit's own connection: whoever holds one waits for no other
    event = SampleEvent.SKIPPED if sample.state is SampleState.TARGETED else SampleEvent.NOT_OBTAINED
    consents.lapse(unit, sample.id, by=by, at=at)
    samples.record(unit, sample.id, event, by=by, at=at, reason=reason)
    samples.record_task(unit, sample.id, TaskEvent.RELEASED, by=by, at=at, reason=reason)
    open_reserve(world, unit, campaigns.get(unit, sample.campaign_id), sample.stratum, at=at,
                 reason=reason)  # fmt: skip


def may_be_tried_again(unit: Unit, capture: Capture) -> bool:
    """Tell whether a visit failed in a way that may pass, and was not repeated as often as is enough."""
    tries = (item for item in captures.of_sample(unit, capture.sample_id) if item.purpose == capture.purpose)
    failed = sum(_may_pass(item.kind, item.reason) for item in tries)
    return _may_pass(capture.kind, capture.reason) and failed < MOST_ERRORS


def _may_pass(kind: str, reason: str | None) -> bool:
    """Whether another visit may find the offer: the shop was away, or busy."""
    return kind == VisitKind.ERROR or reason == "rate_limit"
