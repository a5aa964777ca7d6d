"""A comparison: what two captures of one offer say differently, in their fields, their text and their pictures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

from sampling.evidence.alignment import align, gaps
from sampling.evidence.difference import Difference, differ
from sampling.evidence.visit import VisitKind

MOST_LINES = 200
"""So many lines on either side are told; the count of the rest is."""
LONGEST_LINE = 300
_SENTENCE = re.compile(r"(?<=[。！？；])\s*|(?<=[.!?])\s+")


class ChangeKind(StrEnum):
    """What became of a field."""

    CHANGED = "changed"
    APPEARED = "appeared"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """A field that two captures state differently; None where a capture does not state it."""

    name: str
    kind: ChangeKind
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two captures, as far as it is compared."""

    fields: Mapping[str, str]
    text: str
    picture: bytes | None
    """page.png; None where the capture has no picture."""
    kind: VisitKind
    url: str
    more: tuple[bytes, ...] = ()
    """page-2.png, page-3.png, ...: the page below the first picture, tile by tile."""

    @property
    def tiles(self) -> tuple[bytes, ...]:
        """The whole picture of the page from top to bottom."""
        return () if self.picture is None else (self.picture, *self.more)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two captures differ; lines are in the order of the page."""

    kinds: tuple[VisitKind, VisitKind]
    urls: tuple[str, str]
    fields: tuple[Change, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]
    untold: int
    """Lines removed and added beyond those told."""
    picture: Difference | None
    """None where a side has no picture that can be read."""

    @property
    def same(self) -> bool:
        """Whether nothing differs that could be compared."""
        return (
            self.kinds[0] == self.kinds[1]
            and not (self.fields or self.removed or self.added)
            and (self.picture is None or self.picture.similarity == 1000)
        )

    def to_json(self) -> dict[str, Any]:
        """Give the record as plain JSON of texts and whole numbers."""
        return {**asdict(self), "picture": self.picture.to_json() if self.picture else None}


def compared(before: Side, after: Side) -> Comparison:
    """Give how the later capture differs from the earlier one."""
    removed, added = _lines_changed(_lines(before.text), _lines(after.text))
    return Comparison(
        kinds=(before.kind, after.kind),
        urls=(before.url, after.url),
        fields=fields_changed(before.fields, after.fields),
        removed=tuple(line[:LONGEST_LINE] for line in removed[:MOST_LINES]),
        added=tuple(line[:LONGEST_LINE] for line in added[:MOST_LINES]),
        untold=max(len(removed) - MOST_LINES, 0) + max(len(added) - MOST_LINES, 0),
        picture=differ(before.tiles, after.tiles),
    )


def fields_changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Give every field that the two captures state differently, those of the earlier one first."""
    names = [name for name in dict.fromkeys(chain(before, after)) if before.get(name) != after.get(name)]
    return tuple(Change(name, _kind(name, before, after), before.get(name), after.get(name)) for name in names)


def tiles_of(files: Mapping[str, bytes], name: str = "page") -> tuple[bytes, ...]:
    """Give the tiles of a page's picture from top to bottom: page.png, page-2.png, page-3.png, ..."""
    numbers = sorted(int(found[1]) for file in files if (found := re.fullmatch(rf"{name}-(\d+)\.png", file)))
    first = [files[f"{name}.png"]] if f"{name}.png" in files else []
    return (*first, *(files[f"{name}-{number}.png"] for number in numbers))


def _kind(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> ChangeKind:
    if name not in before:
        return ChangeKind.APPEARED
    return ChangeKind.CHANGED if name in after else ChangeKind.GONE


def _lines(text: str) -> list[str]:
    """A line without a break may be a whole page, so it is cut into its sentences."""
    rows = (" ".join(row.split()) for row in text.splitlines())
    return [part for row in rows for part in _SENTENCE.split(row) if part]


def _lines_changed(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    places = gaps(align(before, after), len(before), len(after))
    removed = [line for start, end, _, _ in places for line in before[start:end]]
    return removed, [line for _, _, start, end in places for line in after[start:end]]
