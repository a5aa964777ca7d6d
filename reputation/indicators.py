"""Indicators: how often the tested failed, what that says of the market, and when neither may be shown as a rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from reputation.errors import NoVariance
from reputation.interval import clopper_pearson, effective_size, korn_graubard

PLACES = Decimal("0.000001")
LEAST_UNITS = 30
LEAST_DF = 8


class Basis(StrEnum):
    """How the units came into the sample."""

    PROBABILITY = "probability"
    RISK_TARGETED = "risk_targeted"
    """Picked because they were suspect: they say nothing of a market's quality (GB/T 38358-2019)."""


class Display(StrEnum):
    """How an indicator may be shown."""

    RATE = "rate"
    INTERVAL = "interval"
    """Too little data for a rate: the interval alone, marked unreliable."""
    COUNTS = "counts"
    """The counts alone, labelled as a targeted round and never ranked."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Unit:
    """One validly tested unit of a draw: its stratum, its inclusion probability in (0, 1], and how it did."""

    stratum: str
    probability: float
    failed: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """An indicator with its counts, its 95 % interval, and how it may be shown."""

    name: str
    numerator: int
    denominator: int
    rate: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n_effective: Decimal
    df: int
    basis: Basis
    display: Display

    def record(self) -> dict[str, str | int | None]:
        """Give the indicator as plain JSON, decimals as text."""
        figures = {"rate": self.rate, "low": self.low, "high": self.high}
        return {
            "name": self.name,
            "numerator": self.numerator,
            "denominator": self.denominator,
            **{name: None if value is None else str(value) for name, value in figures.items()},
            "n_effective": str(self.n_effective),
            "basis": self.basis.value,
            "display": self.display.value,
        }


def detected(*, failed: int, drawn: int, diverted: int = 0, untestable: int = 0, basis: Basis) -> Rate:
    """Give the share of the validly tested that failed, the 不合格检出率, with its Clopper-Pearson interval.

    Diverted and untestable units leave the denominator. It describes the tested goods and no market.
    """
    tested = drawn - diverted - untestable
    if tested == 0:
        return _empty("detected", basis)
    low, high = clopper_pearson(failed, tested)
    display = Display.COUNTS if basis is Basis.RISK_TARGETED else _display(tested, tested, tested)
    rate = failed / tested
    return Rate("detected", failed, tested, _d(rate), _d(low), _d(high), _d(tested), tested - 1, basis, display)


def estimated(units: Sequence[Unit], *, basis: Basis, neighbours: Mapping[str, str] | None = None) -> Rate:
    """Give the estimated share of failing goods in the frame, the 估计不合格率: Hájek, Korn-Graubard interval.

    A stratum with a single unit is joined to the neighbour named for it; without a name NoVariance is raised.
    """
    if not units:
        return _empty("estimated", basis)
    joined = _collapsed(units, neighbours or {})
    rate, variance, df = hajek(joined)
    size = effective_size(rate, variance, len(units), df)
    low, high = korn_graubard(rate, size)
    display = Display.COUNTS if basis is Basis.RISK_TARGETED else _display(len(units), size, df)
    failed = sum(unit.failed for unit in units)
    return Rate("estimated", failed, len(units), _d(rate), _d(low), _d(high), _d(size), df, basis, display)


def hajek(units: Sequence[Unit]) -> tuple[float, float, int]:
    """Give the ratio estimate, its variance by Brewer's approximation, and the degrees of freedom.

    Each stratum of r > 1 units adds r/(r-1) * sum((1-p)(z - mean)^2) with z = (y - rate)/(p * sum(1/p)).
    A stratum taken whole adds nothing, even one of a single unit.
    """
    total = sum(1 / unit.probability for unit in units)
    rate = sum(unit.failed / unit.probability for unit in units) / total
    strata = _strata(units)
    variance = sum(_spread(members, rate, total) for members in strata.values())
    return rate, variance, len(units) - len(strata)


def quality_index(severities: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Decimal:
    """Give the quality index, 100 for no defect at all: each stratum's mean severity under fixed base-year weights."""
    whole = sum(weights.values())
    lost = sum((weights[stratum] * severity for stratum, severity in severities.items()), Decimal(0)) / whole
    return (100 * (1 - lost)).quantize(Decimal("0.0001"))


def _display(n: int, n_effective: float, df: int) -> Display:
    """The presentation standard for proportions of the US National Center for Health Statistics, simplified."""
    return Display.INTERVAL if n < LEAST_UNITS or n_effective < LEAST_UNITS or df < LEAST_DF else Display.RATE


def _spread(members: Sequence[Unit], rate: float, total: float) -> float:
    size = len(members)
    parts = [(unit.failed - rate) / (unit.probability * total) for unit in members]
    mean = sum(parts) / size
    squares = sum((1 - unit.probability) * (part - mean) ** 2 for unit, part in zip(members, parts, strict=True))
    return squares * size / (size - 1) if size > 1 else 0.0


def _collapsed(units: Sequence[Unit], neighbours: Mapping[str, str]) -> list[Unit]:
    strata = _strata(units)
    lone = {name for name, members in strata.items() if len(members) == 1 and members[0].probability < 1}
    for name in sorted(lone):
        if neighbours.get(name) not in strata:
            raise NoVariance(f"the stratum {name} has a single unit and no neighbour to join")
    return [
        Unit(neighbours[unit.stratum], unit.probability, unit.failed) if unit.stratum in lone else unit
        for unit in units
    ]


def _strata(units: Sequence[Unit]) -> dict[str, list[Unit]]:
    ordered = sorted(units, key=lambda unit: unit.stratum)
    return {name: list(members) for name, members in groupby(ordered, key=lambda unit: unit.stratum)}


def _empty(name: str, basis: Basis) -> Rate:
    return Rate(name, 0, 0, None, None, None, Decimal(0), 0, basis, Display.NONE)


def _d(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(PLACES)
