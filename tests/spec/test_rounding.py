"""Rounding by GB/T 8170-2008."""

from decimal import Decimal

import pytest

from labs.rounding import last_place, round_half_even, round_marked, to_significant

ROUNDED = [  # GB/T 8170-2008, 3.2 to 3.4: to an interval, ties to even, by magnitude, once
    ("12.1498", "0.1", "12.1"),
    ("10.5002", "1", "11"),
    ("1.050", "0.1", "1.0"),
    ("0.35", "0.1", "0.4"),
    ("2500", "1000", "2000"),
    ("3500", "1000", "4000"),
    ("-0.0365", "0.001", "-0.036"),
    ("-355", "10", "-360"),
    ("-325", "10", "-320"),
    ("60.25", "0.5", "60.0"),
    ("60.38", "0.5", "60.5"),
    ("60.75", "0.5", "61.0"),
    ("830", "20", "840"),
    ("930", "20", "920"),
    ("15.4546", "1", "15"),
]

MARKED = [  # GB/T 8170-2008, 3.2.3: what was cut down or up before decides where it lies half-way
    ("16.5", 1, "17"),
    ("16.5", -1, "16"),
    ("16.5", 0, "16"),
    ("15.5", -1, "15"),
    ("17.5", 0, "18"),
    ("-15.5", -1, "-15"),
    ("-16.5", 1, "-17"),
    ("16.4", 1, "16"),
]

SIGNIFICANT = [("9.96", 2, "10"), ("0.012345", 3, "0.0123"), ("1250", 2, "1200"), ("0", 2, "0"), ("99.5", 2, "100")]


@pytest.mark.parametrize(("value", "step", "wanted"), ROUNDED)
def test_a_value_rounds_to_the_nearest_multiple_and_ties_to_the_even_one(value: str, step: str, wanted: str) -> None:
    assert round_half_even(Decimal(value), Decimal(step)) == Decimal(wanted)


@pytest.mark.parametrize(("value", "sign", "wanted"), MARKED)
def test_a_mark_settles_a_tie(value: str, sign: int, wanted: str) -> None:
    assert round_marked(Decimal(value), sign, Decimal(1)) == Decimal(wanted)


@pytest.mark.parametrize(("value", "digits", "wanted"), SIGNIFICANT)
def test_a_value_keeps_its_significant_digits(value: str, digits: int, wanted: str) -> None:
    assert to_significant(Decimal(value), digits) == Decimal(wanted)


def test_a_carry_keeps_the_number_of_digits() -> None:
    assert str(to_significant(Decimal("9.96"), 2)) == "10"
    assert str(to_significant(Decimal("0.0996"), 2)) == "0.10"


@pytest.mark.parametrize(("value", "place"), [("0.5", "0.1"), ("97.0", "0.1"), ("1400", "1"), ("1E+2", "100")])
def test_the_last_place_written_is_the_interval(value: str, place: str) -> None:
    assert last_place(Decimal(value)) == Decimal(place)
