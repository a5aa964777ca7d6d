"""Verdicts, publications and evidence with defaults, so that a test names only what matters to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from labs.verdict import ItemVerdict, Outcome, Verdict, VerdictState
from reputation.evidence import Evidence
from reputation.publication import Facts, Party, Publication, PublicationState, Readiness, entry
from sampling.listing import Listing
from sampling.sample import Sample, SampleState

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

PRIVATE = ("shopper-07", "BC-4Q7X", "order-99120", "SF1390001", "Elm Street 5")


def a_listing(**changes: Any) -> Listing:
    listing = Listing("plat-a", "7788", "https://plat-a.example/item/7788", "玩具车", brand="X", seller="Shop 55")
    return replace(listing, **changes)


def a_sample(**changes: Any) -> Sample:
    sample = Sample(
        id=UUID(int=1),
        code="S26-000917",
        blind_code="BC-4Q7X",
        campaign_id=UUID(int=2),
        listing_id="plat-a:7788",
        platform="plat-a",
        item_id="7788",
        url="https://plat-a.example/item/7788",
        title="玩具车",
        category="toys",
        stratum="toys/low",
        seller="Shop 55",
        brand="X",
        state=SampleState.FINAL,
        lab="lab-04",
        shopper="shopper-07",
    )
    return replace(sample, **changes)


def an_item(**changes: Any) -> ItemVerdict:
    item = ItemVerdict(
        "lead", Outcome.FAIL, "GB 6675.4-2014", "120 mg/kg", Decimal(-30), None, False, "safety", ("above_limit",)
    )
    return replace(item, **changes)


def a_verdict(**changes: Any) -> Verdict:
    verdict = Verdict(
        id=UUID(int=3),
        sample_id=UUID(int=1),
        outcome=Outcome.FAIL,
        severity="safety",
        items=(an_item(),),
        reasons=(),
        rule_version="2026.1",
        engine_version="1",
        state=VerdictState.CONFIRMED,
        judged_at=NOW - timedelta(days=20),
        confirmed_by="wang",
    )
    return replace(verdict, **changes)


def some_facts(**changes: Any) -> Facts:
    facts = Facts(
        number="P26-000001",
        version=1,
        sample=a_sample(),
        listing=a_listing(),
        verdict=a_verdict(),
        basis="probability",
        sampled_on=date(2026, 10, 20),
        lab="Lab 04",
        name_seller=True,
    )
    return replace(facts, **changes)


def a_readiness(**changes: Any) -> Readiness:
    readiness = Readiness(
        at=NOW,
        outcome=Outcome.FAIL,
        verdict_state=VerdictState.CONFIRMED,
        parties=(Party("seller", NOW - timedelta(days=16), NOW - timedelta(days=1)),),
        author="li",
        approver="wang",
    )
    return replace(readiness, **changes)


def a_publication(number: int = 1, **changes: Any) -> Publication:
    facts = changes.pop("facts", some_facts(number=f"P26-{number:06d}"))
    publication = Publication(
        id=UUID(int=100 + number),
        number=f"P26-{number:06d}",
        sample_id=UUID(int=1),
        state=PublicationState.PUBLISHED,
        version=1,
        entry=entry(facts),
        proposed_by="li",
        approved_by="wang",
        published_at=NOW - timedelta(days=10 - number),
    )
    return replace(publication, **changes)


def some_evidence(count: int, outcome: str, *, component: str, prefix: str = "e", **changes: Any) -> list[Evidence]:
    base = Evidence(
        id="",
        subject="shop-55",
        component=component,
        outcome=Decimal(outcome),
        occurred=NOW,
        effective=NOW,
        recorded=NOW,
        source="register",
        probability=Decimal(1) if component == "inspection" else None,
    )
    return [replace(base, **{"id": f"{component}-{prefix}-{outcome}-{place}"} | changes) for place in range(count)]
