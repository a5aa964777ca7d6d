"""Deadlines: day zero excluded, the last day ends at 24:00 where the addressee is, days of rest as the law has them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from holidays import HolidayBase

from sampling.almanac import almanac
from sampling.calendar import NO_CALENDAR, Deadline, due
from sampling.errors import UnknownCalendar, UnknownYear, WrongRule
from sampling.rulebook import Rule, Rung, load, parse

SHANGHAI = ZoneInfo("Asia/Shanghai")
HELD = "CN: chinese_calendar 1.11.0"
ZONES = {
    "CN": SHANGHAI, "DE": ZoneInfo("Europe/Berlin"), "DE-BY": ZoneInfo("Europe/Berlin"),
    "FR": ZoneInfo("Europe/Paris"), "JP": ZoneInfo("Asia/Tokyo"), "US": ZoneInfo("America/New_York"),
    "HU": ZoneInfo("Europe/Budapest"),
}  # fmt: skip

# calendar, start, length, unit, rollover, end (all in the zone of the calendar; 24:00 of the day before)
LENGTHS = [
    ("CN", "2026-03-02 10:00", 15, "calendar_days", "holidays", "2026-03-18 00:00"),
    ("CN", "2026-03-02 00:00", 15, "calendar_days", "holidays", "2026-03-18 00:00"),
    ("CN", "2026-03-02 23:59", 15, "calendar_days", "holidays", "2026-03-18 00:00"),
    # the last day is 1 October: National Day 2026 lasts to the 7th
    ("CN", "2026-09-16 10:00", 15, "calendar_days", "holidays", "2026-10-09 00:00"),
    ("CN", "2026-09-16 10:00", 15, "calendar_days", "none", "2026-10-02 00:00"),
    # an ordinary Sunday is no official holiday, but it is a day of rest
    ("CN", "2026-11-07 10:00", 15, "calendar_days", "holidays", "2026-11-23 00:00"),
    ("CN", "2026-11-07 10:00", 15, "calendar_days", "rest_days", "2026-11-24 00:00"),
    # the last day is Sunday 20 September 2026, which is worked instead of a day of the holiday
    ("CN", "2026-09-05 10:00", 15, "calendar_days", "rest_days", "2026-09-21 00:00"),
    # Spring Festival 2026: 15 to 23 February are off, the Saturdays 14 and 28 February are worked
    ("CN", "2026-02-13 10:00", 1, "working_days", "none", "2026-02-15 00:00"),
    ("CN", "2026-02-13 10:00", 2, "working_days", "none", "2026-02-25 00:00"),
    ("CN", "2026-02-13 10:00", 6, "working_days", "none", "2026-03-01 00:00"),
    ("CN", "2026-02-02 10:00", 15, "calendar_days", "holidays", "2026-02-25 00:00"),
    # Friday; the Sunday counts because it is worked
    ("CN", "2026-09-18 10:00", 3, "working_days", "none", "2026-09-23 00:00"),
    # Wednesday 30 September; the holiday does not count, Saturday 10 October does
    ("CN", "2026-09-30 10:00", 3, "working_days", "none", "2026-10-11 00:00"),
    ("CN", "2026-11-20 10:00", 3, "working_days", "none", "2026-11-26 00:00"),
    ("CN", "2026-11-20 10:00", 24, "hours", "none", "2026-11-21 10:00"),
    ("CN", "2026-11-20 10:00", 30, "minutes", "none", "2026-11-20 10:30"),
    # months end on their own last day (Civil Code 202)
    ("CN", "2026-01-31 10:00", 1, "months", "none", "2026-03-01 00:00"),
    ("CN", "2026-05-31 10:00", 6, "months", "none", "2026-12-01 00:00"),
    ("CN", "2025-12-15 10:00", 12, "months", "none", "2026-12-16 00:00"),
    ("CN", "2025-07-01 10:00", 3, "months", "holidays", "2025-10-10 00:00"),  # 1 October 2025 to 8 October
    # leap days: a month and a year from one, a month and a day count that end on one
    ("CN", "2024-02-29 10:00", 12, "months", "none", "2025-03-01 00:00"),
    ("CN", "2024-02-29 10:00", 24, "months", "none", "2026-03-01 00:00"),
    ("CN", "2024-01-31 10:00", 1, "months", "none", "2024-03-01 00:00"),
    ("CN", "2024-02-28 10:00", 1, "calendar_days", "none", "2024-03-01 00:00"),
    # 3 October is a holiday in Germany, in 2025 a Friday; 2025-10-04 is a Saturday
    ("DE", "2025-10-01 10:00", 2, "working_days", "none", "2025-10-07 00:00"),
    ("DE", "2025-09-30 10:00", 3, "calendar_days", "rest_days", "2025-10-07 00:00"),  # 1182/71 art. 3(4)
    # Epiphany, a Tuesday, is kept in Bavaria alone
    ("DE", "2026-01-05 10:00", 1, "working_days", "none", "2026-01-07 00:00"),
    ("DE-BY", "2026-01-05 10:00", 1, "working_days", "none", "2026-01-08 00:00"),
    ("FR", "2026-07-13 10:00", 1, "working_days", "none", "2026-07-16 00:00"),
    # Golden Week: 6 May stands for the Sunday among its holidays
    ("JP", "2026-05-01 10:00", 1, "working_days", "none", "2026-05-08 00:00"),
    # Independence Day 2026 is a Saturday and kept on the Friday before
    ("US", "2026-07-02 10:00", 1, "working_days", "none", "2026-07-07 00:00"),
    ("HU", "2026-01-01 10:00", 3, "working_days", "none", "2026-01-08 00:00"),  # 2 January is swapped
]  # fmt: skip


def rule(value: object = 15, unit: str = "calendar_days", rollover: str = "none", calendar: str = "CN") -> Rule:
    return Rule("window", value, unit, rollover, "read", "PQL 15", "cn@1", calendar)  # type: ignore[arg-type]


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(("calendar", "start", "value", "unit", "rollover", "end"), LENGTHS)
def test_a_length_of_time_ends_when_the_rule_says(
    calendar: str, start: str, value: int, unit: str, rollover: str, end: str
) -> None:
    zone = ZONES[calendar]
    deadline = due(local(start, zone).astimezone(UTC), rule(value, unit, rollover, calendar), zone)
    assert deadline.due_at == local(end, zone)
    assert deadline.due_at.tzinfo is UTC


def test_a_deadline_names_its_rule_and_the_calendar_it_was_counted_with() -> None:
    start = local("2026-03-02 10:00")
    ends = local("2026-03-18 00:00")
    assert due(start, rule(rollover="holidays"), SHANGHAI) == Deadline("window", "cn@1", HELD, start, ends)
    assert due(start, rule(), SHANGHAI) == Deadline("window", "cn@1", NO_CALENDAR, start, ends)
    told = due(start, rule(3, "working_days", calendar="DE-BY"), SHANGHAI).calendar_version
    assert told.startswith("DE-BY: holidays 0.")


# calendar, start, length, unit, rollover: what falls into a year whose days off are not known
UNKNOWN = [
    ("CN", "2027-12-30 10:00", 3, "working_days", "none"),
    ("CN", "2027-12-17 10:00", 15, "calendar_days", "holidays"),
    ("CN", "2003-06-01 10:00", 1, "working_days", "none"),
    ("FR", "2028-12-29 10:00", 3, "working_days", "none"),
]


@pytest.mark.parametrize(("calendar", "start", "value", "unit", "rollover"), UNKNOWN)
def test_a_year_whose_days_off_are_not_known_has_no_deadline(
    calendar: str, start: str, value: int, unit: str, rollover: str
) -> None:
    with pytest.raises(UnknownYear, match=f"the calendar {calendar} .* does not hold 20"):
        due(local(start), rule(value, unit, rollover, calendar), SHANGHAI)
    assert due(local(start), rule(value, "months"), SHANGHAI).calendar_version == NO_CALENDAR


def test_a_year_that_our_own_data_tell_is_counted_so_and_says_that_it_is_not_confirmed() -> None:
    deadline = due(local("2026-12-30 10:00"), rule(3, "working_days"), SHANGHAI)
    assert deadline.due_at == local("2027-01-06 00:00")  # 31 December, 4 and 5 January: the 1st is off
    assert deadline.calendar_version == f"{HELD}; calendars@2026-11-22; 2027 unconfirmed"
    rolled = due(local("2026-12-17 10:00"), rule(rollover="holidays"), SHANGHAI)
    assert rolled.due_at == local("2027-01-03 00:00")


@pytest.mark.parametrize("code", ["", "XX", "version", "DE-XX"])
def test_a_calendar_that_nobody_keeps_is_refused(code: str) -> None:
    with pytest.raises(UnknownCalendar):
        due(local("2026-03-02 10:00"), rule(3, "working_days", calendar=code), SHANGHAI)


def test_a_rule_may_count_with_a_calendar_of_its_own() -> None:
    text = """
        code = "x"
        version = "1"
        timezone = "Europe/Berlin"
        calendar = "DE"
        [rules.one]
        value = 1
        unit = "working_days"
        source = "s"
        status = "read"
        [rules.other]
        value = 1
        unit = "working_days"
        calendar = "DE-BY"
        source = "s"
        status = "read"
    """
    book = parse(text)
    assert (book.rule("one").calendar, book.rule("other").calendar) == ("DE", "DE-BY")
    assert load("cn-product").rule("parcel_intake_limit").calendar == "CN"


# start (UTC), zone of the addressee, end: one service, one rule, and each one's own midnight
ADDRESSEES = [
    ("2026-03-02 15:30", "Asia/Shanghai", "2026-03-17 16:00"),
    ("2026-03-02 16:30", "Asia/Shanghai", "2026-03-18 16:00"),  # it is the 3rd there already
    ("2026-03-02 15:30", "Asia/Tokyo", "2026-03-18 15:00"),  # after midnight there
    ("2026-03-02 15:30", "Europe/Paris", "2026-03-17 23:00"),
    ("2026-03-14 15:30", "Europe/Paris", "2026-03-29 22:00"),  # clocks change on the last day
    ("2026-03-02 03:30", "America/Los_Angeles", "2026-03-17 07:00"),  # still the 1st there; summer time since the 8th
]


@pytest.mark.parametrize(("start", "zone", "end"), ADDRESSEES)
def test_a_day_ends_where_the_addressee_is(start: str, zone: str, end: str) -> None:
    at, until = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    assert due(at, rule(), ZoneInfo(zone)).due_at == until


def test_a_rule_that_is_no_length_of_time_has_no_deadline() -> None:
    with pytest.raises(WrongRule):
        due(local("2026-03-02 10:00"), rule(True, "none"), SHANGHAI)


DAYS = [
    ("CN", "2026-10-01", False, True),
    ("CN", "2026-10-04", False, True),  # a Sunday inside the holiday
    ("CN", "2026-10-10", True, False),  # a Saturday worked for it
    ("CN", "2026-11-21", False, False),  # an ordinary Saturday
    ("CN", "2026-11-20", True, False),
    ("CN", "2027-02-07", False, True),
    ("CN", "2027-03-06", False, False),
    ("CN", "2027-03-08", True, False),
    ("DE", "2026-05-14", False, True),  # Ascension
    ("HU", "2026-01-10", True, False),  # a Saturday worked for 2 January
    ("JP", "2026-09-22", False, True),  # between two holidays
]


@pytest.mark.parametrize(("calendar", "day", "worked", "holiday"), DAYS)
def test_a_day_is_worked_or_not(calendar: str, day: str, worked: bool, holiday: bool) -> None:
    rests = almanac(calendar)
    assert rests.is_workday(date.fromisoformat(day)) is worked
    assert rests.is_holiday(date.fromisoformat(day)) is holiday


def test_hours_pass_over_a_change_of_the_clocks_as_they_do_on_any_day() -> None:
    berlin = ZONES["DE"]
    start = local("2026-03-28 12:00", berlin)  # the clocks go from two to three in the night
    for length in (rule(24, "hours"), rule(24 * 60, "minutes")):
        assert due(start, length, berlin).due_at == datetime(2026, 3, 29, 11, tzinfo=UTC)
    half = Rung(1, 50, 0, "platform", "reminder", "read", "x")
    assert half.at(start, local("2026-03-29 12:00", berlin)) == datetime(2026, 3, 28, 22, 30, tzinfo=UTC)


def test_an_almanac_is_whole_before_anybody_asks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A year that is filled in while another thread asks would have no holidays for that one."""
    rests = almanac.__wrapped__("DE-BY")

    def filled(self: HolidayBase, year: int) -> None:
        raise AssertionError(f"{year} is filled in when it is asked for")

    monkeypatch.setattr(HolidayBase, "_populate", filled)
    assert [rests.is_holiday(date(year, 12, 25)) for year in range(rests.first, rests.last + 1)] == [True] * 19
