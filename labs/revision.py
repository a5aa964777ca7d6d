"""A revision: what one file says of a report beside what another one said of it before."""

from collections.abc import Iterable
from dataclasses import dataclass

from labs.result import Result

Key = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Change:
    """One result in both files, as it was written with its unit; None where a file has none."""

    sample: str
    item: str
    method: str
    replicate: int
    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after


def compare(before: Iterable[Result], after: Iterable[Result]) -> tuple[Change, ...]:
    """Give every result of either file, those that differ first, else in the order of their keys."""
    old, fresh = _said(before), _said(after)
    found = (Change(*key, old.get(key), fresh.get(key)) for key in sorted(old.keys() | fresh.keys()))
    return tuple(sorted(found, key=lambda one: not one.changed))


def _said(results: Iterable[Result]) -> dict[Key, str]:
    return {(one.blind_code, one.item, one.method, one.replicate): f"{one.raw_text} {one.unit}" for one in results}
