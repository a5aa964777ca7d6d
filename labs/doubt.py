"""Doubt: margins, closeness to a limit and probabilities of conformity, a whole column at a time.

It says of each row what `labs.decision` says of one.
"""

import numpy as np
from numpy.typing import NDArray

from labs.banding import Spans
from labs.columns import Flags, Ints
from labs.decision import acceptance
from labs.limits import Limit
from labs.normal import FARTHEST, UNIT, WHOLE, phi
from labs.scaling import Picked

NO_CHANCE = -1
_TENTHOUSANDTH = WHOLE // 10**4
_MOST_PLACES_OF_K = 8
_ROOM = 2**62
_SURELY_FAR = 7.0
"""In standard uncertainties; a binary float tells that much surely, and beyond six a probability is 0 or 1."""


def margins(spans: Spans, limit: Limit) -> tuple[Ints, Flags]:
    """Give the least sure distance to the limit at the scale of the rows, and where there is one."""
    rows = len(spans.low)
    known = np.full(rows, limit.kind not in {"absent", "plan"})
    least = np.full(rows, _ROOM, np.int64)
    if limit.kind in {"absent", "plan"}:
        return np.zeros(rows, np.int64), known
    accepted = acceptance(limit)
    if accepted.high is not None:
        end = spans.whole(accepted.high)
        ends = (end - spans.high, spans.high_known, end - spans.low, spans.low_known)
        known &= _nearer(least, *ends)
    if accepted.low is not None:
        end = spans.whole(accepted.low)
        ends = (spans.low - end, spans.low_known, spans.high - end, spans.high_known)
        known &= _nearer(least, *ends)
    return np.where(known, least, 0), known


def close(spans: Spans, limit: Limit) -> Flags:
    """Give where the limit lies within the expanded uncertainty of a value."""
    near = np.zeros(len(spans.low), np.bool_)
    for end in (limit.low, limit.high):
        if end is not None:
            near |= np.abs(spans.low - spans.whole(end)) <= spans.u
    return near & _doubtful(spans, limit)


def chances(spans: Spans, limit: Limit, k: Picked, usual_k: int) -> tuple[NDArray[np.int32], Flags, Flags]:
    """Give probabilities in ten-thousandths, where the coverage factor was assumed, and what does not fit 64 bits.

    No coverage factor may be huge or negative.
    """
    rows = len(spans.low)
    given, assumed, unfit = np.full(rows, NO_CHANCE, np.int32), np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
    told = np.flatnonzero(_doubtful(spans, limit))
    if not len(told):
        return given, assumed, unfit
    factor = k.only(told)
    lacking = ~factor.known | (factor.digits == 0)
    short = (factor.digits < 10**6) & (factor.places >= 0) & (factor.places <= _MOST_PLACES_OF_K) & ~lacking
    places = int(factor.places[short].max(initial=0))
    times = np.full(len(told), usual_k * 10**places, np.int64)
    times[short] = factor.only(short).at_scale(places)
    share, wide = _share(spans.low[told], spans.u[told], times, places, limit, spans)
    given[told], assumed[told], unfit[told] = share, lacking, wide | ~(short | lacking)
    return given, assumed, unfit


def _share(
    value: Ints, u: Ints, times: Ints, places: int, limit: Limit, spans: Spans
) -> tuple[NDArray[np.int32], Flags]:
    accepted = acceptance(limit)
    above, below = np.full(len(value), WHOLE, np.int64), np.zeros(len(value), np.int64)
    wide = np.zeros(len(value), np.bool_)
    certain = u == 0
    unit = np.where(certain, 1, u)
    inside = np.ones(len(value), np.bool_)
    if accepted.high is not None:
        end = spans.whole(accepted.high)
        deviation, beyond = _deviation(end - value, times, unit, places)
        above, wide = phi(deviation), wide | beyond
        inside &= (value < end) if accepted.high_open else (value <= end)
    if accepted.low is not None:
        end = spans.whole(accepted.low)
        deviation, beyond = _deviation(end - value, times, unit, places)
        below, wide = phi(deviation), wide | beyond
        inside &= (value > end) if accepted.low_open else (value >= end)
    share = np.where(certain, inside * WHOLE, above - below)
    return _halved(share, np.full(1, _TENTHOUSANDTH, np.int64)).astype(np.int32), wide & ~certain


def _deviation(distance: Ints, times: Ints, u: Ints, places: int) -> tuple[Ints, Flags]:
    """The distance in millionths of the standard uncertainty, and where that leaves 64 bits."""
    size = np.abs(distance)
    if int(size.max()) * int(times.max()) * UNIT < _ROOM and int(u.max()) * 10**places < _ROOM:
        near, beyond = size, np.zeros(len(size), np.bool_)
        far = beyond
    else:
        far = size.astype(float) * times > _SURELY_FAR * u.astype(float) * 10.0**places
        beyond = ~far & (size.astype(float) * times * UNIT > _ROOM / 2) | (u.astype(float) * 10.0**places > _ROOM / 2)
        near = np.where(far | beyond, 0, size)
    millionths = _halved(near * times * UNIT, np.where(beyond, 1, u) * 10**places)
    millionths = np.where(far, FARTHEST, np.minimum(millionths, FARTHEST))
    return np.where(distance < 0, -millionths, millionths), beyond


def _halved(above: Ints, below: Ints) -> Ints:
    """A quotient rounded half-even."""
    quotient = above // below
    rest = 2 * (above - quotient * below)
    nearest: Ints = quotient + ((rest > below) | (rest == below) & (quotient % 2 == 1))
    return nearest


def _doubtful(spans: Spans, limit: Limit) -> Flags:
    return spans.point & spans.u_known & (limit.kind not in {"absent", "plan"})


def _nearer(least: Ints, worst: Ints, worst_known: Flags, best: Ints, best_known: Flags) -> Flags:
    """A pass is measured from the worst value left possible, a failure from the best."""
    passing, failing = worst_known & (worst >= 0), best_known & (best < 0)
    distance = np.where(passing, worst, best)
    np.minimum(least, distance, out=least, where=passing | failing)
    either: Flags = passing | failing
    return either
