"""A step: one thing to do on a shop's page, written as data so that no site needs code of its own to be bought from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sampling.errors import UnknownStep

Deed = Literal["goto", "fill", "select", "check", "click", "clear", "expect", "expect_one", "read", "read_url"]

_BLANK = re.compile(r"\{([a-z_.0-9]+)\}")


@dataclass(frozen=True, slots=True)
class Step:
    """What to do where; `commits` marks the one click after which an order may exist."""

    do: Deed
    selector: str = ""
    value: str = ""
    """What to fill in or go to, with blanks such as `{cover.city}`; for `read` a pattern whose group 1 is kept."""
    name: str = ""
    """Under which name `read` and `read_url` keep what they find: `order_no`, `order_url`."""
    commits: bool = False
    optional: bool = False
    """Skipped when the selector is not there, as a cookie banner may not be."""

    def __post_init__(self) -> None:
        if self.do not in get_args(Deed):
            raise UnknownStep(f"no step is called {self.do}")


def filled(template: str, values: Mapping[str, str]) -> str:
    """Give the template with its blanks filled; a blank nobody has a value for raises UnknownStep."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise UnknownStep(f"nothing is known to fill {{{name}}} with")
        return values[name]

    return _BLANK.sub(value, template)


def committing(steps: tuple[Step, ...]) -> int:
    """Give the index of the one step that places the order; no such step, or two, raises UnknownStep."""
    marked = [index for index, step in enumerate(steps) if step.commits]
    if len(marked) != 1:
        raise UnknownStep(f"{len(marked)} steps place the order; one must")
    return marked[0]
