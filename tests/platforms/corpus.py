"""The corpus scored: precision and recall of price, availability and SKU over pages with expected values."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from platforms.reading import Reading, read_listing
from tests.world.assortment import every_page

_PAGES = Path(__file__).resolve().parents[1] / "examples" / "pages"
HELD = _PAGES / "held"
BLIND = _PAGES / "blind"
FIELDS = ("price", "available", "sku")


@dataclass(frozen=True, slots=True)
class Case:
    """One page and what is to be read on it; None where it says nothing."""

    name: str
    url: str
    html: str
    expected: Mapping[str, Any]


def made() -> list[Case]:
    """Give the pages that the engines of the assortment make."""
    return [
        Case(page.name, page.url, page.html, {
            "price": page.goods.price, "currency": page.goods.currency,
            "available": page.goods.available, "sku": page.goods.sku,
        })
        for page in every_page()
    ]  # fmt: skip


def held() -> list[Case]:
    """Give the pages set aside."""
    return _kept(HELD)


def blind() -> list[Case]:
    """Give the pages written by somebody who knew nothing of how pages are read."""
    return _kept(BLIND)


def _kept(folder: Path) -> list[Case]:
    """The pages of a folder: the first line of each holds its address."""
    cases = []
    for path in sorted(folder.glob("*.html")):
        html = path.read_text("utf-8")
        match = re.match(r"<!-- (\S+) -->", html)
        assert match, "the first line holds the address"
        cases.append(Case(path.stem, match.group(1), html, json.loads(path.with_suffix(".json").read_text("utf-8"))))
    return cases


def read(case: Case) -> dict[str, Any]:
    """Give the scored fields as the page is read."""
    reading: Reading = read_listing(case.html, case.url, platform="corpus")
    listing = reading.listing
    return {
        "price": listing.price.amount if listing.price else None,
        "currency": listing.price.currency if listing.price else None,
        "available": listing.available,
        "sku": listing.sku,
    }


def f1(pairs: Iterable[tuple[Any, Any]]) -> float:
    """Give F1 over pairs of expected and read; a wrong value is missed and made up at once."""
    right = wrong = missed = 0
    for expected, found in pairs:
        right += expected is not None and expected == found
        wrong += found is not None and expected != found
        missed += expected is not None and expected != found
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def scores(cases: Iterable[Case]) -> tuple[dict[str, float], list[str]]:
    """Give F1 by field, and a line for every value that is not as expected."""
    pairs: dict[str, list[tuple[Any, Any]]] = {name: [] for name in FIELDS}
    faults = []
    for case in cases:
        found = read(case)
        for name in FIELDS:
            expected = case.expected[name]
            if name == "price" and expected is not None:
                expected = Decimal(expected)
            pairs[name].append((expected, found[name]))
            if expected != found[name]:
                faults.append(f"{case.name}: {name} is {found[name]}, not {expected}")
        if case.expected["currency"] != found["currency"]:
            faults.append(f"{case.name}: currency is {found['currency']}, not {case.expected['currency']}")
    return {name: f1(some) for name, some in pairs.items()}, faults
