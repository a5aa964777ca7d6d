"""The capture: visits each drawn listing and keeps what it showed; an obstacle is an outcome, and the next is taken."""

from prefect import flow

from flows.keeping import keep
from flows.opening import NOBODY, open_reserve, reassign
from flows.report import Report
from flows.tick import each, now
from flows.wiring import World, open_world
from platforms.errors import UnreadablePage
from platforms.reading import read_listing
from sampling.evidence.visit import Visit, VisitKind
from sampling.listing import Listing
from sampling.sample import Sample, SampleEvent, SampleState
from sampling.task import TaskEvent
from storage import campaigns, captures, samples
from storage.offers import listing_record
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:capture"
MOST_ERRORS = 2
"""A visit that failed is repeated once; then the listing counts as unreachable."""


@flow(name="capture")
def capture(limit: int = 50) -> str:
    """Capture what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Visit each targeted listing once."""
    with world.database.unit() as unit:
        due = samples.in_state(unit, SampleState.TARGETED, limit=limit)
    return each("capture", world, "sample", due, _step, threads=world.threads)


def _step(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.TARGETED)
    site = world.sites.get(sample.platform)
    visit = world.browser.capture(sample.url, site.recipe if site else None)
    listing, reason = read(world, sample, visit)
    at = now(world)
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.TARGETED)
        keep(world, unit, sample, visit, "draw", read=listing_record(listing) if listing else {}, by=ACTOR, at=at)
        if listing is not None:
            sample = samples.learn(unit, sample.id, title=listing.title, seller=listing.seller, brand=listing.brand)
        shopper = reassign(unit, sample, at=at)
        reason = reason or (NOBODY if shopper is None else None)
        if reason is None and shopper is not None:
            if shopper != sample.shopper:
                samples.hand_on(unit, sample.id, shopper, by=ACTOR, at=at)
            samples.record(unit, sample.id, SampleEvent.CAPTURED, by=ACTOR, at=at)
            return "captured"
        if visit.kind is VisitKind.ERROR and _errors(unit, sample) < MOST_ERRORS:
            return f"left for another try: {reason}"
        skip(world, unit, sample, str(reason), by=ACTOR)
    return f"skipped: {reason}"


def read(world: World, sample: Sample, visit: Visit) -> tuple[Listing | None, str | None]:
    """Give what the page says, and the reason why it cannot be bought, if there is one."""
    if visit.kind is not VisitKind.LISTING:
        return None, visit.reason or visit.kind.value
    site = world.sites.get(sample.platform)
    try:
        found = (
            site.listing(visit.html, visit.final_url)
            if site
            else read_listing(visit.html, visit.final_url, platform=sample.platform)
        )
    except UnreadablePage:
        return None, "unreadable"
    if found.listing.price is None or found.price_note == "range":
        return found.listing, found.price_note or "no_price"
    return found.listing, "unavailable" if found.listing.available is False else None


def skip(world: World, unit: Unit, sample: Sample, reason: str, *, by: str) -> None:
    """End the case of a listing that cannot be obtained, and open the next of its stratum's reserve."""
    at = now(world)
    event = SampleEvent.SKIPPED if sample.state is SampleState.TARGETED else SampleEvent.NOT_OBTAINED
    samples.record(unit, sample.id, event, by=by, at=at, reason=reason)
    samples.record_task(unit, sample.id, TaskEvent.RELEASED, by=by, at=at, reason=reason)
    open_reserve(world, unit, campaigns.get(unit, sample.campaign_id), sample.stratum, at=at,
                 reason=reason)  # fmt: skip


def _errors(unit: Unit, sample: Sample) -> int:
    return sum(item.kind == VisitKind.ERROR for item in captures.of_sample(unit, sample.id))
