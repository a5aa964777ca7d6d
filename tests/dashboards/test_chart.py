"""The chart of a result against its limit: points, bars and arrows, and the same in words."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from dashboards.chart import draw
from dashboards.views.sample import Measured
from labs.limits import IN_FORCE, Limit, load
from labs.result import Interval
from tests.build import result

LEAD = next(limit for limit in load(IN_FORCE).limits if limit.id == "cn-toys-migratable-lead")
D = Decimal


def row(limit: Limit | None = LEAD, **changes: Any) -> Measured:
    return Measured("first", result(**changes), limit, None)


def below(high: str, low: str | None = "0") -> dict[str, Any]:
    interval = Interval(None if low is None else D(low), D(high), high_open=True)
    return {"raw_text": f"<{high}", "interval": interval, "u_expanded": None}


PLAIN = {"u_expanded": None}
DRAWN = [
    ({}, ("guard", "limit", "spread", "point"), "<circle"),
    (PLAIN, ("limit", "point"), "<circle"),
    (below("5"), ("limit", "limit-of-report", "spread", "point"), "<polygon"),
    (below("5", None), ("limit", "limit-of-report", "spread", "point"), "<polygon"),
    ({"raw_text": ">100", "interval": Interval(D(100), None, True), **PLAIN}, ("limit-of-report",), "<polygon"),
    ({"raw_text": "trace", "interval": Interval(D(2), D(8), False, True), **PLAIN}, ("bar",), "<rect"),
]


@pytest.mark.parametrize(("changes", "classes", "shape"), DRAWN)
def test_each_kind_of_result_has_its_shape(changes: dict[str, Any], classes: tuple[str, ...], shape: str) -> None:
    picture = str(draw("en", row(**changes)))
    assert all(f'class="{name}"' in picture for name in classes) and shape in picture
    assert ("guard" in picture) is ("guard" in classes)


SAID = [
    (row(), "Result against the limit: 210 mg/kg. Expanded uncertainty ± 12 mg/kg. limit 90 mg/kg. "
            "Guard band ± 12 mg/kg round the limit"),
    (row(**below("5")), "Result against the limit: &lt;5 mg/kg. The true value lies anywhere in ≥ 0, &lt; 5 mg/kg. "
                        "limit 90 mg/kg"),
    (row(raw_text=">9", interval=Interval(D(9), None, low_open=True), u_expanded=None),
     "Result against the limit: &gt;9 mg/kg. The true value lies anywhere in &gt; 9 mg/kg. limit 90 mg/kg"),
    (row(raw_text="≤9", interval=Interval(None, D(9)), u_expanded=None),
     "Result against the limit: ≤9 mg/kg. The true value lies anywhere in ≤ 9 mg/kg. limit 90 mg/kg"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "said"), SAID)
def test_the_picture_is_told_in_words(what: Measured, said: str) -> None:
    assert f"<title>{said}</title>" in draw("en", what)


def test_another_unit_is_converted_and_one_that_never_is_gives_no_picture() -> None:
    assert "Expanded uncertainty ± 12" in draw("en", row(unit="g/kg", raw_text="0.21", interval=Interval(
        D("0.21"), D("0.21")), u_expanded=D("0.012")))  # fmt: skip
    assert draw("zh", row(unit="mg/cm2")) == draw("zh", row(limit=None)) == ""
    assert draw("zh", row(limit=replace(LEAD, high=None))) == ""
    assert draw("zh", row(interval=Interval(None, None))) == ""


@pytest.mark.parametrize("value", ["0.1", "88", "5000", "-3"])
def test_whatever_is_measured_the_words_stay_inside_the_picture(value: str) -> None:
    picture = draw("zh", row(value=value, limit=replace(LEAD, low=D("0.5"))))
    assert "真值" not in picture and 'x="-' not in picture and "nan" not in picture
