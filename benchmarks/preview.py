"""The preview of a plan of 5,000 strata: every row, size and concern and the table as CSV, in less than a second."""

import sys
from decimal import Decimal
from time import process_time

from sampling.design import Design
from sampling.money import Money
from sampling.preview import Choice, StratumFacts, preview
from sampling.table import to_csv

STRATA, SIZE = 5_000, 20_000
LIMIT = 1.0
"""Seconds of one core."""


def strata() -> tuple[StratumFacts, ...]:
    """Give strata of all sizes, rates and prices."""
    return tuple(
        StratumFacts(
            f"p{number % 70}/c{number}", 1 + number * 37 % 4_000, 1 + number * 37 % 4_000,
            Decimal(1 + number % 37) / 100, Decimal(1 + number % 400), 1, 20, 1 + number * 37 % 4_000, 0,
        )
        for number in range(STRATA)
    )  # fmt: skip


def main() -> int:
    """Print what it took; 0 where the figure is held."""
    given, choice = strata(), Choice(SIZE, Money(Decimal(10_000_000), "CNY"), 2, Design(test_cost=Decimal(80)))
    began = process_time()
    rows = to_csv(preview(given, choice)).count(b"\n")
    took = process_time() - began
    print(f"{STRATA:,} strata, {SIZE:,} samples: {took:.2f} CPU s for {rows:,} lines (at most {LIMIT:.0f})")
    return 0 if took <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
