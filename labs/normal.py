"""The normal distribution in whole numbers, so that a probability is the same on every machine."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

UNIT = 10**6
"""A deviation is counted in millionths of the standard uncertainty."""
WHOLE = 10**12
"""A probability is counted in billionths of a thousandth."""
FARTHEST = 6 * UNIT
"""From here on a probability is 0 or 1; it differs from them by less than 10⁻⁹."""

_STEP = UNIT // 100
_FINE = Context(prec=40, rounding=ROUND_HALF_EVEN)
_PI = Decimal("3.14159265358979323846264338327950288419716939937510")


def phi(deviations: Ints) -> Ints:
    """Give the probability of a value below each deviation, right to eight places; `phi_at` gives the same.

    Around each hundredth it is a polynomial of the second degree with whole coefficients.
    """
    far = np.minimum(np.abs(deviations), FARTHEST)
    nearest = (far + _STEP // 2) // _STEP
    height, slope, bend = (column[nearest] for column in _columns())
    off = far - nearest * _STEP
    above = height + (slope + bend * off // UNIT) * off // UNIT
    above[far == FARTHEST] = WHOLE
    below: Ints = np.where(deviations < 0, WHOLE - above, above)
    return below


def phi_at(deviation: int) -> int:
    """Give the probability of a value below one deviation."""
    far = abs(deviation)
    if far >= FARTHEST:
        return WHOLE if deviation > 0 else 0
    nearest = (far + _STEP // 2) // _STEP
    height, slope, bend = _coefficients()[nearest]
    off = far - nearest * _STEP
    above = height + (slope + bend * off // UNIT) * off // UNIT
    return WHOLE - above if deviation < 0 else above


@cache
def _columns() -> tuple[Ints, ...]:
    return tuple(np.array(column, np.int64) for column in zip(*_coefficients(), strict=True))


@cache
def _coefficients() -> tuple[tuple[int, int, int], ...]:
    """Φ, its slope and the next term of its series at every hundredth, rounded to whole numbers."""
    return tuple(_series(Decimal(number) / 100) for number in range(FARTHEST // _STEP + 1))


def _series(z: Decimal) -> tuple[int, int, int]:
    times, plus = _FINE.multiply, _FINE.add
    square = times(z, z)
    density = _FINE.divide(_FINE.exp(-square / 2), _FINE.sqrt(2 * _PI))
    total = term = z
    odd = 1
    while term > Decimal("1e-30"):  # Φ(z) = 1/2 + φ(z)·(z + z³/3 + z⁵/(3·5) + …); no term is negative
        odd += 2
        term = _FINE.divide(times(term, square), Decimal(odd))
        total = plus(total, term)
    height = plus(Decimal("0.5"), times(density, total))
    bend = _FINE.divide(times(-z, density), Decimal(2))
    return _whole(height), _whole(density), _whole(bend)


def _whole(value: Decimal) -> int:
    return int(_FINE.multiply(value, Decimal(WHOLE)).to_integral_value(ROUND_HALF_EVEN))
