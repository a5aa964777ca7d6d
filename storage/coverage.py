"""Coverage: the line of a scope under which each result of a sample fell on the day of its test."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from labs.accreditation import Assay, ScopeEntry, covering
from labs.consignment import DUPLICATE
from labs.result import Result
from sampling.sample import Sample
from storage import bases, consignments, laboratories
from storage.consignments import Order


def tested(lab: str, category: str, result: Result) -> Assay | None:
    """Give the test behind a result; None where nobody told the day."""
    if result.tested_on is None:
        return None
    return Assay(
        lab, result.item, result.method, result.tested_on, category, result.method_edition, result.interval.point,
        result.unit,
    )  # fmt: skip


def line_of(
    scopes: Sequence[ScopeEntry], lab: str, category: str, result: Result, known_at: datetime | None = None
) -> ScopeEntry | None:
    """Give the line that covers a result, as known at the moment or by now; None without a line or a day."""
    one = tested(lab, category, result)
    return None if one is None else covering(scopes, one, known_at)


def uncovered(unit: Session, sample: Sample, orders: Iterable[Order] | None = None) -> tuple[str, ...]:
    """Give the items that were tested outside the scope of the laboratory, of these orders or of all.

    A blind duplicate says nothing about the goods, so it is none of all.
    """
    scopes = laboratories.scopes(unit)
    every = (one for one in consignments.of_sample(unit, sample.id) if one.purpose != DUPLICATE)
    missing = [
        result.item
        for order in (every if orders is None else orders)
        for result in bases.results_of(unit, sample.id, order.blind_code).values()
        if result.tested_on and line_of(scopes, order.lab, sample.category, result) is None
    ]
    return tuple(dict.fromkeys(missing))


def out_of_scope(
    scopes: Sequence[ScopeEntry], lab: str, category: str, items: Iterable[str], at: datetime
) -> tuple[str, ...]:
    """Give those of the items that the laboratory may test by no method in these goods today."""
    today = at.date()
    return tuple(item for item in items if covering(scopes, Assay(lab, item, "*", today, category)) is None)
