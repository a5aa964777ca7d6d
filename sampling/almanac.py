"""Almanacs: the days of rest of one country or region, and the years for which they are settled."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Protocol

import chinese_calendar
import holidays

from sampling.errors import UnknownCalendar, UnknownYear

CONFIRMED = "read"


class Days(Protocol):
    """Knows of any day of its years whether it is worked, and whether it is an official holiday."""

    def is_workday(self, day: date) -> bool:
        """Tell whether the day is worked; a swapped weekend is, an ordinary one is not."""
        ...

    def is_holiday(self, day: date) -> bool:
        """Tell whether the day belongs to an official holiday; an ordinary weekend does not."""
        ...


@dataclass(frozen=True, slots=True)
class ToldYear:
    """One year as our own data tell it: the days off, and the weekends that are worked."""

    off: frozenset[date]
    worked: frozenset[date]
    status: str

    def is_workday(self, day: date) -> bool:
        """Tell whether the day is worked."""
        return day not in self.off and (day.weekday() < 5 or day in self.worked)

    def is_holiday(self, day: date) -> bool:
        """Tell whether the day is one of those named as off."""
        return day in self.off


@dataclass(frozen=True, slots=True)
class Almanac:
    """The days of rest of one country or region, with the package and version they come from."""

    code: str
    source: str
    """Name and version of the package."""
    edition: str
    """Of our own data, which say how far the package is trusted and add years to it."""
    first: int
    last: int
    days: Days
    years: Mapping[int, ToldYear]

    def is_workday(self, day: date) -> bool:
        """Tell whether the day is worked; a year that is not held raises UnknownYear."""
        return self._of(day).is_workday(day)

    def is_holiday(self, day: date) -> bool:
        """Tell whether the day belongs to an official holiday; a year that is not held raises UnknownYear."""
        return self._of(day).is_holiday(day)

    def name(self, first: date, last: date) -> str:
        """Give what a deadline between two days is counted with, and which of its years is not confirmed."""
        told = [self.years[year] for year in range(first.year, last.year + 1) if year in self.years]
        doubts = [f"{year} {self.years[year].status}" for year in range(first.year, last.year + 1)
                  if year in self.years and self.years[year].status != CONFIRMED]  # fmt: skip
        return "; ".join([f"{self.code}: {self.source}", *([f"calendars@{self.edition}"] if told else []), *doubts])

    def _of(self, day: date) -> Days:
        if day.year in self.years:
            return self.years[day.year]
        if not self.first <= day.year <= self.last:
            raise UnknownYear(
                f"the calendar {self.code} ({self.source}) does not hold {day.year}: no deadline is counted in that "
                "year before its days off stand in rulebooks/calendars.toml"
            )
        return self.days


@lru_cache(maxsize=64)
def almanac(code: str) -> Almanac:
    """Give the almanac of a country such as `CN` or a region such as `DE-BY`; an unknown one raises UnknownCalendar."""
    country, _, region = code.partition("-")
    page = tomllib.loads((files("rulebooks") / "calendars.toml").read_text(encoding="utf-8"))
    entry = page.get(country)
    if not isinstance(entry, dict):
        raise UnknownCalendar(f"there is no calendar {code!r}: rulebooks/calendars.toml names those there are")
    days = _Chinese() if entry["package"] == "chinese_calendar" else _Holidays(country, region, entry)
    source = f"{entry['package']} {version(entry['package'].replace('_', '-'))}"
    years = {one["year"]: _told(one) for one in entry.get("years", ())}
    return Almanac(code, source, page["version"], entry["first"], entry["last"], days, years)


class _Chinese:
    """Mainland China as the State Council orders each year, with the weekends that are worked."""

    def is_workday(self, day: date) -> bool:
        return bool(chinese_calendar.is_workday(day))

    def is_holiday(self, day: date) -> bool:
        off, name = chinese_calendar.get_holiday_detail(day)
        return bool(off and name)


class _Holidays:
    """Any other country, or a region of it, as its laws name the days.

    All years are filled in at once: the package fills in a year when it is first asked for a day of it, and whoever
    asks meanwhile in another thread is told that the year has no holidays.
    """

    def __init__(self, country: str, region: str, entry: Mapping[str, Any]) -> None:
        years = range(entry["first"], entry["last"] + 1)
        try:
            self.held = holidays.country_holidays(country, subdiv=region or None, years=years, expand=False)
        except NotImplementedError as error:
            raise UnknownCalendar(f"there is no calendar {country}-{region}") from error

    def is_workday(self, day: date) -> bool:
        return self.held.is_working_day(day)

    def is_holiday(self, day: date) -> bool:
        return day in self.held


def _told(entry: Mapping[str, Any]) -> ToldYear:
    off, worked = (frozenset(date.fromisoformat(day) for day in entry[name]) for name in ("off", "worked"))
    return ToldYear(off, worked, entry["status"])
