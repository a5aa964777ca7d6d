"""The look before paying: the page once more, because what it says at the payment is what the goods are held to."""

from flows.capture import may_be_tried_again, read, skip
from flows.keeping import keep
from flows.politeness import admitted, heed
from flows.wiring import World
from sampling.evidence.comparison import Change, fields_changed
from sampling.evidence.contents import flat
from sampling.evidence.payment import lost_for
from sampling.evidence.profile import LIGHT
from sampling.sample import Sample, SampleState
from storage import captures, clock, samples
from storage.captures import Capture
from storage.offers import drawn_capture, listing_record
from storage.unit import Unit

ACTOR = "flow:purchase"


def look_again(world: World, sample: Sample) -> str | None:
    """Keep what the page shows just before the order; None lets it be placed, else why it is not.

    It is taken light: every exchange, the picture, the DOM and the texts with their places are kept and prove the
    offer. The phone's view, the PDF and the MHTML, of which the draw keeps one each, would cost as much again.
    """
    if admitted(world, sample) is not None:
        return "left: its site rests"
    visit = world.browser.capture(sample.url, world.sites[sample.platform].recipe, LIGHT)
    heed(world, sample, visit)
    found, reason = read(world, sample, visit)
    said = listing_record(found.listing, price_box=found.price_box) if found else {}
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.CAPTURED)
        drawn, at = drawn_capture(unit, sample), clock.now(unit)
        kept = keep(world, unit, sample, visit, captures.PAYMENT, read=said, by=ACTOR, at=at)
        changed = fields_changed(dict(flat(drawn.listing)), dict(flat(said))) if drawn and found else ()
        if found is not None:
            captures.reviewed(unit, kept, finding=_told(changed), by=ACTOR, at=at)
        reason = lost_for(changed) or reason
        return reason and _not_ordered(world, unit, sample, kept, reason)


def _not_ordered(world: World, unit: Unit, sample: Sample, kept: Capture, reason: str) -> str:
    """Both captures stay as evidence of the change; the reserve of the stratum stands in for the listing."""
    if may_be_tried_again(unit, kept):
        return f"left for another try: {reason}"
    skip(world, unit, sample, reason, by=ACTOR)
    return f"skipped: {reason}"


def _told(changed: tuple[Change, ...]) -> str:
    return f"changed since the draw: {', '.join(change.name for change in changed)}" if changed else "as at the draw"
