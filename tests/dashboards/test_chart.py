"""The chart of a result against its limit: points, bars and arrows, and the same in words."""

import re
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


R2 = replace(LEAD, decision_rule="R2")
FORMS = replace(LEAD, lenient=D(300))
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
            "Within 12 mg/kg of the limit the result is marked as near it"),
    (row(**below("5")), "Result against the limit: &lt;5 mg/kg. The true value lies anywhere in ≥ 0, &lt; 5 mg/kg. "
                        "limit 90 mg/kg"),
    (row(raw_text=">9", interval=Interval(D(9), None, low_open=True), u_expanded=None),
     "Result against the limit: &gt;9 mg/kg. The true value lies anywhere in &gt; 9 mg/kg. limit 90 mg/kg"),
    (row(raw_text="≤9", interval=Interval(None, D(9)), u_expanded=None),
     "Result against the limit: ≤9 mg/kg. The true value lies anywhere in ≤ 9 mg/kg. limit 90 mg/kg"),
    (row(R2), "Result against the limit: 210 mg/kg. Expanded uncertainty ± 12 mg/kg. limit 90 mg/kg. Guard band of "
              "12 mg/kg outside the limit: what lies in it does not fail. fails above 102 mg/kg"),
    (row(replace(LEAD, decision_rule="R1")), "Result against the limit: 210 mg/kg. Expanded uncertainty ± 12 mg/kg. "
     "limit 90 mg/kg. Guard band of 12 mg/kg inside the limit: what lies in it fails. fails above 78 mg/kg"),
    (row(replace(LEAD, decision_rule="R3")), "Result against the limit: 210 mg/kg. Expanded uncertainty ± 12 mg/kg. "
     "limit 90 mg/kg. Guard band of 12 mg/kg on both sides: what lies in it is conditional. fails above 102 mg/kg"),
    (row(FORMS, **PLAIN), "Result against the limit: 210 mg/kg. limit 90 mg/kg. Up to the limit of the most lenient "
                          "form, it depends on the form of the goods. fails above 300 mg/kg"),
    (row(replace(LEAD, kind="min", low=D(250), high=None, mode="rounded", step=D(10)), **PLAIN),
     "Result against the limit: 210 mg/kg. limit 250 mg/kg. fails below 245 mg/kg"),
    (row(replace(LEAD, kind="absent"), **PLAIN), "Result against the limit: 210 mg/kg. limit 90 mg/kg"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "zones", "lines"),
    [
        (LEAD, ["guard"], ["limit"]),
        (R2, ["guard"], ["limit", "fails"]),
        (FORMS, ["unsure", "guard"], ["limit", "fails"]),
    ],
)
def test_what_fails_has_a_line_of_its_own(limit: Limit, zones: list[str], lines: list[str]) -> None:
    picture = str(draw("en", row(limit)))
    assert re.findall(r'<rect class="(\w+)"', picture) == zones
    assert re.findall(r'<line class="(limit|fails)"', picture) == lines


def test_what_fails_far_away_is_told_and_does_not_press_all_else_together() -> None:
    far = str(draw("en", row(replace(LEAD, lenient=D(1_000_000)))))
    assert "fails above 1000000 mg/kg</text>" in far and 'class="fails"' not in far
    place = re.compile(r'<line class="limit" x1="([\d.]+)"')
    assert place.findall(far) == place.findall(str(draw("en", row())))


@pytest.mark.parametrize(("what", "said"), SAID)
def test_the_picture_is_told_in_words(what: Measured, said: str) -> None:
    assert f"<title>{said}</title>" in draw("en", what)


def test_another_unit_is_converted_and_one_that_never_is_gives_no_picture() -> None:
    assert "Expanded uncertainty ± 12" in draw("en", row(unit="g/kg", raw_text="0.21", interval=Interval(
        D("0.21"), D("0.21")), u_expanded=D("0.012")))  # fmt: skip
    assert draw("zh", row(unit="mg/cm2")) == draw("zh", row(limit=None)) == ""
    assert draw("zh", row(limit=replace(LEAD, high=None))) == ""
    assert draw("zh", row(interval=Interval(None, None))) == ""


@pytest.mark.parametrize(
    "limit", [LEAD, R2, FORMS, replace(LEAD, decision_rule="R1"), replace(LEAD, decision_rule="R3")]
)
def test_a_chinese_picture_holds_no_english_word(limit: Limit) -> None:
    told = re.sub("<[^>]+>|mg/kg", " ", str(draw("zh", row(limit))))
    assert "限值" in told and not re.search("[A-Za-z]{2,}", told), told


@pytest.mark.parametrize("value", ["0.1", "88", "5000", "-3"])
def test_whatever_is_measured_the_words_stay_inside_the_picture(value: str) -> None:
    picture = draw("zh", row(value=value, limit=replace(LEAD, low=D("0.5"))))
    assert "真值" not in picture and 'x="-' not in picture and "nan" not in picture
