"""Scaling: exact decimals of a column as whole numbers at one scale, and which rows are too large for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from labs.columns import Flags, Ints, Scaled

MOST_DIGITS = 18
"""A number of so many digits can be doubled and added to another without leaving 64 bits."""

_POWERS = np.array([10**power for power in range(MOST_DIGITS + 1)], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """Some rows of a column."""

    digits: Ints
    places: NDArray[np.int8]
    known: Flags
    huge: Flags

    def only(self, rows: Ints | Flags) -> "Picked":
        """Give some of these rows."""
        return Picked(self.digits[rows], self.places[rows], self.known[rows], self.huge[rows])

    def at_scale(self, scale: int, times: int = 1) -> Ints:
        """Give the numbers, times a whole one, as whole numbers at the scale; the rows must fit it."""
        steps = scale - self.places
        first = int(steps[0]) if len(steps) else 0
        alike = bool((steps == first).all())
        moved: Ints = self.digits * (np.int64(10**first) if alike else _POWERS[steps])
        return moved if times == 1 else moved * times


def pick(column: Scaled, rows: Ints) -> Picked:
    """Give the rows of a column."""
    huge = np.zeros(len(rows), np.bool_)
    if column.huge:
        huge = np.isin(rows, np.fromiter(column.huge, np.int64, len(column.huge)))
    return Picked(column.digits[rows], column.places[rows], column.known[rows], huge)


def whole(number: Decimal) -> tuple[int, int]:
    """Give a number as a whole one and the places after its point, none of them negative."""
    sign, figures, exponent = number.as_tuple()
    digits = int("".join(map(str, figures))) * (-1 if sign else 1)
    return (digits * 10 ** int(exponent), 0) if int(exponent) > 0 else (digits, -int(exponent))


def fitting(columns: Sequence[Picked], *, least: int, spare: int) -> tuple[int, Flags]:
    """Give a scale, and the rows whose every number has no more places and is not too large in it.

    The scale is `least` or more; `spare` digits are kept free for factors. Where not all rows fit, it is
    the one that most of them do.
    """
    room = MOST_DIGITS - spare
    places = [column.places[column.known] for column in columns]
    scale = max([least, *(int(one.max()) for one in places if len(one))])
    if all(_all_fit(column, scale, room) for column in columns):
        return scale, np.ones(len(columns[0].digits), np.bool_)
    tried = {least, *(int(place) for one in places for place in np.unique(one) if least < place <= room)}
    found = {scale: _fits(columns, scale, room) for scale in sorted(tried)}
    best = max(found, key=lambda scale: int(found[scale].sum()))
    return best, found[best]


def _all_fit(column: Picked, scale: int, room: int) -> bool:
    if column.huge.any() or not len(column.digits):
        return not len(column.digits)
    digits = max(int(column.digits.max()), -int(column.digits.min()))
    return len(str(digits)) + scale - int(column.places.min()) <= room


def _fits(columns: Sequence[Picked], scale: int, room: int) -> Flags:
    fit = np.ones(len(columns[0].digits), np.bool_)
    for column in columns:
        figures = np.maximum(np.searchsorted(_POWERS, np.abs(column.digits), side="right"), 1)
        fit &= ~column.huge & (column.places <= scale) & (figures + scale - column.places <= room)
    return fit
