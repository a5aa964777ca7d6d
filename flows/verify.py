"""The verification: visits what a platform says it removed; only two visits apart prove it, one disproves it."""

from datetime import datetime, timedelta

from prefect import flow

from flows.capture import read
from flows.keeping import keep
from flows.notify import announce, escalate
from flows.politeness import admitted, heed
from flows.report import Report
from flows.tick import ALL, LEFT, each, now
from flows.wiring import World, open_world
from platforms.delivery import Announcement
from platforms.notice import Notice, NoticeEvent, NoticeKind, NoticeState
from platforms.takedown import Check, Markers, TakedownOutcome, conclude, next_revisit, read_outcome
from sampling import rulebook
from sampling.rulebook import Rulebook
from sampling.sample import Sample
from storage import campaigns, notices, samples
from storage.notices import Checked
from storage.offers import listing_record
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:verify"
WATCHED = (NoticeState.CLAIMED_DONE, NoticeState.ISSUED, NoticeState.ACKNOWLEDGED, NoticeState.VERIFIED_DOWN)
"""A claim, a demand whose time is over though nobody claimed anything, and a removal that may come undone."""
DOWN = (TakedownOutcome.GONE, TakedownOutcome.UNAVAILABLE)


@flow(name="verify")
def verify(limit: int = 50) -> str:
    """Visit what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Visit each listing whose removal is claimed, overdue or verified, when its next visit is due."""
    at = now(world)
    with world.database.unit() as unit:
        watched = notices.in_state(unit, NoticeKind.DELISTING, *WATCHED, limit=ALL)
        due = [notice for notice in watched if _is_due(unit, notice, at)][:limit]
    return each("verify", world, "notice", due, _step, threads=world.threads)


def _step(world: World, notice: Notice) -> str:
    at = now(world)
    with world.database.unit() as unit:
        current, sample = notices.get(unit, notice.id), samples.get(unit, notice.sample_id)
        if current.state is not notice.state or not _is_due(unit, current, at):
            return LEFT
    if admitted(world, sample) is not None:
        return "left: its site rests"
    site = world.sites[sample.platform]
    visit = world.browser.capture(sample.url, site.recipe)
    heed(world, sample, visit)
    outcome = read_outcome(visit, Markers(removed=site.recipe.gone, unavailable=(), identity=_identity(sample)))
    found, _ = read(world, sample, visit)
    said = listing_record(found.listing, price_box=found.price_box) if found else {}
    with world.database.unit() as unit:
        seen = keep(world, unit, sample, visit, "takedown", read=said, by=ACTOR, at=now(world))
        notices.checked(unit, notice.id, Checked(seen.captured_at, outcome.value, visit.status, seen.id, notice.level))
        return _conclude(unit, notices.get(unit, notice.id))


def _conclude(unit: Unit, notice: Notice) -> str:
    checks, rules = _checks(unit, notice), _rules(unit, notice)
    at, seen = checks[-1].at, checks[-1].outcome
    if notice.state is NoticeState.VERIFIED_DOWN:
        return _relisted(unit, notice, rules, at) if seen is TakedownOutcome.LIVE else f"watched: {seen.value}"
    claimed_at = notices.claimed_at(unit, notice.id) if notice.state is NoticeState.CLAIMED_DONE else None
    event = conclude(checks, min_gap=_gap(rules), claimed_at=claimed_at)
    match event:
        case NoticeEvent.FOUND_DOWN:
            notices.record(unit, notice.id, event, by=ACTOR, at=at)
            announce(unit, notices.get(unit, notice.id), Announcement.TAKEDOWN_VERIFIED, at=at)
            return "verified down"
        case NoticeEvent.FOUND_LIVE:
            notices.record(unit, notice.id, event, by=ACTOR, at=at)
            _raise(unit, notice, rules, "claimed_but_live", at)
            return "claimed but live"
        case _:
            return f"seen {seen.value}"


def _relisted(unit: Unit, notice: Notice, rules: Rulebook, at: datetime) -> str:
    notices.record(unit, notice.id, NoticeEvent.RELISTED, by=ACTOR, at=at)
    key = f"again-{notices.times(unit, notice, NoticeEvent.RELISTED)}"
    announce(unit, notices.get(unit, notice.id), Announcement.LISTING_REAPPEARED, key=key, at=at)
    _raise(unit, notice, rules, "reappeared", at)
    return "reappeared"


def _raise(unit: Unit, notice: Notice, rules: Rulebook, reason: str, at: datetime) -> None:
    """Raise a notice whose claim or removal did not hold, at least to the rung that the rulebook names for it."""
    level = max(notice.level + 1, rules.rule("takedown.caught_rung").number)
    addressees = [rung.addressee for rung in rules.rungs if rung.step <= level]
    escalate(unit, notice, level, reason=reason, addressee=addressees[-1] if addressees else "", at=at)


def _is_due(unit: Unit, notice: Notice, at: datetime) -> bool:
    start, rules = _start(unit, notice), _rules(unit, notice)
    if start is None or at < start:
        return False
    checks, watching = _checks(unit, notice), notice.state is NoticeState.VERIFIED_DOWN
    since = [check for check in checks if check.at >= start]
    if not watching and since and since[-1].outcome in DOWN:
        return at >= since[-1].at + _gap(rules)  # the second look, as soon as it can confirm the first
    schedule = [timedelta(days=days) for days in rules.rule("takedown.revisits").numbers]
    when = next_revisit(start=start, checks=checks, schedule=schedule[1:] if watching else schedule)
    return when is not None and at >= when


def _start(unit: Unit, notice: Notice) -> datetime | None:
    """From when on the visits are counted: the claim, the proof, or the end of the time to act."""
    match notice.state:
        case NoticeState.CLAIMED_DONE:
            return notices.claimed_at(unit, notice.id)
        case NoticeState.VERIFIED_DOWN:
            return notices.last(unit, notice, NoticeEvent.FOUND_DOWN)
        case _:
            return notice.due_at


def _identity(sample: Sample) -> tuple[str, ...]:
    """Words of this very offer: a page that shows none of them was replaced, which proves nothing."""
    return (sample.title,)


def _checks(unit: Unit, notice: Notice) -> list[Check]:
    return [
        Check(item.at, TakedownOutcome(item.outcome), item.status, str(item.capture_id))
        for item in notices.checks(unit, notice.id)
    ]


def _gap(rules: Rulebook) -> timedelta:
    return timedelta(minutes=rules.rule("takedown.min_gap").number)


def _rules(unit: Unit, notice: Notice) -> Rulebook:
    return rulebook.load(campaigns.get(unit, samples.get(unit, notice.sample_id).campaign_id).rulebook)
