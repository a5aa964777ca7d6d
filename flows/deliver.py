"""The delivery: leases what is due in the outbox, sends it outside any transaction, and keeps every attempt."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from prefect import flow

from flows.report import Report, tally
from flows.tick import LEFT, guarded, now
from flows.wiring import World, open_world, post
from platforms.channels import CHANNELS
from platforms.delivery import Answer, AnswerClass, Delivery, DeliveryEvent, classify, next_attempt
from platforms.notice import Notice
from sampling.draw import ticket
from storage import clock, deliveries, notices
from storage.settings import load

MADE = Answer(None, None, None, "", None)
THREADS = 4
DONE = (AnswerClass.DELIVERED, AnswerClass.UNPROCESSED)


@flow(name="deliver")
def deliver(limit: int = 50) -> str:
    """Send what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Send each due message once; a message is leased when somebody is free to send it, never before."""
    places = iter(range(limit))  # one for each message; taking the next is one step for all threads

    def drain(_: int) -> list[str]:
        done = []
        while next(places, None) is not None and (delivery := _claim(world)):
            done.append(_guarded(world, delivery))
        return done

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return tally("deliver", [outcome for part in pool.map(drain, range(THREADS)) for outcome in part])


def _claim(world: World) -> Delivery | None:
    at = now(world)
    with world.database.unit() as unit:
        return next(iter(deliveries.claim(unit, at, 1)), None)


def _guarded(world: World, delivery: Delivery) -> str:
    return guarded("deliver", f"delivery {delivery.id}", lambda: _step(world, delivery))


def _step(world: World, delivery: Delivery) -> str:
    with world.database.unit() as unit:
        notice = notices.get(unit, delivery.notice_id)
        endpoint = deliveries.endpoints(unit, delivery.recipient).get(delivery.channel)
        signed_at = clock.real(unit)
    message = CHANNELS[delivery.channel](delivery, notice, endpoint=endpoint, sender=world.sender, at=signed_at)
    if message.url is None:
        return _finish(world, delivery, DeliveryEvent.DELIVERED, MADE, None)
    answer = post(message.url, message, allow_private=world.settings.private_hosts)
    if classify(answer) in DONE:
        return _finish(world, delivery, DeliveryEvent.DELIVERED, answer, None)
    again = _next(world, delivery, notice, answer)
    return _finish(world, delivery, DeliveryEvent.POSTPONED if again else DeliveryEvent.GIVEN_UP, answer, again)


def _next(world: World, delivery: Delivery, notice: Notice, answer: Answer) -> datetime | None:
    # The jitter follows from the delivery and its attempt: spread out, and yet the same when it is worked out again.
    jitter = ticket(str(delivery.id), str(delivery.attempts)) / 2**63 - 1
    return next_attempt(
        attempts=delivery.attempts, answer=answer, now=now(world), deadline=notice.due_at, jitter=jitter
    )


def _finish(world: World, delivery: Delivery, event: DeliveryEvent, answer: Answer, next_at: datetime | None) -> str:
    with world.database.unit() as unit:
        held = deliveries.finish(unit, delivery, event, answer, next_at=next_at, at=now(world))
    return f"{delivery.channel} {event.value}" if held else LEFT
