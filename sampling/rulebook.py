"""A rulebook: the deadlines, windows and duties of one jurisdiction, read from its file of data."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sampling.errors import UnknownRule, UnknownRulebook, WrongRule

Value = int | bool | str | tuple[int, ...] | tuple[str, ...]

UNITS = frozenset({"calendar_days", "working_days", "months", "hours", "minutes", "none"})
ROLLOVERS = frozenset({"none", "holidays", "rest_days"})
STATUSES = frozenset({"read", "secondary", "unconfirmed"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One parameter with its unit, where it comes from, and whether that text was read."""

    key: str
    value: Value
    unit: str
    rollover: str
    """What moves a last day on: `none`, `holidays` (official ones), `rest_days` (those and weekends)."""
    status: str
    source: str
    rulebook: str = ""
    """`code@version` of the rulebook it stands in."""
    calendar: str = ""
    """The code of the almanac whose days of rest count: a country's, or a region's such as `DE-BY`."""

    @property
    def number(self) -> int:
        """The value as a whole number."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return self.value
        raise WrongRule(f"{self.key} is not a number")

    @property
    def flag(self) -> bool:
        """The value as yes or no."""
        if isinstance(self.value, bool):
            return self.value
        raise WrongRule(f"{self.key} is not a yes or no")

    @property
    def word(self) -> str:
        """The value as one code."""
        if isinstance(self.value, str):
            return self.value
        raise WrongRule(f"{self.key} is not a word")

    @property
    def words(self) -> tuple[str, ...]:
        """The value as a list of codes."""
        if isinstance(self.value, tuple):
            words = tuple(item for item in self.value if isinstance(item, str))
            if len(words) == len(self.value):
                return words
        raise WrongRule(f"{self.key} is not a list of words")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The value as a list of whole numbers."""
        if isinstance(self.value, tuple):
            numbers = tuple(item for item in self.value if isinstance(item, int))
            if len(numbers) == len(self.value):
                return numbers
        raise WrongRule(f"{self.key} is not a list of numbers")


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder that a notice climbs while it is not answered."""

    step: int
    percent: int
    """The share of the limit after which it is due."""
    hours_after: int
    """The hours added to that."""
    addressee: str
    action: str
    status: str
    source: str

    def at(self, starts_at: datetime, due_at: datetime) -> datetime:
        """Give the instant at which the step is due, for a limit that runs from one instant to the other."""
        begins, ends = starts_at.astimezone(UTC), due_at.astimezone(UTC)  # two local times tell no length
        return begins + (ends - begins) * self.percent / 100 + timedelta(hours=self.hours_after)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of one jurisdiction in one version."""

    code: str
    version: str
    timezone: str
    rules: Mapping[str, Rule]
    rungs: tuple[Rung, ...] = ()
    calendar: str = ""
    """The code of the almanac that its days are counted with."""
    retention: str = ""
    """Under which name its duties to keep sealed units stand in rulebooks/retention.toml."""
    objections: str = ""
    """Under which name the procedure of objections stands in rulebooks/objections.toml."""

    def rule(self, key: str) -> Rule:
        """Give the rule, or raise UnknownRule."""
        try:
            return self.rules[key]
        except KeyError:
            raise UnknownRule(f"the rulebook {self.code} holds no rule {key}") from None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone its days are counted in."""
        return ZoneInfo(self.timezone)


def load(code: str) -> Rulebook:
    """Give the rulebook of that code as it is shipped, or raise UnknownRulebook."""
    page = files("rulebooks") / f"{code}.toml"
    if not code.replace("-", "").isalnum() or not page.is_file():
        raise UnknownRulebook(f"there is no rulebook {code}")
    return parse(page.read_text(encoding="utf-8"))


def parse(text: str) -> Rulebook:
    """Give the rulebook that the TOML text describes; a unit, rollover or status outside the lists raises WrongRule."""
    page = tomllib.loads(text)
    edition = f"{page['code']}@{page['version']}"
    return Rulebook(
        code=page["code"],
        version=page["version"],
        timezone=page["timezone"],
        rules={key: rule_of(key, entry, edition, page.get("calendar", "")) for key, entry in entries(page["rules"])},
        rungs=tuple(Rung(**entry) for entry in page.get("escalation", {}).get("rungs", ())),
        calendar=page.get("calendar", ""),
        retention=page.get("retention", ""),
        objections=page.get("objections", ""),
    )


def entries(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give each entry that has a value with its key, in which a dot leads into a table."""
    for name, entry in table.items():
        if "value" in entry:
            yield before + name, entry
        else:
            yield from entries(entry, f"{before}{name}.")


def rule_of(key: str, entry: Mapping[str, Any], edition: str, calendar: str) -> Rule:
    """Give the rule that an entry describes; a unit, rollover or status outside the lists raises WrongRule.

    The calendar is that of the whole rulebook, where the entry names none of its own.
    """
    value = entry["value"]
    rule = Rule(
        key=key,
        value=tuple(value) if isinstance(value, list) else value,
        unit=entry["unit"],
        rollover=entry.get("rollover", "none"),
        status=entry["status"],
        source=entry["source"],
        rulebook=edition,
        calendar=entry.get("calendar", calendar),
    )
    if rule.unit not in UNITS or rule.rollover not in ROLLOVERS or rule.status not in STATUSES:
        raise WrongRule(f"{key} has the unit {rule.unit}, the rollover {rule.rollover} and the status {rule.status}")
    return rule
