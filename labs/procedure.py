"""A procedure: who may object to what, until when, and what follows, by the dated rules that a rulebook names."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from labs.errors import UnknownProcedure
from labs.objection import ObjectionKind
from sampling.calendar import Deadline, due
from sampling.errors import UnknownRule
from sampling.rulebook import Rule, Rulebook, entries, rule_of


class CountsFrom(StrEnum):
    """The moment from which a window counts."""

    SERVED = "served"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Window:
    """Who may object to what, and how long after which moment."""

    kinds: tuple[ObjectionKind, ...]
    parties: tuple[str, ...]
    counts_from: CountsFrom
    rule: Rule


@dataclass(frozen=True, slots=True)
class Procedure:
    """The rules of objections of one code, from the day on which they came into force."""

    code: str
    in_force: date
    timezone: str
    windows: tuple[Window, ...]
    rules: Mapping[str, Rule]

    @property
    def zone(self) -> ZoneInfo:
        """The time zone its days are counted in, where a party's own is not known."""
        return ZoneInfo(self.timezone)

    def window(self, kind: ObjectionKind) -> Window:
        """Give the window of a kind of objection, or raise UnknownRule."""
        found = next((window for window in self.windows if kind in window.kinds), None)
        if found is None:
            raise UnknownRule(f"the procedure {self.code} has no window for an objection to the {kind}")
        return found

    def rule(self, key: str) -> Rule:
        """Give the rule, or raise UnknownRule."""
        if key not in self.rules:
            raise UnknownRule(f"the procedure {self.code} holds no rule {key}")
        return self.rules[key]

    def served(self) -> tuple[Window, ...]:
        """Give the windows that the service of the result opens."""
        return tuple(window for window in self.windows if window.counts_from is CountsFrom.SERVED)

    def deadlines(self, keys: Iterable[str], start: datetime) -> tuple[Deadline, ...]:
        """Give by when each of these is due that starts at an instant; what no rule limits has no date."""
        return tuple(due(start, self.rules[key], self.zone) for key in keys if key in self.rules)


def procedure(rules: Rulebook, on: date) -> Procedure:
    """Give the procedure that the rulebook names as it was in force on a day, or raise UnknownProcedure."""
    return in_force(rules.objections, on)


@cache
def in_force(code: str, on: date) -> Procedure:
    """Give the procedure of a code that came into force last before or on a day, or raise UnknownProcedure."""
    held = [one for one in procedures() if one.code == code and one.in_force <= on]
    if not held:
        raise UnknownProcedure(f"no procedure {code!r} was in force on {on}")
    return max(held, key=lambda one: one.in_force)


@cache
def procedures() -> tuple[Procedure, ...]:
    """Give every procedure that is shipped, each of its codes and days."""
    page = tomllib.loads((files("rulebooks") / "objections.toml").read_text(encoding="utf-8"))
    return tuple(map(_procedure, page["procedures"]))


def _procedure(entry: dict[str, Any]) -> Procedure:
    edition, calendar = f"{entry['code']}@{entry['from']}", entry["calendar"]
    return Procedure(
        code=entry["code"],
        in_force=entry["from"],
        timezone=entry["timezone"],
        windows=tuple(_window(one, edition, calendar) for one in entry["windows"]),
        rules={key: rule_of(key, one, edition, calendar) for key, one in entries(entry["rules"])},
    )


def _window(entry: dict[str, Any], edition: str, calendar: str) -> Window:
    return Window(
        tuple(map(ObjectionKind, entry["kinds"])),
        tuple(entry["parties"]),
        CountsFrom(entry["counts_from"]),
        rule_of(entry["key"], entry, edition, calendar),
    )
