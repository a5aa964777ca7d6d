"""Weighing: the results of one item of one sample against the limit in force, replicates, units and sums among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, Inexact
from typing import assert_never

from labs.decision import Band, Decision, decide, margin, near_limit, p_conform
from labs.errors import UnknownUnit
from labs.limits import Limit, Limits
from labs.pooling import mean, plan, total
from labs.result import Interval, Result
from labs.units import convert, convert_interval
from labs.verdict import ItemVerdict, Outcome

USUAL_K = Decimal(2)
"""Taken, and said, where an expanded uncertainty comes without its coverage factor."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the results of one item say together, in the limit's unit."""

    interval: Interval
    raw_text: str
    u_expanded: Decimal | None = None
    coverage_k: Decimal | None = None
    reason: str | None = None
    undetected: bool = False
    """Whether the laboratory says that nothing was detected, in words or by its limit of detection."""


def weigh(
    item: str, category: str, results: Sequence[Result], limits: Limits, on: date, known_on: date | None = None
) -> ItemVerdict:
    """Give the verdict on one item of a sample, whose results are all given; what cannot be settled is held."""
    limit = limits.limit_for(item, category, on, known_on)
    found = [result for result in results if result.item == item]
    if limit is None:
        return _unsettled(item, _raw(found), None, "no_limit")
    if not found and limit.parts:
        found = [result for result in results if result.item in limit.parts]
    if not found:
        return _unsettled(item, "", limit, "result_missing")
    if len(found) == 1 and found[0].item == item:
        return weigh_one(found[0], limit)
    try:
        return _weigh_all(found, limit, limits, on)
    except UnknownUnit:
        return _unsettled(item, _raw(found), limit, "unit_not_convertible")
    except Inexact:  # a number of a hundred digits beside one of as many places
        return _unsettled(item, _raw(found), limit, "digits_too_many")


def weigh_one(result: Result, limit: Limit) -> ItemVerdict:
    """Give the verdict on an item that has one result."""
    try:
        return _counted([result], limit) if limit.plan is not None else _against(_converted(result, limit), limit)
    except UnknownUnit:
        return _unsettled(result.item, result.raw_text, limit, "unit_not_convertible")


def _weigh_all(found: Sequence[Result], limit: Limit, limits: Limits, on: date) -> ItemVerdict:
    if limit.plan is not None:
        return _counted(found, limit)
    measured = _together(found, limit, limits, on)
    if isinstance(measured, str):
        return _unsettled(limit.item, _raw(found), limit, measured)
    return _against(measured, limit)


def _together(found: Sequence[Result], limit: Limit, limits: Limits, on: date) -> Measured | str:
    """The mean of two results, or a sum of parts; else the code of what stands in the way."""
    if found[0].item != limit.item:
        return _added(found, limit)
    return _averaged(found, limit, limits, on)


def _converted(result: Result, limit: Limit) -> Measured:
    u = result.u_expanded
    return Measured(
        interval=convert_interval(result.interval, item=result.item, unit=result.unit, to=limit.unit),
        raw_text=result.raw_text,
        u_expanded=None if u is None else convert(u, item=result.item, unit=result.unit, to=limit.unit),
        coverage_k=result.coverage_k,
        undetected=_is_undetected(result),
    )


def _is_undetected(result: Result) -> bool:
    at_lod = result.qualifier == "<" and result.lod is not None and result.interval.high == result.lod
    return result.qualifier == "nd" or at_lod


def _averaged(found: Sequence[Result], limit: Limit, limits: Limits, on: date) -> Measured | str:
    """The mean of two quantified replicates within the method's repeatability; the greater uncertainty stays."""
    one, two = (_converted(result, limit) for result in found[:2])
    apart = limits.repeatability(limit.item, found[0].method, on)
    alike = (found[0].method, found[0].report_no) == (found[1].method, found[1].report_no)
    if len(found) > 2 or apart is None or not alike:  # another report is no replicate, it is another answer
        return "replicates_unsettled"
    most = convert(apart.value, item=limit.item, unit=apart.unit, to=limit.unit)
    middle = mean(one.interval, two.interval, repeatability=most)
    if middle is None:
        return "replicates_apart"
    u = None
    if one.u_expanded is not None and two.u_expanded is not None and one.coverage_k == two.coverage_k:
        u = max(one.u_expanded, two.u_expanded)
    return Measured(middle, _raw(found), u, one.coverage_k, "mean_of_replicates")


def _added(found: Sequence[Result], limit: Limit) -> Measured | str:
    """The sum of the parts, one result each; no uncertainty of it is known, as they may depend on each other."""
    if sorted(result.item for result in found) != sorted(limit.parts):
        return "parts_missing" if len(found) < len(limit.parts) else "replicates_unsettled"
    parts = [_converted(part, limit) for part in found]
    none = all(part.undetected for part in parts)
    return Measured(total([part.interval for part in parts]), _raw(found), reason="sum_of_parts", undetected=none)


def _counted(found: Sequence[Result], limit: Limit) -> ItemVerdict:
    assert limit.plan is not None
    units, asked = [_converted(result, limit).interval for result in found], limit.plan
    told_apart = len({result.replicate for result in found}) == len(found)
    if len(found) > asked.n or not told_apart or len({(result.report_no, result.method) for result in found}) > 1:
        decision = Decision(Band.HOLD, "units_unclear")  # a row more is no unit more
    else:
        decision = plan(units, n=asked.n, c=asked.c, m=asked.m, top=asked.top)
    return _item(limit, _raw(found), decision, reasons=(decision.reason,))


def _against(measured: Measured, limit: Limit) -> ItemVerdict:
    point, u, k = measured.interval.point, measured.u_expanded, measured.coverage_k
    if any(number is not None and number < 0 for number in (u, k)):
        return _unsettled(limit.item, measured.raw_text, limit, "uncertainty_negative")
    decision = decide(measured.interval, limit, u_expanded=u, undetected=measured.undetected)
    close, chance = False, None
    if point is not None and u is not None and limit.kind != "absent":
        close = near_limit(point, limit, u_expanded=u)
        chance = p_conform(point, limit, u_expanded=u, k=k or USUAL_K)
    reasons = (
        decision.reason,
        decision.band.value if decision.band in {Band.PASS_COND, Band.FAIL_COND} else None,
        measured.reason,
        "near_limit" if close else None,
        "coverage_assumed" if chance is not None and not k else None,
    )
    distance = margin(measured.interval, limit)
    return _item(limit, measured.raw_text, decision, reasons=reasons, distance=distance, chance=chance, close=close)


def _item(
    limit: Limit,
    raw: str,
    decision: Decision,
    *,
    reasons: Sequence[str | None],
    distance: Decimal | None = None,
    chance: Decimal | None = None,
    close: bool = False,
) -> ItemVerdict:
    return ItemVerdict(
        item=limit.item,
        outcome=outcome_of(decision.band),
        limit_id=limit.id,
        raw_text=raw,
        margin=distance,
        p_conform=chance,
        near_limit=close,
        severity=limit.severity,
        reasons=tuple(reason for reason in reasons if reason),
        mandatory=limit.mandatory and limit.severity != "label",
    )


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


def _raw(found: Sequence[Result]) -> str:
    return "; ".join(result.raw_text for result in found)


def outcome_of(band: Band) -> Outcome:
    """Give what follows from a band."""
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
