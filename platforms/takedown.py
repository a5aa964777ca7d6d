"""A takedown: what our own revisits prove, when the next one is due, and when the demand climbs a rung."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from platforms.notice import NoticeEvent
from sampling.evidence.visit import Visit, VisitKind
from sampling.rulebook import Rung


class TakedownOutcome(StrEnum):
    """What one revisit met."""

    GONE = "gone"
    UNAVAILABLE = "unavailable"
    """The page is there and nothing can be bought."""
    REPLACED = "replaced"
    """The address shows something else."""
    BLOCKED = "blocked"
    """A captcha, a log-in or a refusal stood before the page: it never counts as down."""
    LIVE = "live"
    ERROR = "error"


DOWN = frozenset({TakedownOutcome.GONE, TakedownOutcome.UNAVAILABLE})
UNDECIDED = frozenset({TakedownOutcome.BLOCKED, TakedownOutcome.ERROR})

MIN_GAP = timedelta(minutes=30)
RETRY = timedelta(minutes=10)
REVISITS = (
    timedelta(0),
    timedelta(hours=1),
    timedelta(hours=24),
    timedelta(days=3),
    timedelta(days=7),
    timedelta(days=14),
    timedelta(days=30),
)

_WALLS = frozenset({401, 403, 407, 429, 451})


@dataclass(frozen=True, slots=True)
class Check:
    """One revisit; `visit_sha` is the hash of the manifest that proves it."""

    at: datetime
    outcome: TakedownOutcome
    status: int | None
    visit_sha: str


@dataclass(frozen=True, slots=True)
class Markers:
    """The words by which a site's page is read: compared without regard to case."""

    removed: tuple[str, ...]
    unavailable: tuple[str, ...]
    identity: tuple[str, ...] = ()
    """Words of this very offer, any of which shows that the page is still about it; empty: not asked."""


def read_outcome(visit: Visit, markers: Markers) -> TakedownOutcome:
    """Give what the revisit met; a page that shows nothing readable is an error, not a takedown."""
    match visit.kind:
        case VisitKind.OBSTACLE:
            return TakedownOutcome.BLOCKED
        case VisitKind.ERROR:
            return TakedownOutcome.ERROR
        case VisitKind.NOT_FOUND:
            return TakedownOutcome.GONE
        case VisitKind.LISTING:
            return _by_status(visit.status) or _by_text(visit.text.casefold(), markers)
        case _:
            assert_never(visit.kind)


def conclude(
    checks: Sequence[Check], *, min_gap: timedelta = MIN_GAP, claimed_at: datetime | None = None
) -> NoticeEvent | None:
    """Give FOUND_DOWN for two agreeing revisits at least `min_gap` apart, FOUND_LIVE for a live one after a claim.

    Blocked and failed revisits neither prove nor disprove; a live or replaced page begins the count anew.
    """
    told = [check for check in sorted(checks, key=lambda check: check.at) if check.outcome not in UNDECIDED]
    if not told:
        return None
    last = told[-1]
    if last.outcome is TakedownOutcome.LIVE:
        return NoticeEvent.FOUND_LIVE if claimed_at is not None and last.at >= claimed_at else None
    down = _closing_run(told)
    return NoticeEvent.FOUND_DOWN if down and down[-1].at - down[0].at >= min_gap else None


def relisted(checks: Sequence[Check], *, verified_at: datetime) -> bool:
    """Tell whether the offer was seen live again after its takedown was verified."""
    return any(check.at > verified_at and check.outcome is TakedownOutcome.LIVE for check in checks)


def next_revisit(
    *, start: datetime, checks: Sequence[Check], schedule: Sequence[timedelta] = REVISITS
) -> datetime | None:
    """Give when to look next, perhaps already past, or None when the watch is over.

    `start` is the claim, or the deadline where nothing was claimed. A revisit covers every date up to it;
    one that was blocked or failed is repeated after ten minutes, unless the next date comes sooner.
    """
    since = sorted((check for check in checks if check.at >= start), key=lambda check: check.at)
    dates = [start + step for step in schedule]
    if not since:
        return min(dates, default=None)
    last = since[-1]
    later = [date for date in dates if date > last.at]
    if last.outcome in UNDECIDED:
        later.append(last.at + RETRY)
    return min(later, default=None)


def rung_due(
    *, issued_at: datetime, due_at: datetime, now: datetime, done: Collection[int], rungs: Sequence[Rung]
) -> Rung | None:
    """Give the lowest step of the ladder that is reached and not done; a reminder that came too late is left out.

    A step below one already done is never climbed back to.
    """
    floor = max(done, default=0)
    reached = [rung for rung in rungs if rung.at(issued_at, due_at) <= now and rung.step > floor]
    timely = [rung for rung in reached if rung.percent >= 100 or now < due_at]
    return min(timely, key=lambda rung: rung.step, default=None)


def _by_status(status: int | None) -> TakedownOutcome | None:
    if status in (404, 410):
        return TakedownOutcome.GONE
    if status in _WALLS:
        return TakedownOutcome.BLOCKED
    if status is not None and status >= 400:
        return TakedownOutcome.ERROR
    return None


def _by_text(text: str, markers: Markers) -> TakedownOutcome:
    if not text.strip():
        return TakedownOutcome.ERROR
    if _holds(text, markers.removed):
        return TakedownOutcome.GONE
    if markers.identity and not _holds(text, markers.identity):
        return TakedownOutcome.REPLACED
    return TakedownOutcome.UNAVAILABLE if _holds(text, markers.unavailable) else TakedownOutcome.LIVE


def _holds(text: str, words: Sequence[str]) -> bool:
    return any(word.casefold() in text for word in words)


def _closing_run(told: Sequence[Check]) -> list[Check]:
    """The unbroken row of down checks at the end."""
    run: list[Check] = []
    for check in reversed(told):
        if check.outcome not in DOWN:
            break
        run.insert(0, check)
    return run
