"""Coverage: the line of a scope under which each result of a sample fell on the day of its test."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from labs.accreditation import ANY, Assay, ScopeEntry, covering
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
    scopes: Sequence[ScopeEntry], lab: str, category: str, ordered: Mapping[str, Sequence[str]], at: datetime
) -> tuple[str, ...]:
    """Give those items that the laboratory may test in these goods today by none of the methods ordered of each.

    Where none is named, any method that it is accredited for will do.
    """
    today = at.date()
    return tuple(
        item
        for item, methods in ordered.items()
        if not any(covering(scopes, Assay(lab, item, one, today, category)) for one in methods or (ANY,))
    )
