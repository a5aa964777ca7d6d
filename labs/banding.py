"""Banding: intervals in whole numbers against a limit in whole numbers, a whole column at a time.

It says of each row what `labs.decision` says of one; `benchmarks/judging.py` holds them together.
"""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from labs.columns import Flags, Ints
from labs.decision import Band, acceptance, most_lenient
from labs.limits import Limit
from labs.result import Interval

BANDS = (Band.PASS, Band.PASS_COND, Band.FAIL_COND, Band.FAIL, Band.INDETERMINATE, Band.HOLD)
"""A row's band is its place here."""
REASONS = (
    "no_limit", "unit_not_convertible", "uncertainty_negative", "units_missing", "interval_across_limit",
    "form_unknown", "lod_unknown", "lod_above_required", "rounded_with_guard", "uncertainty_missing",
    "guard_too_wide", "pass_cond", "fail_cond", "near_limit", "coverage_assumed", "detection_unknown",
)  # fmt: skip
"""A row's reasons are bits, the first here the lowest; in this order a verdict names them."""
BIT = {reason: np.uint16(1 << place) for place, reason in enumerate(REASONS)}

Bands = NDArray[np.int8]
Bits = NDArray[np.uint16]
Key = Ints | int

_FARTHEST = 2**62
_PASS, _PASS_COND, _FAIL_COND, _FAIL, _ACROSS, _HOLD = range(6)
_OF_BOTH = np.array(  # by the best and the worst value left possible
    [
        [_PASS, _PASS_COND, _ACROSS, _ACROSS],
        [_PASS_COND, _PASS_COND, _ACROSS, _ACROSS],
        [_ACROSS, _ACROSS, _FAIL_COND, _FAIL_COND],
        [_ACROSS, _ACROSS, _FAIL_COND, _FAIL],
    ],
    np.int8,
)


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Intervals and expanded uncertainties of some rows in whole numbers at one scale; 0 where not known."""

    low: Ints
    high: Ints
    low_known: Flags
    high_known: Flags
    low_open: Flags
    high_open: Flags
    u: Ints
    u_known: Flags
    guard: Ints
    """The guard band, at the same scale."""
    scale: int
    undetected: Flags
    """Where the laboratory says that nothing was detected."""

    @property
    def point(self) -> Flags:
        """Where there is one value alone."""
        same: Flags = self.low_known & self.high_known & (self.low == self.high)
        return same

    def whole(self, end: Decimal) -> int:
        """Give a limit at the scale."""
        return int(end.scaleb(self.scale))


@dataclass(frozen=True, slots=True)
class Zone:
    """The values that a band holds, its ends as keys: twice the number, one more just above it, one less just below."""

    low: Key
    high: Key


def banded(spans: Spans, limit: Limit) -> tuple[Bands, Bits]:
    """Give the band of each row and what stands in its way."""
    rows = len(spans.low)
    if limit.kind == "absent":
        return _undetected(spans, limit)
    accepted = acceptance(limit)
    keys = _keys(spans)
    if limit.lenient is not None:
        return _between(keys, _zone(spans, accepted), _zone(spans, acceptance(most_lenient(limit))))
    if limit.decision_rule == "R0":
        return _placed(keys, ((_PASS, _zone(spans, accepted)),))
    if limit.mode == "rounded":
        return np.full(rows, _HOLD, np.int8), np.full(rows, BIT["rounded_with_guard"], np.uint16)
    bands, bits = _guarded(spans, keys, limit, accepted)
    missing = ~spans.u_known
    bands[missing], bits[missing] = _HOLD, BIT["uncertainty_missing"]
    return bands, bits


def _keys(spans: Spans) -> Zone:
    return Zone(
        np.where(spans.low_known, 2 * spans.low + spans.low_open, -_FARTHEST),
        np.where(spans.high_known, 2 * spans.high - spans.high_open, _FARTHEST),
    )


def _zone(spans: Spans, accepted: Interval, inwards: Ints | int = 0) -> Zone:
    low, high = accepted.low, accepted.high
    return Zone(
        -_FARTHEST if low is None else 2 * (spans.whole(low) + inwards) + accepted.low_open,
        _FARTHEST if high is None else 2 * (spans.whole(high) - inwards) - accepted.high_open,
    )


def _within(inner: Zone, outer: Zone) -> Flags:
    return np.asarray((outer.low <= inner.low) & (inner.high <= outer.high))


def _meets(one: Zone, other: Zone) -> Flags:
    return np.asarray(np.maximum(one.low, other.low) <= np.minimum(one.high, other.high))


def _placed(keys: Zone, nested: tuple[tuple[int, Zone], ...]) -> tuple[Bands, Bits]:
    """The bands of the best and the worst value left possible, from the innermost zone outwards."""
    best = np.full(len(np.atleast_1d(keys.low)), _FAIL, np.int8)
    worst = best.copy()
    for band, zone in reversed(nested):
        best[_meets(keys, zone)] = band
        worst[_within(keys, zone)] = band
    bands: Bands = _OF_BOTH[best, worst]
    bits = (bands == _ACROSS) * BIT["interval_across_limit"]
    bits |= (bands == _PASS_COND) * BIT["pass_cond"] | (bands == _FAIL_COND) * BIT["fail_cond"]
    return bands, bits


def _between(keys: Zone, accepted: Zone, lenient: Zone) -> tuple[Bands, Bits]:
    passed, failed = _within(keys, accepted), ~_meets(keys, lenient)
    bands = np.where(passed, _PASS, np.where(failed, _FAIL, _ACROSS)).astype(np.int8)
    reason = np.where(_meets(keys, accepted), BIT["interval_across_limit"], BIT["form_unknown"])
    return bands, np.where(bands == _ACROSS, reason, np.uint16(0))


def _guarded(spans: Spans, keys: Zone, limit: Limit, accepted: Interval) -> tuple[Bands, Bits]:
    inner, outer = _zone(spans, accepted, spans.guard), _zone(spans, accepted, -spans.guard)
    if limit.decision_rule == "R2":
        return _placed(keys, ((_PASS, outer),))
    nested: tuple[tuple[int, Zone], ...] = ((_PASS, inner),)
    if limit.decision_rule == "R3":
        nested += ((_PASS_COND, _zone(spans, accepted)), (_FAIL_COND, outer))
    bands, bits = _placed(keys, nested)
    if accepted.low is not None and accepted.high is not None:
        wide = spans.whole(accepted.low) + spans.guard >= spans.whole(accepted.high) - spans.guard
        bands[wide], bits[wide] = _HOLD, BIT["guard_too_wide"]
    return bands, bits


def _undetected(spans: Spans, limit: Limit) -> tuple[Bands, Bits]:
    assert limit.high is not None  # what must not be detected names the limit of detection
    most = spans.whole(limit.high)
    bands = np.where(spans.undetected, _PASS, _ACROSS).astype(np.int8)
    bits = np.where(spans.undetected, np.uint16(0), BIT["detection_unknown"])
    coarse = spans.high_known & (spans.high > most)
    bands[coarse], bits[coarse] = _ACROSS, BIT["lod_above_required"]
    found = (spans.low > 0) | ~spans.high_known
    bands[found], bits[found] = _FAIL, 0
    bare = spans.point & (spans.low == 0)
    bands[bare], bits[bare] = _ACROSS, BIT["lod_unknown"]
    return bands, bits
