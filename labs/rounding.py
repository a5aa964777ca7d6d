"""Rounding by GB/T 8170-2008: to any interval, ties to even, and only once."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation

EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
"""Sums and products of reported numbers are exact in it, or raise."""

_WIDE = Context(prec=200)


def round_half_even(value: Decimal, step: Decimal) -> Decimal:
    """Give the multiple of the step nearest to the value, the even multiple where two are as near."""
    return EXACT.multiply(_WIDE.divide(value, step).to_integral_value(ROUND_HALF_EVEN), step)


def round_marked(value: Decimal, sign: int, step: Decimal) -> Decimal:
    """Give the rounding of a number that was itself rounded: `(+)` is 1 (the truth is greater), `(-)` is -1.

    The mark decides where the number lies half-way; by 3.2.3 of the standard it speaks of the magnitude.
    """
    magnitude = abs(value)
    down = EXACT.multiply(_WIDE.divide(magnitude, step).to_integral_value(ROUND_DOWN), step)
    half_way = EXACT.multiply(EXACT.subtract(magnitude, down), Decimal(2)) == step
    if sign == 0 or not half_way:
        rounded = round_half_even(magnitude, step)
    else:
        rounded = EXACT.add(down, step) if sign > 0 else down
    return rounded.copy_sign(value)


def to_significant(value: Decimal, digits: int) -> Decimal:
    """Give the value to that many significant digits; a carry keeps their number, so 9.96 to two is 10."""
    if value == 0:
        return value
    step = Decimal(1).scaleb(value.adjusted() - digits + 1)
    rounded = round_half_even(value, step)
    return round_half_even(value, step.scaleb(rounded.adjusted() - value.adjusted())).quantize(
        Decimal(1).scaleb(rounded.adjusted() - digits + 1)
    )


def last_place(value: Decimal) -> Decimal:
    """Give the interval that a number as written is rounded to: 0.5 is written to 0.1."""
    return Decimal(1).scaleb(int(value.as_tuple().exponent))
