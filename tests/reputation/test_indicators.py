"""An indicator states its counts and its interval, and is shown as a rate only where the sample bears it."""

from decimal import Decimal

import pytest

from reputation.errors import NoVariance
from reputation.indicators import Basis, Display, Unit, detected, estimated, hajek, quality_index

PROBABILITY, TARGETED = Basis.PROBABILITY, Basis.RISK_TARGETED


@pytest.mark.parametrize(
    ("failed", "drawn", "diverted", "untestable", "denominator", "percent"),
    [
        (3476, 28265, 0, 0, 28265, "12.3"),  # national spot checks 2023
        (386, 2062, 313, 0, 1749, "22.1"),  # 12 online products: diverted goods leave the denominator
        (172, 503, 4, 2, 497, "34.6"),  # report of 2016: nor do the untestable count
    ],
)
def test_the_detection_rate_is_of_the_validly_tested(
    failed: int, drawn: int, diverted: int, untestable: int, denominator: int, percent: str
) -> None:
    told = detected(failed=failed, drawn=drawn, diverted=diverted, untestable=untestable, basis=PROBABILITY)
    assert told.rate is not None
    assert told.denominator == denominator
    assert f"{told.rate * 100:.1f}" == percent
    assert told.low is not None
    assert told.high is not None
    assert told.low < told.rate < told.high


@pytest.mark.parametrize(
    ("drawn", "basis", "display"),
    [
        (30, PROBABILITY, Display.RATE),
        (29, PROBABILITY, Display.INTERVAL),
        (300, TARGETED, Display.COUNTS),
        (5, PROBABILITY, Display.NONE),
    ],
)
def test_a_rate_is_shown_only_where_the_sample_bears_it(drawn: int, basis: Basis, display: Display) -> None:
    diverted = 5 if display is Display.NONE else 0
    assert detected(failed=0, drawn=drawn, diverted=diverted, basis=basis).display is display


# reputation vectors: R survey::svydesign(pps = "brewer")
PI = (0.8, 0.5, 0.4, 0.25, 0.2, 0.1, 0.5, 0.05)
Y = (1, 0, 0, 1, 0, 0, 1, 0)


def test_the_ratio_estimate_and_its_error() -> None:
    rate, variance, df = hajek([Unit("all", pi, bool(y)) for pi, y in zip(PI, Y, strict=True)])
    assert rate == pytest.approx(0.15508021, abs=5e-9)
    assert variance**0.5 == pytest.approx(0.10759839, abs=5e-9)
    assert df == 7


def strata(*rows: tuple[str, int, int, int]) -> list[Unit]:
    return [Unit(name, size / whole, place < failed) for name, whole, size, failed in rows for place in range(size)]


def test_the_worked_example_of_three_strata() -> None:
    told = estimated(strata(("a", 4421, 100, 9), ("b", 755, 50, 24), ("c", 1018, 50, 15)), basis=PROBABILITY)
    assert told.rate == Decimal("0.172052")
    assert (told.low, told.high) == (Decimal("0.122470"), Decimal("0.231636"))
    assert (told.numerator, told.denominator, told.df) == (48, 200, 197)
    assert told.n_effective == 200
    assert told.display is Display.RATE


@pytest.mark.parametrize(
    ("units", "basis", "display"),
    [
        ([], PROBABILITY, Display.NONE),
        (strata(("a", 100, 12, 3)), PROBABILITY, Display.INTERVAL),
        (strata(("a", 1000, 60, 5)), TARGETED, Display.COUNTS),
        (strata(("a", 1000, 60, 0)), PROBABILITY, Display.RATE),
        (strata(*((f"s{n}", 20, 2, n % 2) for n in range(20))), PROBABILITY, Display.RATE),
        (strata(*((f"s{n}", 90, 9, 1) for n in range(4)), ("big", 9000, 4, 2)), PROBABILITY, Display.INTERVAL),
    ],
)
def test_an_estimate_needs_thirty_effective_units(units: list[Unit], basis: Basis, display: Display) -> None:
    assert estimated(units, basis=basis).display is display


def test_a_lone_unit_joins_its_named_neighbour() -> None:
    units = [*strata(("a", 100, 10, 2)), Unit("b", 0.1, True)]
    with pytest.raises(NoVariance, match="b"):
        estimated(units, basis=PROBABILITY)
    with pytest.raises(NoVariance):
        estimated(units, basis=PROBABILITY, neighbours={"b": "z"})
    joined = estimated(units, basis=PROBABILITY, neighbours={"b": "a"})
    assert (joined.denominator, joined.df) == (11, 10)


def test_a_unit_taken_for_certain_needs_no_neighbour() -> None:
    units = [*strata(("a", 100, 10, 2)), Unit("b", 1.0, True)]
    assert estimated(units, basis=PROBABILITY).df == 9


def test_an_indicator_is_plain_json() -> None:
    assert detected(failed=1, drawn=40, basis=PROBABILITY).record()["rate"] == "0.025000"
    assert estimated([], basis=PROBABILITY).record() == {
        "name": "estimated",
        "numerator": 0,
        "denominator": 0,
        "rate": None,
        "low": None,
        "high": None,
        "n_effective": "0",
        "basis": "probability",
        "display": "none",
    }


def test_the_quality_index_keeps_its_base_year_weights() -> None:
    weights = {"a": Decimal(4421), "b": Decimal(755), "c": Decimal(1018)}
    severities = {"a": Decimal("0.02"), "b": Decimal("0.15"), "c": Decimal("0.08")}
    assert quality_index(severities, weights) == Decimal("95.4293")
    assert quality_index({}, weights) == 100
