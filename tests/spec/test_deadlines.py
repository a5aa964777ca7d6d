"""Deadlines: day zero excluded, the last day ends at 24:00, holidays roll, weekends are swapped."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sampling.calendar import Deadline, due, is_holiday, is_workday
from sampling.errors import WrongRule
from sampling.rulebook import Rule

SHANGHAI = ZoneInfo("Asia/Shanghai")
PARIS = ZoneInfo("Europe/Paris")
HELD = "chinese_calendar 1.11.0"

# start (Shanghai), length, unit, rollover, end (Shanghai, 24:00 of the day before)
LENGTHS = [
    ("2026-03-02 10:00", 15, "calendar_days", "holidays", "2026-03-18 00:00"),
    ("2026-03-02 00:00", 15, "calendar_days", "holidays", "2026-03-18 00:00"),
    ("2026-03-02 23:59", 15, "calendar_days", "holidays", "2026-03-18 00:00"),
    # the last day is 1 October: National Day 2026 lasts to the 7th
    ("2026-09-16 10:00", 15, "calendar_days", "holidays", "2026-10-09 00:00"),
    ("2026-09-16 10:00", 15, "calendar_days", "none", "2026-10-02 00:00"),
    # an ordinary Sunday is no official holiday, but it is a day of rest
    ("2026-11-07 10:00", 15, "calendar_days", "holidays", "2026-11-23 00:00"),
    ("2026-11-07 10:00", 15, "calendar_days", "rest_days", "2026-11-24 00:00"),
    # the last day is Sunday 20 September 2026, which is worked instead of a day of the holiday
    ("2026-09-05 10:00", 15, "calendar_days", "rest_days", "2026-09-21 00:00"),
    # Friday; the Sunday counts because it is worked
    ("2026-09-18 10:00", 3, "working_days", "none", "2026-09-23 00:00"),
    # Wednesday 30 September; the holiday does not count, Saturday 10 October does
    ("2026-09-30 10:00", 3, "working_days", "none", "2026-10-11 00:00"),
    ("2026-11-20 10:00", 3, "working_days", "none", "2026-11-26 00:00"),
    ("2026-11-20 10:00", 24, "hours", "none", "2026-11-21 10:00"),
    ("2026-11-20 10:00", 30, "minutes", "none", "2026-11-20 10:30"),
    ("2026-01-31 10:00", 1, "months", "none", "2026-03-01 00:00"),
    ("2026-05-31 10:00", 6, "months", "none", "2026-12-01 00:00"),
    ("2025-12-15 10:00", 12, "months", "none", "2026-12-16 00:00"),
    ("2024-02-29 10:00", 24, "months", "none", "2026-03-01 00:00"),
]


def rule(value: object = 15, unit: str = "calendar_days", rollover: str = "none") -> Rule:
    return Rule("window", value, unit, rollover, "read", "PQL 15", "cn@1")  # type: ignore[arg-type]


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(("start", "value", "unit", "rollover", "end"), LENGTHS)
def test_a_length_of_time_ends_when_the_rule_says(start: str, value: int, unit: str, rollover: str, end: str) -> None:
    deadline = due(local(start).astimezone(UTC), rule(value, unit, rollover), SHANGHAI)
    assert deadline.due_at == local(end)
    assert deadline.due_at.tzinfo is UTC
    assert deadline.calendar_version == HELD


def test_a_deadline_names_its_rule_and_what_it_was_counted_with() -> None:
    start = local("2026-03-02 10:00")
    assert due(start, rule(), SHANGHAI) == Deadline("window", "cn@1", HELD, start, local("2026-03-18 00:00"))


def test_a_year_that_the_calendar_does_not_hold_is_counted_with_weekends_and_says_so() -> None:
    deadline = due(local("2026-12-30 10:00"), rule(3, "working_days"), SHANGHAI)
    assert deadline.due_at == local("2027-01-05 00:00")  # 31 December, 1 and 4 January
    assert deadline.calendar_version == f"{HELD}; 2027 weekends only"
    rolled = due(local("2026-12-17 10:00"), rule(15, rollover="holidays"), SHANGHAI)
    assert rolled.due_at == local("2027-01-02 00:00")  # New Year's Day 2027 is not held yet


def test_another_country_is_counted_with_weekends_and_says_so() -> None:
    deadline = due(local("2026-10-01 10:00", PARIS), rule(2, "working_days"), PARIS)
    assert deadline.due_at == local("2026-10-06 00:00", PARIS)
    assert deadline.calendar_version == "weekends only"


def test_a_day_ends_on_time_when_clocks_change() -> None:
    deadline = due(local("2026-03-28 10:00", PARIS), rule(1), PARIS)
    assert deadline.due_at == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_a_rule_that_is_no_length_of_time_has_no_deadline() -> None:
    with pytest.raises(WrongRule):
        due(local("2026-03-02 10:00"), rule(True, "none"), SHANGHAI)


DAYS = [
    ("2026-10-01", False, True),
    ("2026-10-04", False, True),  # a Sunday inside the holiday
    ("2026-10-10", True, False),  # a Saturday worked for it
    ("2026-11-21", False, False),  # an ordinary Saturday
    ("2026-11-20", True, False),
]


@pytest.mark.parametrize(("day", "worked", "holiday"), DAYS)
def test_a_day_is_worked_or_not(day: str, worked: bool, holiday: bool) -> None:
    assert is_workday(date.fromisoformat(day), SHANGHAI) is worked
    assert is_holiday(date.fromisoformat(day), SHANGHAI) is holiday
