"""Limits for metals in consumer products in the United States, and what a result of each kind gets by them."""

from datetime import date

import pytest

from labs.limits import load
from labs.weighing import weigh
from tests.labs.build import result

FAMILY = load("limits-us")

CASES = [  # item, category, day, result, unit, outcome and reason, source
    ("lead", "spice", date(2015, 12, 31), "2", "ppm", "hold", "no_limit", "none before 2016"),
    ("lead", "spice", date(2021, 6, 6), "0.9", "ppm", "pass", "", "Class II of 2016, 1 ppm"),
    (
        "lead",
        "spice",
        date(2021, 6, 7),
        "0.9",
        "ppm",
        "indeterminate",
        "form_unknown",
        "0.21 ppm, phased in from 1 ppm",
    ),
    ("lead", "spice", date(2022, 12, 6), "1.1", "ppm", "fail", "", "Class II of 2016 and of 2021"),
    ("lead", "spice", date(2022, 12, 7), "0.9", "ppm", "fail", "", "Class II of 2021, 0.21 ppm"),
    ("cadmium", "spice", date(2022, 1, 1), "0.26", "ppm", "pass", "", "Class II of 2021, 0.26 ppm"),
    ("arsenic", "spice", date(2022, 1, 1), "0.3", "ppm", "indeterminate", "form_unknown", "inorganic arsenic"),
    ("lead", "candy", date(2012, 1, 1), "0.11", "ppm", "fail", "", "FDA guidance of 2006, 0.1 ppm"),
    ("lead", "supplement", date(2020, 1, 1), "0.1", "ppm", "pass", "", "USP 2232, 5 µg a day"),
    ("lead", "supplement", date(2020, 1, 1), "0.5", "ppm", "indeterminate", "form_unknown", "15 µg in a dose of 30 g"),
    ("mercury", "supplement", date(2020, 1, 1), "2", "ppm", "indeterminate", "form_unknown", "USP 2232, 15 µg a day"),
    (
        "cadmium",
        "supplement",
        date(2020, 1, 1),
        "51",
        "ppm",
        "indeterminate",
        "form_unknown",
        "2.6 µg in a tablet of 50 mg",
    ),
    ("lead", "cosmetics", date(2017, 1, 1), "10.1", "ppm", "fail", "", "FDA draft guidance of 2016, 10 ppm"),
    ("mercury", "cosmetics", date(2017, 1, 1), "30", "ppm", "indeterminate", "form_unknown", "21 CFR 700.13"),
    ("lead", "toys", date(2011, 8, 13), "200", "ppm", "indeterminate", "form_unknown", "CPSIA 101, 300 ppm"),
    ("lead", "toys", date(2011, 8, 14), "200", "ppm", "fail", "", "CPSIA 101, 100 ppm"),
    ("lead", "toys", date(2012, 1, 1), "0.005", "%", "pass", "", "CPSIA 101, 50 ppm in other words"),
    ("lead", "toys", date(2012, 1, 1), "0.5", "MG/CM^2", "hold", "unit_not_convertible", "a surface has no mass"),
    ("lead", "paint", date(2012, 1, 1), "91", "ppm", "fail", "", "16 CFR 1303, 0.009 %"),
    ("lead", "jewelry", date(2019, 1, 1), "400", "ppm", "indeterminate", "form_unknown", "100 ppm for children alone"),
    ("lead", "jewelry", date(2020, 6, 1), "5001", "ppm", "fail", "", "California SB 647"),
    ("lead", "tableware", date(2015, 1, 1), "0.5", "mg/L", "pass", "", "FDA Food Code 4-101.13, cups"),
    ("lead", "tableware", date(2015, 1, 1), "2.9", "mg/L", "indeterminate", "form_unknown", "plates up to 3.0 mg/L"),
    ("lead", "tableware", date(2015, 1, 1), "3.1", "mg/L", "fail", "", "plates up to 3.0 mg/L"),
    ("lead", "tableware", date(2015, 1, 1), "20", "ppm", "hold", "unit_not_convertible", "not what was given off"),
    ("lead", "food", date(2015, 1, 1), "0.2", "ppm", "hold", "no_limit", "none for food at large"),
]


@pytest.mark.parametrize(("item", "category", "day", "text", "unit", "outcome", "reason", "source"), CASES)
def test_a_result_gets_what_the_limit_of_its_day_says(
    item: str, category: str, day: date, text: str, unit: str, outcome: str, reason: str, source: str
) -> None:
    given = weigh(item, category, [result(text, item=item, unit=unit)], FAMILY, day)
    assert (given.outcome, "".join(given.reasons)) == (outcome, reason), source


def test_nothing_that_is_remembered_says_it_was_read() -> None:
    assert {row.status for row in FAMILY.limits} == {"secondary", "unconfirmed"}
    assert all(row.source for row in FAMILY.limits)
