"""From when a kept unit may be disposed of: by the duty in force, from the moment it counts from."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from sampling.errors import UnknownRule, UnknownYear
from sampling.retention import KEEP, CountsFrom, Ended, Ending, duties, release
from sampling.rulebook import load

PASSED, FAILED, UNJUDGED = Ending
BOOK = load("cn-product")
JUDGED, SETTLED = datetime(2026, 2, 28, 2, tzinfo=UTC), datetime(2026, 3, 31, 2, tzinfo=UTC)

# duty, how the case ended, end of the shelf life, release in Shanghai (24:00 of the day before), status
RELEASES = [
    ("cn-product", PASSED, None, "2026-05-01", "unconfirmed"),  # thirty days after nothing could be contested
    ("cn-product", FAILED, None, "2026-06-30", "unconfirmed"),
    ("cn-product", UNJUDGED, None, "2026-05-01", "unconfirmed"),
    ("cn-product", PASSED, date(2026, 4, 1), "2026-05-01", "unconfirmed"),  # no shelf life shortens this duty
    ("cn-food", PASSED, None, "2026-05-29", "secondary"),  # three months after the verdict
    ("cn-food", FAILED, None, "2026-08-29", "secondary"),  # six
    ("cn-food", FAILED, date(2026, 4, 30), "2026-05-01", "secondary"),  # or to the end of shelf life
    ("cn-food", FAILED, date(2027, 4, 30), "2026-08-29", "secondary"),
    ("cn-food", FAILED, date.max, "2026-08-29", "secondary"),  # a day that has no day after it
    ("cn-food", UNJUDGED, None, "2026-07-01", "unconfirmed"),  # there is no verdict to count from
    ("eu-food", PASSED, None, "2026-05-01", "unconfirmed"),
    ("eu-food", FAILED, None, "2026-10-01", "unconfirmed"),
    ("eu-food", FAILED, date(2026, 6, 30), "2026-07-01", "unconfirmed"),
    ("eu-food", UNJUDGED, None, "2026-05-01", "unconfirmed"),
    ("eu-product", PASSED, None, "2026-05-01", "unconfirmed"),
    ("eu-product", FAILED, None, "2026-10-01", "unconfirmed"),  # the month's own last day
    ("eu-product", FAILED, date(2026, 6, 30), "2026-10-01", "unconfirmed"),
    ("eu-product", UNJUDGED, None, "2026-05-01", "unconfirmed"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "ending", "expires_on", "day", "status"), RELEASES)
def test_a_unit_is_kept_as_long_as_its_duty_says(
    code: str, ending: Ending, expires_on: date | None, day: str, status: str
) -> None:
    found = release(duties(replace(BOOK, retention=code)), Ended(ending, JUDGED, SETTLED), expires_on, BOOK.zone)
    assert found.release_at == datetime.fromisoformat(day).replace(tzinfo=BOOK.zone)
    assert (found.rule, found.rulebook, found.status) == (f"{code}.{ending}", "retention@2026-11-22", status)
    assert (found.ending, found.expires_on) == (ending, expires_on)


def test_a_release_names_the_calendar_it_was_counted_with() -> None:
    ended = Ended(PASSED, JUDGED, datetime(2026, 9, 3, 2, tzinfo=UTC))
    found = release(duties(BOOK), ended, None, BOOK.zone)
    assert found.release_at == datetime(2026, 10, 9, tzinfo=BOOK.zone)  # past National Day
    assert found.calendar == "CN: chinese_calendar 1.11.0"
    with pytest.raises(UnknownYear):
        release(duties(BOOK), replace(ended, settled_at=datetime(2027, 12, 20, tzinfo=UTC)), None, BOOK.zone)


@pytest.mark.parametrize("ended", [Ended(), Ended(None, JUDGED, SETTLED), Ended(PASSED, JUDGED, None)])
def test_a_unit_whose_case_has_not_ended_is_kept(ended: Ended) -> None:
    assert release(duties(BOOK), ended, None, BOOK.zone) == KEEP


def test_of_two_duties_the_one_in_force_counts_and_before_all_of_them_there_is_none() -> None:
    [old] = [duty for duty in duties(BOOK) if duty.ending is PASSED]
    fresh = replace(old, in_force=date(2026, 3, 31), rule=replace(old.rule, value=60))
    later = replace(old, in_force=date(2026, 4, 1), rule=replace(old.rule, value=90))
    found = release((fresh, later, old), Ended(PASSED, JUDGED, SETTLED), None, BOOK.zone)
    assert found.release_at == datetime(2026, 5, 31, tzinfo=BOOK.zone)
    with pytest.raises(UnknownRule, match="in force"):
        release((old,), Ended(PASSED, None, datetime(2019, 3, 31, tzinfo=UTC)), None, BOOK.zone)


def test_every_duty_tells_all_three_endings_and_a_rulebook_must_name_one() -> None:
    for code in ("cn-product", "cn-food", "eu-food", "eu-product"):
        found = duties(replace(BOOK, retention=code))
        assert {duty.ending for duty in found} == set(Ending)
        assert {duty.rule.calendar for duty in found} == {"CN"}
        assert all(duty.rule.source != "product" or duty.rule.status == "unconfirmed" for duty in found)
    assert {duty.counts_from for duty in duties(replace(BOOK, retention="cn-food"))} == set(CountsFrom)
    with pytest.raises(UnknownRule, match="names no duty"):
        duties(replace(BOOK, retention=""))
