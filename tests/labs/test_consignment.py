"""Consignments: what the lines say of the whole, what may be reconciled, and what arrived too warm."""

from dataclasses import replace
from decimal import Decimal

import pytest

from labs.consignment import ConsignmentEvent, ConsignmentState, Line, LineState, outcome, too_warm
from tests.labs.build import CONSIGNED

L, E, S = LineState, ConsignmentEvent, ConsignmentState

# the states of the lines, and what they say of the consignment
OUTCOMES: tuple[tuple[str, ConsignmentEvent | None], ...] = (
    ("expected expected", None),
    ("expected refused", None),
    ("refused refused", E.REFUSED),
    ("received received", E.RECEIVED),
    ("received expected", E.PARTLY_RECEIVED),
    ("received missing", E.PARTLY_RECEIVED),
    ("damaged refused", E.PARTLY_RECEIVED),
    ("damaged", E.PARTLY_RECEIVED),
)


@pytest.mark.parametrize(("lines", "event"), OUTCOMES)
def test_the_lines_say_what_became_of_the_whole(lines: str, event: ConsignmentEvent | None) -> None:
    assert outcome(map(LineState, lines.split())) is event


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
