"""The look before paying: the page once more, because what it says at the payment is what the goods are held to."""

from collections.abc import Mapping
from typing import Any

from flows.capture import may_be_tried_again, read, skip
from flows.keeping import keep
from flows.politeness import admitted, heed
from flows.wiring import World
from sampling.calendar import due
from sampling.evidence.comparison import Change, fields_changed
from sampling.evidence.contents import flat
from sampling.evidence.payment import questioned
from sampling.evidence.profile import LIGHT
from sampling.rulebook import load as load_rules
from sampling.sample import Sample, SampleState
from storage import campaigns, captures, clock, consents, samples
from storage.captures import Capture
from storage.offers import drawn_capture, listing_record, price_in
from storage.unit import Unit

ACTOR = "flow:purchase"
CONSENT_LIMIT = "consent_limit"


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
        if found is not None:
            captures.reviewed(unit, kept, finding=_told(_changed(drawn, said)), by=ACTOR, at=at)
        if reason is not None:
            return _not_ordered(world, unit, sample, kept, reason)
        return None if drawn is None else _asked(unit, sample, drawn, kept)


def _asked(unit: Unit, sample: Sample, drawn: Capture, kept: Capture) -> str | None:
    """Ask a person about an offer that is neither the drawn one any more nor one that was consented to."""
    rules, at = load_rules(campaigns.get(unit, sample.campaign_id).rulebook), clock.now(unit)
    most = rules.rule("price_rise_consent").number
    reasons = [
        questioned(
            _changed(known, kept.listing), before=price_in(known.listing), after=price_in(kept.listing),
            most_percent=most,
        )
        for known in (drawn, *consents.accepted(unit, sample.id))
    ]  # fmt: skip
    reason = reasons[0]
    if reason is None or None in reasons:
        return None
    by_when = due(at, rules.rule(CONSENT_LIMIT), rules.zone)
    consents.ask(unit, sample.id, reason, drawn=drawn, shown=kept, due=by_when, by=ACTOR, at=at)
    return f"left for consent: {reason}"


def _not_ordered(world: World, unit: Unit, sample: Sample, kept: Capture, reason: str) -> str:
    """Both captures stay as evidence; the reserve of the stratum stands in for the listing."""
    if may_be_tried_again(unit, kept):
        return f"left for another try: {reason}"
    skip(world, unit, sample, reason, by=ACTOR)
    return f"skipped: {reason}"


def _changed(known: Capture | None, said: Mapping[str, Any]) -> tuple[Change, ...]:
    return fields_changed(dict(flat(known.listing)), dict(flat(said))) if known and said else ()


def _told(changed: tuple[Change, ...]) -> str:
    return f"changed since the draw: {', '.join(change.name for change in changed)}" if changed else "as at the draw"
