"""Judging on columns: each result of a file against the limit in force, a million a second, exact.

Rows of one item, category and unit are brought to whole numbers at one scale. A row whose numbers do not
fit 64 bits there is weighed as a record, so that every row gets what `labs.weighing` gives.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from labs.banding import BANDS, BIT, REASONS, Bits, Spans, banded
from labs.columns import Codes, Columns, Days, Flags, Ints, Scaled, Words
from labs.doubt import NO_CHANCE, chances, close, margins
from labs.errors import UnknownUnit
from labs.limits import Limit, Limits
from labs.scaling import fitting, pick, whole
from labs.units import factor
from labs.verdict import ItemVerdict, Outcome
from labs.weighing import USUAL_K, outcome_of, weigh_one

OUTCOMES = tuple(Outcome)
"""A row's outcome is its place here."""
_OF_BAND = np.array([OUTCOMES.index(outcome_of(band)) for band in BANDS], np.int8)
_HOLD = OUTCOMES.index(Outcome.HOLD)
_FEW = 1000
UNSETTLED = frozenset({"no_limit", "unit_not_convertible", "uncertainty_negative"})
"""Reasons for which a row was not judged at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What each row says against its limit; a row here is the row of the columns that were judged."""

    limits: Limits
    outcome: NDArray[np.int8]
    limit: Codes
    """A place in `limits.limits`; -1 where there is no limit."""
    margin: Scaled
    """In the limit's unit."""
    chance: NDArray[np.int32]
    """The probability of conformity in ten-thousandths; -1 where there is none."""
    near: Flags
    reasons: Bits

    def at(self, row: int, columns: Columns) -> ItemVerdict:
        """Give the row as a record."""
        limit = self.limits.limits[self.limit[row]] if self.limit[row] >= 0 else None
        reasons = tuple(reason for reason in REASONS if self.reasons[row] & BIT[reason])
        settled = limit is not None and not UNSETTLED.intersection(reasons)
        return ItemVerdict(
            item=columns.item.at(row) or "",
            outcome=OUTCOMES[self.outcome[row]],
            limit_id=limit.id if limit else None,
            raw_text=columns.raw_text.at(row) or "",
            margin=self.margin.at(row),
            p_conform=None if self.chance[row] < 0 else Decimal(int(self.chance[row])).scaleb(-4),
            near_limit=bool(self.near[row]),
            severity=limit.severity if limit else None,
            reasons=reasons,
            mandatory=limit.mandatory and limit.severity != "label" if limit and settled else True,
        )


@dataclass(slots=True, eq=False)
class _Sheet:
    """The answers while they are written."""

    columns: Columns
    limits: Limits
    places: dict[str, int]
    outcome: NDArray[np.int8]
    limit: Codes
    margin: Ints
    margin_places: NDArray[np.int8]
    margin_known: Flags
    chance: NDArray[np.int32]
    near: Flags
    reasons: Bits
    huge: dict[int, Decimal] = field(default_factory=dict)


def judge_rows(
    columns: Columns, category: Words, limits: Limits, on: date | Days, known_on: date | None = None
) -> Judged:
    """Give what each result says against the limit in force for its item and category on the day, or its own day.

    Each row stands alone: replicates, plans and sums are `labs.judgement.judge`'s, which sees whole samples.
    """
    sheet = _sheet(columns, limits)
    spells, firsts = _spells(limits, on, len(columns))
    for rows, item, kind, unit in _groups(columns, category, spells):
        day = firsts[spells[rows[0]]]
        limit = limits.limit_for(item, kind, day, known_on or day)
        if limit is None:
            _hold(sheet, rows, "no_limit")
            continue
        sheet.limit[rows] = sheet.places[limit.id]
        try:
            times = factor(item, unit, limit.unit)
        except UnknownUnit:
            _hold(sheet, rows, "unit_not_convertible")
            continue
        _judge_alike(sheet, rows, limit, times)
    margin = Scaled(sheet.margin, sheet.margin_places, sheet.margin_known, sheet.huge)
    return Judged(limits, sheet.outcome, sheet.limit, margin, sheet.chance, sheet.near, sheet.reasons)


def _sheet(columns: Columns, limits: Limits) -> _Sheet:
    rows = len(columns)
    return _Sheet(
        columns=columns,
        limits=limits,
        places={limit.id: place for place, limit in enumerate(limits.limits)},
        outcome=np.zeros(rows, np.int8),
        limit=np.full(rows, -1, np.int32),
        margin=np.zeros(rows, np.int64),
        margin_places=np.zeros(rows, np.int8),
        margin_known=np.zeros(rows, np.bool_),
        chance=np.full(rows, NO_CHANCE, np.int32),
        near=np.zeros(rows, np.bool_),
        reasons=np.zeros(rows, np.uint16),
    )


def _spells(limits: Limits, on: date | Days, rows: int) -> tuple[Ints, tuple[date, ...]]:
    """For each row the spell, in which no limit begins or ends, that its day lies in, and a day of each spell."""
    if isinstance(on, date):
        return np.zeros(rows, np.int64), (on,)
    begins = {limit.valid_from for limit in limits.limits} | {limit.recorded_on for limit in limits.limits}
    ends = {limit.valid_to + timedelta(1) for limit in limits.limits if limit.valid_to is not None}
    gone = {limit.withdrawn_on for limit in limits.limits if limit.withdrawn_on is not None}
    firsts = sorted({date.min} | begins | ends | gone)
    spells = np.searchsorted(np.array(firsts, "datetime64[D]"), on, side="right") - 1
    return np.where(np.isnat(on), 0, spells), tuple(firsts)


def _groups(columns: Columns, category: Words, spells: Ints) -> Iterator[tuple[Ints, str, str, str]]:
    """The rows of each item, category, unit and spell."""
    codes = (columns.item.codes + 1, category.codes + 1, columns.unit.codes + 1, spells)
    sizes = (columns.item.words, category.words, columns.unit.words)
    shape = (*(len(words) + 1 for words in sizes), int(spells.max(initial=0)) + 1)
    keys = np.ravel_multi_index(codes, shape)
    small = keys.astype(np.uint16) if np.prod(shape) < 2**16 else keys  # sixteen bits sort by counting
    order = np.argsort(small, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        if len(rows):
            first = int(rows[0])
            yield rows, columns.item.at(first) or "", category.at(first) or "", columns.unit.at(first) or ""


def _hold(sheet: _Sheet, rows: Ints, reason: str) -> None:
    sheet.outcome[rows], sheet.reasons[rows] = _HOLD, BIT[reason]


def _judge_alike(sheet: _Sheet, rows: Ints, limit: Limit, times: Decimal) -> None:
    """Judge rows of one item in one unit against one limit, as many at once as one scale holds."""
    while True:
        fit = np.zeros(len(rows), np.bool_)
        if limit.plan is None:
            fit = _judge_fitting(sheet, rows, limit, times)
        rows = rows[~fit]
        if len(rows) < _FEW or not fit.any():
            break
    for row in rows:
        _judge_one(sheet, int(row), limit)


def _judge_fitting(sheet: _Sheet, rows: Ints, limit: Limit, times: Decimal) -> Flags:
    """Judge the rows that fit the scale of most, and tell which they were."""
    one, guard = whole(times), whole(limit.guard)
    shift = one[1] + guard[1]
    columns = sheet.columns
    picked = [pick(column, rows) for column in (columns.low, columns.high, columns.u)]
    ends = [end for end in (limit.low, limit.high, limit.lenient) if end is not None]
    least = max(0, max(whole(end)[1] for end in ends) - shift, whole(limit.step / 2)[1] - shift)
    spare = len(str(one[0])) + guard[1] + len(str(guard[0]))
    scale, fit = fitting(picked, least=least, spare=spare)
    k = pick(columns.k, rows)
    fit &= ~(picked[2].digits < 0) & ~(k.digits < 0) & ~k.huge
    if any(abs(end.scaleb(scale + shift)) >= 10**18 for end in ends):
        fit[:] = False
    undetected, unclear = _undetected(columns, rows)
    fit &= ~unclear | (limit.kind != "absent")
    if not fit.any():
        return fit
    low, high, u = (column.only(fit) for column in picked) if not fit.all() else picked
    kept = rows[fit]
    factor_in = one[0] * 10 ** guard[1]
    spans = Spans(
        low=low.at_scale(scale, factor_in),
        high=high.at_scale(scale, factor_in),
        low_known=low.known,
        high_known=high.known,
        low_open=columns.low_open[kept],
        high_open=columns.high_open[kept],
        u=u.at_scale(scale, factor_in),
        u_known=u.known,
        guard=u.at_scale(scale, one[0] * guard[0]),
        scale=scale + shift,
        undetected=undetected[fit],
    )
    fit[np.flatnonzero(fit)[_write(sheet, kept, spans, limit)]] = False
    return fit


def _undetected(columns: Columns, rows: Ints) -> tuple[Flags, Flags]:
    """Where the laboratory says that nothing was detected, and where only a record can tell: `<0.10` with 0.1."""
    said, words = columns.qualifier.codes[rows], columns.qualifier.words
    none, less = (words.index(word) if word in words else len(words) for word in ("nd", "<"))
    lod, high = pick(columns.lod, rows), pick(columns.high, rows)
    bounded = (said == less) & lod.known
    same = (lod.digits == high.digits) & (lod.places == high.places) & ~lod.huge & ~high.huge
    return (said == none) | (bounded & same), bounded & ~same


def _write(sheet: _Sheet, rows: Ints, spans: Spans, limit: Limit) -> Flags:
    """Write what the rows say, and tell for which of them a probability could not be had in 64 bits."""
    bands, bits = banded(spans, limit)
    near = close(spans, limit)
    chance, assumed, unfit = chances(spans, limit, pick(sheet.columns.k, rows), int(USUAL_K))
    bits |= near * BIT["near_limit"] | assumed * BIT["coverage_assumed"]
    sheet.outcome[rows], sheet.reasons[rows] = _OF_BAND[bands], bits
    sheet.near[rows], sheet.chance[rows] = near, chance
    sheet.margin[rows], sheet.margin_known[rows] = margins(spans, limit)
    sheet.margin_places[rows] = spans.scale
    return unfit


def _judge_one(sheet: _Sheet, row: int, limit: Limit) -> None:
    given = weigh_one(sheet.columns.result(row), limit)
    sheet.outcome[row] = OUTCOMES.index(given.outcome)
    sheet.near[row] = given.near_limit
    sheet.chance[row] = NO_CHANCE if given.p_conform is None else int(given.p_conform.scaleb(4))
    sheet.reasons[row] = sum(int(BIT[reason]) for reason in given.reasons)
    sheet.margin_known[row] = given.margin is not None
    sheet.margin[row], sheet.margin_places[row] = 0, 0
    if given.margin is not None:
        sheet.huge[row] = given.margin
