"""What is known of a file before it is read: the day, the limits of the goods, and whom it may not name."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from labs.limits import Limits
from labs.mapping import shipped
from sampling.sample import SampleState
from storage import expectations, purchases
from storage.acts import bench
from storage.database import Database
from storage.expectations import _telling
from storage.objects import Objects
from tests.build import ITEM, LAB, case, moment
from tests.labs.build import limit

NIGHT = datetime(2026, 11, 22, 17, tzinfo=UTC)
"""Still that day in UTC, and the next one in China."""
LIMITS = Limits(
    "limits-test",
    "1",
    (
        limit("90", id="a", item=ITEM),
        limit("0.01", id="b", item=ITEM, category="water", unit="mg/L"),
        limit("0.1", id="c", item="dehp", category="*", unit="%"),
        limit("5", id="d", item="boron", unit="mg/kg"),
        limit("7", id="e", item="boron", category="*", unit="mg/L"),
    ),
)


def test_a_laboratory_is_asked_about_the_goods_that_it_was_sent(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.AT_LAB)
        known = expectations.expected(unit, LAB, NIGHT, LIMITS)
        assert known.today == date(2026, 11, 23)
        assert (known.units, known.categories) == ({ITEM: "mg/kg", "dehp": "%"}, {made.blind: "toys"})
        assert known.bounds[ITEM] == (None, Decimal(90)) and known.limits == LIMITS
        assert known.received == {made.blind: moment(8).date()}
        assert known.unopened == {made.blind}
        bought = purchases.live(unit, made.sample.id)
        assert bought is not None and known.bought == {made.blind: bought.intended_at.date()}
        bench.start(unit, made.blind, LAB, by="user:lab", at=moment(9))
        assert expectations.expected(unit, LAB, NIGHT, LIMITS).unopened == frozenset()
        other = expectations.expected(unit, "L-77", NIGHT, LIMITS, mapping=shipped("nyc-consumer-products"))
        assert (other.today, other.limits, other.received) == (date(2026, 11, 22), None, {})
        assert ITEM not in other.units and other.units["dehp"] == "%"


@pytest.mark.parametrize(
    ("name", "tells"), [("小米", True), ("Ａｃｍｅ", True), ("Bo", False), ("12345", False), ("米", False)]
)
def test_a_name_is_looked_for_where_it_tells_somebody(name: str, tells: bool) -> None:
    assert _telling(name) is tells
