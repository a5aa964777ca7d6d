"""Accreditation: what a laboratory may test by which method and when, and who does a retest."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import date, datetime, timedelta
from decimal import Decimal

from labs.errors import UnknownUnit
from labs.units import convert
from sampling.digest import framed

ANY = "*"
"""Every method, edition or category; asked for, it means that nobody said which."""
_DATED = re.compile(r"(.+)[-–—:]((?:19|20)[0-9]{2})")
"""A standard with its edition behind it: `GB 6675.4-2014`, `EN 71-3:2019`."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Days on which a line of a scope does not hold, by one method or by all, and since when that is known."""

    method: str
    from_day: date
    to_day: date | None
    """The last day; None for good."""
    known_at: datetime

    def covers(self, on: date, known_at: datetime | None) -> bool:
        """Tell whether the day is one of them, as far as was known at the moment, or is known by now."""
        known = known_at is None or self.known_at <= known_at
        return known and self.from_day <= on and (self.to_day is None or on <= self.to_day)


@dataclass(frozen=True, slots=True)
class ScopeEntry:
    """One line of a laboratory's scope: an item in some goods by a method, from one day to another."""

    lab: str
    scheme: str
    """`CMA`, `CNAS`, `ISO/IEC 17025`, ..."""
    item: str
    method: str
    """A method code, or `*` for any."""
    valid_from: date
    valid_to: date | None
    """The last day."""
    source: str
    site: str = ""
    matrix: str = ANY
    """The category of goods, or `*` for any."""
    edition: str = ANY
    low: Decimal | None = None
    """The least value the method is accredited for, in `unit`."""
    high: Decimal | None = None
    unit: str = ""
    recorded_at: datetime | None = None
    """When it became known here; None: with its first day."""
    superseded_at: datetime | None = None
    """When a later file said something else of the same line."""
    endings: tuple[Ending, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same line in two files; how long it holds may differ."""
        kind = (self.lab, self.site, self.scheme, self.item, self.matrix, self.method, self.edition)
        return (*kind, self.low, self.high, self.unit, self.valid_from)

    def holds(self, on: date, known_at: datetime | None = None) -> bool:
        """Tell whether the day is within it, as far as was known at the moment, or is known by now."""
        begun = self.recorded_at is None or known_at is None or self.recorded_at <= known_at
        stands = self.superseded_at is None or (known_at is not None and known_at < self.superseded_at)
        return begun and stands and self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Assay:
    """One test that was done or shall be: of what, in which goods, by which method, and what came out."""

    lab: str
    item: str
    method: str
    on: date
    category: str = ANY
    edition: str = ANY
    value: Decimal | None = None
    """What was found, where it is one number: a result below a limit of detection lies in every range."""
    unit: str = ""


def designation(method: str, edition: str = ANY) -> tuple[str, str]:
    """Give a method and its edition, which people write beside it or behind it; ANY where nobody names one."""
    dated = _DATED.fullmatch(method)
    return (dated[1], dated[2]) if dated and edition in {"", ANY, dated[2]} else (method, edition)


def means(named: str, method: str, edition: str) -> bool:
    """Tell whether a name means a method in an edition: by ANY, as the standard, or as the edition itself."""
    (name, meant), (standard, dated) = designation(named), designation(method, edition)
    return name == ANY or (name == standard and meant in {ANY, dated})


def in_scope(
    scopes: Iterable[ScopeEntry], lab: str, item: str, method: str, on: date, *, category: str = ANY, edition: str = ANY
) -> bool:
    """Tell whether the laboratory may test the item by the method in these goods on that day, as is known by now."""
    return covering(scopes, Assay(lab, item, method, on, category, edition)) is not None


def covering(scopes: Iterable[ScopeEntry], tested: Assay, known_at: datetime | None = None) -> ScopeEntry | None:
    """Give the first line under which the test falls, as far as was known at the moment, or is known by now."""
    return next((entry for entry in scopes if _covers(entry, tested, known_at)), None)


def newest(entries: Iterable[ScopeEntry]) -> tuple[ScopeEntry, ...]:
    """Give every line with the moment at which a later file said something else of it, the earliest known first."""
    found = sorted(entries, key=lambda one: (one.recorded_at is not None, one.recorded_at or datetime.min))
    later: dict[tuple[object, ...], datetime | None] = {}
    settled = []
    for entry in reversed(found):
        settled.append(with_changes(entry, superseded_at=later.get(entry.key)))
        later[entry.key] = entry.recorded_at
    return tuple(reversed(settled))


def spans(entry: ScopeEntry) -> tuple[tuple[date, date | None], ...]:
    """Give the first and last days between which a line holds, as is known by now."""
    if entry.superseded_at is not None:
        return ()
    left: list[tuple[date, date | None]] = [(entry.valid_from, entry.valid_to)]
    for ending in entry.endings:
        if means(ending.method, entry.method, entry.edition):
            left = [part for span in left for part in _without(span, ending)]
    return tuple(left)


@dataclass(frozen=True, slots=True)
class LabDraw:
    """One lot among laboratories: whoever has the seed and the candidates can draw it again."""

    seed: str
    candidates: tuple[str, ...]
    """In scope on the day and not excluded, in the order of their codes."""
    lab: str | None
    """None where no laboratory may do it."""


def pick_retest_lab(
    labs: Iterable[str],
    excluded: Collection[str],
    seed: str,
    items: Sequence[tuple[str, str, str]],
    on: date,
    *,
    scopes: Sequence[ScopeEntry],
    category: str = ANY,
) -> LabDraw:
    """Give the lot among the laboratories in scope for every (item, method, edition) that have not tested it yet."""
    fit = {
        lab
        for lab in labs
        if lab not in excluded
        and all(in_scope(scopes, lab, item, how, on, category=category, edition=of) for item, how, of in items)
    }
    return draw_lab(seed, tuple(sorted(fit)))


def draw_lab(seed: str, candidates: Sequence[str]) -> LabDraw:
    """Give the candidate with the lowest ticket: the seed and the names alone decide."""
    lowest = min(candidates, key=lambda lab: framed(seed.encode(), lab.encode()), default=None)
    return LabDraw(seed, tuple(candidates), lowest)


def _covers(entry: ScopeEntry, tested: Assay, known_at: datetime | None) -> bool:
    method, edition = designation(tested.method, tested.edition)
    standard, dated = designation(entry.method, entry.edition)
    return (
        (entry.lab, entry.item) == (tested.lab, tested.item)
        and (ANY in (method, standard) or method == standard)
        and (tested.category == ANY or entry.matrix in {tested.category, ANY})
        and (edition == ANY or dated in {edition, ANY})
        and entry.holds(tested.on, known_at)
        and _in_range(entry, tested)
        and not any(_ended(ending, entry, tested, known_at) for ending in entry.endings)
    )


def _ended(ending: Ending, entry: ScopeEntry, tested: Assay, known_at: datetime | None) -> bool:
    whole = means(ending.method, entry.method, entry.edition)
    return (whole or means(ending.method, tested.method, tested.edition)) and ending.covers(tested.on, known_at)


def _in_range(entry: ScopeEntry, tested: Assay) -> bool:
    """A value in a unit that is never converted to that of the range cannot be shown to lie in it."""
    if tested.value is None or (entry.low is None and entry.high is None):
        return True
    try:
        value = convert(tested.value, item=tested.item, unit=tested.unit, to=entry.unit)
    except UnknownUnit:
        return False
    return (entry.low is None or entry.low <= value) and (entry.high is None or value <= entry.high)


def _without(span: tuple[date, date | None], ending: Ending) -> list[tuple[date, date | None]]:
    """What an ending leaves of a span, before it and after."""
    first, last = span
    parts: list[tuple[date, date | None]] = []
    if first < ending.from_day:
        before = ending.from_day - timedelta(days=1)
        parts.append((first, before if last is None else min(last, before)))
    if ending.to_day is not None and ending.to_day < (last or date.max):  # people write 9999-12-31 for ever
        parts.append((max(first, ending.to_day + timedelta(days=1)), last))
    return parts
