"""What a visitor typed: which texts are amounts of money, and what is said of the others."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dashboards.form import Fault, Fields


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12.5", "12.50"), ("1,500", "1500.00"), ("1,234,567.89", "1234567.89"), (".5", "0.50"), ("7.", "7.00"),
        ("\uff11\uff12", "12.00"), ("+3", "3.00"),
    ],
)  # fmt: skip
def test_an_amount_has_two_places_and_commas_between_thousands(typed: str, amount: str) -> None:
    fields = Fields({"money": typed})
    assert (fields.amount("money"), fields.errors) == (Decimal(amount), {})


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("1,5", Fault.NOT_A_NUMBER), ("12,50", Fault.NOT_A_NUMBER), ("1,2345", Fault.NOT_A_NUMBER),
        ("0.004", Fault.NOT_A_NUMBER), ("1.005", Fault.NOT_A_NUMBER), ("1.500", Fault.NOT_A_NUMBER),
        ("1e3", Fault.NOT_A_NUMBER), ("NaN", Fault.NOT_A_NUMBER), (".", Fault.NOT_A_NUMBER), ("x", Fault.NOT_A_NUMBER),
        ("9999999999999", Fault.NOT_A_NUMBER), ("0.00", Fault.NOT_POSITIVE), ("-2", Fault.NOT_POSITIVE),
        ("", Fault.MISSING), ("1" * 21, Fault.TOO_LONG),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_said_and_counts_as_none(typed: str, fault: Fault) -> None:
    fields = Fields({"money": typed})
    assert (fields.amount("money"), fields.errors) == (Decimal(0), {"money": fault})


@pytest.mark.parametrize("typed", ["", "0", "0.00"])
def test_an_amount_that_is_not_needed_may_be_none(typed: str) -> None:
    fields = Fields({"money": typed})
    assert (fields.amount("money", needed=False), fields.errors) == (Decimal("0.00"), {})


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "1999-12-31T23:59", "2100-01-01T00:00", "9999-12-31", "soon"])
def test_a_year_that_nobody_means_is_no_time(typed: str) -> None:
    fields = Fields({"at": typed})
    assert (fields.moment("at", UTC), fields.errors) == (None, {"at": Fault.NOT_A_TIME})


def test_a_time_is_one_of_its_zone() -> None:
    fields = Fields({"at": "2026-03-02T09:30", "none": ""})
    assert (fields.moment("at", UTC), fields.moment("none", UTC)) == (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), None)
