"""Opening: a listing that a person gave up is followed by the next of its stratum's reserve, once."""

import pytest

from flows import SWEEPS
from flows.opening import open_missing_reserves
from flows.wiring import World
from sampling.campaign import CampaignState
from sampling.sample import SampleState
from storage import campaigns, clock, draws, events, reserves, samples
from storage.acts import office
from tests.flows.people import drawn, offer, target

pytestmark = pytest.mark.browser


def test_each_listing_given_up_opens_one_reserve_while_there_is_one(world: World) -> None:
    with world.database.unit() as unit:
        listings = [offer(world, item) for item in ("2001", "2003", "2007")]
        made = drawn(world, unit, listings, [offer(world, "2005")])
        first, second, third = (target(unit, made, item, number) for number, item in enumerate(listings))
        at = clock.now(unit)
        assert open_missing_reserves(world, unit, made, at) == 0
        for lost in (first, second):
            office.skip(unit, lost.id, "sold_out", by="user:coordinator", at=at)
    with world.database.unit() as unit:
        assert open_missing_reserves(world, unit, campaigns.get(unit, made.id), at) == 1
        assert open_missing_reserves(world, unit, campaigns.get(unit, made.id), at) == 0
        assert reserves.wanted(unit, made.id) == ()
        waiting = samples.in_state(unit, SampleState.TARGETED)
        told = [events.history(unit, one.id)[-1].type for one in (first, second, third)]
        assert draws.reserves_taken(unit, made.id) == {"glow-mall:2005": "sold_out"}
    assert sorted(one.item_id for one in waiting) == ["2005", "2007"]
    assert told == ["reserve_taken", "reserve_used_up", "assigned"]


def test_a_campaign_is_not_obtained_while_a_reserve_is_wanted(world: World) -> None:
    with world.database.unit() as unit:
        listing = offer(world, "2001")
        made = drawn(world, unit, [listing], [offer(world, "2005")])
        office.skip(unit, target(unit, made, listing).id, "not_found", by="user:coordinator", at=clock.now(unit))
    for flow in ("publish", "plan", "publish"):
        SWEEPS[flow](world, 100)
    with world.database.unit() as unit:
        assert campaigns.get(unit, made.id).state is CampaignState.SAMPLING
        assert [one.item_id for one in samples.in_state(unit, SampleState.TARGETED)] == ["2005"]
