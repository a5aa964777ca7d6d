"""A preview: what a plan would draw from each stratum, what that costs and shows, before any money is spent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import isfinite, sqrt

from sampling.design import BY_MONEY, Design
from sampling.detection import smallest_rate
from sampling.errors import ImpossiblePlan
from sampling.money import Money
from sampling.plan import Stratum, allocate, allocate_money, bernoulli, is_targeted, standard_error

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class StratumFacts:
    """What a plan must know of one stratum of a frozen frame."""

    name: str
    listings: int
    priced: int
    mean_rate: Decimal | Fraction
    """The share of failures that the points of risk let expect."""
    mean_price: Decimal | None
    """What a unit of a drawn listing is expected to cost: the mean price, weighted by size; None without prices."""
    least_size: int
    greatest_size: int
    total_size: int
    anomalies: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What a coordinator chooses, or tries out."""

    sample_size: int
    """How many samples; where the budget decides, it is not looked at."""
    budget: Money
    units_each: int
    design: Design


@dataclass(frozen=True, slots=True)
class StratumPreview:
    """What one stratum would get."""

    name: str
    listings: int
    share: float
    """Of all listings, from 0 to 1."""
    mean_rate: float
    anomalies: int
    n: int
    reserve: int
    """How many listings stand by: fewer than wished where the stratum has no more."""
    error: float | None
    """The standard error to expect of its failure rate; None where nothing is estimated."""
    smallest_rate: Decimal
    """The smallest defect rate that its samples show with the plan's confidence."""
    cost_each: Decimal
    guessed: bool
    """Whether none of its prices is known, so that the frame's middle price stands in."""
    cost: Money
    targeted: bool
    short: bool
    """Whether it has fewer listings than each stratum should give."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing a coordinator should know before the go: a code of CONCERNS and its numbers."""

    code: str
    numbers: Mapping[str, Decimal | int] = field(default_factory=dict)


CONCERNS = (
    "no_listing", "size_below_least", "budget_below_least", "costs_nothing", "over_budget", "frame_short",
    "strata_short", "reserve_short", "price_guessed", "nothing_random",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan worked out on a frame. One that is refused shows the least that each stratum needs."""

    rows: tuple[StratumPreview, ...]
    listings: int
    n: int
    random_n: int
    """Of them in strata that are drawn, not picked."""
    cost: Money
    left: Money
    """Of the budget; below nothing when it does not suffice."""
    error: float | None
    """The standard error to expect of the mean failure rate over the random strata."""
    simple_error: float | None
    """The same for as many samples drawn from all these strata as if they were one."""
    smallest_rate: Decimal | None
    """The smallest defect rate, spread evenly over the random strata, that their samples show."""
    least_n: int
    least_cost: Money
    concerns: tuple[Concern, ...]
    refused: str
    """Why no allocation is possible, in a sentence; empty when one is."""

    @property
    def possible(self) -> bool:
        """Whether the plan can be carried out inside its budget."""
        return not self.refused and not self.left < Money(NOTHING, self.left.currency)


def preview(facts: Sequence[StratumFacts], choice: Choice) -> Preview:
    """Give the preview of a choice on the strata of a frame; nothing raises, what is impossible is a concern."""
    strata, least = strata_of(facts, choice), least_of(facts, choice.design)
    try:
        given, refused = allot(strata, choice), ""
    except ImpossiblePlan as impossible:
        given, refused = least, str(impossible)
    rows = _rows(facts, strata, given, choice)
    cost, least_cost = _cost(strata, given, choice), _cost(strata, least, choice)
    drawn = {name: stratum for name, stratum in strata.items() if not is_targeted(name)}
    random_n, random_listings = sum(given[name] for name in drawn), _listings(drawn)
    return Preview(
        rows=rows, listings=_listings(strata), n=sum(given.values()), random_n=random_n, cost=cost,
        left=choice.budget - cost, error=_finite(standard_error(drawn, given)) if drawn else None,
        simple_error=_simple(facts, random_n),
        smallest_rate=smallest_rate(random_n, choice.design.confidence, random_listings) if drawn else None,
        least_n=sum(least.values()), least_cost=least_cost, refused=refused,
        concerns=tuple(_concerns(rows, strata, choice, (sum(least.values()), least_cost), cost, refused)),
    )  # fmt: skip


def strata_of(facts: Iterable[StratumFacts], choice: Choice) -> dict[str, Stratum]:
    """Give the strata as an allocation takes them: listings, variance of a failure, cost of one sample."""
    known = tuple(facts)
    middle = middle_price(known)
    return {
        one.name: Stratum(one.listings, bernoulli(Fraction(one.mean_rate)), _cost_each(one, middle, choice))
        for one in known
    }


def allocated(facts: Sequence[StratumFacts], choice: Choice) -> dict[str, int]:
    """Give how many each stratum gets, by the number of samples or by the budget; else raise ImpossiblePlan."""
    return allot(strata_of(facts, choice), choice)


def allot(strata: Mapping[str, Stratum], choice: Choice) -> dict[str, int]:
    """Give the same for strata that are worked out already."""
    if not strata:
        raise ImpossiblePlan(f"no listing was found for the {choice.sample_size} samples")
    if choice.design.by != BY_MONEY:
        return allocate(strata, choice.sample_size, least=choice.design.least)
    free = [name for name, stratum in strata.items() if stratum.cost <= 0]
    if free:
        raise ImpossiblePlan(f"a sample of {free[0]} costs nothing, so that no budget says how many there are")
    return allocate_money(strata, choice.budget, least=choice.design.least)


def affordable(facts: Sequence[StratumFacts], choice: Choice) -> dict[str, int]:
    """Give how many each stratum gets; a plan that is expected to cost more than its budget raises ImpossiblePlan."""
    given = allocated(facts, choice)
    cost = _cost(strata_of(facts, choice), given, choice)
    if not cost <= choice.budget:
        raise ImpossiblePlan(f"{sum(given.values())} samples cost about {cost}, the budget is {choice.budget}")
    return given


def least_of(facts: Iterable[StratumFacts], design: Design) -> dict[str, int]:
    """Give the fewest that each stratum needs: all of a targeted one, else the least or all it has."""
    return {one.name: one.listings if is_targeted(one.name) else min(design.least, one.listings) for one in facts}


def middle_price(facts: Iterable[StratumFacts]) -> Decimal | None:
    """Give the price in the middle of the strata's means, each counted as often as it has priced listings."""
    prices = sorted((one.mean_price, one.priced) for one in facts if one.mean_price is not None)
    passed, half = 0, sum(count for _, count in prices) / 2
    for price, count in prices:
        passed += count
        if passed >= half:
            return price
    return None


def _rows(
    facts: Sequence[StratumFacts], strata: Mapping[str, Stratum], given: Mapping[str, int], choice: Choice
) -> tuple[StratumPreview, ...]:
    whole, currency = _listings(strata), choice.budget.currency

    @cache  # thousands of strata share few sizes
    def smallest(n: int, listings: int) -> Decimal:
        return smallest_rate(n, choice.design.confidence, listings)

    return tuple(
        StratumPreview(
            name=one.name, listings=one.listings, share=one.listings / whole, mean_rate=float(one.mean_rate),
            anomalies=one.anomalies, n=(n := given[one.name]),
            reserve=0 if is_targeted(one.name) else min(choice.design.reserve, one.listings - n),
            error=None if is_targeted(one.name) else _error(strata[one.name], n),
            smallest_rate=smallest(n, one.listings), cost_each=strata[one.name].cost,
            guessed=one.mean_price is None, cost=Money(strata[one.name].cost, currency) * n,
            targeted=is_targeted(one.name), short=one.listings < choice.design.least and not is_targeted(one.name),
        )
        for one in facts
    )  # fmt: skip


def _concerns(
    rows: Sequence[StratumPreview], strata: Mapping[str, Stratum], choice: Choice, least: tuple[int, Money],
    cost: Money, refused: str,
) -> Iterable[Concern]:  # fmt: skip
    asked = choice.sample_size
    if not rows:
        yield Concern("no_listing", {"asked": asked})
        return
    if refused:
        yield _refusal(choice, *least, len(rows))
    elif not cost <= choice.budget:
        bought = _bought(strata, choice)
        yield Concern("over_budget", {"cost": cost.amount, "budget": choice.budget.amount, "bought": bought})
    if choice.design.by != BY_MONEY and asked > (there := _listings(strata)):
        yield Concern("frame_short", {"asked": asked, "listings": there})
    yield from _short(rows, choice)


def _short(rows: Sequence[StratumPreview], choice: Choice) -> Iterable[Concern]:
    design, drawn = choice.design, [row for row in rows if not row.targeted]
    if short := [row for row in drawn if row.short]:
        lacking = sum(design.least - row.listings for row in short)
        yield Concern("strata_short", {"strata": len(short), "least": design.least, "lacking": lacking})
    if bare := [row for row in drawn if row.reserve < design.reserve]:
        yield Concern("reserve_short", {"strata": len(bare), "reserve": design.reserve})
    if guessed := [row for row in rows if row.guessed]:
        yield Concern("price_guessed", {"strata": len(guessed), "listings": sum(row.listings for row in guessed),
                                        "samples": sum(row.n for row in guessed)})  # fmt: skip
    if not drawn:
        yield Concern("nothing_random", {"picked": sum(row.n for row in rows)})


def _refusal(choice: Choice, least_n: int, least_cost: Money, strata: int) -> Concern:
    if choice.design.by != BY_MONEY:
        asked, least = choice.sample_size, choice.design.least
        return Concern("size_below_least", {"asked": asked, "least": least, "needed": least_n, "strata": strata})
    if not least_cost <= choice.budget:
        budget, cost = choice.budget.amount, least_cost.amount
        return Concern("budget_below_least", {"budget": budget, "cost": cost, "needed": least_n, "strata": strata})
    return Concern("costs_nothing")


def _bought(strata: Mapping[str, Stratum], choice: Choice) -> int:
    """How many samples the budget buys where the number asked for is too dear; 0 when not even the least."""
    try:
        return sum(allot(strata, replace(choice, design=replace(choice.design, by=BY_MONEY))).values())
    except ImpossiblePlan:
        return 0


def _cost_each(one: StratumFacts, middle: Decimal | None, choice: Choice) -> Decimal:
    price = middle if one.mean_price is None else one.mean_price
    return (price or NOTHING) * choice.units_each + choice.design.test_cost


def _cost(strata: Mapping[str, Stratum], given: Mapping[str, int], choice: Choice) -> Money:
    amounts = (stratum.cost * _taken(name, stratum, given[name], choice) for name, stratum in strata.items())
    return Money(sum(amounts, NOTHING), choice.budget.currency)


def _taken(name: str, stratum: Stratum, n: int, choice: Choice) -> int:
    """How many listings n may come to: two stages take as many merchants as n needs, and so many of each."""
    each = choice.design.each
    return n if not each or is_targeted(name) else min(stratum.listings, -(-n // each) * each)


def _listings(strata: Mapping[str, Stratum]) -> int:
    return sum(stratum.listings for stratum in strata.values())


def _error(stratum: Stratum, n: int) -> float | None:
    return sqrt(stratum.variance * (Fraction(1, n) - Fraction(1, stratum.listings))) if n else None


def _simple(facts: Iterable[StratumFacts], n: int) -> float | None:
    drawn = [one for one in facts if not is_targeted(one.name)]
    whole = sum(one.listings for one in drawn)
    if not n:
        return None
    rate = sum(one.listings * float(one.mean_rate) for one in drawn) / whole
    return sqrt(rate * (1 - rate) * (1 / n - 1 / whole))


def _finite(error: float) -> float | None:
    return error if isfinite(error) else None
