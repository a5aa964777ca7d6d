"""Detection: how many samples show a defect that occurs at some rate, and how rare a defect some samples show."""

from decimal import ROUND_CEILING, Context, Decimal, localcontext
from math import ceil

from sampling.errors import ImpossiblePlan

DIGITS = Context(prec=50)
# A quotient of two logarithms that is this near a whole number is that number.
CLOSE = Decimal("1e-40")


def detection_size(rate: Decimal, confidence: Decimal, population: int | None = None) -> int:
    """Give the least sample that holds a defect with this confidence, when that share of the listings has it.

    Of a population, ⌈rate x N⌉ are taken to have it and the draw is without replacement.
    A rate or a confidence outside 0 to 1 raises ImpossiblePlan.
    """
    for name, share in (("rate", rate), ("confidence", confidence)):
        if not 0 < share < 1:
            raise ImpossiblePlan(f"a {name} of {share} is not between 0 and 1")
    with localcontext(DIGITS):
        if population is None:
            return ceil((1 - confidence).ln() / (1 - rate).ln() - CLOSE)
        bad, missed, drawn = ceil(rate * population), Decimal(1), 0
        while missed > 1 - confidence:
            missed *= Decimal(population - bad - drawn) / (population - drawn)
            drawn += 1
        return drawn


def smallest_rate(n: int, confidence: Decimal, population: int | None = None) -> Decimal:
    """Give the smallest defect rate that n samples show with this confidence, to six places upwards; 1 for none.

    Of a population it is the share of the fewest defects that are found.
    """
    with localcontext(DIGITS):
        if n == 0:
            return Decimal(1)
        if population is None:
            exact = 1 - ((1 - confidence).ln() / n).exp()
        else:
            exact = Decimal(_fewest(n, 1 - confidence, population)) / population
        return exact.quantize(Decimal("0.000001"), ROUND_CEILING)


def _fewest(n: int, risk: Decimal, population: int) -> int:
    low, high = 0, max(population - n, 0) + 1
    # With so many defects, more than are left undrawn, one is found for certain.
    while high - low > 1:
        middle = (low + high) // 2
        if _missed(n, middle, population) <= risk:
            high = middle
        else:
            low = middle
    return high


def _missed(n: int, bad: int, population: int) -> Decimal:
    few, many = sorted((n, bad))
    missed = Decimal(1)
    for place in range(few):
        missed *= Decimal(population - many - place) / (population - place)
    return missed
