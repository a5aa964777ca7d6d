"""The notifier: tells the parties, watches their windows, demands removals and climbs the ladder when they are late."""

from datetime import datetime

from prefect import flow

from flows.notices import draft, parties
from flows.report import Report
from flows.tick import ALL, LEFT, each, joined, now
from flows.wiring import World, open_world
from labs.objection import OBJECTION
from labs.verdict import Outcome, VerdictState
from platforms.delivery import Announcement
from platforms.document import revised, sign
from platforms.notice import Notice, NoticeEvent, NoticeKind, NoticeState
from platforms.takedown import rung_due
from reputation.publication import OVERTURNED
from sampling import rulebook
from sampling.calendar import due as deadline_of
from sampling.rulebook import Rung
from sampling.sample import Sample, SampleEvent, SampleState
from sampling.text import Text
from storage import bases, campaigns, deadlines, deliveries, notices, objections, samples, verdicts
from storage.notices import Signed
from storage.service import OBJECTION_WINDOW
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:notify"
TOLD_FROM = (SampleState.SEALED, SampleState.VERDICT, SampleState.NOTIFIED, SampleState.FINAL)
DEADLINE_SET = Text("签发并写明处理期限", "Issued, with the time to act")
RULE = "rule:routine_notice"
"""Who approves a notice that leaves no room for judgement: the rulebook, and the log says so."""


@flow(name="notify")
def notify(limit: int = 200) -> str:
    """Tell whom it concerns; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Do the next step of telling for each sample, issue what was approved, remind who is late, take back what fell."""
    with world.database.unit() as unit:
        due = samples.in_state(unit, *TOLD_FROM, limit=ALL)
        approved = notices.in_state(unit, NoticeKind.DELISTING, NoticeState.APPROVED, limit=ALL)
        waiting = notices.in_state(unit, NoticeKind.DELISTING, NoticeState.ISSUED, NoticeState.ACKNOWLEDGED, limit=ALL)
    told = each("notify", world, "sample", due, _step, most=limit)
    issued = each("notify", world, "notice", approved, _issue, most=limit)
    climbed = each("notify", world, "notice", waiting, _climb, most=limit)
    with world.database.unit() as unit:
        overturned = notices.overturned(unit)
    back = each("notify", world, "notice", overturned, _take_back, most=limit)
    return joined("notify", [told, issued, climbed, back])


def _step(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        current = samples.expect(unit, sample.id, sample.state)
        match current.state:
            case SampleState.SEALED:
                if not any(one.kind is NoticeKind.SAMPLING for one in notices.of_sample(unit, sample.id)):
                    _tell(world, unit, current, NoticeKind.SAMPLING)  # one that comes back from a laboratory was told
                samples.record(unit, sample.id, SampleEvent.SAMPLING_NOTICE_SENT, by=ACTOR, at=now(world))
                return "sampling notice"
            case SampleState.VERDICT:
                return _tell_result(world, unit, current)
            case SampleState.NOTIFIED:
                return _close_window(world, unit, current)
            case _:
                return _demand(world, unit, current)


def _tell_result(world: World, unit: Unit, sample: Sample) -> str:
    verdict = verdicts.effective(unit, sample.id)
    if verdict is None or verdict.state is not VerdictState.CONFIRMED:
        return "left: verdict unconfirmed"
    _tell(world, unit, sample, NoticeKind.RESULT)
    samples.record(unit, sample.id, SampleEvent.NOTIFIED, by=ACTOR, at=now(world))
    return "result notice"


def _tell(world: World, unit: Unit, sample: Sample, kind: NoticeKind) -> None:
    at, verdict = now(world), verdicts.effective(unit, sample.id)
    for party in parties(sample):
        notice = draft(world, unit, sample, kind, party, verdict=verdict, by=ACTOR, at=at)
        notices.approve(unit, notice.id, by=RULE, at=at)
        notices.record(unit, notice.id, NoticeEvent.ISSUED, by=ACTOR, at=at)
        announce(unit, notices.get(unit, notice.id), Announcement.NOTICE_ISSUED, at=at)


def _close_window(world: World, unit: Unit, sample: Sample) -> str:
    """A window closes when every party was served, every clock ran out, and nothing contested is open."""
    at = now(world)
    clocks = [deadlines.find(unit, sample.id, party.id, OBJECTION_WINDOW) for party in parties(sample)]
    if any(clock is None or at < clock.due_at for clock in clocks):
        return "left: window open"
    if any(item.state not in OBJECTION.final for item in objections.of_sample(unit, sample.id)):
        return "left: objection open"
    samples.record(unit, sample.id, SampleEvent.WINDOW_CLOSED, by=ACTOR, at=at)
    return "final"


def _demand(world: World, unit: Unit, sample: Sample) -> str:
    """A final failure is drafted as a demand to remove; a person approves it."""
    verdict = verdicts.effective(unit, sample.id)
    if verdict is None or verdict.outcome is not Outcome.FAIL:
        return LEFT
    if any(notice.kind is NoticeKind.DELISTING for notice in notices.of_sample(unit, sample.id)):
        return "left: demand waits for approval"
    if bases.is_outdated(unit, verdict):
        return "left: the laboratory corrected its report"
    draft(world, unit, sample, NoticeKind.DELISTING, parties(sample)[0], verdict=verdict, by=ACTOR, at=now(world))
    return "demand drafted"


def _issue(world: World, notice: Notice) -> str:
    at = now(world)
    with world.database.unit() as unit:
        if notices.get(unit, notice.id).state is not NoticeState.APPROVED:
            return LEFT
        _set_deadline(world, unit, notice, at)
        notices.record(unit, notice.id, NoticeEvent.ISSUED, by=ACTOR, at=at)
        samples.record(unit, notice.sample_id, SampleEvent.DISPOSAL_ORDERED, by=ACTOR, at=at)
        announce(unit, notices.get(unit, notice.id), Announcement.NOTICE_ISSUED, at=at)
    return "demand issued"


def _set_deadline(world: World, unit: Unit, notice: Notice, at: datetime) -> None:
    """The time to act runs from the issue, so it is written into the demand then, under the same approval."""
    sample, verdict = samples.get(unit, notice.sample_id), verdicts.effective(unit, notice.sample_id)
    due = _limit(unit, sample, verdict.severity if verdict else None, at)
    document = revised(notice.document, at=at, summary=DEADLINE_SET, due=due)
    signed = sign(document, world.notice_key)
    approved_by = notices.approver(unit, notice.id)[1]
    notices.revise(
        unit,
        notice.id,
        Signed(document, signed.sha256, signed.jws),
        due_at=due,
        approved_by=approved_by,
        by=ACTOR,
        at=at,
    )


def _take_back(world: World, notice: Notice) -> str:
    """What was told or demanded of a failure that does not stand is withdrawn, and the platform hears of it."""
    at = now(world)
    with world.database.unit() as unit:
        current = notices.get(unit, notice.id)
        if current.state is not notice.state:
            return LEFT
        notices.record(unit, notice.id, NoticeEvent.WITHDRAWN, by=ACTOR, at=at, data={"reason": OVERTURNED})
        if current.issued_at is not None:
            announce(unit, current, Announcement.NOTICE_WITHDRAWN, at=at)
    return "withdrawn"


def _climb(world: World, notice: Notice) -> str:
    at = now(world)
    with world.database.unit() as unit:
        current = notices.get(unit, notice.id)
        if current.issued_at is None or current.due_at is None or current.state is not notice.state:
            return LEFT
        rung = rung_due(
            issued_at=current.issued_at,
            due_at=current.due_at,
            now=at,
            done=(current.level,),
            rungs=_rungs(unit, current),
        )
        if rung is None:
            return LEFT
        escalate(unit, current, rung.step, reason=rung.action, addressee=rung.addressee, at=at)
    return f"rung {rung.action}"


def escalate(unit: Unit, notice: Notice, level: int, *, reason: str, addressee: str, at: datetime) -> None:
    """Raise a notice's level and announce it; the level is the key, so no level is announced twice.

    Who stands on the ladder beside the platform itself is kept with the event: a referral goes out by a person.
    """
    notices.escalate(unit, notice.id, level, by=ACTOR, at=at, reason=reason, addressee=addressee)
    event = Announcement.NOTICE_ESCALATED if level > 1 else Announcement.NOTICE_REMINDER
    announce(unit, notices.get(unit, notice.id), event, key=f"level-{level}", at=at)


def announce(unit: Unit, notice: Notice, event: Announcement, *, key: str = "", at: datetime) -> None:
    """Put the announcement into the outbox, once for the portal and once for each endpoint of a platform."""
    if not notice.recipient.startswith("platform:"):
        return  # a seller has no account here: its notice is served by post, and a person proves it
    for channel in ("portal", *deliveries.endpoints(unit, notice.recipient)):
        deliveries.announce(unit, notice, channel, event.value, key=key, at=at)


def _limit(unit: Unit, sample: Sample, severity: str | None, at: datetime) -> datetime:
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    key = "platform_takedown_limit_safety" if severity == "safety" else "platform_takedown_limit"
    return deadline_of(at, rules.rule(key), rules.zone).due_at


def _rungs(unit: Unit, notice: Notice) -> tuple[Rung, ...]:
    campaign = campaigns.get(unit, samples.get(unit, notice.sample_id).campaign_id)
    return rulebook.load(campaign.rulebook).rungs
