"""Limits: what a standard's edition allows of an item in a category, and from when to when."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

from labs.errors import AmbiguousLimit, UnknownLimits, UnknownRounding
from labs.rounding import last_place
from sampling.text import Text

KINDS = frozenset({"max", "min", "range", "absent", "plan"})
MODES = frozenset({"full", "rounded"})
DECISION_RULES = frozenset({"R0", "R1", "R2", "R3"})
SEVERITIES = ("safety", "performance", "label")
"""From the worst on."""


IN_FORCE = "limits-cn"
"""The limits that verdicts are given by."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A sampling plan: of n units at most c may lie above m, and none above the top, M."""

    n: int
    c: int
    m: Decimal
    top: Decimal


@dataclass(frozen=True, slots=True)
class Repeatability:
    """How far two replicates of a method may lie apart for their mean to be taken."""

    item: str
    method: str
    unit: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One requirement of one edition on one item."""

    id: str
    standard: str
    edition: str
    item: str
    item_name: Text
    category: str
    """A category code, or `*` for all."""
    unit: str
    kind: str
    """`max`, `min`, `range`, `plan`, or `absent`: must not be detected down to `high`."""
    low: Decimal | None
    high: Decimal | None
    mode: str
    """`full` compares the value, `rounded` the value rounded to `step` (GB/T 8170-2008, 4.3)."""
    decision_rule: str
    severity: str
    valid_from: date
    valid_to: date | None
    """The last day it holds."""
    status: str
    source: str
    mandatory: bool = True
    strict: bool = False
    """Whether the limit itself fails (`<`, `>` in the standard)."""
    step: Decimal = Decimal(1)
    guard: Decimal = Decimal(1)
    """The guard band as a multiple of the expanded uncertainty."""
    lenient: Decimal | None = None
    """The limit of the most lenient form of goods that the category does not tell apart from the strictest."""
    parts: tuple[str, ...] = ()
    """The items that are added up where the item itself was not reported."""
    plan: Plan | None = None
    recorded_on: date = date.min
    """The first day on which it was known here."""
    withdrawn_on: date | None = None
    """The day from which it is known to have been wrong."""

    def holds(self, on: date, known_on: date | None = None) -> bool:
        """Tell whether it is in force on the day, as far as was known on the other day (the same one if not given)."""
        known = known_on or on
        in_force = self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)
        return in_force and self.recorded_on <= known and (self.withdrawn_on is None or known < self.withdrawn_on)


@dataclass(frozen=True, slots=True)
class Limits:
    """A family of limits in one version of its file."""

    code: str
    version: str
    limits: tuple[Limit, ...]
    repeatabilities: tuple[Repeatability, ...] = ()

    @property
    def rule_version(self) -> str:
        """What a verdict names: `code@version`."""
        return f"{self.code}@{self.version}"

    def limit_for(self, item: str, category: str, on: date, known_on: date | None = None) -> Limit | None:
        """Give the limit in force on the day, the category's own before one for all categories.

        None where there is none; two of the same reach raise AmbiguousLimit.
        """
        rows = [row for row in self.limits if row.item == item and row.holds(on, known_on)]
        for reach in (category, "*"):
            found = [row for row in rows if row.category == reach]
            if len(found) > 1:
                raise AmbiguousLimit(f"{item} in {category} on {on}: {', '.join(row.id for row in found)}")
            if found:
                return found[0]
        return None

    def sum_with(self, part: str, category: str, on: date, known_on: date | None = None) -> str | None:
        """Give the item in whose sum the part is judged in the category on the day, or None."""
        reach = {category, "*"}
        sums = (row for row in self.limits if part in row.parts and row.category in reach and row.holds(on, known_on))
        return next((row.item for row in sums), None)

    def repeatability(self, item: str, method: str, on: date) -> Repeatability | None:
        """Give how far replicates of the item by the method may lie apart on the day, or None."""
        held = (row for row in self.repeatabilities if (row.item, row.method) == (item, method))
        fit = (row for row in held if row.valid_from <= on and (row.valid_to is None or on <= row.valid_to))
        return next(fit, None)

    @property
    def categories(self) -> frozenset[str]:
        """The categories that have limits of their own."""
        return frozenset(row.category for row in self.limits) - {"*"}

    def items(self, category: str, on: date) -> tuple[str, ...]:
        """Give the items that have a limit in the category on the day, in the file's order."""
        rows = (row for row in self.limits if row.category in {category, "*"} and row.holds(on))
        return tuple(dict.fromkeys(row.item for row in rows))


def load(code: str) -> Limits:
    """Give the limits shipped under the code, or raise UnknownLimits."""
    page = files("rulebooks") / f"{code}.toml"
    if not code.replace("-", "").isalnum() or not page.is_file():
        raise UnknownLimits(f"there are no limits {code}")
    return parse(page.read_text(encoding="utf-8"), code)


def parse(text: str, code: str) -> Limits:
    """Give the limits that the TOML text describes; a row outside the lists raises UnknownLimits or UnknownRounding."""
    page = tomllib.loads(text, parse_float=Decimal)
    rows = tuple(_limit(row) for row in page["limits"])
    apart = tuple(_repeatability(row) for row in page.get("repeatability", ()))
    ids = [row.id for row in rows]
    if len(ids) != len(set(ids)):
        raise UnknownLimits(f"{code} gives two limits one id")
    return Limits(page.get("code", code), str(page["version"]), rows, apart)


def _repeatability(row: Mapping[str, Any]) -> Repeatability:
    given = {**row, "value": Decimal(str(row["value"])), "valid_to": row.get("valid_to")}
    return Repeatability(**given)


def _limit(row: Mapping[str, Any]) -> Limit:
    low, high = _ends(row)
    limit = Limit(
        id=row["id"],
        standard=row["standard"],
        edition=str(row["edition"]),
        item=row["item"],
        item_name=Text(**row["item_name"]),
        category=row["category"],
        unit=row["unit"],
        kind=row["kind"],
        low=low,
        high=high,
        mode=row["mode"],
        decision_rule=row["decision_rule"],
        severity=row["severity"],
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        status=row["status"],
        source=row["source"],
        mandatory=row.get("mandatory", True),
        strict=row.get("strict", False),
        step=_step(row, low, high),
        guard=Decimal(str(row.get("guard", "1"))),
        lenient=Decimal(str(row["lenient"])) if "lenient" in row else None,
        parts=tuple(row.get("parts", ())),
        plan=_plan(row["value"]) if row["kind"] == "plan" else None,
        recorded_on=row.get("recorded_on", date.min),
        withdrawn_on=row.get("withdrawn_on"),
    )
    _check(limit)
    return limit


def _ends(row: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    value = row["value"]
    match row["kind"]:
        case "max" | "absent":
            return None, Decimal(str(value))
        case "plan":
            return None, _plan(value).top
        case "min":
            return Decimal(str(value)), None
        case "range":
            low, high = (Decimal(str(end)) for end in value)
            return low, high
        case kind:
            raise UnknownLimits(f"{row['id']}: {kind} is no kind of limit")


def _plan(value: Mapping[str, Any]) -> Plan:
    return Plan(value["n"], value["c"], Decimal(str(value["m"])), Decimal(str(value["M"])))


def _step(row: Mapping[str, Any], low: Decimal | None, high: Decimal | None) -> Decimal:
    if "step" in row:
        return Decimal(str(row["step"]))
    return min(last_place(end) for end in (low, high) if end is not None)


def _check(limit: Limit) -> None:
    lists = ((limit.mode, MODES), (limit.decision_rule, DECISION_RULES), (limit.severity, SEVERITIES))
    if any(word not in known for word, known in lists):
        raise UnknownLimits(f"{limit.id}: {limit.mode}, {limit.decision_rule} or {limit.severity} is not on its list")
    if any(end is not None and end % limit.step for end in (limit.low, limit.high)):
        raise UnknownRounding(f"{limit.id}: the limit is not a multiple of {limit.step}")
    if limit.lenient is not None and (limit.kind not in {"max", "min"} or limit.decision_rule != "R0"):
        raise UnknownLimits(f"{limit.id}: only a simple limit of one side has a lenient one beside it")
    if limit.lenient is not None and not _is_weaker(limit, limit.lenient):
        raise UnknownLimits(f"{limit.id}: its lenient limit is no weaker, or no multiple of {limit.step}")


def _is_weaker(limit: Limit, lenient: Decimal) -> bool:
    weaker = lenient > limit.high if limit.high is not None else limit.low is not None and lenient < limit.low
    return weaker and (limit.mode != "rounded" or not lenient % limit.step)
