"""The next act of a case: what has to happen in each state, and where."""

from uuid import UUID

import pytest

from dashboards.app import ROUTES
from dashboards.views.ticket import PHASES, Ticket, Waits
from dashboards.views.turn import ACTS, DONE_AT, NextAct, next_act
from sampling.sample import SAMPLE, SampleState
from tests.build import START

S, A = SampleState, NextAct


def ticket(state: SampleState, waits: Waits | None = None) -> Ticket:
    """Give a sample in a state."""
    whose = waits or PHASES[state][1]
    return Ticket(UUID(int=1), "S-1", "Car", "mart", "Li", state, None, whose, START, None, False, False, None)


TURNS = [
    (ticket(S.CAPTURED), {}, A.BUY),
    (ticket(S.CAPTURED, Waits.COORDINATOR), {"asked": True}, A.ANSWER_OFFER),
    (ticket(S.NOTICE_SENT), {}, A.HAND_OVER),
    (ticket(S.NOTICE_SENT, Waits.CARRIER), {}, A.CARRY),
    (ticket(S.VERDICT), {}, A.CONFIRM),
    (ticket(S.VERDICT, Waits.SYSTEM), {}, A.TELL_RESULT),
    (ticket(S.NOTIFIED), {}, A.OBJECT),
    (ticket(S.NOTIFIED), {"unserved": True}, A.PROVE_SERVICE),
    (ticket(S.OBJECTED), {"unserved": True}, A.DECIDE),
    (ticket(S.CLOSED), {"may_publish": True}, A.PUBLISH),
    (ticket(S.CLOSED), {}, None),
    (ticket(S.REJECTED), {"may_publish": True}, None),
]


@pytest.mark.parametrize(("one", "known", "act"), TURNS)
def test_the_next_act_is_that_of_the_state_and_of_what_is_open(
    one: Ticket, known: dict[str, bool], act: NextAct | None
) -> None:
    assert next_act(one, **{"asked": False, "unserved": False, "may_publish": False, **known}) is act


def test_every_state_but_an_end_has_an_act_and_every_place_is_there() -> None:
    ends = {state for state in SampleState if PHASES[state][0] is None or state is S.CLOSED}
    assert set(ACTS) == set(SampleState) - ends and ends == SAMPLE.final
    routes = {entry.name for entry in ROUTES if entry.method == "GET"}
    assert {place for place in DONE_AT.values() if not place.startswith("#")} <= routes
