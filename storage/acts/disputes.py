"""Objections as people handle them: lodged inside a window, decided, re-tested, concluded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.objection import OBJECTION, Objection, ObjectionEvent, ObjectionKind, ObjectionState, assess, leads_to_retest
from labs.verdict import Outcome, Verdict
from sampling import rulebook
from sampling.sample import SampleEvent, SampleState
from storage import campaigns, deadlines, objections, samples
from storage.errors import Conflict, NotAllowed
from storage.service import OBJECTION_WINDOW

DECISIONS = ("refuse", "dismiss", "uphold", "reinspect")


def lodge_objection(
    unit: Session, sample_id: UUID, party: str, kind: ObjectionKind, grounds: str, *, by: str, at: datetime
) -> Objection:
    """Keep an objection; one that is late, or not from a party, is kept as such with its reason."""
    clock = deadlines.find(unit, sample_id, party, OBJECTION_WINDOW)
    if clock is None:
        raise Conflict("this party has not been served, so no window runs yet")
    rules = rulebook.load(campaigns.get(unit, samples.get(unit, sample_id).campaign_id).rulebook)
    objection = objections.lodge(
        unit, sample_id, party=party, kind=kind, grounds=grounds, deadline=clock.due_at, by=by, at=at
    )
    verdict = assess(
        party=party.partition(":")[0], parties=rules.rule("objection_parties").words, grounds=grounds,
        received_at=at, deadline=clock.due_at,
    )  # fmt: skip
    if verdict.event is ObjectionEvent.ACCEPTED and samples.get(unit, sample_id).state is SampleState.NOTIFIED:
        samples.record(unit, sample_id, SampleEvent.OBJECTED, by=by, at=at, data={"party": party, "kind": kind.value})
    elif verdict.event is not ObjectionEvent.ACCEPTED:
        objections.record(unit, objection.id, verdict.event, by=by, at=at, reason=verdict.reason)
    return objections.get(unit, objection.id)


def decide_objection(unit: Session, objection_id: UUID, decision: str, reason: str, *, by: str, at: datetime) -> None:
    """Refuse, dismiss or uphold an objection, or order a re-inspection on the backup unit.

    While another objection to the sample is open, a refusal or a dismissal leaves the sample where it stands.
    """
    objection = objections.get(unit, objection_id)
    match decision:
        case "refuse":
            objections.record(unit, objection_id, ObjectionEvent.REFUSED, by=by, at=at, reason=reason)
            if _settles(unit, objection):
                samples.record(unit, objection.sample_id, SampleEvent.OBJECTION_REFUSED, by=by, at=at)
        case "dismiss":
            objections.record(unit, objection_id, ObjectionEvent.ACCEPTED, by=by, at=at, reason=reason)
            objections.record(unit, objection_id, ObjectionEvent.DISMISSED, by=by, at=at)
            objections.record(unit, objection_id, ObjectionEvent.CLOSED, by=by, at=at)
            if _settles(unit, objection):
                samples.record(unit, objection.sample_id, SampleEvent.REVIEW_OPENED, by=by, at=at)
                samples.record(unit, objection.sample_id, SampleEvent.REVIEW_DECIDED, by=by, at=at)
        case "uphold" | "reinspect":
            objections.record(unit, objection_id, ObjectionEvent.ACCEPTED, by=by, at=at, reason=reason)
            samples.record(unit, objection.sample_id, SampleEvent.REVIEW_OPENED, by=by, at=at)
            follow = _void if decision == "uphold" else _order_retest
            follow(unit, objection, by=by, at=at)
        case other:
            raise NotAllowed(f"there is no decision {other!r}")


def conclude_retest(unit: Session, final: Verdict, *, by: str, at: datetime) -> None:
    """Close the re-inspection of a sample with its final verdict."""
    failed = final.outcome is Outcome.FAIL
    for objection in objections.of_sample(unit, final.sample_id):
        if objection.state is ObjectionState.REINSPECT:
            event = ObjectionEvent.RETEST_FAILED if failed else ObjectionEvent.RETEST_PASSED
            objections.record(unit, objection.id, event, by=by, at=at)
            objections.record(unit, objection.id, ObjectionEvent.CLOSED, by=by, at=at)
    samples.record(unit, final.sample_id, SampleEvent.REINSPECTED, by=by, at=at, data={"outcome": final.outcome.value})


def _order_retest(unit: Session, objection: Objection, *, by: str, at: datetime) -> None:
    rules = rulebook.load(campaigns.get(unit, samples.get(unit, objection.sample_id).campaign_id).rulebook)
    if not leads_to_retest(objection.kind, rules.rule("retest_kinds").words):
        raise NotAllowed(f"an objection to the {objection.kind} is not settled by a re-test")
    objections.record(unit, objection.id, ObjectionEvent.REINSPECTION_ORDERED, by=by, at=at)
    samples.record(unit, objection.sample_id, SampleEvent.REINSPECTION_ORDERED, by=by, at=at)


def _void(unit: Session, objection: Objection, *, by: str, at: datetime) -> None:
    objections.record(unit, objection.id, ObjectionEvent.UPHELD, by=by, at=at)
    objections.record(unit, objection.id, ObjectionEvent.CLOSED, by=by, at=at)
    samples.record(unit, objection.sample_id, SampleEvent.VOIDED, by=by, at=at)


def _settles(unit: Session, objection: Objection) -> bool:
    """Whether the sample waits for this objection alone."""
    others = (item for item in objections.of_sample(unit, objection.sample_id) if item.id != objection.id)
    waiting = samples.get(unit, objection.sample_id).state is SampleState.OBJECTED
    return waiting and all(item.state in OBJECTION.final for item in others)
