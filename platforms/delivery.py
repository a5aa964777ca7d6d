"""A delivery: one announcement of a notice over one channel, its schedule and its outcome classes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from sampling.lifecycle import Lifecycle


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    LEASED = "leased"
    WAITING_RETRY = "waiting_retry"
    DELIVERED = "delivered"
    DEAD = "dead"
    CANCELLED = "cancelled"


class DeliveryEvent(StrEnum):
    """What happened to a delivery."""

    LEASED = "leased"
    DELIVERED = "delivered"
    POSTPONED = "postponed"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"
    REPLAYED = "replayed"


_S, _E = DeliveryState, DeliveryEvent

DELIVERY: Lifecycle[DeliveryState, DeliveryEvent] = Lifecycle(
    noun="delivery",
    initial=_S.PENDING,
    moves={
        (_S.PENDING, _E.LEASED): _S.LEASED,
        (_S.WAITING_RETRY, _E.LEASED): _S.LEASED,
        (_S.LEASED, _E.LEASED): _S.LEASED,
        (_S.LEASED, _E.DELIVERED): _S.DELIVERED,
        (_S.LEASED, _E.POSTPONED): _S.WAITING_RETRY,
        (_S.LEASED, _E.GIVEN_UP): _S.DEAD,
        (_S.PENDING, _E.CANCELLED): _S.CANCELLED,
        (_S.WAITING_RETRY, _E.CANCELLED): _S.CANCELLED,
        (_S.DEAD, _E.REPLAYED): _S.PENDING,
    },
)


class Announcement(StrEnum):
    """What a delivery announces: the values of `Delivery.event_type`."""

    NOTICE_ISSUED = "notice.issued"
    NOTICE_REVISED = "notice.revised"
    NOTICE_WITHDRAWN = "notice.withdrawn"
    NOTICE_REMINDER = "notice.reminder"
    NOTICE_ESCALATED = "notice.escalated"
    NOTICE_CLOSED = "notice.closed"
    TAKEDOWN_VERIFIED = "takedown.verified"
    TAKEDOWN_NOT_CONFIRMED = "takedown.not_confirmed"
    LISTING_REAPPEARED = "listing.reappeared"
    ENDPOINT_PING = "endpoint.ping"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way; `id` is the receiver's idempotency key."""

    id: UUID
    notice_id: UUID
    notice_version: int
    recipient: str
    channel: str
    event_type: str
    event_key: str
    """The reminder or escalation level, else empty: with the fields above it is unique."""
    state: DeliveryState
    attempts: int
    next_at: datetime
    fence: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one attempt; `status` is None when nothing did."""

    status: int | None
    error: str | None
    """A code where no whole answer came: `dns`, `timeout`, `reset`, `refused`, `protocol`, `bad_tls`, `blocked:...`."""
    retry_after: int | None
    """How many seconds the receiver asks us to wait."""
    body_head: str
    remote_ip: str | None


class AnswerClass(StrEnum):
    """What an answer means for the next try."""

    DELIVERED = "delivered"
    UNPROCESSED = "unprocessed"
    """Taken, not yet worked on: 202."""
    REDIRECTED = "redirected"
    REFUSED = "refused"
    """Looks permanent, yet a receiver being deployed answers like this too."""
    GONE = "gone"
    TRANSIENT = "transient"
    HOPELESS = "hopeless"
    """Blocked address or bad TLS: the same try gives the same answer."""


SCHEDULE = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400)
)
SECOND_LOOKS = (timedelta(minutes=15), timedelta(minutes=30))  # within the hour, whatever the jitter
JITTER = 0.2
LONGEST_WAIT = timedelta(hours=24)
SHORTEST_PAUSE = timedelta(seconds=60)
LAST_CALL = timedelta(minutes=1)
"""How long before the deadline the last try is made."""

_TRANSIENT = frozenset({408, 425, 429})
_HOPELESS = frozenset({"blocked", "bad_tls"})


def classify(answer: Answer) -> AnswerClass:
    """Give the class of an answer; an answer that never came is transient unless a retry cannot change it."""
    status = answer.status
    if status is None:
        return AnswerClass.HOPELESS if (answer.error or "").split(":")[0] in _HOPELESS else AnswerClass.TRANSIENT
    if status == 202:
        return AnswerClass.UNPROCESSED
    if status == 410:
        return AnswerClass.GONE
    if status in _TRANSIENT:
        return AnswerClass.TRANSIENT
    families = {2: AnswerClass.DELIVERED, 3: AnswerClass.REDIRECTED, 4: AnswerClass.REFUSED}
    return families.get(status // 100, AnswerClass.TRANSIENT)


def next_attempt(
    *,
    attempts: int,
    answer: Answer,
    now: datetime,
    deadline: datetime | None,
    jitter: float,
    refusals: int | None = None,
) -> datetime | None:
    """Give the time of the next try, or None: delivered, or dead.

    `attempts` counts the tries made so far; `refusals` those of the class `refused` in a row, all of them
    unless told. `jitter` is in [-1, 1] and moves the wait by up to a fifth. A wait that would pass the
    deadline ends one minute before it; after that there is no further try.
    """
    wait = _wait(classify(answer), attempts, attempts if refusals is None else refusals)
    if wait is None:
        return None
    floor = SHORTEST_PAUSE if answer.status == 429 or answer.error == "timeout" else timedelta(0)
    asked = min(timedelta(seconds=answer.retry_after or 0), LONGEST_WAIT)
    at = now + max(wait * (1 + JITTER * max(-1.0, min(1.0, jitter))), floor, asked)
    if deadline is None or at < deadline:
        return at
    last = deadline - LAST_CALL
    return last if last > now + floor else None


def failover_due(*, issued_at: datetime, due_at: datetime, now: datetime) -> bool:
    """Tell whether a notice not yet announced must take another channel: after an hour, or a tenth of its time."""
    return now >= issued_at + min(timedelta(hours=1), (due_at - issued_at) / 10)


def _wait(answer_class: AnswerClass, attempts: int, refusals: int) -> timedelta | None:
    match answer_class:
        case AnswerClass.TRANSIENT:
            return _at(SCHEDULE, attempts)
        case AnswerClass.REFUSED:
            return _at(SECOND_LOOKS, refusals)
        case (
            AnswerClass.DELIVERED
            | AnswerClass.UNPROCESSED
            | AnswerClass.REDIRECTED
            | AnswerClass.GONE
            | AnswerClass.HOPELESS
        ):
            return None
        case _:
            assert_never(answer_class)


def _at(waits: tuple[timedelta, ...], count: int) -> timedelta | None:
    return waits[count - 1] if 1 <= count <= len(waits) else None
