"""Limits: read from their file, found by item, category and day."""

from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from labs import limits as family
from labs.errors import LabError, UnknownLimits, UnknownRounding
from labs.units import canonical_unit
from sampling.text import Text
from tests.labs.build import limit, limits

ROW = """
[[limits]]
id = "lead-toys-2014"
standard = "GB 6675.4"
edition = "2014"
item = "lead"
item_name = { zh = "铅", en = "Lead" }
category = "toys"
unit = "mg/kg"
kind = "max"
value = "90"
mode = "full"
decision_rule = "R0"
severity = "safety"
valid_from = 2016-01-01
status = "unconfirmed"
source = "test"
"""
HEAD = 'code = "limits-x"\nversion = "3"\n'


def test_a_row_becomes_a_limit() -> None:
    read = family.parse(HEAD + ROW, "x")
    assert read.rule_version == "limits-x@3"
    assert read.limits == (limit("90", id="lead-toys-2014", item_name=Text("铅", "Lead"), source="test"),)


KINDS = [
    ('kind = "min"\nvalue = "97.0"', Decimal("97.0"), None, Decimal("0.1")),
    ('kind = "range"\nvalue = ["1.2", "1.65"]', Decimal("1.2"), Decimal("1.65"), Decimal("0.01")),
    ('kind = "absent"\nvalue = "0.01"', None, Decimal("0.01"), Decimal("0.01")),
    ('kind = "max"\nvalue = "1400"\nstep = "100"', None, Decimal(1400), Decimal(100)),
    ('kind = "max"\nvalue = 0.1', None, Decimal("0.1"), Decimal("0.1")),
]


@pytest.mark.parametrize(("lines", "low", "high", "step"), KINDS)
def test_a_kind_sets_the_ends_and_the_last_place_the_step(
    lines: str, low: Decimal | None, high: Decimal | None, step: Decimal
) -> None:
    row = family.parse(HEAD + ROW.replace('kind = "max"\nvalue = "90"', lines), "x").limits[0]
    assert (row.low, row.high, row.step) == (low, high, step)


BROKEN = [
    ('decision_rule = "R0"', 'decision_rule = "R1"\nlenient = "100"', UnknownLimits),
    ('kind = "max"\nvalue = "90"', 'kind = "absent"\nvalue = "90"\nlenient = "100"', UnknownLimits),
    ('value = "90"', 'value = "90"\nlenient = "80"', UnknownLimits),
    ('mode = "full"', 'mode = "rounded"\nlenient = "90.5"', UnknownLimits),
    ('kind = "max"\nvalue = "90"', 'kind = "min"\nvalue = "90"\nlenient = "100"', UnknownLimits),
    ('kind = "max"', 'kind = "about"', UnknownLimits),
    ('mode = "full"', 'mode = "roughly"', UnknownLimits),
    ('decision_rule = "R0"', 'decision_rule = "R9"', UnknownLimits),
    ('severity = "safety"', 'severity = "grave"', UnknownLimits),
    ('value = "90"', 'value = "90"\nstep = "7"', UnknownRounding),
]


@pytest.mark.parametrize(("old", "new", "error"), BROKEN)
def test_a_row_outside_the_lists_is_refused(old: str, new: str, error: type[LabError]) -> None:
    with pytest.raises(error):
        family.parse(HEAD + ROW.replace(old, new), "x")


PLAN = ('kind = "max"\nvalue = "90"', 'kind = "plan"\nvalue = { n = 5, c = 2, m = 100, M = 1000 }')
MORE = """
lenient = "100"
parts = ["dehp", "dbp"]
recorded_on = 2017-03-01
withdrawn_on = 2019-01-01

[[repeatability]]
item = "lead"
method = "GB/T 26125"
unit = "mg/kg"
value = "0.5"
valid_from = 2016-01-01
status = "unconfirmed"
source = "test"
"""


def test_a_plan_is_read_with_its_four_numbers() -> None:
    row = family.parse(HEAD + ROW.replace(*PLAN), "x").limits[0]
    assert row.plan == family.Plan(5, 2, Decimal(100), Decimal(1000))
    assert (row.low, row.high) == (None, Decimal(1000))


def test_a_lenient_form_parts_and_the_days_of_knowing_are_read() -> None:
    read = family.parse(HEAD + ROW + MORE, "x")
    row = read.limits[0]
    assert (row.lenient, row.parts) == (Decimal(100), ("dehp", "dbp"))
    assert (row.recorded_on, row.withdrawn_on) == (date(2017, 3, 1), date(2019, 1, 1))
    assert read.repeatabilities[0].value == Decimal("0.5")


KNOWN = limits(limit("90", id="late", recorded_on=date(2017, 3, 1), withdrawn_on=date(2019, 1, 1)))


@pytest.mark.parametrize(
    ("on", "known_on", "found"),
    [
        (date(2016, 6, 1), None, False),
        (date(2016, 6, 1), date(2017, 3, 1), True),
        (date(2018, 6, 1), None, True),
        (date(2018, 6, 1), date(2018, 12, 31), True),
        (date(2018, 6, 1), date(2019, 1, 1), False),
    ],
)
def test_a_limit_is_in_force_on_a_day_as_known_on_another(on: date, known_on: date | None, found: bool) -> None:
    assert (KNOWN.limit_for("lead", "toys", on, known_on) is not None) is found


def test_a_part_is_found_in_the_sum_of_its_category() -> None:
    rules = limits(limit("0.1", id="sum", item="sum", parts=("dehp",)))
    wanted = [
        rules.sum_with(*asked, date(2020, 1, 1)) for asked in (("dehp", "toys"), ("dehp", "kettles"), ("x", "toys"))
    ]
    assert wanted == ["sum", None, None]


def test_an_id_is_used_once() -> None:
    with pytest.raises(UnknownLimits):
        family.parse(HEAD + ROW + ROW, "x")


@pytest.mark.parametrize("code", ["nowhere", "../secrets", ""])
def test_limits_that_are_not_shipped_are_refused(code: str) -> None:
    with pytest.raises(UnknownLimits):
        family.load(code)


EDITIONS = limits(
    limit("90", id="old", edition="2003", valid_from=date(2004, 1, 1), valid_to=date(2015, 12, 31)),
    limit("60", id="new", edition="2014", valid_from=date(2016, 1, 1)),
    limit("100", id="any", category="*", valid_from=date(2010, 1, 1)),
)


@pytest.mark.parametrize(
    ("category", "on", "wanted"),
    [
        ("toys", date(2003, 12, 31), None),
        ("toys", date(2015, 12, 31), "old"),
        ("toys", date(2016, 1, 1), "new"),
        ("kettles", date(2016, 1, 1), "any"),
    ],
)
def test_the_edition_of_the_day_applies(category: str, on: date, wanted: str | None) -> None:
    found = EDITIONS.limit_for("lead", category, on)
    assert (found.id if found else None) == wanted


def test_the_items_of_a_category_are_listed_once() -> None:
    assert EDITIONS.items("toys", date(2016, 1, 1)) == ("lead",)
    assert EDITIONS.items("toys", date(2003, 1, 1)) == ()


def shipped() -> list[str]:
    return [path.stem for path in sorted(Path(str(files("rulebooks"))).glob("limits-*.toml"))]


@pytest.mark.parametrize("code", shipped())
def test_shipped_limits_can_be_read_and_stand_in_known_units(code: str) -> None:
    read = family.load(code)
    assert read.code == code
    assert [row.id for row in read.limits if canonical_unit(row.unit) != row.unit] == []
    for row in read.limits:
        assert read.limit_for(row.item, row.category, row.valid_from) == row
