"""What a sweep did: how many things it met, and what became of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """The outcomes of one sweep, by name, with how often each came."""

    flow: str
    outcomes: tuple[tuple[str, int], ...]

    @property
    def done(self) -> int:
        """How many things were moved on; what was left for another sweep does not count."""
        return sum(count for outcome, count in self.outcomes if not outcome.startswith("left"))

    def __str__(self) -> str:
        told = ", ".join(f"{outcome} {count}" for outcome, count in self.outcomes)
        return f"{self.flow}: {told or 'nothing due'}"


def tally(flow: str, outcomes: Iterable[str]) -> Report:
    """Give the report of a sweep from the outcome of each step."""
    return Report(flow, tuple(sorted(Counter(outcomes).items())))
