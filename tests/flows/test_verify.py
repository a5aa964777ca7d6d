"""The verification: two looks apart prove a removal, one live look disproves it and the platform is escalated once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.request import Request, urlopen

import pytest

from demo.accounts import DESK_TOKEN
from demo.mall.store import Store
from flows import verify
from flows.wiring import World
from platforms.delivery import Announcement
from platforms.notice import Notice, NoticeEvent, NoticeKind, NoticeState
from platforms.takedown import TakedownOutcome
from storage import clock, deliveries, events, notices
from storage.acts import desk
from storage.notices import Checked
from tests import build
from tests.flows.people import drawn, offer, pass_time, target

pytestmark = pytest.mark.browser


def claimed(world: World, item: str) -> Notice:
    """Give a demand whose platform says that it has removed the offer."""
    with world.database.unit() as unit:
        listing = offer(world, item)
        sample = target(unit, drawn(world, unit, [listing]), listing)
        one = build.notice(unit, sample, NoticeKind.DELISTING, at=clock.now(unit))
        desk.acknowledge(unit, one.id, build.DESK, by="user:desk", at=clock.now(unit))
        desk.claim(unit, one.id, build.DESK, "removed", None, by="user:desk", at=clock.now(unit))
        return one


def take_off(world: World, item: str) -> None:
    """Do what the platform's desk does when it is honest."""
    address = f"{world.sites[build.PLATFORM].shop.base_url}/desk/listings/{item}/offline"
    with urlopen(Request(address, method="POST", headers={"Authorization": f"Bearer {DESK_TOKEN}"})):
        pass


@contextmanager
def current(world: World, one: Notice) -> Iterator[tuple[Notice, list[str], list[str]]]:
    """Give the notice now, what the visits found, and what was announced of it."""
    with world.database.unit() as unit:
        found = [check.outcome for check in notices.checks(unit, one.id)]
        told = [item.event_type for item, _ in deliveries.of_notice(unit, one.id)]
        yield notices.get(unit, one.id), found, told


def test_a_removal_is_proven_by_two_looks_apart(world: World, mall: tuple[str, Store]) -> None:
    one = claimed(world, "2014")
    take_off(world, "2014")
    assert verify.sweep(world, 50).outcomes == (("seen gone", 1),)
    assert verify.sweep(world, 50).outcomes == ()
    with current(world, one) as (notice, found, _):
        assert (notice.state, found) == (NoticeState.CLAIMED_DONE, ["gone"])
    pass_time(world, minutes=31)
    assert verify.sweep(world, 50).outcomes == (("verified down", 1),)
    assert verify.sweep(world, 50).outcomes == ()
    with current(world, one) as (notice, found, told):
        assert (notice.state, found) == (NoticeState.VERIFIED_DOWN, ["gone", "gone"])
        assert told == [Announcement.TAKEDOWN_VERIFIED.value]


def test_a_platform_that_claimed_what_is_not_so_is_escalated_once(world: World) -> None:
    one = claimed(world, "2017")
    assert verify.sweep(world, 50).outcomes == (("claimed but live", 1),)
    assert verify.sweep(world, 50).outcomes == ()
    with current(world, one) as (notice, found, told):
        assert (notice.level, found) == (2, ["live"])
        assert notice.state is not NoticeState.CLAIMED_DONE
        assert told == [Announcement.NOTICE_ESCALATED.value]
    with world.database.unit() as unit:
        assert notices.caught_lying(unit) == {build.PLATFORM: 1}
        assert events.breaks(events.history(unit, one.sample_id)) == ()


def test_what_comes_back_is_seen_on_the_rulebooks_days_and_told(world: World) -> None:
    one = claimed(world, "2008")
    with world.database.unit() as unit:
        at = clock.now(unit)
        for kind in (TakedownOutcome.GONE, TakedownOutcome.GONE):
            notices.checked(unit, one.id, Checked(at, kind.value, 404, None, 0))
        notices.record(unit, one.id, NoticeEvent.FOUND_DOWN, by="t", at=at)
    pass_time(world, minutes=60 * 24 * 6)
    assert verify.sweep(world, 50).outcomes == ()
    pass_time(world, minutes=60 * 24 + 1)
    assert verify.sweep(world, 50).outcomes == (("reappeared", 1),)
    with current(world, one) as (notice, found, told):
        assert (notice.state, notice.level, found[-1]) == (NoticeState.ISSUED, 2, "live")
        assert told == [Announcement.LISTING_REAPPEARED.value, Announcement.NOTICE_ESCALATED.value]


def test_an_offer_that_is_gone_unclaimed_is_seen_when_the_time_to_act_is_over(world: World) -> None:
    with world.database.unit() as unit:
        listing = offer(world, "2010")
        sample = target(unit, drawn(world, unit, [listing]), listing)
        one = build.notice(unit, sample, NoticeKind.DELISTING, at=clock.now(unit))
        due = clock.now(unit) + timedelta(hours=24)
        kept = notices.Signed(one.document, "0" * 64, one.jws)
        notices.revise(unit, one.id, kept, due_at=due, approved_by="user:officer", by="t", at=clock.now(unit))
    take_off(world, "2010")
    assert verify.sweep(world, 50).outcomes == ()
    pass_time(world, minutes=60 * 24 + 1)
    assert verify.sweep(world, 50).outcomes == (("seen gone", 1),)
    pass_time(world, minutes=31)
    assert verify.sweep(world, 50).outcomes == (("verified down", 1),)


def test_a_captcha_neither_proves_nor_disproves(world: World) -> None:
    one = claimed(world, "2007")
    verify.sweep(world, 50)
    with current(world, one) as (notice, found, told):
        assert (notice.state, found, told) == (NoticeState.CLAIMED_DONE, ["blocked"], [])
