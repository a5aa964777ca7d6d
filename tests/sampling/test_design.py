"""A design keeps its choices as plain JSON and refuses what makes no sense."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.design import PLAIN, WAYS, Design, design_of
from sampling.errors import ImpossiblePlan

DESIGNS = st.builds(
    Design,
    least=st.integers(1, 9),
    by=st.sampled_from(WAYS),
    test_cost=st.decimals(0, 900, places=2),
    reserve=st.integers(0, 30),
    cap=st.integers(0, 3),
    hold=st.booleans(),
    picks=st.dictionaries(st.sampled_from(["m:1", "m:2", "平台:3"]), st.sampled_from(["tip-off", "投诉"])),
    confidence=st.decimals("0.5", "0.99", places=2),
)


@given(DESIGNS)
def test_a_design_comes_back_from_its_plain_json(design: Design) -> None:
    assert design_of(json.loads(json.dumps(design.record()))) == design


def test_what_a_record_does_not_name_is_as_in_the_plain_design() -> None:
    assert design_of({}) == PLAIN == Design()
    assert design_of({"each": 2, "test_cost": "12.50"}) == Design(each=2, test_cost=Decimal("12.50"))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"least": 0}, "0 samples of each stratum leave out listings"),
        ({"by": "luck"}, "by size or money, not by 'luck'"),
        ({"test_cost": Decimal(-1)}, "a test does not cost -1"),
        ({"test_cost": Decimal("NaN")}, "a test does not cost NaN"),
        ({"reserve": -1}, "a reserve of -1 is fewer than none"),
        ({"cap": -2}, "a cap of -2 is fewer than none"),
        ({"each": -3}, "a each of -3 is fewer than none"),
        ({"cap": 1, "each": 1}, "capped or in two stages, not both"),
        ({"picks": {"m:1": ""}}, "the pick 'm:1' has no plain id and label"),
        ({"picks": {"m\t1": "tip"}}, "has no plain id and label"),
        ({"picks": {"m:1": " tip"}}, "has no plain id and label"),
        ({"picks": {"m:1": 7}}, "has no plain id and label"),
        ({"picks": {"x" * 241: "tip"}}, "has no plain id and label"),
        ({"confidence": Decimal(1)}, "a confidence of 1 is not between 0 and 1"),
        ({"confidence": Decimal("Infinity")}, "a confidence of Infinity is not"),
    ],
)
def test_nonsense_is_refused_with_what_is_wrong(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ImpossiblePlan, match=named):
        Design(**changes)


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"leest": 1}, "a design has no leest of 1"),
        ({"least": "1"}, "a design has no least of '1'"),
        ({"least": True}, "a design has no least of True"),
        ({"test_cost": 1.5}, "a design has no test_cost of 1.5"),
        ({"test_cost": "much"}, "a test_cost of 'much' is no number"),
        ({"confidence": "0"}, "a confidence of 0"),
    ],
)
def test_a_record_that_is_no_design_is_refused(record: dict[str, Any], named: str) -> None:
    with pytest.raises(ImpossiblePlan, match=named):
        design_of(record)
