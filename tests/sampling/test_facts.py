"""Facts of strata: exact, and the same from any split."""

from decimal import Decimal

import pyarrow as pa
import pytest

from sampling.facts import count_facts, strata_facts, summarize
from sampling.preview import StratumFacts
from sampling.risk import stratify
from tests.sampling.listings import crawled, listings


def test_a_stratum_is_described_by_its_listings() -> None:
    prices = [100_000, 100_000, 250_000, 900_000, None]
    frame = stratify(listings(price=prices, live=[True, False, False, False, False], sales=[0, 0, 0, 0, 9]))
    size = frame["size"].to_pylist()
    paid = sum(many * price for many, price in zip(size, prices[:4], strict=False) if price)
    expected = (Decimal(paid) / sum(size[:4]) / 10_000).quantize(Decimal("0.01"))
    # Points 10 and 0: 1/(1 + e^2.4) = 0.0831727, 1/(1 + e^3.2) = 0.0391657.
    assert strata_facts(frame) == [
        StratumFacts("x/toys", 4, 4, Decimal("0.050167466"), expected, size[1], size[0], sum(size[:4]), 0),
        StratumFacts("x/toys/price-invalid", 1, 0, Decimal("0.039165723"), None, size[4], size[4], size[4], 0),
    ]


@pytest.mark.parametrize("cut", [0, 1, 700, 2000])
def test_parts_add_up_to_the_facts_of_the_whole(cut: int) -> None:
    frame = stratify(crawled(2000))
    assert summarize(count_facts(frame.slice(0, cut)) + count_facts(frame.slice(cut))) == strata_facts(frame)


def test_facts_are_those_that_plain_counting_gives() -> None:
    frame = stratify(crawled(20_000))
    assert 0 < sum(fact.anomalies for fact in strata_facts(frame)) < 2000
    rows = frame.select(["stratum", "price", "size", "anomaly"]).to_pylist()
    for fact in strata_facts(frame):
        own = [row for row in rows if row["stratum"] == fact.name]
        sizes, prices = [row["size"] for row in own], [row["price"] for row in own if row["price"]]
        assert (fact.listings, fact.priced, fact.anomalies) == (
            len(own), len(prices), sum(row["anomaly"] for row in own))  # fmt: skip
        assert (fact.least_size, fact.greatest_size, fact.total_size) == (min(sizes), max(sizes), sum(sizes))
        paid = [(row["size"], row["price"]) for row in own if row["price"]]
        value, weight = sum(size * price for size, price in paid), sum(size for size, _ in paid)
        assert fact.mean_price == (
            (Decimal(value) / weight / 10_000).quantize(Decimal("0.01")) if paid else None)  # fmt: skip


def test_no_listings_have_no_facts() -> None:
    assert strata_facts(stratify(listings())) == []
    assert strata_facts(pa.concat_tables([stratify(listings())] * 2)) == []
