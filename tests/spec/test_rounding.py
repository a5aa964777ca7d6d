"""Rounding by GB/T 8170-2008."""

from decimal import Decimal

import pytest

from labs.rounding import last_place, round_half_even, round_marked, to_significant
from tests.spec.vectors import MARKED, ROUNDED, SIGNIFICANT


@pytest.mark.parametrize(("value", "step", "wanted"), ROUNDED.rows)
def test_a_value_rounds_to_the_nearest_multiple_and_ties_to_the_even_one(value: str, step: str, wanted: str) -> None:
    assert round_half_even(Decimal(value), Decimal(step)) == Decimal(wanted)


@pytest.mark.parametrize(("text", "wanted"), MARKED.rows)
def test_a_mark_settles_a_tie(text: str, wanted: str) -> None:
    value, _, mark = text.partition("(")
    sign = {"+)": 1, "-)": -1, "": 0}[mark]
    assert round_marked(Decimal(value), sign, Decimal(1)) == Decimal(wanted)


@pytest.mark.parametrize(("value", "digits", "wanted"), SIGNIFICANT.rows)
def test_a_value_keeps_its_significant_digits(value: str, digits: str, wanted: str) -> None:
    assert str(to_significant(Decimal(value), int(digits))) == wanted


@pytest.mark.parametrize(("value", "place"), [("0.5", "0.1"), ("97.0", "0.1"), ("1400", "1"), ("1E+2", "100")])
def test_the_last_place_written_is_the_interval(value: str, place: str) -> None:
    assert last_place(Decimal(value)) == Decimal(place)
