"""An objection: a party contests sampling, authenticity, method or result, inside its window."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle
from sampling.sample import SAMPLE, SampleEvent, SampleState


class ObjectionState(StrEnum):
    """Where an objection stands; no timer closes it."""

    LODGED = "lodged"
    LATE = "late"
    REFUSED = "refused"
    SUPPLEMENT_ASKED = "supplement_asked"
    SUPPLEMENTED = "supplemented"
    ACCEPTED = "accepted"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    REINSPECT = "reinspect"
    REINSPECT_PASS = "reinspect_pass"
    REINSPECT_FAIL = "reinspect_fail"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class ObjectionEvent(StrEnum):
    """What happened to an objection."""

    FOUND_LATE = "found_late"
    REFUSED = "refused"
    SUPPLEMENT_ASKED = "supplement_asked"
    SUPPLEMENTED = "supplemented"
    SUPPLEMENT_FOUND_LATE = "supplement_found_late"
    ACCEPTED = "accepted"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    REINSPECTION_ORDERED = "reinspection_ordered"
    RETEST_PASSED = "retest_passed"
    RETEST_FAILED = "retest_failed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class ObjectionKind(StrEnum):
    """What is contested."""

    SAMPLING = "sampling"
    AUTHENTICITY = "authenticity"
    METHOD = "method"
    RESULT = "result"


class ObjectionDecision(StrEnum):
    """What an officer decides about an objection."""

    REFUSE = "refuse"
    SUPPLEMENT = "supplement"
    DISMISS = "dismiss"
    UPHOLD = "uphold"
    REINSPECT = "reinspect"


ENDING = (ObjectionDecision.DISMISS, ObjectionDecision.UPHOLD)
"""What ends a re-test that cannot go on."""
_S, _E = ObjectionState, ObjectionEvent

OBJECTION: Lifecycle[ObjectionState, ObjectionEvent] = Lifecycle(
    noun="objection",
    initial=_S.LODGED,
    moves={
        (_S.LODGED, _E.FOUND_LATE): _S.LATE,
        (_S.LODGED, _E.REFUSED): _S.REFUSED,
        (_S.LODGED, _E.ACCEPTED): _S.ACCEPTED,
        (_S.LODGED, _E.WITHDRAWN): _S.WITHDRAWN,
        # Nothing leads back to where a supplement may be asked for: it is asked for once.
        (_S.LODGED, _E.SUPPLEMENT_ASKED): _S.SUPPLEMENT_ASKED,
        (_S.SUPPLEMENT_ASKED, _E.SUPPLEMENTED): _S.SUPPLEMENTED,
        (_S.SUPPLEMENT_ASKED, _E.SUPPLEMENT_FOUND_LATE): _S.REFUSED,
        (_S.SUPPLEMENT_ASKED, _E.REFUSED): _S.REFUSED,
        (_S.SUPPLEMENT_ASKED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.SUPPLEMENTED, _E.REFUSED): _S.REFUSED,
        (_S.SUPPLEMENTED, _E.ACCEPTED): _S.ACCEPTED,
        (_S.SUPPLEMENTED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.ACCEPTED, _E.UPHELD): _S.UPHELD,
        (_S.ACCEPTED, _E.DISMISSED): _S.DISMISSED,
        (_S.ACCEPTED, _E.REINSPECTION_ORDERED): _S.REINSPECT,
        (_S.ACCEPTED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.REINSPECT, _E.RETEST_PASSED): _S.REINSPECT_PASS,
        (_S.REINSPECT, _E.RETEST_FAILED): _S.REINSPECT_FAIL,
        # A re-test that cannot be finished: the original stands, or no verdict does.
        (_S.REINSPECT, _E.DISMISSED): _S.DISMISSED,
        (_S.REINSPECT, _E.UPHELD): _S.UPHELD,
        (_S.UPHELD, _E.CLOSED): _S.CLOSED,
        (_S.DISMISSED, _E.CLOSED): _S.CLOSED,
        (_S.REINSPECT_PASS, _E.CLOSED): _S.CLOSED,
        (_S.REINSPECT_FAIL, _E.CLOSED): _S.CLOSED,
    },
)


@dataclass(frozen=True, slots=True)
class Objection:
    """Who contests what, when it came in, and by when it had to."""

    id: UUID
    sample_id: UUID
    party: str
    kind: ObjectionKind
    grounds: str
    received_at: datetime
    deadline: datetime
    state: ObjectionState
    reason: str | None = None
    asked: str | None = None
    """What a supplement was asked for."""
    supplement: str | None = None
    supplemented_at: datetime | None = None
    policy: str | None = None
    """By which a re-test that was ordered is weighed; no later rule changes it."""
    fee_advanced_by: str | None = None
    """Who pays for the re-test until it is decided."""
    fee_borne_by: str | None = None
    """Who bears it in the end; another than who advanced it pays it back."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What becomes of an objection when it comes in, and why."""

    event: ObjectionEvent
    reason: str | None = None


def assess(
    *, party: str, parties: Collection[str], grounds: str, received_at: datetime, deadline: datetime
) -> Assessment:
    """Give what follows from who objects and when; the deadline's own instant, 24:00, is too late."""
    if received_at >= deadline:
        return Assessment(ObjectionEvent.FOUND_LATE, "after_deadline")
    if party not in parties:
        return Assessment(ObjectionEvent.REFUSED, "party_may_not_object")
    if not grounds.strip():
        return Assessment(ObjectionEvent.REFUSED, "no_grounds")
    return Assessment(ObjectionEvent.ACCEPTED)


def assess_supplement(*, received_at: datetime, due_at: datetime) -> Assessment:
    """Give what follows from a supplement that came in; one at the deadline's own instant is late."""
    if received_at >= due_at:
        return Assessment(ObjectionEvent.SUPPLEMENT_FOUND_LATE, "supplement_late")
    return Assessment(ObjectionEvent.SUPPLEMENTED)


def leads_to_retest(kind: ObjectionKind, retest_kinds: Collection[str]) -> bool:
    """Tell whether an accepted objection of the kind opens the backup unit; the others are settled on paper."""
    return kind.value in retest_kinds


def retest_refusal(
    *,
    has_backup: bool,
    seal_ok: bool,
    expires_on: date | None,
    on: date,
    retestable: bool = True,
    damaged: bool = False,
) -> str | None:
    """Give the code of what rules a retest out, so that the original stands, or None."""
    if not has_backup:
        return "no_backup"
    if not seal_ok:
        return "backup_seal_broken"
    if damaged:
        return "backup_damaged"
    if expires_on is not None and on > expires_on:
        return "backup_expired"
    return None if retestable else "item_not_retestable"


def may_be_retested(items: Collection[str], excluded: Collection[str]) -> bool:
    """Tell whether none of the items, nor the group before the dot of one, is of those that are tested only once."""
    return not {name for item in items for name in (item, item.partition(".")[0])} & set(excluded)


def barred(
    decision: ObjectionDecision,
    state: ObjectionState,
    *,
    on_paper: bool = False,
    refusal: str | None = None,
    review: str | None = None,
    silent: bool = False,
    held: bool = False,
    corrected: bool = False,
) -> str | None:
    """Give the code of what stands against a decision about an objection, or None.

    `refusal` rules a re-test out, `review` that the case is opened. `silent`: the day for a supplement has passed and
    none came, which closes nothing by itself. `held`: a re-test that was ordered cannot go on. `corrected`: the results
    of the first verdict were taken back, so that it cannot stand.
    """
    if state in OBJECTION.final:
        return "decided_before"
    if state is ObjectionState.SUPPLEMENT_ASKED:
        return None if decision is ObjectionDecision.REFUSE and silent else "supplement_awaited"
    if state is ObjectionState.REINSPECT:
        if not held or decision not in ENDING:
            return "retest_under_way"
        return "first_report_corrected" if corrected and decision is ObjectionDecision.DISMISS else None
    if decision is ObjectionDecision.SUPPLEMENT and not OBJECTION.allows(state, ObjectionEvent.SUPPLEMENT_ASKED):
        return "supplement_asked_before"
    if decision is ObjectionDecision.REINSPECT:
        return "settled_on_paper" if on_paper else refusal or review
    return review if decision is ObjectionDecision.UPHOLD else None


def review_bar(state: SampleState) -> str | None:
    """Give the code of what keeps the case of a sample from being opened for review, or None."""
    if state in SAMPLE.final:
        return "case_ended"
    if state in (SampleState.UNDER_REVIEW, SampleState.REINSPECTION):
        return "retest_under_way"
    told = state in (SampleState.NOTIFIED, SampleState.OBJECTED)
    return None if told or SAMPLE.allows(state, SampleEvent.REVIEW_OPENED) else "result_awaited"


def upheld(kind: ObjectionKind) -> SampleEvent:
    """Give what becomes of a sample whose objection is upheld: goods that are not the maker's own are diverted.

    They leave the count of the tested, as in the official statistics; any other sample is void.
    """
    return SampleEvent.DIVERTED if kind is ObjectionKind.AUTHENTICITY else SampleEvent.VOIDED
