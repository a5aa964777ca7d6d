"""The layout: the texts of a page as the reader saw them, each with its box and how it was set."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

MOST_BOXES = 2_000
_LONGEST = 400
_FARTHEST = 10_000_000
_LINE = 16
"""Texts whose middles are this close in height are read as one line, in CSS pixels."""


@dataclass(frozen=True, slots=True)
class Box:
    """One run of visible text: where it stood on the page, in CSS pixels, and how it was set."""

    text: str
    x: int
    y: int
    width: int
    height: int
    size: int
    """Font size in CSS pixels."""
    weight: int
    """400 is plain, 700 is bold."""
    struck: bool
    """Whether a line is drawn through it, as through an old price."""
    place: str
    """A CSS selector that finds the element."""


def boxes_of(text: str) -> tuple[Box, ...]:
    """Give the boxes of what `layout.js` gave; the page may have meddled, so what is no box is left out."""
    try:
        rows = json.loads(text)
    except ValueError:
        return ()
    if not isinstance(rows, list):
        return ()
    return tuple(box for row in rows[:MOST_BOXES] if (box := _box(row)) is not None)


def union(boxes: Sequence[Box]) -> Box | None:
    """Give the one box around several, with the largest of their letters; none around none."""
    if not boxes:
        return None
    first = max(boxes, key=lambda box: box.size)
    read = sorted(boxes, key=lambda box: (round((box.y + box.height / 2) / _LINE), box.x))
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(
        text=" ".join(box.text for box in read),
        x=x,
        y=y,
        width=right - x,
        height=bottom - y,
        size=first.size,
        weight=first.weight,
        struck=first.struck,
        place=first.place,
    )


def _box(row: object) -> Box | None:
    match row:
        case [str(text), int(x), int(y), int(wide), int(high), int(size), int(weight), bool(struck), str(place)]:
            if any(abs(number) > _FARTHEST for number in (x, y, wide, high, size, weight)):
                return None
            return Box(text[:_LONGEST], x, y, wide, high, size, weight, struck, place)
        case _:
            return None
