"""Accreditation: what a laboratory may test by which method and when, and who does a retest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sampling.digest import framed


@dataclass(frozen=True, slots=True)
class ScopeEntry:
    """One line of a laboratory's scope: an item by a method, from one day to another."""

    lab: str
    scheme: str
    """`CMA`, `CNAS`, ..."""
    item: str
    method: str
    """A method code, or `*` for any."""
    valid_from: date
    valid_to: date | None
    """The last day."""
    source: str


def in_scope(scopes: Iterable[ScopeEntry], lab: str, item: str, method: str, on: date) -> bool:
    """Tell whether the laboratory may test the item by the method on that day."""
    return any(
        (entry.lab, entry.item) == (lab, item)
        and entry.method in {method, "*"}
        and entry.valid_from <= on
        and (entry.valid_to is None or on <= entry.valid_to)
        for entry in scopes
    )


def pick_retest_lab(
    labs: Sequence[str],
    first_lab: str,
    seed: bytes,
    items: Sequence[tuple[str, str]],
    on: date,
    *,
    scopes: Sequence[ScopeEntry],
) -> str | None:
    """Give the laboratory with the lowest ticket among those in scope for every (item, method), or None.

    Never the first one; the seed and the names alone decide, so that anyone can repeat the draw.
    """
    fit = [
        lab
        for lab in dict.fromkeys(labs)
        if lab != first_lab and all(in_scope(scopes, lab, item, method, on) for item, method in items)
    ]
    return min(fit, key=lambda lab: framed(seed, lab.encode()), default=None)
