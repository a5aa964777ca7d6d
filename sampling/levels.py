"""Levels: what fewer or more samples of the same plan would cost and show, beside what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sampling.design import BY_MONEY
from sampling.detection import smallest_rate
from sampling.errors import ImpossiblePlan
from sampling.money import Money
from sampling.plan import Stratum, is_targeted, standard_error
from sampling.preview import Choice, StratumFacts, allot, strata_of

STEPS = (Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(3, 2), Fraction(2))


@dataclass(frozen=True, slots=True)
class Level:
    """One size of the plan: its samples, their cost, and how much the random strata show."""

    n: int
    cost: Money
    error: float
    smallest_rate: Decimal
    planned: bool


def levels(facts: Sequence[StratumFacts], choice: Choice) -> tuple[Level, ...]:
    """Give half, three quarters, one and a half times and twice the plan; a size that is impossible is left out."""
    found: dict[int, Level] = {}
    strata = strata_of(facts, choice)
    drawn = {name: stratum for name, stratum in strata.items() if not is_targeted(name)}
    for step in STEPS if drawn else ():
        level = _level(strata, drawn, _stepped(choice, step), planned=step == 1)
        if level and (level.planned or level.n not in found):
            found[level.n] = level
    return tuple(sorted(found.values(), key=lambda level: level.n))


def _level(
    strata: Mapping[str, Stratum], drawn: Mapping[str, Stratum], choice: Choice, *, planned: bool
) -> Level | None:
    try:
        given = allot(strata, choice)
    except ImpossiblePlan:
        return None
    cost = sum((stratum.cost * given[name] for name, stratum in strata.items()), Decimal(0))
    n, listings = sum(given[name] for name in drawn), sum(stratum.listings for stratum in drawn.values())
    return Level(
        n=sum(given.values()), cost=Money(cost, choice.budget.currency), error=standard_error(drawn, given),
        smallest_rate=smallest_rate(n, choice.design.confidence, listings), planned=planned,
    )  # fmt: skip


def _stepped(choice: Choice, step: Fraction) -> Choice:
    if choice.design.by == BY_MONEY:
        amount = (choice.budget.amount * step.numerator / step.denominator).quantize(Decimal("0.01"))
        return replace(choice, budget=Money(amount, choice.budget.currency))
    return replace(choice, sample_size=round(choice.sample_size * step))
