"""The outbox: a message is announced once, leased to one, and a holder that lost its lease changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

from platforms.delivery import Announcement, Answer, Delivery, DeliveryEvent, DeliveryState
from platforms.notice import Notice, NoticeKind
from sampling.sample import SampleState
from storage import deliveries, events, notices
from storage.database import Database
from storage.deliveries import LEASE
from storage.objects import Objects
from tests.build import DESK, campaign, case, moment, notice

OK = Answer(200, None, None, "", None)
ISSUED = Announcement.NOTICE_ISSUED.value
NOW = moment(12)


def told(database: Database, objects: Objects, many: int = 1) -> list[Notice]:
    """Give issued demands, each announced."""
    with database.unit() as unit:
        planned = campaign(unit)
        made = [case(unit, objects, SampleState.TARGETED, number=number, of=planned) for number in range(1, many + 1)]
        found = [notice(unit, one.sample, NoticeKind.DELISTING) for one in made]
        for one in found:
            deliveries.announce(unit, one, "webhook", ISSUED, at=NOW)
    return found


def claim(database: Database, hours: float = 12, limit: int = 50) -> tuple[Delivery, ...]:
    with database.unit() as unit:
        return deliveries.claim(unit, moment(hours), limit)


def finish(
    database: Database, held: Delivery, event: DeliveryEvent = DeliveryEvent.DELIVERED, after: float = 0
) -> bool:
    again = NOW + timedelta(minutes=after) if after else None
    with database.unit() as unit:
        return deliveries.finish(unit, held, event, OK, next_at=again, at=NOW)


def test_the_same_message_twice_is_one_and_another_key_is_another(database: Database, objects: Objects) -> None:
    [one] = told(database, objects)
    with database.unit() as unit:
        for key in ("", "level-1", "level-1"):
            deliveries.announce(unit, one, "webhook", ISSUED, key=key, at=NOW)
        assert len(deliveries.of_notice(unit, one.id)) == 2


def test_a_delivered_message_is_never_claimed_again(database: Database, objects: Objects) -> None:
    [one] = told(database, objects)
    [held] = claim(database)
    assert claim(database) == ()
    assert finish(database, held)
    assert claim(database, 999) == ()
    with database.unit() as unit:
        [(kept, tries)] = deliveries.of_notice(unit, one.id)
        assert (kept.state, [item.status for item in tries]) == (DeliveryState.DELIVERED, [200])


def test_two_claimers_at_once_never_hold_the_same_message(database: Database, objects: Objects) -> None:
    told(database, objects, 12)
    ready = Barrier(4)

    def work(_: int) -> list[UUID]:
        ready.wait()
        return [held.id for _ in range(3) for held in claim(database, limit=2)]

    with ThreadPoolExecutor(4) as pool:
        held = [id_ for found in pool.map(work, range(4)) for id_ in found]
    assert len(held) == len(set(held)) == 12


def test_a_message_that_is_not_due_waits(database: Database, objects: Objects) -> None:
    told(database, objects)
    [held] = claim(database)
    assert finish(database, held, DeliveryEvent.POSTPONED, after=30)
    assert claim(database, 12.4) == ()
    [again] = claim(database, 12.5)
    assert (again.attempts, again.fence) == (2, 2)


def test_who_lost_the_lease_is_fenced_off(database: Database, objects: Objects) -> None:
    [one] = told(database, objects)
    [first] = claim(database)
    late = 12 + LEASE.total_seconds() / 3600
    [second] = claim(database, late)
    with database.unit() as unit:
        before = (deliveries.of_notice(unit, one.id)[0][0], len(events.history(unit, one.sample_id)))
    assert not finish(database, first)
    with database.unit() as unit:
        [(kept, tries)] = deliveries.of_notice(unit, one.id)
        assert (kept, len(events.history(unit, one.sample_id))) == before
        assert len(tries) == 1, "that somebody tried is kept all the same"
    assert finish(database, second)
    with database.unit() as unit:
        assert [item.state for item, _ in deliveries.of_notice(unit, one.id)] == [DeliveryState.DELIVERED]


def test_an_endpoint_is_kept_once_a_channel(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        for url in ("http://127.0.0.1:1/a", "http://127.0.0.1:1/b"):
            deliveries.set_endpoint(unit, DESK, "webhook", url)
        assert deliveries.endpoints(unit, DESK) == {"webhook": "http://127.0.0.1:1/b"}
        assert deliveries.endpoints(unit, "platform:nobody") == {}


def test_a_recipient_sees_what_was_issued_to_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        notice(unit, made.sample, NoticeKind.RESULT, issued=False)
        issued = notice(unit, made.sample, NoticeKind.DELISTING)
        assert notices.to_recipient(unit, DESK) == (issued,)
        assert notices.approver(unit, issued.id) == ("flow:notify", "user:officer")
