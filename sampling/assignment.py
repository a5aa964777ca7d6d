"""Assignment: which laboratory tests and which shopper buys each sample, by tickets anyone can recompute."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sampling.draw import ticket


@dataclass(frozen=True, slots=True)
class Need:
    """One sample that wants somebody: its id, what must be able to be done, and what it must not meet again."""

    id: str
    skill: str
    conflict: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A laboratory or a shopper: what it can do, how much is left of its capacity, and what it may not meet."""

    name: str
    skills: frozenset[str]
    capacity: int
    conflicts: frozenset[str] = frozenset()

    def can(self, need: Need) -> bool:
        """Tell whether this party may take the sample."""
        return self.capacity > 0 and need.skill in self.skills and need.conflict not in self.conflicts

    def after(self, need: Need) -> "Party":
        """Give the party as it stands when it has taken the sample."""
        conflicts = self.conflicts | {need.conflict} if need.conflict else self.conflicts
        return replace(self, capacity=self.capacity - 1, conflicts=conflicts)


def assign(needs: Sequence[Need], parties: Iterable[Party], seed: str) -> dict[str, str | None]:
    """Give a party's name for each sample, or None where nobody is left who can take it.

    Samples with the fewest possible parties are served first; among the parties of one sample
    the lowest ticket of seed, sample and party wins.
    """
    free: Mapping[str, Party] = {party.name: party for party in parties}
    choice = {need.id: sum(party.can(need) for party in free.values()) for need in needs}
    given: dict[str, str | None] = {}
    for need in sorted(needs, key=lambda need: (choice[need.id], ticket(seed, need.id), need.id)):
        able = [name for name, party in free.items() if party.can(need)]
        best = min(able, key=lambda name: (ticket(seed, f"{need.id}/{name}"), name), default=None)
        given[need.id] = best
        if best is not None:
            free = {**free, best: free[best].after(need)}
    return given
