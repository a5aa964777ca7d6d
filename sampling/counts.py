"""Counts: how often each whole number occurs in each group, so that parts of a frame add up to exactly the whole."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sampling.columns import Ints

DENSE = 4
"""So many cells for a number are counted in place; beyond that sorting is cheaper."""

Group = TypeVar("Group", bound=Hashable)
Counted = tuple[Ints, Ints]
"""Numbers in rising order, and how often each occurs."""


@dataclass(frozen=True)  # without slots, for `Counts[str]()` tries to write down its parameter
class Counts(Generic[Group]):
    """The numbers of each group that has any, merged by `+`."""

    groups: Mapping[Group, Counted] = field(default_factory=dict)

    def __add__(self, other: "Counts[Group]") -> "Counts[Group]":
        return merge([self, other])


def merge(parts: Iterable[Counts[Group]]) -> Counts[Group]:
    """Give the counts of several parts as one, which is quicker than adding them one after the other."""
    found: dict[Group, list[Counted]] = {}
    for part in parts:
        for name, counted in part.groups.items():
            found.setdefault(name, []).append(counted)
    return Counts({name: join(held) for name, held in found.items()})


def count(group: NDArray[np.int32] | Ints, names: Sequence[Group], values: Ints) -> Counts[Group]:
    """Give the counts of `values` (whole numbers) by group, an index into `names` for each value."""
    if not len(values):
        return Counts()
    low, width = int(values.min()), int(values.max()) - int(values.min()) + 1
    cell = group.astype(np.int64)
    cell *= width
    cell += values
    cell -= low
    cells, many = _counted(cell, len(names) * width)
    ends = np.searchsorted(cells, np.arange(len(names) + 1) * width).tolist()
    numbers = cells % width + low
    found = zip(names, ends, ends[1:], strict=False)
    return Counts({name: (numbers[start:end], many[start:end]) for name, start, end in found if start < end})


def join(parts: Iterable[Counted]) -> Counted:
    """Give the counts of one or more groups as those of one."""
    numbers, many = (np.concatenate(side) for side in zip(*parts, strict=True))
    ranked = np.argsort(numbers, kind="stable")
    numbers = numbers[ranked]
    first = np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]]))
    return numbers[first], np.add.reduceat(many[ranked], first)


def total(counted: Counted) -> int:
    """Give how many numbers were counted."""
    return int(counted[1].sum())


def middle(counted: Counted) -> int:
    """Give twice the median, which is a whole number: the sum of the two numbers in the middle."""
    numbers, many = counted
    upto, half = np.cumsum(many), total(counted) + 1
    pair = np.searchsorted(upto, [half // 2, (half + 1) // 2])
    return int(numbers[pair].sum())


def _counted(cell: Ints, cells: int) -> Counted:
    if cells <= DENSE * len(cell):
        many = np.bincount(cell, minlength=cells)
        there = np.flatnonzero(many)
        return there, many[there]
    cell.sort()
    first = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]]))
    return cell[first], np.diff(np.append(first, len(cell)))
