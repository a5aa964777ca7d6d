"""The history of a case as its page tells it: what happened last, and every entry under its stage, with counts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from dashboards.views.ticket import PHASES, Phase
from sampling.sample import SAMPLE, SampleEvent
from storage import events
from storage.events import Entry

LAST = 5
EVENTS = frozenset(SampleEvent)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stay of a case in a phase: its entries, oldest first, and how many there are of each noun."""

    phase: Phase
    entries: tuple[Entry, ...]
    kinds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class History:
    """All entries of a case by stage, oldest first, and the last of them again, newest first."""

    last: tuple[Entry, ...]
    stages: tuple[Stage, ...]
    count: int
    breaks: tuple[int, ...]
    """Where it does not continue; empty when it is whole."""


def tell(entries: Sequence[Entry]) -> History:
    """Give a case's history for its page; each entry stands in exactly one stage."""
    staged = groupby(zip(_phases(entries), entries, strict=True), key=lambda pair: pair[0])
    stages = tuple(_stage(phase, [entry for _, entry in pairs]) for phase, pairs in staged)
    last = tuple(reversed(entries[-LAST:]))
    return History(last, stages, len(entries), events.breaks(entries))


def _stage(phase: Phase, entries: Sequence[Entry]) -> Stage:
    return Stage(phase, tuple(entries), tuple(Counter(entry.noun for entry in entries).items()))


def _phases(entries: Sequence[Entry]) -> Iterator[Phase]:
    """The phase of each entry: the one that it brings the sample to, or in which it finds it.

    What ended before a verdict stays where it ended.
    """
    state, phase = SAMPLE.initial, Phase.DRAWN
    for entry in entries:
        if entry.noun == SAMPLE.noun and entry.type in EVENTS:
            state = SAMPLE.moves.get((state, SampleEvent(entry.type)), state)
            phase = PHASES[state][0] or phase
        yield phase
