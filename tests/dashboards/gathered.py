"""A campaign whose frame is gathered and waits for a go, for the tests of the plan's pages."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

from sampling.campaign import Campaign
from sampling.design import Design
from sampling.digest import sha256
from sampling.frozen import Frozen
from sampling.preview import StratumFacts
from storage import campaigns, frames
from storage.frames import FrameFinding
from storage.objects import Objects
from storage.unit import Unit
from tests import build

SEED = "ab" * 32
FINDINGS = "source,row,column,reason,found\r\nmart.csv,3,price,price_missing,\r\n"


def facts(name: str, listings: int, price: str | None = "10", **changes: Any) -> StratumFacts:
    """Give a stratum of which every listing has the price of the middle."""
    plain = StratumFacts(name, listings, listings if price else 0, D("0.05"), D(price) if price else None, 1, 20,
                         listings, 0)  # fmt: skip
    return replace(plain, **changes)


STRATA = (facts("oscar-mart/toys", 400), facts("oscar-mart/cosmetics", 200, None), facts("glow-mall/toys", 100, "30"))


def gathered(
    unit: Unit, objects: Objects, strata: Sequence[StratumFacts] = STRATA, findings: int = 0, **changes: Any
) -> Campaign:
    """Give a campaign whose frame is gathered and waits for a go."""
    made = build.campaign(unit, **{"sample_size": 35, "design": Design(), "categories": ("toys", "cosmetics"),
                                   "seed": SEED, **changes})  # fmt: skip
    none, file = sha256(b""), objects.put(FINDINGS.encode())
    rows = [FrameFinding("mart.csv", row, "price", "price_missing", "") for row in range(findings)]
    frames.freeze(
        unit, made.id, Frozen(none, none, sum(one.listings for one in strata), none, file, ()), strata, findings=rows,
        counts={("mart.csv", "price", "price_missing"): findings, ("a.csv", "row", "duplicate"): 1} if findings else {},
        by="t", at=build.moment(1),
    )  # fmt: skip
    return campaigns.get(unit, made.id)
