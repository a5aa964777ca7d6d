"""Deadlines: how days, working days, months and hours are counted from an instant in a place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import chinese_calendar

from sampling.errors import WrongRule
from sampling.rulebook import Rule

CHINA = frozenset({"Asia/Shanghai", "Asia/Urumqi", "PRC"})
YEARS = frozenset(day.year for day in chinese_calendar.holidays)
"""The years whose days off and swapped weekends the official calendar holds."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when something is due, and the rule and calendar that say so."""

    rule: str
    rulebook: str
    calendar_version: str
    """The calendar consulted; a year it does not know is named, with `weekends only`."""
    starts_at: datetime
    due_at: datetime
    """In UTC and itself too late: what arrives at this instant arrives after the deadline."""


def due(starts_at: datetime, rule: Rule, zone: ZoneInfo) -> Deadline:
    """Give the deadline of a rule that starts at an aware instant.

    The first day does not count and the last one ends at 24:00 in the zone. Working days follow the
    official Chinese calendar, in which weekends are swapped; a year that it does not hold yet, and any
    other zone, is counted with weekends as the only days of rest, and the deadline says so.
    """
    day = starts_at.astimezone(zone).date()
    match rule.unit:
        case "hours":
            last, end = day, starts_at + timedelta(hours=rule.number)
        case "minutes":
            last, end = day, starts_at + timedelta(minutes=rule.number)
        case "calendar_days":
            last = _rolled(day + timedelta(days=rule.number), rule.rollover, zone)
            end = _end_of(last, zone)
        case "months":
            last = _rolled(_months_on(day, rule.number), rule.rollover, zone)
            end = _end_of(last, zone)
        case "working_days":
            last = _working_day(day, rule.number, zone)
            end = _end_of(last, zone)
        case _:
            raise WrongRule(f"{rule.key} is not a length of time")
    return Deadline(rule.key, rule.rulebook, _version(day, last, zone), starts_at, end.astimezone(UTC))


def is_workday(day: date, zone: ZoneInfo) -> bool:
    """Tell whether the day is worked in the zone, swapped weekends included."""
    if _known(day, zone):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


def is_holiday(day: date, zone: ZoneInfo) -> bool:
    """Tell whether the day belongs to an official holiday; an ordinary weekend does not."""
    if _known(day, zone):
        off, name = chinese_calendar.get_holiday_detail(day)
        return bool(off and name)
    return False


def _known(day: date, zone: ZoneInfo) -> bool:
    return zone.key in CHINA and day.year in YEARS


def _days_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=steps) for steps in count(1))


def _working_day(day: date, number: int, zone: ZoneInfo) -> date:
    last = day
    worked = (later for later in _days_after(day) if is_workday(later, zone))
    for _ in range(number):
        last = next(worked)
    return last


def _rolled(day: date, rollover: str, zone: ZoneInfo) -> date:
    while (rollover == "holidays" and is_holiday(day, zone)) or (rollover == "rest_days" and not is_workday(day, zone)):
        day += timedelta(days=1)
    return day


def _months_on(day: date, number: int) -> date:
    """The same day of a later month, or that month's last one (Civil Code 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (after - timedelta(days=1)).day))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def _version(first: date, last: date, zone: ZoneInfo) -> str:
    if zone.key not in CHINA:
        return "weekends only"
    name = f"chinese_calendar {chinese_calendar.__version__}"
    unknown = [str(year) for year in range(first.year, last.year + 1) if not _known(date(year, 1, 1), zone)]
    return "; ".join([name, *(f"{year} weekends only" for year in unknown)])
