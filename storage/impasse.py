"""An impasse: why a re-test that was ordered comes to no verdict by itself, so that an officer may end it."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.objection import Objection, ObjectionState
from labs.verdict import Outcome
from storage import bases, consignments, coverage, deadlines, objections, samples, uploads, verdicts
from storage.consignments import Order
from storage.owed import TEST_REPORT

TWINS = (verdicts.RETEST, verdicts.ARBITRATION)


def reason(unit: Session, objection: Objection, at: datetime) -> str | None:
    """Give the code of what keeps the re-test of an objection from its end, or None while it may still come to one.

    The laboratory may yet correct its report or send it: no impasse ends a re-test by itself.
    """
    if objection.state is not ObjectionState.REINSPECT:
        return None
    return objections.held(unit, objection) or next(_reasons(unit, objection.sample_id, at), None)


def is_first_corrected(unit: Session, sample_id: UUID) -> bool:
    """Tell whether the laboratory took back the results of the first verdict on a sample, so that it cannot stand."""
    first = verdicts.live(unit, sample_id, verdicts.FIRST)
    return first is not None and bases.is_outdated(unit, first)


def _reasons(unit: Session, sample_id: UUID, at: datetime) -> Iterator[str]:
    final = verdicts.live(unit, sample_id, "final")
    if is_first_corrected(unit, sample_id):
        yield "first_report_corrected"
    orders = [one for one in consignments.of_sample(unit, sample_id) if one.purpose in TWINS]
    yield from (code for one in orders if (code := _of_order(unit, one, at)) is not None)
    weighed = final is not None and final.basis is not None and final.basis.third is not None
    if final is not None and weighed and final.outcome is Outcome.HOLD:
        yield "laboratories_differ"


def _of_order(unit: Session, order: Order, at: datetime) -> str | None:
    """What is wrong with the report on one twin; None where it was judged, or is awaited and not late yet."""
    given = verdicts.live(unit, order.sample_id, order.purpose)
    if given is not None:
        return "retest_unsettled" if given.outcome in verdicts.UNSETTLED else None
    results = bases.results_of(unit, order.sample_id, order.blind_code)
    if coverage.uncovered(unit, samples.get(unit, order.sample_id), [order]):
        return "retest_out_of_scope"
    if results and verdicts.voided_on(unit, order.sample_id, order.purpose, results):
        return "retest_sent_back"
    if uploads.waits(unit, order.lab, order.unit_id):
        return None
    clock = deadlines.find(unit, order.sample_id, f"lab:{order.lab}", TEST_REPORT, unit_id=order.unit_id)
    return "retest_overdue" if clock is not None and clock.due_at <= at else None
