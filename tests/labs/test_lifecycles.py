"""Life cycles of the laboratory stage: the ways through, and what is never possible."""

from enum import StrEnum
from typing import Any

import pytest

from labs.consignment import CONSIGNMENT, LINE
from labs.objection import OBJECTION
from labs.report import UPLOAD
from labs.verdict import VERDICT
from sampling.errors import IllegalMove
from sampling.lifecycle import Lifecycle

WAYS: list[tuple[Lifecycle[Any, Any], str, str]] = [
    (CONSIGNMENT, "packed handed_over announced received reconciled", "reconciled"),
    (CONSIGNMENT, "packed handed_over announced partly_received received reconciled", "reconciled"),
    (CONSIGNMENT, "packed handed_over announced refused reconciled", "reconciled"),
    (CONSIGNMENT, "packed handed_over announced lost reconciled", "reconciled"),
    (CONSIGNMENT, "packed cancelled", "cancelled"),
    (LINE, "missed received", "received"),
    (LINE, "refused returned", "returned"),
    (OBJECTION, "accepted reinspection_ordered retest_passed closed", "closed"),
    (OBJECTION, "accepted upheld closed", "closed"),
    (OBJECTION, "found_late", "late"),
    (UPLOAD, "held reopened committed", "committed"),
    (UPLOAD, "held released committed", "committed"),
    (UPLOAD, "held proposed released held released committed", "committed"),
    (UPLOAD, "held proposed reopened committed", "committed"),
    (UPLOAD, "held refused", "refused"),
    (UPLOAD, "held proposed refused", "refused"),
    (UPLOAD, "rejected reopened committed", "committed"),
    (VERDICT, "confirmed replaced", "replaced"),
]

NEVER: list[tuple[Lifecycle[Any, Any], str, str]] = [
    (CONSIGNMENT, "handed_over", "cancelled"),  # the manifest is frozen once it left
    (CONSIGNMENT, "handed_over", "reconciled"),  # nothing is reconciled before it arrived or was lost
    (CONSIGNMENT, "handed_over", "received"),  # it travels before it arrives
    (LINE, "received", "missed"),
    (LINE, "damaged", "received"),
    (LINE, "returned", "received"),
    (OBJECTION, "late", "accepted"),
    (OBJECTION, "lodged", "closed"),  # no timer closes an objection
    (UPLOAD, "committed", "rejected"),
    (UPLOAD, "held", "committed"),  # a released file is read again before anything of it is taken over
    (UPLOAD, "rejected", "committed"),
    (UPLOAD, "rejected", "released"),  # what the reader refused nobody lets pass
    (UPLOAD, "proposed", "committed"),
    (UPLOAD, "refused", "reopened"),  # the laboratory sends another file
    (UPLOAD, "released", "refused"),
    (VERDICT, "provisional", "replaced"),
    (VERDICT, "replaced", "confirmed"),
]


def member(cycle: Lifecycle[Any, Any], place: int, name: str) -> StrEnum:
    found: StrEnum = next(pair[place] for pair in cycle.moves if pair[place] == name)
    return found


def state(cycle: Lifecycle[Any, Any], name: str) -> StrEnum:
    known = {*cycle.final, *(old for old, _ in cycle.moves)}
    found: StrEnum = next(old for old in known if old == name)
    return found


@pytest.mark.parametrize(("cycle", "events", "end"), WAYS)
def test_a_way_leads_to_its_end(cycle: Lifecycle[Any, Any], events: str, end: str) -> None:
    here = cycle.initial
    for event in events.split():
        here = cycle.move(here, member(cycle, 1, event))
    assert here == end
    assert here in cycle.final


@pytest.mark.parametrize(("cycle", "here", "event"), NEVER)
def test_what_the_table_lacks_is_refused(cycle: Lifecycle[Any, Any], here: str, event: str) -> None:
    with pytest.raises(IllegalMove):
        cycle.move(state(cycle, here), member(cycle, 1, event))
