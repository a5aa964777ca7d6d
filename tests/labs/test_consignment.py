"""Consignments: what the lines say of the whole, what may be reconciled, and what arrived too warm."""

from dataclasses import replace
from decimal import Decimal

import pytest

from labs.consignment import ConsignmentEvent, ConsignmentState, Line, LineState, outcome, too_warm
from tests.labs.build import CONSIGNED

L, E, S = LineState, ConsignmentEvent, ConsignmentState

# where a consignment stands, the states of its lines, and what they say of it
OUTCOMES: tuple[tuple[ConsignmentState, str, ConsignmentEvent | None], ...] = (
    (S.IN_TRANSIT, "expected expected", None),
    (S.IN_TRANSIT, "expected refused", None),
    (S.IN_TRANSIT, "refused refused", E.REFUSED),
    (S.IN_TRANSIT, "received received", E.RECEIVED),
    (S.IN_TRANSIT, "received expected", E.PARTLY_RECEIVED),
    (S.PARTLY_RECEIVED, "received missing", E.PARTLY_RECEIVED),
    (S.IN_TRANSIT, "damaged refused", E.PARTLY_RECEIVED),
    (S.IN_TRANSIT, "damaged", E.PARTLY_RECEIVED),
    (S.PARTLY_RECEIVED, "refused refused", E.PARTLY_RECEIVED),
    (S.LOST, "refused refused", E.PARTLY_RECEIVED),
    (S.LOST, "received received", E.RECEIVED),
)


@pytest.mark.parametrize(("stands", "lines", "event"), OUTCOMES)
def test_the_lines_say_what_became_of_the_whole(
    stands: ConsignmentState, lines: str, event: ConsignmentEvent | None
) -> None:
    assert outcome(map(LineState, lines.split()), stands) is event


@pytest.mark.parametrize(
    ("state", "lines", "may"),
    [
        (S.PARTLY_RECEIVED, "received missing damaged returned", True),
        (S.LOST, "missing missing", True),
        (S.PARTLY_RECEIVED, "received expected", False),
        (S.REFUSED, "refused", False),
        (S.IN_TRANSIT, "received", False),
    ],
)
def test_only_what_is_accounted_for_is_reconciled(state: ConsignmentState, lines: str, may: bool) -> None:
    made = tuple(Line(f"B{at}", "S", "toys", (), LineState(one)) for at, one in enumerate(lines.split()))
    assert replace(CONSIGNED, state=state, lines=made).may_reconcile is may


@pytest.mark.parametrize(
    ("degrees", "wrong"), [(None, False), ("2", False), ("8", False), ("1.9", True), ("8.1", True)]
)
def test_a_unit_outside_its_temperatures_is_noticed(degrees: str | None, wrong: bool) -> None:
    cold = replace(CONSIGNED, coldest=Decimal(2), warmest=Decimal(8))
    at = None if degrees is None else Decimal(degrees)
    assert (too_warm(cold, at), too_warm(CONSIGNED, at)) == (wrong, False)
