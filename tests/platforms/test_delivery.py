"""A delivery is tried again when that can help, before the deadline, and given up when it cannot."""

from datetime import datetime, timedelta

import pytest

from platforms.delivery import (
    DELIVERY,
    SCHEDULE,
    Answer,
    AnswerClass,
    DeliveryEvent,
    DeliveryState,
    classify,
    failover_due,
    next_attempt,
)
from tests.platforms.build import NOW

HOUR = 3600


def answer(status: int | None = None, error: str | None = None, retry_after: int | None = None) -> Answer:
    return Answer(status, error, retry_after, "", None)


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (200, None, AnswerClass.DELIVERED),
        (201, None, AnswerClass.DELIVERED),
        (204, None, AnswerClass.DELIVERED),
        (202, None, AnswerClass.UNPROCESSED),
        (301, None, AnswerClass.REDIRECTED),
        (308, None, AnswerClass.REDIRECTED),
        (400, None, AnswerClass.REFUSED),
        (401, None, AnswerClass.REFUSED),
        (403, None, AnswerClass.REFUSED),
        (404, None, AnswerClass.REFUSED),
        (415, None, AnswerClass.REFUSED),
        (422, None, AnswerClass.REFUSED),
        (410, None, AnswerClass.GONE),
        (408, None, AnswerClass.TRANSIENT),
        (425, None, AnswerClass.TRANSIENT),
        (429, None, AnswerClass.TRANSIENT),
        (500, None, AnswerClass.TRANSIENT),
        (503, None, AnswerClass.TRANSIENT),
        (799, None, AnswerClass.TRANSIENT),
        (None, "timeout", AnswerClass.TRANSIENT),
        (None, "reset", AnswerClass.TRANSIENT),
        (None, "dns", AnswerClass.TRANSIENT),
        (None, None, AnswerClass.TRANSIENT),
        (None, "bad_tls", AnswerClass.HOPELESS),
        (None, "blocked:special", AnswerClass.HOPELESS),
    ],
)
def test_an_answer_has_a_class(status: int | None, error: str | None, told: AnswerClass) -> None:
    assert classify(answer(status, error)) is told


@pytest.mark.parametrize(
    ("attempts", "given", "jitter", "seconds"),
    [
        (1, answer(503), 0, 5),
        (2, answer(503), 0, 30),
        (3, answer(None, "reset"), 0, 120),
        (11, answer(503), 0, 24 * HOUR),
        (12, answer(503), 0, None),  # the schedule is used up
        (1, answer(503), 1, 6),
        (1, answer(503), -1, 4),
        (1, answer(503), 99, 6),  # never more than a fifth
        (1, answer(429), 0, 60),
        (1, answer(None, "timeout"), -1, 60),
        (4, answer(429), 0, 600),
        (1, answer(503, retry_after=300), 0, 300),
        (1, answer(503, retry_after=10**9), 0, 24 * HOUR),
        (4, answer(503, retry_after=1), 0, 600),
        (1, answer(404), 0, 15 * 60),
        (2, answer(404), 0, 30 * 60),
        (2, answer(404), 1, 36 * 60),
        (3, answer(404), 0, None),
        (1, answer(200), 0, None),
        (1, answer(202), 0, None),
        (1, answer(302), 0, None),
        (1, answer(410), 0, None),
        (1, answer(None, "blocked:special"), 0, None),
        (1, answer(None, "bad_tls"), 0, None),
    ],
)
def test_the_next_try_follows_the_schedule(attempts: int, given: Answer, jitter: float, seconds: int | None) -> None:
    at = next_attempt(attempts=attempts, answer=given, now=NOW, deadline=None, jitter=jitter)
    assert at == (None if seconds is None else NOW + timedelta(seconds=seconds))


def test_a_first_refusal_after_an_outage_gets_its_second_looks() -> None:
    at = next_attempt(attempts=8, answer=answer(404), now=NOW, deadline=None, jitter=0, refusals=1)
    assert at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("attempts", "given", "deadline", "told"),
    [
        (6, answer(503), NOW + timedelta(hours=2), NOW + timedelta(hours=1)),  # fits
        (8, answer(503), NOW + timedelta(hours=2), NOW + timedelta(hours=1, minutes=59)),  # clipped
        (1, answer(503, retry_after=7200), NOW + timedelta(hours=1), NOW + timedelta(minutes=59)),
        (8, answer(503), NOW + timedelta(seconds=61), NOW + timedelta(seconds=1)),
        (8, answer(503), NOW + timedelta(seconds=60), None),  # this was the last one
        (8, answer(429), NOW + timedelta(seconds=90), None),  # a minute's pause no longer fits
        (8, answer(503), NOW - timedelta(seconds=1), None),
    ],
)
def test_the_last_try_comes_before_the_deadline(
    attempts: int, given: Answer, deadline: datetime, told: datetime | None
) -> None:
    assert next_attempt(attempts=attempts, answer=given, now=NOW, deadline=deadline, jitter=0) == told


def test_the_schedule_lasts_about_two_days() -> None:
    assert timedelta(hours=51) < sum(SCHEDULE, timedelta()) < timedelta(hours=53)


@pytest.mark.parametrize(
    ("clock", "after", "due"),
    [
        (timedelta(hours=24), timedelta(minutes=59), False),
        (timedelta(hours=24), timedelta(hours=1), True),
        (timedelta(hours=2), timedelta(minutes=12), True),  # a tenth comes first
        (timedelta(hours=2), timedelta(minutes=11), False),
    ],
)
def test_a_silent_channel_is_backed_by_another(clock: timedelta, after: timedelta, due: bool) -> None:
    assert failover_due(issued_at=NOW, due_at=NOW + clock, now=NOW + after) is due


def test_a_dead_delivery_moves_only_by_a_replay() -> None:
    left = {event for state, event in DELIVERY.moves if state is DeliveryState.DEAD}
    assert left == {DeliveryEvent.REPLAYED}
