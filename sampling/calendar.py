"""Deadlines: how days, working days, months and hours are counted from an instant in a place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sampling.almanac import Almanac, almanac
from sampling.errors import WrongRule
from sampling.rulebook import Rule

NO_CALENDAR = "none"
"""What a deadline is counted with that no day of rest can move."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when something is due, and the rule and calendar that say so."""

    rule: str
    rulebook: str
    calendar_version: str
    """The calendar consulted, with the package and version of its days; a year that is not confirmed is named."""
    starts_at: datetime
    due_at: datetime
    """In UTC and itself too late: what arrives at this instant arrives after the deadline."""


def due(starts_at: datetime, rule: Rule, zone: ZoneInfo) -> Deadline:
    """Give the deadline of a rule that starts at an aware instant, for an addressee in the zone.

    The first day does not count and the last one ends at 24:00 in the zone. Days of rest are those of the rule's
    calendar, in which weekends may be swapped; a year that it does not hold raises UnknownYear as soon as a day of
    it is looked at, because a guess would be worse than none.
    """
    day = starts_at.astimezone(zone).date()
    instant = starts_at.astimezone(UTC)  # hours pass in UTC: added to a local time they skip the change of the clocks
    match rule.unit:
        case "hours":
            return _deadline(rule, starts_at, instant + timedelta(hours=rule.number))
        case "minutes":
            return _deadline(rule, starts_at, instant + timedelta(minutes=rule.number))
        case "calendar_days":
            last = day + timedelta(days=rule.number)
        case "months":
            last = _months_on(day, rule.number)
        case "working_days":
            rests = almanac(rule.calendar)
            last = _working_day(day, rule.number, rests)
            return _deadline(rule, starts_at, _end_of(last, zone), rests.name(day, last))
        case _:
            raise WrongRule(f"{rule.key} is not a length of time")
    if rule.rollover == "none":
        return _deadline(rule, starts_at, _end_of(last, zone))
    rests = almanac(rule.calendar)
    rolled = _rolled(last, rule.rollover, rests)
    return _deadline(rule, starts_at, _end_of(rolled, zone), rests.name(last, rolled))


def _deadline(rule: Rule, starts_at: datetime, end: datetime, calendar: str = NO_CALENDAR) -> Deadline:
    return Deadline(rule.key, rule.rulebook, calendar, starts_at, end.astimezone(UTC))


def _working_day(day: date, number: int, rests: Almanac) -> date:
    last = day
    worked = (later for later in _days_after(day) if rests.is_workday(later))
    for _ in range(number):
        last = next(worked)
    return last


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=steps) for steps in count(1))


def _rolled(day: date, rollover: str, rests: Almanac) -> date:
    while rests.is_holiday(day) or (rollover == "rest_days" and not rests.is_workday(day)):
        day += timedelta(days=1)
    return day


def _months_on(day: date, number: int) -> date:
    """The same day of a later month, or that month's last one (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after - timedelta(days=1)).day))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone)
