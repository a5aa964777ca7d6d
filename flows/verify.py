"""The verification: visits what a platform says it removed; only two visits apart prove it, one disproves it."""

from datetime import datetime, timedelta

from prefect import flow

from flows.keeping import keep
from flows.notify import announce, escalate
from flows.report import Report
from flows.tick import LEFT, each, now
from flows.wiring import World, open_world
from platforms.delivery import Announcement
from platforms.notice import Notice, NoticeEvent, NoticeKind, NoticeState
from platforms.takedown import Check, Markers, TakedownOutcome, conclude, next_revisit, read_outcome
from sampling import rulebook
from sampling.sample import Sample
from storage import campaigns, notices, samples
from storage.notices import Checked
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:verify"
CAUGHT = 2
"""The level a claim that a visit disproves is raised to at once: the supervisor's rung."""


@flow(name="verify")
def verify(limit: int = 50) -> str:
    """Visit what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Visit each listing whose removal was claimed, when its next visit is due."""
    with world.database.unit() as unit:
        due = notices.in_state(unit, NoticeKind.DELISTING, NoticeState.CLAIMED_DONE, limit=limit)
    return each("verify", world, "notice", due, _step, threads=world.threads)


def _step(world: World, notice: Notice) -> str:
    at = now(world)
    with world.database.unit() as unit:
        current = notices.get(unit, notice.id)
        claimed_at = notices.claimed_at(unit, notice.id)
        if current.state is not NoticeState.CLAIMED_DONE or claimed_at is None:
            return LEFT
        sample, gap = samples.get(unit, notice.sample_id), _gap(unit, current)
        when = _next_visit(_checks(unit, current), claimed_at, gap)
        if when is None or at < when:
            return "left: next visit later"
    site = world.sites[sample.platform]
    visit = world.browser.capture(sample.url, site.recipe)
    outcome = read_outcome(visit, Markers(removed=site.recipe.gone, unavailable=(), identity=_identity(sample)))
    with world.database.unit() as unit:
        seen = keep(world, unit, sample, visit, "takedown", read={}, by=ACTOR, at=now(world))
        check = Checked(seen.captured_at, outcome.value, visit.status, seen.id, notice.level)
        notices.checked(unit, notice.id, check)
        return _conclude(unit, notices.get(unit, notice.id), sample, claimed_at, gap)


def _conclude(unit: Unit, notice: Notice, sample: Sample, claimed_at: datetime, gap: timedelta) -> str:
    checks = _checks(unit, notice)
    event, at = conclude(checks, min_gap=gap, claimed_at=claimed_at), checks[-1].at
    match event:
        case NoticeEvent.FOUND_DOWN:
            notices.record(unit, notice.id, event, by=ACTOR, at=at)
            announce(unit, notices.get(unit, notice.id), Announcement.TAKEDOWN_VERIFIED, at=at)
            return "verified down"
        case NoticeEvent.FOUND_LIVE:
            notices.record(unit, notice.id, event, by=ACTOR, at=at, data={"claimed_at": claimed_at.isoformat()})
            escalate(unit, notice, max(notice.level + 1, CAUGHT), reason="claimed_but_live", at=at)
            return "claimed but live"
        case _:
            return f"seen {checks[-1].outcome.value}"


def _next_visit(checks: list[Check], claimed_at: datetime, gap: timedelta) -> datetime | None:
    """The first visit is due at the claim, the second as soon as it can confirm the first."""
    since = [check for check in checks if check.at >= claimed_at]
    if since and since[-1].outcome in (TakedownOutcome.GONE, TakedownOutcome.UNAVAILABLE):
        return since[-1].at + gap
    return next_revisit(start=claimed_at, checks=checks)


def _identity(sample: Sample) -> tuple[str, ...]:
    """Words of this very offer: a page that shows none of them was replaced, which proves nothing."""
    return (sample.title,)


def _checks(unit: Unit, notice: Notice) -> list[Check]:
    return [
        Check(item.at, TakedownOutcome(item.outcome), item.status, str(item.capture_id))
        for item in notices.checks(unit, notice.id)
    ]


def _gap(unit: Unit, notice: Notice) -> timedelta:
    campaign = campaigns.get(unit, samples.get(unit, notice.sample_id).campaign_id)
    return timedelta(minutes=rulebook.load(campaign.rulebook).rule("takedown.min_gap").number)
