"""Methods: by which method and edition an item is tested in which goods, and from when to when."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from labs.accreditation import ANY, designation


@dataclass(frozen=True, slots=True)
class Method:
    """One method in one edition that an order asks for."""

    item: str
    category: str
    """A category code, or `*` for all."""
    code: str
    edition: str
    valid_from: date
    status: str
    source: str
    valid_to: date | None = None
    """The last day on which it is ordered."""

    @property
    def name(self) -> str:
        """The method as an order names it: code and edition."""
        return named(self.code, self.edition)

    def holds(self, on: date) -> bool:
        """Tell whether it is ordered on the day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def named(code: str, edition: str) -> str:
    """Give a method as an order names it: code and edition; the code alone where no edition is told or it holds one."""
    standard, dated = designation(code, edition)
    return standard if dated in {"", ANY} else f"{standard}-{dated}"


def ordered(items: Iterable[str], category: str, on: date) -> dict[str, tuple[str, ...]]:
    """Give by item the names of the methods that an order asks for, any of which will do; none where every method will.

    Those of the goods' own category come before those of all.
    """
    return {item: _of(item, category, on) or _of(item, ANY, on) for item in items}


@cache
def methods() -> tuple[Method, ...]:
    """Give the methods that are shipped."""
    page = tomllib.loads((files("rulebooks") / "methods.toml").read_text(encoding="utf-8"))
    return tuple(Method(**row) for row in page["methods"])


def _of(item: str, category: str, on: date) -> tuple[str, ...]:
    fit = (one for one in methods() if (one.item, one.category) == (item, category) and one.holds(on))
    return tuple(one.name for one in fit)
