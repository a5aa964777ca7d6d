"""Retention: from when a kept unit may be disposed of, by the dated duty that says so."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from sampling.calendar import due
from sampling.custody import UnitState
from sampling.errors import UnknownRule
from sampling.rulebook import Rule, Rulebook, rule_of

KEPT = (UnitState.TESTED, UnitState.RETAINED, UnitState.COMPROMISED)
"""The states of a unit that is kept: a twin in the store, what a test left of its unit, or one with a broken seal."""


EXPIRED, LASTING = timedelta(days=3653), timedelta(days=10958)
"""Ten years: goods that were sold past their shelf life were so by less; thirty years: none have a longer one."""


class Ending(StrEnum):
    """How a case ended, as far as its units are concerned."""

    PASSED = "passed"
    FAILED = "failed"
    UNJUDGED = "unjudged"


class CountsFrom(StrEnum):
    """The moment from which a duty to keep a unit counts."""

    JUDGED = "judged"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty to keep units: of which ending, in force from which day, counted from which moment."""

    code: str
    ending: Ending
    in_force: date
    counts_from: CountsFrom
    until_expiry: bool
    """Whether a shelf life that ends before it ends the duty as well."""
    rule: Rule


@dataclass(frozen=True, slots=True)
class Ended:
    """What is known of the end of a case: how and when it was judged, and when nothing could be contested any more."""

    ending: Ending | None = None
    judged_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """From when a unit may be disposed of, and the duty and calendar that say so; without an instant it is kept."""

    release_at: datetime | None
    """In UTC: the first instant at which the unit need not be kept."""
    rule: str
    rulebook: str
    calendar: str
    status: str
    """How well the duty is known: `read`, `secondary` or `unconfirmed`."""
    ending: Ending | None
    starts_at: datetime | None
    expires_on: date | None


KEEP = Release(None, "", "", "", "", None, None, None)
"""Of a unit whose case has not ended: it is kept."""


def duties(rules: Rulebook) -> tuple[Duty, ...]:
    """Give the duties to keep units that the rulebook names, counted with its calendar; none raises UnknownRule."""
    page = tomllib.loads((files("rulebooks") / "retention.toml").read_text(encoding="utf-8"))
    named = [entry for entry in page["duties"] if entry["code"] == rules.retention]
    found = [_duty(entry, page["version"], rules.calendar) for entry in named]
    if not found:
        raise UnknownRule(f"the rulebook {rules.code} names no duty to keep units: {rules.retention!r}")
    return tuple(found)


def span_of(sealed_on: date) -> tuple[date, date]:
    """Give the first and the last day that the shelf life of goods sealed on a day may end on."""
    return sealed_on - EXPIRED, sealed_on + LASTING


def release(kept: Sequence[Duty], ended: Ended, expires_on: date | None, zone: ZoneInfo) -> Release:
    """Give from when a unit may be disposed of; KEEP while the moment its duty counts from has not come.

    An ending of which no duty was in force yet raises UnknownRule.
    """
    if ended.ending is None:
        return KEEP
    held = [duty for duty in kept if duty.ending is ended.ending]
    started = [(duty, _start(duty, ended)) for duty in held]
    begun = [(duty, at) for duty, at in started if at is not None and duty.in_force <= at.astimezone(zone).date()]
    if not begun:
        if any(at is None for _, at in started):
            return KEEP
        raise UnknownRule(f"no duty to keep a unit of a case that {ended.ending} was in force then")
    duty, at = max(begun, key=lambda one: one[0].in_force)
    deadline = due(at, duty.rule, zone)
    end = deadline.due_at
    if duty.until_expiry and expires_on is not None and expires_on < end.astimezone(zone).date():
        end = min(end, datetime.combine(expires_on + timedelta(days=1), time.min, zone).astimezone(UTC))
    return Release(
        end, deadline.rule, deadline.rulebook, deadline.calendar_version, duty.rule.status, ended.ending,
        at.astimezone(UTC), expires_on,
    )  # fmt: skip


def _start(duty: Duty, ended: Ended) -> datetime | None:
    return ended.judged_at if duty.counts_from is CountsFrom.JUDGED else ended.settled_at


def _duty(entry: dict[str, Any], version: str, calendar: str) -> Duty:
    key = f"{entry['code']}.{entry['ending']}"
    return Duty(
        entry["code"], Ending(entry["ending"]), entry["from"], CountsFrom(entry["counts_from"]), entry["until_expiry"],
        rule_of(key, entry, f"retention@{version}", calendar),
    )  # fmt: skip
