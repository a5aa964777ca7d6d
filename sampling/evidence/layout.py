"""The layout: the texts of a page as the reader saw them, each with its box and how it was set."""

from dataclasses import dataclass


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
