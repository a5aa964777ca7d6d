"""Judging: all the results of a sample against the limits in force, and what its items add up to."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from labs.limits import SEVERITIES, Limits
from labs.result import Result
from labs.verdict import Basis, ItemVerdict, Outcome, Verdict, VerdictState
from labs.weighing import weigh

ENGINE_VERSION = "4"
"""1 took probabilities from binary floats, whose last place may differ from one machine to another.

2 passed what must not be detected by any "less than", counted rows as units, and passed a sample of which only what
is not mandatory was judged. 3 took the mean of two reports' results as if they were replicates.
"""


def judge(
    *,
    id: UUID,
    sample_id: UUID,
    category: str,
    results: Sequence[Result],
    ordered: Sequence[str],
    limits: Limits,
    now: datetime,
    purpose: str = "first",
    result_ids: Sequence[UUID] = (),
    on: date | None = None,
) -> Verdict:
    """Give the provisional verdict on a sample: every ordered item is judged, and none is passed over.

    Limits that were in force `on` the day the goods were bought apply, as they are known on that of `now`; without
    such a day that of `now` counts for both. A part of a sum is judged within the sum. A result for an
    item that was not ordered is named in the reasons and changes nothing.
    """
    day, known_on = on or now.date(), now.date()
    asked = asked_items(ordered, category, limits, day, known_on)
    items = tuple(weigh(item, category, results, limits, day, known_on) for item in asked)
    extra = dict.fromkeys(row.item for row in results if row.item not in {*ordered, *asked})
    outcome, severity, reasons = compose(items)
    return Verdict(
        id=id,
        sample_id=sample_id,
        outcome=outcome,
        severity=severity,
        items=items,
        reasons=(*reasons, *(f"not_ordered:{item}" for item in extra)),
        rule_version=limits.rule_version,
        engine_version=ENGINE_VERSION,
        state=VerdictState.PROVISIONAL,
        judged_at=now,
        purpose=purpose,
        basis=Basis(category=category, ordered=tuple(ordered), results=tuple(result_ids), on=on),
    )


def asked_items(
    ordered: Sequence[str], category: str, limits: Limits, on: date, known_on: date | None = None
) -> tuple[str, ...]:
    """Give the items to judge for those ordered: one without a limit of its own stands for the sum it is part of."""
    when = (category, on, known_on)
    judged = (item if limits.limit_for(item, *when) else limits.sum_with(item, *when) or item for item in ordered)
    return tuple(dict.fromkeys(judged))


def compose(items: Sequence[ItemVerdict]) -> tuple[Outcome, str | None, tuple[str, ...]]:
    """Give the outcome, the severity of the worst failure and the reasons that item verdicts add up to.

    Any failure fails; else anything unsettled holds; else anything conditional is reviewed. Items that
    are not mandatory, and items of the label, only add their reasons; where there is nothing else, one of them that
    does not pass is reviewed. Nothing judged at all holds.
    """
    reasons = tuple(f"{item.item}:{reason}" for item in items for reason in _reasons(item))
    weighty = [item for item in items if item.mandatory]
    outcomes = {item.outcome for item in weighty}
    if not items:
        return Outcome.HOLD, None, ("no_items",)
    if Outcome.FAIL in outcomes:
        failed = {item.severity for item in weighty if item.outcome is Outcome.FAIL}
        return Outcome.FAIL, next(word for word in SEVERITIES if word in failed), reasons
    if outcomes & {Outcome.INDETERMINATE, Outcome.HOLD}:
        return Outcome.HOLD, None, reasons
    if Outcome.REVIEW in outcomes or (not weighty and {item.outcome for item in items} != {Outcome.PASS}):
        return Outcome.REVIEW, None, reasons
    return Outcome.PASS, None, reasons


def _reasons(item: ItemVerdict) -> tuple[str, ...]:
    settled = item.outcome is Outcome.PASS or item.reasons
    return item.reasons if settled else (item.outcome.value,)
