"""The delivery: what each answer leads to, and that a message sent twice is known by its number."""

from contextlib import ExitStack

import pytest

from flows import deliver
from flows.wiring import World, post
from platforms.channels import CHANNELS
from platforms.delivery import Announcement, Delivery, DeliveryState
from platforms.notice import NoticeKind
from sampling.sample import SampleState
from storage import clock, deliveries, notices
from storage.deliveries import LEASE, Attempt
from tests import build
from tests.flows.people import pass_time
from tests.world.ports import free_port
from tests.world.receiver import Behaviour, Receiver, receiving, says

# what the receiver says: (where the delivery stands after the first try, the status kept)
ANSWERS: dict[str, tuple[Behaviour | None, DeliveryState, int | None]] = {
    "taken": (says("200 OK"), DeliveryState.DELIVERED, 200),
    "taken, to be looked at": (says("202 Accepted"), DeliveryState.DELIVERED, 202),
    "busy": (says("503 Busy"), DeliveryState.WAITING_RETRY, 503),
    "too many": (says("429 Slow down"), DeliveryState.WAITING_RETRY, 429),
    "unknown signature": (says("401 Unauthorized"), DeliveryState.WAITING_RETRY, 401),
    "gone for good": (says("410 Gone"), DeliveryState.DEAD, 410),
    "elsewhere": (says("302 Found"), DeliveryState.DEAD, 302),
    "nobody there": (None, DeliveryState.WAITING_RETRY, None),
}


def announce(world: World, port: int) -> None:
    """Put one demand into the outbox of an endpoint."""
    with world.database.unit() as unit:
        made = build.case(unit, world.objects, SampleState.TARGETED)
        one = build.notice(unit, made.sample, NoticeKind.DELISTING, at=clock.now(unit))
        deliveries.set_endpoint(unit, build.DESK, "webhook", f"http://127.0.0.1:{port}/notices")
        at = clock.now(unit)
        deliveries.announce(unit, one, "webhook", Announcement.NOTICE_ISSUED.value, at=at)


def outcome(world: World) -> tuple[DeliveryState, list[Attempt]]:
    with world.database.unit() as unit:
        [found] = [item for state in DeliveryState for item in deliveries.in_state(unit, state)]
        return found.state, list(deliveries.attempts(unit, found.id))


def send(world: World, held: Delivery) -> None:
    """Send a message and forget the answer."""
    with world.database.unit() as unit:
        notice, at = notices.get(unit, held.notice_id), clock.real(unit)
        endpoint = deliveries.endpoints(unit, held.recipient)[held.channel]
    message = CHANNELS[held.channel](held, notice, endpoint=endpoint, sender=world.sender, at=at)
    post(endpoint, message, allow_private=world.settings.private_hosts)


def number(receiver: Receiver, place: int) -> bytes:
    """Give the message's number, by which a receiver knows a repeat."""
    head = receiver.requests[place].partition(b"\r\n\r\n")[0].lower()
    return next(line for line in head.split(b"\r\n") if line.startswith(b"webhook-id:"))


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_leads_where_it_must_and_is_kept(answer: str, world: World) -> None:
    behaviour, state, status = ANSWERS[answer]
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving(behaviour)) if behaviour else None
        announce(world, receiver.port if receiver else free_port())
        first, second = deliver.sweep(world, 50), deliver.sweep(world, 50)
    assert (first.done, second.done) == (1, 0)
    kept, [tried] = outcome(world)
    assert (kept, tried.status) == (state, status)
    if receiver:
        assert len(receiver.requests) == 1


def test_a_receiver_that_comes_back_gets_the_message(world: World) -> None:
    announce(world, free_port())
    deliver.sweep(world, 50)
    with receiving(says("200 OK")) as receiver:
        with world.database.unit() as unit:
            deliveries.set_endpoint(unit, build.DESK, "webhook", f"http://127.0.0.1:{receiver.port}/notices")
        pass_time(world, minutes=1)
        assert deliver.sweep(world, 50).done == 1
    state, tried = outcome(world)
    assert (state, [item.status for item in tried]) == (DeliveryState.DELIVERED, [None, 200])


def test_a_message_whose_answer_was_lost_is_sent_again_under_the_same_number(world: World) -> None:
    with receiving(says("200 OK")) as receiver:
        announce(world, receiver.port)
        with world.database.unit() as unit:
            [held] = deliveries.claim(unit, clock.now(unit), 5)
        # The holder sends, and is killed before it can write the answer down.
        send(world, held)
        assert deliver.sweep(world, 50).outcomes == ()
        pass_time(world, seconds=LEASE.total_seconds() + 1)
        assert deliver.sweep(world, 50).done == 1
    assert len(receiver.requests) == 2
    assert number(receiver, 0) == number(receiver, 1)
    assert outcome(world)[0] is DeliveryState.DELIVERED


def test_the_portal_needs_nobody_to_answer(world: World) -> None:
    with world.database.unit() as unit:
        made = build.case(unit, world.objects, SampleState.TARGETED)
        one = build.notice(unit, made.sample, NoticeKind.DELISTING, at=clock.now(unit))
        deliveries.announce(unit, one, "portal", Announcement.NOTICE_ISSUED.value, at=clock.now(unit))
    assert deliver.sweep(world, 50).outcomes == (("portal delivered", 1),)
