"""Facts: what the strata of a frame hold, before anything is drawn from them.

All is counted in whole numbers, so that the facts of the parts of a frame add up to exactly those of the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa

from sampling.columns import SCALE, Codes, Ints, codes, numbers
from sampling.counts import Counted, Counts, count, total
from sampling.preview import StratumFacts
from sampling.risk import rates

PLACES, CENTS = Decimal("0.000000001"), Decimal("0.01")
HALF = 22
Paid = tuple[int, int, int]
"""How many listings have a price, the sum of their sizes, and the sum of size times price (ten-thousandths)."""
NONE: Paid = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """How often each number of points, size and anomaly (0, 1) occurs by stratum, and what its priced listings cost."""

    points: Counts[str]
    sizes: Counts[str]
    anomalies: Counts[str]
    paid: Mapping[str, Paid]

    def __add__(self, other: "Facts") -> "Facts":
        return Facts(
            self.points + other.points,
            self.sizes + other.sizes,
            self.anomalies + other.anomalies,
            {
                name: _both(self.paid.get(name, NONE), other.paid.get(name, NONE))
                for name in {**self.paid, **other.paid}
            },
        )


def count_facts(part: pa.Table) -> Facts:
    """Give the facts of a part that has the columns of a frame; merged by `+`."""
    code, names = codes(part, "stratum")
    priced = np.flatnonzero(part.column("price").is_valid().to_numpy())
    anomaly, size = part.column("anomaly").cast(pa.int64()).to_numpy(), numbers(part, "size")
    return Facts(
        count(code, names, numbers(part, "points").astype(np.int64)),
        count(code, names, size),
        count(code, names, anomaly),
        _paid(code[priced], names, size[priced], part.column("price").take(pa.array(priced)).to_numpy()),
    )


def summarize(facts: Facts) -> list[StratumFacts]:
    """Give the facts of each stratum, in the order of names.

    All is exact; the mean rate is worked out of exact counts and rounded to nine places, the mean price to two.
    """
    return [_stratum(facts, name) for name in sorted(facts.sizes.groups)]


def strata_facts(frame: pa.Table) -> list[StratumFacts]:
    """Give the facts of the strata of a frame in memory."""
    return summarize(count_facts(frame))


def _stratum(facts: Facts, name: str) -> StratumFacts:
    (points, many), sizes = facts.points.groups[name], facts.sizes.groups[name]
    listings, (priced, weight, value) = total(sizes), facts.paid.get(name, NONE)
    return StratumFacts(
        name=name,
        listings=listings,
        priced=priced,
        mean_rate=Decimal(float((rates(points) * many).sum()) / listings).quantize(PLACES),
        mean_price=(Decimal(value) / weight / SCALE).quantize(CENTS) if priced else None,
        least_size=int(sizes[0][0]),
        greatest_size=int(sizes[0][-1]),
        total_size=_sum(sizes),
        anomalies=_sum(facts.anomalies.groups[name]),
    )


def _sum(counted: Counted) -> int:
    return int((counted[0] * counted[1]).sum())


def _paid(code: Codes, names: list[str], size: Ints, price: Ints) -> dict[str, Paid]:
    # A price may have 44 bits and a size 12, so that the halves of the prices are summed apart.
    many, weight, high, low = (np.zeros(len(names), np.int64) for _ in range(4))
    for into, what in ((many, np.ones_like(size)), (weight, size), (high, size * (price >> HALF)),
                       (low, size * (price & ((1 << HALF) - 1)))):  # fmt: skip
        np.add.at(into, code, what)
    return {names[at]: (int(many[at]), int(weight[at]), (int(high[at]) << HALF) + int(low[at]))
            for at in np.flatnonzero(many).tolist()}  # fmt: skip


def _both(one: Paid, other: Paid) -> Paid:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]
