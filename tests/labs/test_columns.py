"""Results on columns: what goes in comes out, and every number exactly."""

from datetime import date
from decimal import Decimal

import pytest

from labs.columns import MOST, Scaled, Words, of_results
from tests.labs.build import result

NUMBERS = ["0", "0.50", "-1.5", "1.2E+5", "12", str(MOST), str(MOST + 1), "1E-61", "1E+61", "-9223372036854775808"]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_the_same_in_a_column(text: str) -> None:
    column = Scaled.of([Decimal(text), None])
    assert len(column) == 2
    assert (column.at(0), column.at(1)) == (Decimal(text), None)


@pytest.mark.parametrize(
    ("text", "huge"), [(str(MOST), False), (str(MOST + 1), True), ("1E-61", True), ("1E+60", False)]
)
def test_a_number_of_too_many_digits_or_places_is_kept_aside(text: str, huge: bool) -> None:
    assert (0 in Scaled.of([Decimal(text)]).huge) is huge


def test_a_word_is_kept_once() -> None:
    column = Words.of(["lead", None, "lead", "cadmium"])
    assert (column.words, len(column)) == (("lead", "cadmium"), 4)
    assert [column.at(row) for row in range(4)] == ["lead", None, "lead", "cadmium"]


def test_a_record_comes_back_from_its_columns() -> None:
    records = [
        result("0.45", u_expanded="0.05", coverage_k="2", lod="0.01", loq="0.03"),
        result("<0.05", item="cadmium", tested_on=None),
        result(">300", unit="CFU/g", row=7, tested_on=date(2024, 2, 29)),
    ]
    columns = of_results(records)
    assert len(columns) == 3
    assert [columns.result(row) for row in range(3)] == records
