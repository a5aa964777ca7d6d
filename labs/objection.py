"""An objection: a party contests sampling, authenticity, method or result, inside its window."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle


class ObjectionState(StrEnum):
    """Where an objection stands; no timer closes it."""

    LODGED = "lodged"
    LATE = "late"
    REFUSED = "refused"
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


_S, _E = ObjectionState, ObjectionEvent

OBJECTION: Lifecycle[ObjectionState, ObjectionEvent] = Lifecycle(
    noun="objection",
    initial=_S.LODGED,
    moves={
        (_S.LODGED, _E.FOUND_LATE): _S.LATE,
        (_S.LODGED, _E.REFUSED): _S.REFUSED,
        (_S.LODGED, _E.ACCEPTED): _S.ACCEPTED,
        (_S.LODGED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.ACCEPTED, _E.UPHELD): _S.UPHELD,
        (_S.ACCEPTED, _E.DISMISSED): _S.DISMISSED,
        (_S.ACCEPTED, _E.REINSPECTION_ORDERED): _S.REINSPECT,
        (_S.ACCEPTED, _E.WITHDRAWN): _S.WITHDRAWN,
        (_S.REINSPECT, _E.RETEST_PASSED): _S.REINSPECT_PASS,
        (_S.REINSPECT, _E.RETEST_FAILED): _S.REINSPECT_FAIL,
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


def leads_to_retest(kind: ObjectionKind, retest_kinds: Collection[str]) -> bool:
    """Tell whether an accepted objection of the kind opens the backup unit; the others are settled on paper."""
    return kind.value in retest_kinds


def retest_refusal(
    *, has_backup: bool, seal_ok: bool, expires_on: date | None, on: date, retestable: bool = True
) -> str | None:
    """Give the code of what rules a retest out, so that the original stands, or None."""
    if not has_backup:
        return "no_backup"
    if not seal_ok:
        return "backup_seal_broken"
    if expires_on is not None and on > expires_on:
        return "backup_expired"
    return None if retestable else "item_not_retestable"
