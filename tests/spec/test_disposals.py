"""When a kept unit may be disposed of: nothing open, its date come, no hold, and two persons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sampling.custody import UNIT, UnitState
from sampling.disposal import ENDS, SENTENCES, DisposalMethod, Obstacle, Standing, expect_none, obstacles
from sampling.errors import RefusedDisposal
from sampling.sample import SampleState

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FREE = Standing(UnitState.RETAINED, SampleState.CLOSED, NOW, held=False, objection_open=False, clock_open=False)
S, X = SampleState, Obstacle

# what is different from a unit that may be disposed of, and what stands in the way then
STANDINGS = [
    ({}, []),
    ({"sample": S.FINAL}, []),
    ({"sample": S.VOID}, []),
    ({"release_at": NOW + timedelta(microseconds=1)}, [X.TOO_EARLY]),
    ({"release_at": None}, [X.NO_DATE]),
    ({"held": True}, [X.ON_HOLD]),
    ({"objection_open": True}, [X.OBJECTION_OPEN]),
    ({"sample": S.OBJECTED}, [X.OBJECTION_OPEN]),
    ({"sample": S.UNDER_REVIEW}, [X.RETEST_OPEN]),
    ({"sample": S.REINSPECTION}, [X.RETEST_OPEN]),
    ({"sample": S.NOTIFIED}, [X.CASE_OPEN]),
    ({"sample": S.TESTING}, [X.CASE_OPEN]),
    ({"clock_open": True}, [X.CLOCK_OPEN]),
    ({"unit": UnitState.TESTED}, [X.NOT_KEPT]),
    ({"held": True, "clock_open": True, "release_at": None}, [X.ON_HOLD, X.CLOCK_OPEN, X.NO_DATE]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "found"), STANDINGS)
def test_a_unit_may_be_disposed_of_when_nothing_forbids_it(changes: dict[str, object], found: list[Obstacle]) -> None:
    assert list(obstacles(replace(FREE, **changes), NOW)) == found  # type: ignore[arg-type]


def test_a_refusal_says_every_reason_in_both_languages() -> None:
    expect_none(())
    with pytest.raises(RefusedDisposal, match=r"on hold by order of an officer\. .* does not approve it") as refused:
        expect_none((X.ON_HOLD, X.SAME_PERSON))
    assert refused.value.codes == ("on_hold", "same_person")
    assert refused.value.sentences[0].zh == "该份样品已被责令保全。"


def test_every_obstacle_has_a_sentence_and_every_method_ends_a_kept_unit() -> None:
    assert set(SENTENCES) == set(Obstacle)
    assert set(ENDS) == set(DisposalMethod)
    assert all(UNIT.allows(UnitState.RETAINED, event) for event in ENDS.values())
