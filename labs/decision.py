"""Decisions: one interval against one limit, with its uncertainty, by the limit's decision rule."""

from dataclasses import dataclass
from dataclasses import replace as with_changes
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from labs.limits import Limit
from labs.normal import UNIT, WHOLE, phi_at
from labs.result import Interval
from labs.rounding import EXACT

_ZERO = Decimal(0)
_HALF = Decimal("0.5")
_PLACES = 4
_INFINITY = Decimal("Infinity")


class Band(StrEnum):
    """What a decision rule says of a value (ILAC-G8:09/2019, 4.2)."""

    PASS = "pass"
    PASS_COND = "pass_cond"
    FAIL_COND = "fail_cond"
    FAIL = "fail"
    INDETERMINATE = "indeterminate"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Decision:
    """A band, and the code of what stands in the way where it is HOLD or INDETERMINATE."""

    band: Band
    reason: str | None = None


Nested = tuple[tuple[Band, Interval], ...]


def decide(
    interval: Interval, limit: Limit, *, u_expanded: Decimal | None = None, undetected: bool = False
) -> Decision:
    """Give the band of an interval in the limit's unit.

    Wholly inside the accepted values passes, wholly outside fails, and what lies across is indeterminate. What must
    not be detected passes only where the laboratory says that it was `undetected`: less than some number may be
    there, and seen.
    """
    if limit.kind == "absent":
        return _undetected(interval, limit, undetected=undetected)
    accepted = acceptance(limit)
    if limit.lenient is not None:
        return _between(interval, limit, accepted)
    if limit.decision_rule == "R0":
        return _place(interval, ((Band.PASS, accepted),))
    if limit.mode == "rounded":
        return Decision(Band.HOLD, "rounded_with_guard")
    if u_expanded is None:
        return Decision(Band.HOLD, "uncertainty_missing")
    return _guarded(interval, limit, accepted, u_expanded)


def acceptance(limit: Limit) -> Interval:
    """Give the unrounded values that meet the limit (GB/T 8170-2008, 4.3)."""
    low, high, step = limit.low, limit.high, limit.step
    if limit.mode == "full":
        return Interval(low, high, low_open=limit.strict, high_open=limit.strict)
    if limit.strict:  # among multiples of the step, "less than L" is "at most L - step"
        low = None if low is None else EXACT.add(low, step)
        high = None if high is None else EXACT.subtract(high, step)
    half = EXACT.multiply(step, _HALF)
    return Interval(
        low=None if low is None else EXACT.subtract(low, half),
        high=None if high is None else EXACT.add(high, half),
        low_open=low is not None and _odd(low, step),
        high_open=high is not None and _odd(high, step),
    )


def most_lenient(limit: Limit) -> Limit:
    """Give the limit of the most lenient form of goods in the category."""
    if limit.kind == "max":
        return with_changes(limit, high=limit.lenient, lenient=None)
    return with_changes(limit, low=limit.lenient, lenient=None)


def margin(interval: Interval, limit: Limit) -> Decimal | None:
    """Give the least sure distance to the limit in its unit, negative on the failing side; None where unknown."""
    if limit.kind in {"absent", "plan"}:
        return None
    accepted = acceptance(limit)
    distances = []
    if accepted.high is not None:
        distances.append(_distance(_less(accepted.high, interval.high), _less(accepted.high, interval.low)))
    if accepted.low is not None:
        distances.append(_distance(_less(interval.low, accepted.low), _less(interval.high, accepted.low)))
    known = [distance for distance in distances if distance is not None]
    return min(known) if len(known) == len(distances) else None


def p_conform(value: Decimal, limit: Limit, *, u_expanded: Decimal, k: Decimal) -> Decimal:
    """Give the probability that the true value meets the limit, to four places (JCGM 106:2012, 7.4).

    Each end lies a number of standard uncertainties away, rounded half-even to six places; the probabilities
    of both come from `labs.normal` in whole numbers, and their difference is rounded half-even.
    """
    accepted = acceptance(limit)
    if u_expanded == 0:
        return _probability(WHOLE * int(_within(Interval(value, value), accepted)))
    u = Fraction(u_expanded) / Fraction(k)
    above = WHOLE if accepted.high is None else _below(accepted.high, value, u)
    below = 0 if accepted.low is None else _below(accepted.low, value, u)
    return _probability(above - below)


def near_limit(value: Decimal, limit: Limit, *, u_expanded: Decimal) -> bool:
    """Tell whether the limit lies within the expanded uncertainty of the value."""
    ends = [end for end in (limit.low, limit.high) if end is not None]
    return any(abs(EXACT.subtract(value, end)) <= u_expanded for end in ends)


def _undetected(interval: Interval, limit: Limit, *, undetected: bool) -> Decision:
    """Must not be detected: passes only when not detected at the required limit of detection or below."""
    if interval.point == 0:
        return Decision(Band.INDETERMINATE, "lod_unknown")
    if (interval.low or _ZERO) > 0 or interval.high is None:
        return Decision(Band.FAIL)
    if limit.high is not None and interval.high > limit.high:
        return Decision(Band.INDETERMINATE, "lod_above_required")
    return Decision(Band.PASS) if undetected else Decision(Band.INDETERMINATE, "detection_unknown")


def _between(interval: Interval, limit: Limit, accepted: Interval) -> Decision:
    """Forms of goods have limits of their own and the form is not known: what all of them say is said."""
    lenient = acceptance(most_lenient(limit))
    if _within(interval, accepted):
        return Decision(Band.PASS)
    if not _meets(interval, lenient):
        return Decision(Band.FAIL)
    across = _meets(interval, accepted)
    return Decision(Band.INDETERMINATE, "interval_across_limit" if across else "form_unknown")


def _guarded(interval: Interval, limit: Limit, accepted: Interval, u_expanded: Decimal) -> Decision:
    guard = EXACT.multiply(limit.guard, u_expanded)
    inner, outer = _moved(accepted, guard), _moved(accepted, -guard)
    if limit.decision_rule == "R2":
        return _place(interval, ((Band.PASS, outer),))
    if inner.low is not None and inner.high is not None and inner.low >= inner.high:
        return Decision(Band.HOLD, "guard_too_wide")
    if limit.decision_rule == "R1":
        return _place(interval, ((Band.PASS, inner),))
    return _place(interval, ((Band.PASS, inner), (Band.PASS_COND, accepted), (Band.FAIL_COND, outer)))


def _place(interval: Interval, nested: Nested) -> Decision:
    """The bands of the best and the worst value left possible, from the innermost set outwards."""
    best = next((band for band, held in nested if _meets(interval, held)), Band.FAIL)
    worst = next((band for band, held in nested if _within(interval, held)), Band.FAIL)
    if best == worst:
        return Decision(best)
    if {best, worst} == {Band.PASS, Band.PASS_COND}:
        return Decision(Band.PASS_COND)
    if {best, worst} == {Band.FAIL, Band.FAIL_COND}:
        return Decision(Band.FAIL_COND)
    return Decision(Band.INDETERMINATE, "interval_across_limit")


def _low(interval: Interval) -> tuple[Decimal, int]:
    """An end as a pair that orders: an open lower end stands just above its number."""
    return (-_INFINITY, 0) if interval.low is None else (interval.low, int(interval.low_open))


def _high(interval: Interval) -> tuple[Decimal, int]:
    return (_INFINITY, 0) if interval.high is None else (interval.high, -int(interval.high_open))


def _within(inner: Interval, outer: Interval) -> bool:
    return _low(outer) <= _low(inner) and _high(inner) <= _high(outer)


def _meets(one: Interval, other: Interval) -> bool:
    return max(_low(one), _low(other)) <= min(_high(one), _high(other))


def _moved(accepted: Interval, inwards: Decimal) -> Interval:
    return Interval(
        low=None if accepted.low is None else EXACT.add(accepted.low, inwards),
        high=None if accepted.high is None else EXACT.subtract(accepted.high, inwards),
        low_open=accepted.low_open,
        high_open=accepted.high_open,
    )


def _odd(value: Decimal, step: Decimal) -> bool:
    return int(value / step) % 2 == 1


def _less(end: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if end is None or other is None else EXACT.subtract(end, other)


def _distance(worst: Decimal | None, best: Decimal | None) -> Decimal | None:
    """A pass is measured from the worst value left possible, a failure from the best."""
    if worst is not None and worst >= 0:
        return worst
    return best if best is not None and best < 0 else None


def _below(end: Decimal, value: Decimal, u: Fraction) -> int:
    return phi_at(round(Fraction(EXACT.subtract(end, value)) / u * UNIT))


def _probability(share: int) -> Decimal:
    return Decimal(round(Fraction(share * 10**_PLACES, WHOLE))).scaleb(-_PLACES)
