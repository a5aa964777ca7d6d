"""Objections as people handle them: lodged inside a window, supplemented once, decided, or withdrawn."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.objection import (
    OBJECTION,
    Objection,
    ObjectionDecision,
    ObjectionEvent,
    ObjectionKind,
    ObjectionState,
    assess,
    assess_supplement,
    barred,
    leads_to_retest,
    review_bar,
    upheld,
)
from labs.verdict import VerdictEvent
from sampling.calendar import due
from sampling.sample import SampleEvent, SampleState
from storage import impasse, objections, samples, verdicts
from storage.acts import reinspection
from storage.errors import Conflict, NotAllowed, TooEarly
from storage.service import procedure_of, running

DECISIONS = tuple(decision.value for decision in ObjectionDecision)
SUPPLEMENT_LIMIT = "supplement_limit"


def lodge_objection(
    unit: Session, sample_id: UUID, party: str, kind: ObjectionKind, grounds: str, *, by: str, at: datetime,
    came_at: datetime | None = None,
) -> Objection:  # fmt: skip
    """Keep an objection; one that is late, or not from a party, is kept as such with its reason.

    What counts is when it came in, not when somebody wrote that down; without it both are one. Before its window began
    nothing comes in: TooEarly.
    """
    came_at = came_at or at
    rules = procedure_of(unit, sample_id, came_at)
    window = rules.window(kind)
    until = running(unit, sample_id, party, window, rules.zone)
    _expect_after(until.starts_at, came_at)
    objection = objections.lodge(
        unit, sample_id, party=party, kind=kind, grounds=grounds, window=until, came_at=came_at, by=by, at=at
    )
    verdict = assess(
        party=party.partition(":")[0], parties=window.parties, grounds=grounds, received_at=came_at,
        deadline=until.due_at,
    )  # fmt: skip
    if verdict.event is not ObjectionEvent.ACCEPTED:
        objections.record(unit, objection.id, verdict.event, by=by, at=at, reason=verdict.reason)
        return objections.get(unit, objection.id)
    objections.set_dates(unit, objection.id, rules.deadlines([f"decision_limit.{kind}"], came_at))
    if samples.get(unit, sample_id).state is SampleState.NOTIFIED:
        samples.record(unit, sample_id, SampleEvent.OBJECTED, by=by, at=at, data={"party": party, "kind": kind.value})
    return objections.get(unit, objection.id)


def decide_objection(unit: Session, objection_id: UUID, decision: str, reason: str, *, by: str, at: datetime) -> None:
    """Refuse, dismiss or uphold an objection, ask for its one supplement, or order a re-test on the backup unit.

    While another objection to the sample is open, a refusal or a dismissal leaves the sample where it stands.
    """
    if decision not in DECISIONS:
        raise NotAllowed(f"there is no decision {decision!r}")
    objection, chosen = objections.get(unit, objection_id), ObjectionDecision(decision)
    bar = bars(unit, objection, at)[chosen]
    if bar is not None:
        raise NotAllowed(bar)
    _ACTS[chosen](unit, objection, reason, by=by, at=at)


def bars(unit: Session, objection: Objection, at: datetime) -> dict[ObjectionDecision, str | None]:
    """Give for each decision the code of what stands against it now, or None."""
    rules = procedure_of(unit, objection.sample_id, objection.received_at)
    asked_until = objections.due(unit, objection.id, SUPPLEMENT_LIMIT)
    refusal, held = reinspection.refusal(unit, objection, at), impasse.reason(unit, objection, at) is not None
    corrected = held and impasse.is_first_corrected(unit, objection.sample_id)
    return {
        decision: barred(
            decision,
            objection.state,
            on_paper=not leads_to_retest(objection.kind, rules.rule("retest_kinds").words),
            refusal=refusal,
            review=review_bar(samples.get(unit, objection.sample_id).state),
            silent=asked_until is not None and at >= asked_until,
            held=held,
            corrected=corrected,
        )
        for decision in ObjectionDecision
    }


def supplement_objection(
    unit: Session, objection_id: UUID, said: str, *, by: str, at: datetime, came_at: datetime | None = None
) -> Objection:
    """Keep the supplement that was asked for; one that came late is kept too, and refuses the objection.

    None comes before it was asked for: TooEarly.
    """
    came_at = came_at or at
    objection, dates = objections.get(unit, objection_id), objections.dates(unit, objection_id)
    until = next((one for one in dates if one.rule == SUPPLEMENT_LIMIT), None)
    if until is None:
        raise Conflict("no supplement was asked for")
    _expect_after(until.starts_at, came_at)
    found = assess_supplement(received_at=came_at, due_at=until.due_at)
    objections.supplement(unit, objection_id, said, found.event, found.reason, came_at=came_at, by=by, at=at)
    if found.event is ObjectionEvent.SUPPLEMENT_FOUND_LATE:
        _go_on(unit, objection, SampleEvent.OBJECTION_REFUSED, by=by, at=at)
    return objections.get(unit, objection_id)


def withdraw_objection(unit: Session, objection_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    """End an objection that its party takes back; once a re-test is ordered, its verdict ends it."""
    objections.record(unit, objection_id, ObjectionEvent.WITHDRAWN, by=by, at=at, reason=reason)
    _go_on(unit, objections.get(unit, objection_id), SampleEvent.OBJECTION_WITHDRAWN, by=by, at=at)


def _expect_after(begin: datetime, came_at: datetime) -> None:
    """Who writes down when something came in names the minute."""
    if came_at < begin.replace(second=0, microsecond=0):
        raise TooEarly(f"nothing came in before {begin.isoformat()}")


def _refuse(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> None:
    objections.record(unit, objection.id, ObjectionEvent.REFUSED, by=by, at=at, reason=reason)
    _go_on(unit, objection, SampleEvent.OBJECTION_REFUSED, by=by, at=at)


def _ask(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> None:
    rules = procedure_of(unit, objection.sample_id, objection.received_at)
    objections.ask(unit, objection.id, reason, due(at, rules.rule(SUPPLEMENT_LIMIT), rules.zone), by=by, at=at)


def _dismiss(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> None:
    if objection.state is ObjectionState.REINSPECT:
        reinspection.give_up(unit, objection, reason, by=by, at=at)
        return
    _accept(unit, objection, ObjectionEvent.DISMISSED, reason, by=by, at=at)
    _go_on(unit, objection, SampleEvent.OBJECTION_DISMISSED, by=by, at=at)


def _uphold(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> None:
    """No verdict stands on a sample whose objection is upheld."""
    if objection.state is ObjectionState.REINSPECT:
        reinspection.annul(unit, objection, reason, by=by, at=at)
        return
    _accept(unit, objection, ObjectionEvent.UPHELD, reason, by=by, at=at)
    _open_review(unit, objection, by=by, at=at)
    verdict = verdicts.effective(unit, objection.sample_id)
    if verdict is not None:
        verdicts.end(unit, verdict.id, VerdictEvent.VOIDED, by=by, at=at)
    code = f"{objection.kind}_objection_upheld"
    samples.record(unit, objection.sample_id, upheld(objection.kind), by=by, at=at, reason=code)


def _reinspect(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> None:
    objections.record(unit, objection.id, ObjectionEvent.ACCEPTED, by=by, at=at, reason=reason)
    _open_review(unit, objection, by=by, at=at)
    reinspection.order(unit, objection, by=by, at=at)


def _accept(unit: Session, objection: Objection, event: ObjectionEvent, reason: str, *, by: str, at: datetime) -> None:
    objections.record(unit, objection.id, ObjectionEvent.ACCEPTED, by=by, at=at, reason=reason)
    objections.record(unit, objection.id, event, by=by, at=at)
    objections.record(unit, objection.id, ObjectionEvent.CLOSED, by=by, at=at)


def _open_review(unit: Session, objection: Objection, *, by: str, at: datetime) -> None:
    """What came in before the result was told is looked into when there is a result to look into."""
    if samples.get(unit, objection.sample_id).state is SampleState.NOTIFIED:
        data = {"party": objection.party, "kind": objection.kind.value}
        samples.record(unit, objection.sample_id, SampleEvent.OBJECTED, by=by, at=at, data=data)
    samples.record(unit, objection.sample_id, SampleEvent.REVIEW_OPENED, by=by, at=at)


def _go_on(unit: Session, objection: Objection, event: SampleEvent, *, by: str, at: datetime) -> None:
    """Let the windows of the others run on, where the sample waited for this objection alone."""
    others = (item for item in objections.of_sample(unit, objection.sample_id) if item.id != objection.id)
    waiting = samples.get(unit, objection.sample_id).state is SampleState.OBJECTED
    if waiting and all(item.state in OBJECTION.final for item in others):
        samples.record(unit, objection.sample_id, event, by=by, at=at)


_ACTS = {
    ObjectionDecision.REFUSE: _refuse,
    ObjectionDecision.SUPPLEMENT: _ask,
    ObjectionDecision.DISMISS: _dismiss,
    ObjectionDecision.UPHOLD: _uphold,
    ObjectionDecision.REINSPECT: _reinspect,
}
