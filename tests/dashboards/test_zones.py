"""The ends of a limit as they are drawn, held against what the decision itself says on both sides of them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from dashboards.zones import ends
from labs.decision import Band, decide
from labs.limits import IN_FORCE, Limit, load
from labs.result import Interval

D = Decimal
LEAD = next(limit for limit in load(IN_FORCE).limits if limit.id == "cn-toys-migratable-lead")
"""At most 90 mg/kg, by the simple rule on the whole value."""
LOW = {"kind": "min", "low": D("97.0"), "high": None, "step": D("0.1")}
RANGE = {"kind": "range", "low": D("9.9"), "high": D("10.1"), "step": D("0.1")}

DRAWN: list[tuple[dict[str, Any], str, list[tuple[Any, ...]]]] = [
    ({}, "0", [(1, None, "90")]),
    ({}, "12", [(1, ("78", "102"), "90")]),
    ({"guard": D(2)}, "12", [(1, ("78", "102"), "90")]),
    ({"decision_rule": "R1"}, "12", [(1, ("78", "90"), "78")]),
    ({"decision_rule": "R2"}, "12", [(1, ("90", "102"), "102")]),
    ({"decision_rule": "R2", "guard": D("0.5")}, "12", [(1, ("90", "96"), "96")]),
    ({"decision_rule": "R3"}, "12", [(1, ("78", "102"), "102")]),
    ({"mode": "rounded"}, "0", [(1, None, "90.5")]),
    ({"lenient": D(100)}, "0", [(1, None, "100")]),
    ({**LOW, "mode": "rounded"}, "0", [(-1, None, "96.95")]),
    ({**LOW, "lenient": D("95.0")}, "1", [(-1, ("96.0", "98.0"), "95.0")]),
    ({**LOW, "decision_rule": "R1"}, "1", [(-1, ("97.0", "98.0"), "98.0")]),
    ({**LOW, "decision_rule": "R2"}, "1", [(-1, ("96.0", "97.0"), "96.0")]),
    ({**RANGE, "decision_rule": "R2"}, "0.05", [(-1, ("9.85", "9.9"), "9.85"), (1, ("10.1", "10.15"), "10.15")]),
]


@pytest.mark.parametrize(("changes", "spread", "drawn"), DRAWN)
def test_an_end_has_its_band_and_what_fails_beyond_it(
    changes: dict[str, Any], spread: str, drawn: list[tuple[Any, ...]]
) -> None:
    limit = replace(LEAD, **changes)
    found = ends(limit, D(spread))
    assert [(one.sign, one.band, one.fails) for one in found] == [
        (sign, band and tuple(map(D, band)), D(fails)) for sign, band, fails in drawn
    ]
    for one in found:
        beyond, before = (outcome(limit, one.fails + one.sign * by, D(spread)) for by in (D("0.001"), D("-0.001")))
        assert (beyond, before is Band.FAIL) == (Band.FAIL, False)


def outcome(limit: Limit, value: Decimal, spread: Decimal) -> Band:
    """Give the band of one value."""
    return decide(Interval(value, value), limit, u_expanded=spread).band
