"""Performance: how fast a laboratory reports, what it turns down, and whether others find what it finds."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from statistics import median

from labs.pooling import disagreement
from labs.weighing import USUAL_K

_PLACES, _WIDE = Decimal("0.01"), Context(prec=400)
Found = Mapping[str, Sequence[Decimal]]
"""The values of one item by laboratory, all in one unit."""
Whole = tuple[Decimal, Decimal, Decimal, Decimal]
"""Two values, and the uncertainty of each."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What figures are held against, in one version of their file."""

    version: str
    status: str
    en_most: Decimal
    z_question: Decimal
    z_action: Decimal
    mad_factor: Decimal
    least_results: int
    least_laboratories: int
    slow_share: Decimal


@dataclass(frozen=True, slots=True)
class Job:
    """One unit at a laboratory: when it came, when the first report on it did, and when that was due."""

    received_at: datetime
    reported_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Turnaround:
    """How long reports took, and how many were late."""

    reported: int
    waiting: int
    """Units of which no report is here yet."""
    middle: timedelta | None
    """The median; None without a report."""
    slow: timedelta | None
    """What nine of ten reports keep to."""
    late: int
    """Reports that came after they were due, and reports that are due and not here."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One item of one sample that two laboratories tested; None where the result is no single value or lacks its U.

    Each uncertainty is the expanded one with the usual coverage factor.
    """

    value: Decimal | None
    spread: Decimal | None
    other: Decimal | None
    other_spread: Decimal | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many pairs agree within their uncertainties, and how many could not be compared."""

    compared: int
    agreeing: int
    worst: Decimal | None
    """The largest |En|, to two places."""
    left_out: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the middle of a laboratory's values of one item lies from the middle of all."""

    item: str
    results: int
    z: Decimal
    """In robust standard deviations, to two places."""
    band: str
    """`usual`, `question` or `action`."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What is known of one laboratory."""

    lab: str
    turnaround: Turnaround
    taken: int
    """Units it took in."""
    refused: int
    committed: int
    held: int
    rejected: int
    agreement: Agreement
    spreads: tuple[Spread, ...]


@cache
def criteria() -> Criteria:
    """Give the criteria that are shipped."""
    page = tomllib.loads((files("rulebooks") / "performance.toml").read_text(encoding="utf-8"))
    exact = {name: Decimal(page[name]) for name in ("en_most", "z_question", "z_action", "mad_factor", "slow_share")}
    return Criteria(**{**page, **exact})


def turnaround(jobs: Iterable[Job], at: datetime) -> Turnaround:
    """Give the times from receipt to first report, as of a moment."""
    found = list(jobs)
    times = sorted(job.reported_at - job.received_at for job in found if job.reported_at is not None)
    late = sum(job.due_at is not None and job.due_at <= (job.reported_at or at) for job in found)
    slow = times[int((len(times) * criteria().slow_share).to_integral_value("ROUND_CEILING")) - 1] if times else None
    middle = timedelta(seconds=median(one.total_seconds() for one in times)) if times else None
    return Turnaround(len(times), len(found) - len(times), middle, slow, late)


def agreement(pairs: Iterable[Pair]) -> Agreement:
    """Give how far results of the same goods agree; what is no value with an uncertainty on both sides is left out."""
    found = list(pairs)
    compared = [whole for pair in found if (whole := _whole(pair)) is not None]
    worst = max((disagreement(one, other, u_first=u, u_second=v) for one, other, u, v in compared), default=None)
    return Agreement(len(compared), sum(map(_agree, compared)), worst, len(found) - len(compared))


def usual(spread: Decimal, coverage_k: Decimal | None) -> Decimal:
    """Give an expanded uncertainty as it is with the usual coverage factor, which is taken where none was told."""
    return spread * USUAL_K / coverage_k if coverage_k else spread


def spreads(lab: str, found: Mapping[str, Found]) -> tuple[Spread, ...]:
    """Give how a laboratory's values of each item lie among those of all, where there are enough of them.

    Goods differ: a value far out is a question to the laboratory, not a fault of it.
    """
    told = (_spread(item, lab, values) for item, values in sorted(found.items()) if values.get(lab))
    return tuple(one for one in told if one is not None)


def _whole(pair: Pair) -> Whole | None:
    """None where a value or an uncertainty is not known, or both uncertainties are 0."""
    if pair.value is None or pair.other is None or pair.spread is None or pair.other_spread is None:
        return None
    return (pair.value, pair.other, pair.spread, pair.other_spread) if pair.spread or pair.other_spread else None


def _agree(pair: Whole) -> bool:
    """Whether En is no greater than the criterion, exactly: nothing is rounded before it is compared."""
    one, other, u, v = map(Fraction, pair)
    return (one - other) ** 2 <= Fraction(criteria().en_most) ** 2 * (u**2 + v**2)


def _spread(item: str, lab: str, values: Found) -> Spread | None:
    everything, rules = [value for own in values.values() for value in own], criteria()
    if len(everything) < rules.least_results or sum(map(bool, values.values())) < rules.least_laboratories:
        return None
    middle = median(everything)
    width = median([abs(value - middle) for value in everything]) * rules.mad_factor
    if not width:
        return None
    z = (median(values[lab]) - middle) / width
    band = "action" if abs(z) > rules.z_action else "question" if abs(z) > rules.z_question else "usual"
    return Spread(item, len(values[lab]), z.quantize(_PLACES, context=_WIDE), band)
