"""A sample: the goods of one listing that get one verdict, from the draw to the closed file."""

import hmac
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sampling.digest import framed
from sampling.lifecycle import Lifecycle


class SampleState(StrEnum):
    """Where a sample stands."""

    TARGETED = "targeted"
    SKIPPED = "skipped"
    CAPTURED = "captured"
    NOT_OBTAINED = "not_obtained"
    ORDERED = "ordered"
    SHIPPED = "shipped"
    RECEIVED = "received"
    UNBOXED = "unboxed"
    REJECTED = "rejected"
    DIVERTED = "diverted"
    SEALED = "sealed"
    NOTICE_SENT = "notice_sent"
    AT_LAB = "at_lab"
    LAB_REFUSED = "lab_refused"
    TESTING = "testing"
    UNTESTABLE = "untestable"
    VERDICT = "verdict"
    NOTIFIED = "notified"
    OBJECTED = "objected"
    UNDER_REVIEW = "under_review"
    REINSPECTION = "reinspection"
    FINAL = "final"
    DISPOSAL = "disposal"
    FOLLOW_UP = "follow_up"
    VOID = "void"
    CLOSED = "closed"


class SampleEvent(StrEnum):
    """What happened to a sample."""

    CAPTURED = "captured"
    SKIPPED = "skipped"
    ORDERED = "ordered"
    NOT_OBTAINED = "not_obtained"
    SHIPPED = "shipped"
    RECEIVED = "received"
    UNBOXED = "unboxed"
    REJECTED = "rejected"
    DIVERTED = "diverted"
    SEALED = "sealed"
    SAMPLING_NOTICE_SENT = "sampling_notice_sent"
    ARRIVED_AT_LAB = "arrived_at_lab"
    REFUSED_BY_LAB = "refused_by_lab"
    TAKEN_BACK = "taken_back"
    TWIN_TAKEN = "twin_taken"
    TEST_STARTED = "test_started"
    FOUND_UNTESTABLE = "found_untestable"
    JUDGED = "judged"
    NOTIFIED = "notified"
    OBJECTED = "objected"
    OBJECTION_REFUSED = "objection_refused"
    OBJECTION_WITHDRAWN = "objection_withdrawn"
    OBJECTION_DISMISSED = "objection_dismissed"
    REVIEW_OPENED = "review_opened"
    REINSPECTION_ORDERED = "reinspection_ordered"
    REINSPECTED = "reinspected"
    WINDOW_CLOSED = "window_closed"
    VOIDED = "voided"
    DISPOSAL_ORDERED = "disposal_ordered"
    FOLLOW_UP_ORDERED = "follow_up_ordered"
    CLOSED = "closed"


_S, _E = SampleState, SampleEvent

SAMPLE: Lifecycle[SampleState, SampleEvent] = Lifecycle(
    noun="sample",
    initial=_S.TARGETED,
    moves={
        (_S.TARGETED, _E.CAPTURED): _S.CAPTURED,
        (_S.TARGETED, _E.SKIPPED): _S.SKIPPED,
        (_S.CAPTURED, _E.ORDERED): _S.ORDERED,
        (_S.CAPTURED, _E.SKIPPED): _S.SKIPPED,
        (_S.CAPTURED, _E.NOT_OBTAINED): _S.NOT_OBTAINED,
        (_S.ORDERED, _E.SHIPPED): _S.SHIPPED,
        (_S.ORDERED, _E.NOT_OBTAINED): _S.NOT_OBTAINED,
        (_S.SHIPPED, _E.RECEIVED): _S.RECEIVED,
        (_S.SHIPPED, _E.NOT_OBTAINED): _S.NOT_OBTAINED,
        (_S.RECEIVED, _E.UNBOXED): _S.UNBOXED,
        (_S.UNBOXED, _E.SEALED): _S.SEALED,
        (_S.UNBOXED, _E.REJECTED): _S.REJECTED,
        (_S.UNBOXED, _E.DIVERTED): _S.DIVERTED,
        (_S.SEALED, _E.SAMPLING_NOTICE_SENT): _S.NOTICE_SENT,
        (_S.NOTICE_SENT, _E.ARRIVED_AT_LAB): _S.AT_LAB,
        # Lost on the way to the laboratory.
        (_S.NOTICE_SENT, _E.VOIDED): _S.VOID,
        (_S.AT_LAB, _E.TEST_STARTED): _S.TESTING,
        (_S.AT_LAB, _E.REFUSED_BY_LAB): _S.LAB_REFUSED,
        (_S.LAB_REFUSED, _E.TAKEN_BACK): _S.SEALED,
        (_S.LAB_REFUSED, _E.VOIDED): _S.VOID,
        # The backup unit becomes the test unit, and is sent as that one was.
        (_S.SEALED, _E.TWIN_TAKEN): _S.SEALED,
        (_S.NOTICE_SENT, _E.TWIN_TAKEN): _S.NOTICE_SENT,
        (_S.LAB_REFUSED, _E.TWIN_TAKEN): _S.NOTICE_SENT,
        (_S.TESTING, _E.JUDGED): _S.VERDICT,
        (_S.TESTING, _E.FOUND_UNTESTABLE): _S.UNTESTABLE,
        (_S.TESTING, _E.DIVERTED): _S.DIVERTED,
        (_S.VERDICT, _E.NOTIFIED): _S.NOTIFIED,
        (_S.VERDICT, _E.VOIDED): _S.VOID,
        (_S.NOTIFIED, _E.OBJECTED): _S.OBJECTED,
        (_S.NOTIFIED, _E.WINDOW_CLOSED): _S.FINAL,
        (_S.OBJECTED, _E.REVIEW_OPENED): _S.UNDER_REVIEW,
        # The windows of the other parties run on: only when all have closed it is final.
        (_S.OBJECTED, _E.OBJECTION_REFUSED): _S.NOTIFIED,
        (_S.OBJECTED, _E.OBJECTION_WITHDRAWN): _S.NOTIFIED,
        (_S.OBJECTED, _E.OBJECTION_DISMISSED): _S.NOTIFIED,
        # An objection that came in time and was still open when another one ended the case.
        (_S.FINAL, _E.REVIEW_OPENED): _S.UNDER_REVIEW,
        (_S.DISPOSAL, _E.REVIEW_OPENED): _S.UNDER_REVIEW,
        (_S.FOLLOW_UP, _E.REVIEW_OPENED): _S.UNDER_REVIEW,
        (_S.UNDER_REVIEW, _E.REINSPECTION_ORDERED): _S.REINSPECTION,
        (_S.UNDER_REVIEW, _E.VOIDED): _S.VOID,
        (_S.UNDER_REVIEW, _E.DIVERTED): _S.DIVERTED,
        (_S.REINSPECTION, _E.REINSPECTED): _S.FINAL,
        # A re-test that cannot be finished, and the first verdict does not stand either.
        (_S.REINSPECTION, _E.VOIDED): _S.VOID,
        # The only verdict fell: whoever tested had no accreditation on that day.
        (_S.NOTIFIED, _E.VOIDED): _S.VOID,
        (_S.OBJECTED, _E.VOIDED): _S.VOID,
        (_S.FINAL, _E.VOIDED): _S.VOID,
        (_S.DISPOSAL, _E.VOIDED): _S.VOID,
        (_S.FINAL, _E.DISPOSAL_ORDERED): _S.DISPOSAL,
        (_S.FINAL, _E.CLOSED): _S.CLOSED,
        (_S.DISPOSAL, _E.FOLLOW_UP_ORDERED): _S.FOLLOW_UP,
        (_S.DISPOSAL, _E.CLOSED): _S.CLOSED,
        (_S.FOLLOW_UP, _E.DISPOSAL_ORDERED): _S.DISPOSAL,
        (_S.FOLLOW_UP, _E.CLOSED): _S.CLOSED,
    },
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One drawn listing and where its case stands."""

    id: UUID
    code: str
    blind_code: str
    campaign_id: UUID
    listing_id: str
    platform: str
    item_id: str
    url: str
    title: str
    category: str
    stratum: str
    seller: str
    brand: str
    state: SampleState
    reason: str | None = None
    """Why it was skipped, refused or diverted: a reason code, never a sentence."""
    lab: str | None = None
    shopper: str | None = None
    version: int = 0


def sample_code(year: int, number: int) -> str:
    """Give the case code, such as `S26-000123`; the letter keeps a spreadsheet from making it a number."""
    return f"S{year % 100:02d}-{number:06d}"


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 characters: no I, L, O or U to be misread."""
CHECK = 29


def blind_code(key: bytes, campaign: str, listing: str, purpose: str) -> str:
    """Give the code under which a laboratory knows a sample: eight characters and a check character.

    They are keyed by a secret, because the draw is published: without it nobody can find the listing of a code.
    The check character is the weighted sum modulo 29, a prime, so one wrong or two swapped characters are noticed.
    """
    digest = hmac.digest(key, framed(campaign.encode(), listing.encode(), purpose.encode()), "sha256")
    number = int.from_bytes(digest[:8], "big")
    body = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(8))
    return f"B{body}{_check(body)}"


def blind_code_is_whole(code: str) -> bool:
    """Tell whether a code was copied without a slip."""
    body = code[1:-1]
    known = code[:1] == "B" and len(code) == 10 and set(body) <= set(ALPHABET)
    return known and code[-1] == _check(body)


def _check(body: str) -> str:
    return ALPHABET[sum(place * ALPHABET.index(char) for place, char in enumerate(body, start=2)) % CHECK]
