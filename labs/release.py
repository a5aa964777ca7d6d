"""A release: what of a held file officers may let pass, and how many of them it takes."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from labs.errors import UnknownTerms
from labs.report import Reading
from labs.result import Finding
from sampling.digest import Digest
from sampling.text import Text

UNREAD = Text(
    "文件在此处没有确定的内容，须由检验机构更正后重新提交。",
    "Nothing certain stands there, so the laboratory mends it and sends the file again.",
)
"""Why most findings are never let pass."""
REVISED = frozenset({"silent-revision", "report-exchanged"})
"""What is stored as the next version of its report once it was let pass."""
_STEP = {"version-gap": 0, **dict.fromkeys(REVISED, 1)}
"""How far what is found may stand below the next version: one that others replaced is never taken over again."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of releases since a day: the rules whose findings may be let pass, each with how many it takes."""

    in_force: date
    status: str
    source: str
    persons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Barred:
    """A rule whose findings nobody lets pass, and why."""

    rule: str
    reason: Text


def terms(on: date) -> Terms:
    """Give the terms that came into force last before or on a day, or raise UnknownTerms."""
    found = [one for one in _shipped() if one.in_force <= on]
    if not found:
        raise UnknownTerms(f"no terms of releases were in force on {on}")
    return max(found, key=lambda one: one.in_force)


def holding(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give the findings that hold a file."""
    return tuple(one for one in findings if one.reaction == "hold")


def barred(findings: Sequence[Finding], by: Terms) -> tuple[Barred, ...]:
    """Give what of the findings that hold a file nobody may let pass, each rule once."""
    rules = dict.fromkeys(one.rule for one in holding(findings) if one.rule not in by.persons or _is_older(one))
    return tuple(Barred(rule, _never().get(rule, UNREAD)) for rule in rules)


def persons(findings: Sequence[Finding], by: Terms) -> int:
    """Give how many officers it takes to let pass everything that holds a file."""
    return max((by.persons.get(one.rule, 1) for one in holding(findings)), default=1)


def numbered(reading: Reading, known: Iterable[tuple[str, int]]) -> Reading:
    """Give a reading whose reports are the next version where their number and version name another content.

    Such a report is held, so that none is stored but what officers let pass.
    """
    taken = frozenset(known)
    reports = tuple(
        replace(one, version=1 + max(version for number, version in taken if number == one.number))
        if (one.number, one.version) in taken
        else one
        for one in reading.reports
    )
    return replace(reading, reports=reports)


def overtaken(known: Mapping[tuple[str, int], Digest], table: Digest) -> tuple[int, int] | None:
    """Give as which version a table was taken over last, and the next one of its report; None where it never was.

    Of a table with several reports it is the one with the most versions after it.
    """
    mine = {number: version for (number, version), digest in sorted(known.items()) if digest == table}
    last = {number: version for number, version in sorted(known) if number in mine}
    return max(((mine[one], last[one] + 1) for one in mine), key=lambda pair: pair[1] - pair[0], default=None)


def _is_older(finding: Finding) -> bool:
    """Whether a version comes after a later one was taken over; where none is named, the next reading tells."""
    told = finding.rule in _STEP and finding.found
    return bool(told) and int(finding.found) + _STEP[finding.rule] < int(finding.expected)


@cache
def _page() -> dict[str, Any]:
    return tomllib.loads((files("rulebooks") / "releases.toml").read_text(encoding="utf-8"))


@cache
def _shipped() -> tuple[Terms, ...]:
    page = _page()
    return tuple(
        Terms(one["from"], one["status"], page["sources"][one["source"]],
              {**dict.fromkeys(one["one"], 1), **dict.fromkeys(one["two"], 2)})
        for one in page["terms"]
    )  # fmt: skip


@cache
def _never() -> Mapping[str, Text]:
    return {rule: Text(**said) for rule, said in _page()["never"].items()}
