"""Units: names as written, exact factors, and pairs that are never converted."""

from decimal import Decimal

import pytest

from labs.errors import UnknownUnit
from labs.units import canonical_unit, convert, convert_interval, table
from tests.labs.build import span

NAMES = [
    ("mg/kg", "mg/kg"),
    ("㎎/㎏", "mg/kg"),
    (" mg·kg⁻¹ ", "mg/kg"),
    ("\u00b5g/kg", "ug/kg"),  # micro sign
    ("\u03bcg/kg", "ug/kg"),  # Greek mu
    ("mgN/L", "mg N/L"),
    ("MG/KG-DRY", "mg/kg dry"),
    ("milligrams", None),
    ("", None),
]

CONVERTED = [
    ("0.07", "lead", "g/kg", "mg/kg", "70"),
    ("70", "lead", "mg/kg", "g/kg", "0.07"),
    ("0.1", "lead", "%", "mg/kg", "1000"),
    ("90", "lead", "ppm", "mg/kg", "90"),
    ("5", "protein", "mg/kg", "mg/kg", "5"),
    ("2", "mass", "kg", "g", "2000"),
]

NEVER = [
    ("protein", "ppm", "mg/kg"),  # ppm is mass by mass only where the item says so
    ("lead", "mg/L", "mg/kg"),  # needs a density
    ("lead", "mg/kg dry", "mg/kg"),
    ("coliforms", "CFU/g", "MPN/g"),
    ("nitrate", "mg N/L", "mg/L"),
    ("lead", "spoons", "mg/kg"),
    ("lead", "mg/kg", "spoons"),
    ("time", "s", "min"),  # a sixtieth has no exact decimal
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_unit_has_one_name(text: str, name: str | None) -> None:
    assert canonical_unit(text) == name


@pytest.mark.parametrize(("value", "item", "unit", "to", "wanted"), CONVERTED)
def test_a_value_converts_exactly(value: str, item: str, unit: str, to: str, wanted: str) -> None:
    assert convert(Decimal(value), item=item, unit=unit, to=to) == Decimal(wanted)


@pytest.mark.parametrize(("item", "unit", "to"), NEVER)
def test_some_pairs_are_never_converted(item: str, unit: str, to: str) -> None:
    with pytest.raises(UnknownUnit):
        convert(Decimal(1), item=item, unit=unit, to=to)


def test_both_ends_of_an_interval_convert() -> None:
    wanted = span("0", "50", high_open=True)
    assert convert_interval(span("0", "0.05", high_open=True), item="lead", unit="g/kg", to="mg/kg") == wanted
    assert convert_interval(span(None, "1"), item="lead", unit="g/kg", to="mg/kg") == span(None, "1000")
    assert convert_interval(span("1", None), item="lead", unit="g/kg", to="mg/kg") == span("1000", None)


def test_every_factor_joins_two_known_units() -> None:
    known = set(table().names.values())
    assert {unit for _, *pair in table().factors for unit in pair} <= known
