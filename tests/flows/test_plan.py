"""The plan: the same frame, size and seed always draw the same listings, and what cannot be paid is not begun."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.mall.store import Store
from flows import plan
from flows.freezing import freeze
from flows.wiring import World
from sampling.assignment import assignment_of
from sampling.campaign import Campaign, CampaignState
from sampling.design import Design
from sampling.edge.browser import Browser
from sampling.money import Money
from sampling.price import check_prices
from sampling.sample import Sample, SampleState
from sampling.samplers import Recusal
from storage import accounts, assignments, campaigns, clock, frames, samples
from storage.acts import office, planning
from storage.role import UserRole
from tests import build
from tests.conftest import fresh_database
from tests.flows.conftest import build_world
from tests.flows.people import PLATFORM, install

CATEGORIES = ("toys", "electrical")


def frame_file(listings: int = 30) -> bytes:
    """Give a frame of two categories as CSV."""
    head = "platform,item_id,url,title,category,seller,brand,price,currency"
    rows = [
        f"{PLATFORM},{n},http://127.0.0.1/item/{n},Offer {n},{CATEGORIES[n % 2]},seller {n},b,{20 + n}.50,CNY"
        for n in range(listings)
    ]
    return "\n".join([head, *rows, f"{PLATFORM},,u,No id,toys,s,b,1,CNY", ""]).encode()


def planned(world: World, data: bytes | None = None, **changes: Any) -> Campaign:
    """Give a planned campaign on a file."""
    files = (world.objects.put(data),) if data is not None else ()
    values = {"platforms": (), "categories": CATEGORIES, "sample_size": 6, "files": files}
    with world.database.unit() as unit:
        return build.campaign(unit, **{**values, **changes})


def drawn(world: World, campaign: Campaign) -> tuple[Campaign, list[Sample]]:
    with world.database.unit() as unit:
        return campaigns.get(unit, campaign.id), list(samples.of_campaign(unit, campaign.id))


def told(found: list[Sample]) -> list[tuple[str | None, ...]]:
    """Give what of a draw must be the same everywhere."""
    return sorted((item.listing_id, item.lab, item.shopper) for item in found)


def test_the_same_plan_draws_the_same_in_two_databases(
    world: World, server: str, mall: tuple[str, Store], browser: Browser, tmp_path: Path
) -> None:
    with fresh_database(server, "test_second_plan") as database:
        other = build_world(database, tmp_path / "other", browser, mall[0])
        install(other)
        results = []
        for one in (world, other):
            campaign = planned(one, frame_file())
            assert plan.sweep(one, 10).outcomes == (("drawn", 1),)
            results.append(drawn(one, campaign))
    (first, mine), (second, theirs) = results
    assert (first.frame_sha256, first.draw_sha256) == (second.frame_sha256, second.draw_sha256)
    assert told(mine) == told(theirs)
    assert len(mine) == 6
    assert first.state is CampaignState.SAMPLING
    another = planned(world, frame_file(), seed="cd" * 32)
    plan.sweep(world, 10)
    assert told(drawn(world, another)[1]) != told(mine)


def test_every_drawn_case_has_a_laboratory_and_a_shopper(world: World) -> None:
    campaign = planned(world, frame_file())
    plan.sweep(world, 10)
    _, found = drawn(world, campaign)
    assert {item.state for item in found} == {SampleState.TARGETED}
    assert all(item.lab and item.shopper for item in found)
    with world.database.unit() as unit:
        frame = frames.listings(unit, campaign.id)
        assert sum(item.drawn for item in frame) == 6
        assert sum(item.rank is not None and not item.drawn for item in frame) > 0, "there is a reserve"
        assert frames.finding_counts(unit, campaign.id) == {
            (f"file {campaign.files[0][:12]}", "item_id", "id_unusable"): 1
        }


@pytest.mark.parametrize(
    ("changes", "data", "reason"),
    [
        ({"budget": Money(Decimal("10.00"), "CNY")}, frame_file(), "the budget is 10.00 CNY"),
        ({"sample_size": 1}, frame_file(), "1 samples are fewer than the 2 that 2 strata need"),
        ({"platforms": ("nowhere",)}, None, "no listing was found for the 6 samples"),
        ({}, b"\x00\xff\x00", "no listing was found for the 6 samples"),
    ],
    ids=["budget", "size", "an unknown site", "a file that is none"],
)
def test_what_is_impossible_is_cancelled_with_the_numbers(
    changes: dict[str, Any], data: bytes | None, reason: str, world: World
) -> None:
    campaign = planned(world, data, **changes)
    assert plan.sweep(world, 10).outcomes == (("impossible", 1),)
    with world.database.unit() as unit:
        kept, last = campaigns.get(unit, campaign.id), campaigns.history(unit, campaign.id)[-1]
        assert kept.state is CampaignState.CANCELLED
        assert reason in last.data["reason"]
        assert samples.of_campaign(unit, campaign.id) == ()
        assert frames.findings(unit, campaign.id) != (), "what was wrong with the sources is kept"
    assert plan.sweep(world, 10).done == 0


def test_two_sweeps_at_once_draw_once(world: World) -> None:
    campaign = planned(world, frame_file())
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: plan.sweep(world, 10), range(2)))
    assert sum(report.done for report in reports) == 1
    assert len(drawn(world, campaign)[1]) == 6


@pytest.mark.browser
def test_a_site_is_crawled_into_a_frame(world: World) -> None:
    campaign = planned(world, platforms=(PLATFORM,), categories=("toys",), sample_size=2)
    plan.sweep(world, 10)
    kept, found = drawn(world, campaign)
    assert (kept.state, len(found)) == (CampaignState.SAMPLING, 2)
    with world.database.unit() as unit:
        frame = frames.listings(unit, campaign.id)
    assert {item.platform for item in frame} == {PLATFORM}
    assert all(item.price is not None and item.currency == "CNY" for item in frame)


def test_a_frame_waits_for_a_persons_go_and_is_then_drawn_with_the_numbers_of_the_go(world: World) -> None:
    campaign = planned(world, frame_file(), design=Design(hold=True))
    assert plan.sweep(world, 10).outcomes == (("framed", 1),)
    assert plan.sweep(world, 10).outcomes == ((plan.WAITS, 1),)
    with world.database.unit() as unit:
        held = campaigns.get(unit, campaign.id)
        facts = frames.strata(unit, campaign.id)
        assert (held.state, [one.listings for one in facts]) == (CampaignState.FRAMED, [15, 15])
        planning.approve(unit, campaign.id, sample_size=4, budget=held.budget, design=held.design, beacons=(),
                         parties=(), by="user:li", at=clock.now(unit))  # fmt: skip
    assert plan.sweep(world, 10).outcomes == (("drawn", 1),)
    assert len(drawn(world, campaign)[1]) == 4


def shops_file(listings: int = 40) -> bytes:
    """Give a frame of two categories in which every second listing is of one large shop."""
    head = "platform,item_id,url,title,category,seller,brand,price,currency"
    rows = [
        f"{PLATFORM},{n},http://127.0.0.1/item/{n},Offer {n},{CATEGORIES[n // 2 % 2]},"
        f"{'large' if n % 2 else f'small {n}'},b,10,CNY"
        for n in range(listings)
    ]
    return "\n".join([head, *rows, ""]).encode()


def test_a_cap_holds_in_every_stratum(world: World) -> None:
    campaign = planned(world, shops_file(), sample_size=16, design=Design(hold=False, cap=1))
    assert plan.sweep(world, 10).outcomes == (("drawn", 1),)
    _, found = drawn(world, campaign)
    large = [item.stratum for item in found if item.seller == "large"]
    assert len(found) == 16
    assert len(large) == len(set(large)) == 2


def test_two_stages_draw_merchants_first(world: World) -> None:
    campaign = planned(world, shops_file(), sample_size=12, design=Design(hold=False, each=2))
    assert plan.sweep(world, 10).outcomes == (("drawn", 1),)
    with world.database.unit() as unit:
        listed = frames.listings(unit, campaign.id)
    taken = [item for item in listed if item.drawn]
    merchants = Counter((item.stratum, item.seller) for item in taken)
    assert max(merchants.values()) <= 2
    assert {item.stratum: 0 for item in taken}.keys() == {f"{PLATFORM}/{name}" for name in CATEGORIES}
    assert all(item.chance is not None and 0 < item.chance <= 1 for item in listed)


def test_money_buys_what_it_can_and_picks_are_taken_beside_it(world: World) -> None:
    design = Design(hold=False, by="money", test_cost=Decimal(80), picks={f"{PLATFORM}:3": "tip-off"})
    budget = Money(Decimal(1000), "CNY")
    campaign = planned(world, shops_file(), design=design, budget=budget, units_each=2)
    assert plan.sweep(world, 10).outcomes == (("drawn", 1),)
    _, found = drawn(world, campaign)
    assert len(found) == 10, "each costs two units at 10 and a test at 80"
    assert [item.listing_id for item in found if item.stratum == "targeted/tip-off"] == [f"{PLATFORM}:3"]
    with world.database.unit() as unit:
        chances = {item.listing_id: item.chance for item in frames.listings(unit, campaign.id)}
    assert chances[f"{PLATFORM}:3"] is None, "what was picked stands for nothing but itself"


def test_every_case_has_two_samplers_and_a_lab_that_nobody_chose(world: World) -> None:
    campaign = planned(world, frame_file())
    with world.database.unit() as unit:
        for name, role in (("li", UserRole.COORDINATOR), ("wang", UserRole.OFFICER), ("zhao", UserRole.OFFICER)):
            accounts.add_user(unit, accounts.new_user(name, name, role))
        for seller in range(30):
            recusal = Recusal("zhao", f"{PLATFORM}/seller {seller}", "cousin", clock.now(unit))
            assignments.recuse(unit, recusal)
    plan.sweep(world, 10)
    kept, found = drawn(world, campaign)
    with world.database.unit() as unit:
        assert {assignments.samplers(unit, item.id) for item in found} == {("li", "wang")}
        [record] = assignments.of_draw(unit, kept.draw_sha256 or "", "lab")
    assert {one["id"]: item.lab for one in record["needs"] for item in found if item.listing_id == one["id"]} == {
        id_: names[0] for id_, names in record["given"].items()
    }
    made = assignment_of(record)
    assert check_prices(made.network, made.given, made.prices, made.each) == []


def test_a_sample_that_a_person_gave_up_is_replaced_from_the_reserve(world: World) -> None:
    campaign = planned(world, frame_file())
    plan.sweep(world, 10)
    lost = drawn(world, campaign)[1][0]
    with world.database.unit() as unit:
        office.skip(unit, lost.id, "not_found", by="user:li", at=clock.now(unit))
    assert plan.sweep(world, 10).outcomes == (("reserves opened", 1),)
    assert plan.sweep(world, 10).outcomes == ()
    found = drawn(world, campaign)[1]
    assert len(found) == 7
    assert sum(item.stratum == lost.stratum for item in found) == 4


def test_a_frame_that_waits_for_nobody_is_drawn_after_a_crash_between_freeze_and_go(world: World) -> None:
    campaign = planned(world, frame_file())
    with world.database.unit() as unit:
        freeze(unit, campaign.id, plan._kept(world, campaign, clock.now(unit)), by="t", at=clock.now(unit))
    assert plan.sweep(world, 10).outcomes == (("drawn", 1),)
    empty = planned(world, None, platforms=("nowhere",), design=Design(hold=True))
    with world.database.unit() as unit:
        freeze(unit, empty.id, plan._kept(world, empty, clock.now(unit)), by="t", at=clock.now(unit))
    assert plan.sweep(world, 10).outcomes == (("impossible", 1),)
