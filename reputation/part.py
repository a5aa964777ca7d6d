"""A part of a score: what one component's evidence adds to the prior or takes from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from reputation.evidence import Evidence
from reputation.parameters import Beta, Step
from reputation.weighing import weigh

PLACES = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Part:
    """What one component adds to the prior score or takes from it."""

    component: str
    weight: Decimal
    prior: Decimal
    mean: Decimal
    change: Decimal
    n_effective: Decimal
    variance: Decimal
    """Of the score, in points squared."""

    def record(self) -> dict[str, str]:
        """Give the part as plain JSON, decimals as text."""
        return {
            "component": self.component,
            "weight": str(self.weight),
            "prior": str(quantised(self.prior)),
            "mean": str(quantised(self.mean)),
            "change": str(self.change),
            "n_effective": str(quantised(self.n_effective)),
        }


@dataclass(frozen=True, slots=True)
class Influence:
    """By how much the score would change without one piece of evidence."""

    evidence: str
    change: Decimal


def beta_part(name: str, *, weight: Decimal, prior: tuple[Decimal, Decimal], counts: tuple[Decimal, Decimal]) -> Part:
    """Give the part of a component whose prior and evidence are counts for and against."""
    start = prior[0] / (prior[0] + prior[1])
    total = sum(prior) + sum(counts)
    mean = (prior[0] + counts[0]) / total
    return Part(
        component=name,
        weight=weight,
        prior=start,
        mean=mean,
        change=quantised(weight * (mean - start)),
        n_effective=sum(counts, Decimal(0)),
        variance=weight * weight * mean * (1 - mean) / (total + 1),
    )


def quantised(value: Decimal) -> Decimal:
    """Give the value to a thousandth of a point."""
    return value.quantize(PLACES)


def part_of(name: str, component: Beta | Step, rows: Sequence[Evidence], at: datetime) -> tuple[Part, list[Influence]]:
    """Give what a component adds, and how much each piece of its evidence matters."""
    match component:
        case Beta():
            return _counted(name, component, rows, at)
        case Step():
            return _stepped(name, component, rows)
        case _:
            assert_never(component)


def _counted(name: str, beta: Beta, rows: Sequence[Evidence], at: datetime) -> tuple[Part, list[Influence]]:
    weighed = weigh(rows, beta, at=at)
    good = sum((item.weight * item.row.outcome for item in weighed), Decimal(0))
    total = sum((item.weight for item in weighed), Decimal(0))
    prior = (beta.prior_for, beta.prior_against)
    part = beta_part(name, weight=beta.weight, prior=prior, counts=(good, total - good))
    whole, mass = beta.prior_for + good, sum(prior) + total
    influences = [
        Influence(
            item.row.id,
            quantised(beta.weight * ((whole - item.weight * item.row.outcome) / (mass - item.weight) - part.mean)),
        )
        for item in weighed
    ]
    return part, influences


def _stepped(name: str, step: Step, rows: Sequence[Evidence]) -> tuple[Part, list[Influence]]:
    """The newest state of each source, and of these the worst: a valid certificate does not mend a revoked one."""
    newest = {row.source: row for row in sorted(rows, key=lambda row: (row.effective, row.id))}
    states = sorted(newest.values(), key=lambda row: (row.outcome, row.id))
    mean = states[0].outcome if states else step.prior
    change = quantised(step.weight * (mean - step.prior))
    part = Part(name, step.weight, step.prior, mean, change, Decimal(0), Decimal(0))
    if not states:
        return part, []
    without = states[1].outcome if len(states) > 1 else step.prior
    return part, [Influence(states[0].id, quantised(step.weight * (without - mean)))]
