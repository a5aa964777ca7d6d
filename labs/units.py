"""Units: the names laboratories write, and the exact factors that are allowed between them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from labs.errors import UnknownUnit
from labs.result import Interval
from labs.rounding import EXACT


@dataclass(frozen=True, slots=True)
class Units:
    """The table of units: canonical names, factors and what they hold for."""

    version: str
    names: Mapping[str, str]
    factors: Mapping[tuple[str, str, str], tuple[int, int]]
    """(items, from, to) to numerator and denominator; items is `*` or `mass_by_mass`."""
    signed_items: frozenset[str]
    mass_by_mass: frozenset[str]


@cache
def table() -> Units:
    """Give the table of units that is shipped."""
    page = tomllib.loads((files("rulebooks") / "units.toml").read_text(encoding="utf-8"))
    return Units(
        version=page["version"],
        names={alias: name for name, aliases in page["aliases"].items() for alias in aliases},
        factors={(row["items"], row["from"], row["to"]): tuple(row["factor"]) for row in page["factors"]},
        signed_items=frozenset(page["signed_items"]),
        mass_by_mass=frozenset(page["mass_by_mass"]),
    )


def canonical_unit(text: str) -> str | None:
    """Give the one name of the unit, or None where the text is no unit we know."""
    return table().names.get(text.strip())


def factor(item: str, unit: str, to: str) -> Decimal:
    """Give what a value in the first unit is multiplied by to stand in the second, or raise UnknownUnit."""
    old, new = canonical_unit(unit), canonical_unit(to)
    if old is None or new is None:
        raise UnknownUnit(f"{unit!r} or {to!r} is no unit we know")
    if old == new:
        return Decimal(1)
    groups = ("*", "mass_by_mass") if item in table().mass_by_mass else ("*",)
    for group in groups:
        if (group, old, new) in table().factors:
            return _quotient(*table().factors[group, old, new])
        if (group, new, old) in table().factors:
            above, below = table().factors[group, new, old]
            return _quotient(below, above)
    raise UnknownUnit(f"{item}: {old} is never converted to {new}")


def convert(value: Decimal, *, item: str, unit: str, to: str) -> Decimal:
    """Give the exact value in the other unit, or raise UnknownUnit."""
    return EXACT.multiply(value, factor(item, unit, to))


def convert_interval(interval: Interval, *, item: str, unit: str, to: str) -> Interval:
    """Give the interval in the other unit, or raise UnknownUnit."""
    times = factor(item, unit, to)
    return Interval(
        low=None if interval.low is None else EXACT.multiply(interval.low, times),
        high=None if interval.high is None else EXACT.multiply(interval.high, times),
        low_open=interval.low_open,
        high_open=interval.high_open,
    )


def _quotient(above: int, below: int) -> Decimal:
    try:
        return EXACT.divide(Decimal(above), Decimal(below))
    except ArithmeticError:
        raise UnknownUnit(f"{above}/{below} has no exact decimal") from None
