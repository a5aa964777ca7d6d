"""Judging: a sample's results against the limits in force, and a retest against the first verdict."""

from collections.abc import Sequence
from dataclasses import replace as with_changes
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never
from uuid import UUID

from labs.decision import Band, decide, margin, near_limit, p_conform
from labs.errors import UnknownPolicy, UnknownUnit
from labs.limits import SEVERITIES, Limit, Limits
from labs.result import Result
from labs.units import convert, convert_interval
from labs.verdict import ItemVerdict, Outcome, Verdict, VerdictState

ENGINE_VERSION = "1"
POLICIES = frozenset({"P1", "P2", "P3"})
_USUAL_K = Decimal(2)


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
) -> Verdict:
    """Give the provisional verdict on a sample: every ordered item is judged, and none is passed over.

    Limits in force on the day of `now` apply. A result for an item that was not ordered is named in the
    reasons and changes nothing.
    """
    asked = tuple(dict.fromkeys(ordered))
    items = tuple(_judge_item(item, category, results, limits, now.date()) for item in asked)
    extra = dict.fromkeys(row.item for row in results if row.item not in asked)
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
    )


def compose(items: Sequence[ItemVerdict]) -> tuple[Outcome, str | None, tuple[str, ...]]:
    """Give the outcome, the severity of the worst failure and the reasons that item verdicts add up to.

    Any failure fails; else anything unsettled holds; else anything conditional is reviewed. Items that
    are not mandatory, and items of the label, only add their reasons. Nothing judged at all holds.
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
    if Outcome.REVIEW in outcomes:
        return Outcome.REVIEW, None, reasons
    return Outcome.PASS, None, reasons


def replace(
    first: Verdict, retest: Verdict, policy: str = "P1", *, id: UUID, now: datetime, third: Verdict | None = None
) -> Verdict:
    """Give the verdict after a retest, whose items are the ones objected to; the others keep theirs.

    P1: the retest replaces the item. P2: an item fails only if both fail, and a split is reviewed.
    P3: a split waits for a third laboratory and goes two to one. A retest that is itself unsettled is
    void: the original stands. Laboratories are never averaged.
    """
    if policy not in POLICIES:
        raise UnknownPolicy(f"{policy} is no policy for a retest")
    again = {item.item: item for item in retest.items}
    arbitrated = {item.item: item for item in third.items} if third else {}
    items = tuple(
        _settled(item, again[item.item], policy, arbitrated.get(item.item)) if item.item in again else item
        for item in first.items
    )
    outcome, severity, reasons = compose(items)
    return with_changes(
        retest,
        id=id,
        outcome=outcome,
        severity=severity,
        items=items,
        reasons=(f"retest_policy:{policy}", *reasons),
        state=VerdictState.PROVISIONAL,
        judged_at=now,
        confirmed_by=None,
        purpose="retest",
    )


def _settled(first: ItemVerdict, again: ItemVerdict, policy: str, third: ItemVerdict | None) -> ItemVerdict:
    if again.outcome in {Outcome.INDETERMINATE, Outcome.HOLD}:
        return _because(first, "retest_void")
    if policy == "P1":
        return _because(again, "retest_replaces")
    if again.outcome is first.outcome:
        return _because(again, "retest_agrees")
    if policy == "P2":
        return with_changes(_because(again, "retest_differs"), outcome=Outcome.REVIEW)
    if third is None or third.outcome not in {first.outcome, again.outcome}:
        return with_changes(_because(first, "arbitration_needed"), outcome=Outcome.HOLD)
    return _because(third, "two_of_three")


def _because(item: ItemVerdict, reason: str) -> ItemVerdict:
    return with_changes(item, reasons=(*item.reasons, reason))


def _reasons(item: ItemVerdict) -> tuple[str, ...]:
    settled = item.outcome is Outcome.PASS or item.reasons
    return item.reasons if settled else (item.outcome.value,)


def _judge_item(item: str, category: str, results: Sequence[Result], limits: Limits, on: date) -> ItemVerdict:
    found = [result for result in results if result.item == item]
    limit = limits.limit_for(item, category, on)
    raw = "; ".join(result.raw_text for result in found)
    if limit is None:
        return _unsettled(item, raw, None, "no_limit")
    if len(found) != 1:
        return _unsettled(item, raw, limit, "replicates_unsettled" if found else "result_missing")
    try:
        return _weigh(found[0], limit)
    except UnknownUnit:
        return _unsettled(item, raw, limit, "unit_not_convertible")


def _weigh(result: Result, limit: Limit) -> ItemVerdict:
    interval = convert_interval(result.interval, item=limit.item, unit=result.unit, to=limit.unit)
    u = None
    if result.u_expanded is not None:
        u = convert(result.u_expanded, item=limit.item, unit=result.unit, to=limit.unit)
    decision = decide(interval, limit, u_expanded=u)
    close, chance = _doubt(interval.point, u, limit, result.coverage_k or _USUAL_K)
    assumed = chance is not None and not result.coverage_k
    reasons = (
        decision.reason,
        _conditional(decision.band),
        "near_limit" if close else None,
        "coverage_assumed" if assumed else None,
    )
    return ItemVerdict(
        item=limit.item,
        outcome=_outcome(decision.band),
        limit_id=limit.id,
        raw_text=result.raw_text,
        margin=margin(interval, limit),
        p_conform=chance,
        near_limit=close,
        severity=limit.severity,
        reasons=tuple(reason for reason in reasons if reason),
        mandatory=_weighty(limit),
    )


def _doubt(point: Decimal | None, u: Decimal | None, limit: Limit, k: Decimal) -> tuple[bool, Decimal | None]:
    if point is None or u is None or limit.kind == "absent":
        return False, None
    return near_limit(point, limit, u_expanded=u), p_conform(point, limit, u_expanded=u, k=k)


def _unsettled(item: str, raw: str, limit: Limit | None, reason: str) -> ItemVerdict:
    return ItemVerdict(
        item=item,
        outcome=Outcome.HOLD,
        limit_id=limit.id if limit else None,
        raw_text=raw,
        margin=None,
        p_conform=None,
        near_limit=False,
        severity=limit.severity if limit else None,
        reasons=(reason,),
        mandatory=True,  # no sample passes while something ordered was not judged
    )


def _weighty(limit: Limit) -> bool:
    return limit.mandatory and limit.severity != "label"


def _conditional(band: Band) -> str | None:
    return band.value if band in {Band.PASS_COND, Band.FAIL_COND} else None


def _outcome(band: Band) -> Outcome:
    match band:
        case Band.PASS_COND | Band.FAIL_COND:
            return Outcome.REVIEW
        case Band.PASS:
            return Outcome.PASS
        case Band.FAIL:
            return Outcome.FAIL
        case Band.INDETERMINATE:
            return Outcome.INDETERMINATE
        case Band.HOLD:
            return Outcome.HOLD
        case _:
            assert_never(band)
