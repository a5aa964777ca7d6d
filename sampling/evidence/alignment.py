"""Alignment: which parts of two sequences are the same, found in time that grows with their length."""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

_DEEPEST = 12
"""Gaps inside gaps are looked into this often; what is still unmatched then counts as different."""


@dataclass(frozen=True, slots=True)
class Run:
    """So many items that stand in both sequences one after another, from here in the one and there in the other."""

    before: int
    after: int
    length: int


def align(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Run]:
    """Give the runs that both sequences share, in order and without overlap.

    Items that stand once on either side hold the two together, as in patience sorting; a plain longest common
    subsequence would take the square of the length.
    """
    runs: list[Run] = []
    open_gaps = [(0, len(before), 0, len(after), 0)]
    while open_gaps:
        start, end, other, other_end, depth = open_gaps.pop()
        while start < end and other < other_end and before[start] == after[other]:
            runs.append(Run(start, other, 1))
            start, other = start + 1, other + 1
        while start < end and other < other_end and before[end - 1] == after[other_end - 1]:
            end, other_end = end - 1, other_end - 1
            runs.append(Run(end, other_end, 1))
        anchors = _anchors(before, after, start, end, other, other_end) if depth < _DEEPEST else []
        runs.extend(Run(here, there, 1) for here, there in anchors)
        if anchors:
            edges = [(start - 1, other - 1), *anchors, (end, other_end)]
            for (left, above), (right, below) in pairwise(edges):
                if left + 1 < right and above + 1 < below:
                    open_gaps.append((left + 1, right, above + 1, below, depth + 1))
    return _joined(runs)


def gaps(runs: Sequence[Run], before: int, after: int) -> list[tuple[int, int, int, int]]:
    """Give what lies between the runs: start and end in the one sequence, start and end in the other."""
    ends = [Run(0, 0, 0), *runs, Run(before, after, 0)]
    places = [
        (left.before + left.length, right.before, left.after + left.length, right.after)
        for left, right in pairwise(ends)
    ]
    return [place for place in places if place[0] < place[1] or place[2] < place[3]]


def _anchors(
    before: Sequence[Hashable], after: Sequence[Hashable], start: int, end: int, other: int, other_end: int
) -> list[tuple[int, int]]:
    """The items that stand once in each part, as far as they stand in the same order."""
    here, there = _once(before, start, end), _once(after, other, other_end)
    pairs = [(place, there[item]) for item, place in here.items() if item in there]
    return _rising(sorted(pairs))


def _once(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    places: dict[Hashable, int] = {}
    for place in range(start, end):
        places[items[place]] = -1 if items[place] in places else place
    return {item: place for item, place in places.items() if place >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs whose second numbers rise; the first ones do already."""
    tops: list[int] = []
    last: list[int] = []
    behind: list[int] = []
    for number, (_, there) in enumerate(pairs):
        pile = bisect_left(tops, there)
        behind.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [there]
        last[pile : pile + 1] = [number]
    chain: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = behind[number]
    return chain[::-1]


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in sorted(runs, key=lambda run: run.before):
        last = joined[-1] if joined else None
        if last and (last.before + last.length, last.after + last.length) == (run.before, run.after):
            joined[-1] = Run(last.before, last.after, last.length + run.length)
        else:
            joined.append(run)
    return joined
