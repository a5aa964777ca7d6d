"""The capture: an obstacle is an outcome with its reason and a picture, and the next of the reserve is opened."""

import json
from dataclasses import replace

import pytest

from flows import capture
from flows.wiring import World
from sampling.evidence.verification import verify_bundle
from sampling.sample import Sample, SampleState
from storage import captures, ledger, samples
from storage.errors import Full
from storage.objects import Folder
from tests.flows.people import drawn, offer, pass_time, target

pytestmark = pytest.mark.browser

# item of the shop: what becomes of it
OUTCOMES = {
    "2001": (SampleState.CAPTURED, None),
    "2007": (SampleState.SKIPPED, "captcha"),
    "2013": (SampleState.SKIPPED, "on_request"),
    "2019": (SampleState.SKIPPED, "range"),
    "2999": (SampleState.SKIPPED, "not_found"),
}


def prepare(world: World, items: list[str], reserve: list[str]) -> dict[str, Sample]:
    with world.database.unit() as unit:
        listings = [offer(world, item) for item in items]
        campaign = drawn(world, unit, listings, [offer(world, item) for item in reserve])
        return {item.item_id: target(unit, campaign, item, number) for number, item in enumerate(listings)}


def test_each_outcome_has_its_reason_and_a_picture_and_opens_the_reserve(world: World) -> None:
    targeted = prepare(world, list(OUTCOMES), ["2003", "2005"])
    assert capture.sweep(world, 50).done == len(OUTCOMES)
    with world.database.unit() as unit:
        for item, (state, reason) in OUTCOMES.items():
            sample = samples.get(unit, targeted[item].id)
            assert (sample.state, sample.reason) == (state, reason), item
            [seen] = captures.of_sample(unit, sample.id)
            assert captures.member(world.objects, seen, captures.PAGE).startswith(b"\x89PNG"), item
            assert verify_bundle(captures.bundle(world.objects, seen)) == (), item
        opened = samples.in_state(unit, SampleState.TARGETED)
    assert sorted(sample.item_id for sample in opened) == ["2003", "2005"], "four were lost, two were in reserve"


def test_what_the_page_says_is_learnt(world: World) -> None:
    sample = prepare(world, ["2001"], [])["2001"]
    capture.sweep(world, 50)
    with world.database.unit() as unit:
        [seen] = captures.of_sample(unit, sample.id)
        learnt = samples.get(unit, sample.id)
    assert seen.listing["price"] == {"amount": "41.10", "currency": "CNY"}
    assert (learnt.seller, learnt.brand) == (seen.listing["seller"], seen.listing["brand"])
    assert (seen.kind, seen.status, seen.listing["sku"]) == ("listing", 200, "GM-2001")
    record = json.loads(captures.member(world.objects, seen, "manifest.json"))
    assert record["replay"]["price_live"] == record["replay"]["price_replayed"], record["replay"]
    assert seen.listing["picture_hashes"].keys() == set(seen.listing["pictures"])


def test_a_disk_that_is_full_leaves_the_listing_for_another_try(world: World) -> None:
    sample = prepare(world, ["2001"], [])["2001"]
    full = replace(world, objects=NoRoom(world.settings.objects))
    assert capture.sweep(full, 50).outcomes == (("left: Full", 1),)
    with world.database.unit() as unit:
        assert samples.get(unit, sample.id).state is SampleState.TARGETED
        assert captures.of_sample(unit, sample.id) == ()
    assert capture.sweep(world, 50).outcomes == (("captured", 1),)
    with world.database.unit() as unit:
        assert len(captures.of_sample(unit, sample.id)) == ledger.size(unit) == 1


class NoRoom(Folder):
    """A folder on a disk that has room for small files only."""

    def put(self, data: bytes) -> str:
        if len(data) > 100_000:
            raise Full("The disk is full.")
        return super().put(data)


def test_a_shop_that_does_not_answer_is_tried_twice_and_then_skipped(world: World) -> None:
    with world.database.unit() as unit:
        listing = offer(world, "2001", drawn=True)
        away = replace(listing, url="http://127.0.0.1:9/item/2001")
        sample = target(unit, drawn(world, unit, [away]), away)
    first, second, third = (capture.sweep(world, 50) for _ in range(3))
    assert [first.done, second.done, third.done] == [0, 1, 0]
    with world.database.unit() as unit:
        ended = samples.get(unit, sample.id)
        assert (ended.state, ended.reason) == (SampleState.SKIPPED, "unreachable")
        assert len(captures.of_sample(unit, sample.id)) == 2
    pass_time(world, days=1)
    assert capture.sweep(world, 50).done == 0
