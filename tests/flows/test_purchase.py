"""The purchase: an order is placed at most once, whoever crashes and however many sweeps run at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from decimal import Decimal

import pytest

from demo.accounts import ACCOUNTS, PASSWORD
from demo.mall.store import Store
from flows import purchase, track
from flows.paying import look_again
from flows.wiring import World, place_order
from sampling.budget import MoneyStep, ReservationState
from sampling.cover import Cover
from sampling.evidence.verification import verify_bundle
from sampling.money import Money
from sampling.order import OrderOutcome
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import Sample, SampleEvent, SampleState
from storage import campaigns, captures, cashbook, clock, consents, events, purchases, samples
from storage.acts import purchasing
from storage.captures import Capture
from storage.offers import listing_of
from storage.unit import Unit
from tests import build
from tests.flows.people import PLATFORM, SHOPPERS, drawn, offer, pass_time, placed, target
from tests.storage.test_vault import leaks

pytestmark = pytest.mark.browser

Mall = tuple[str, Store]


def seen(unit: Unit, world: World, sample: Sample, price: str | None = "41.10", **said: str) -> Sample:
    """Write down that the offer was captured, with its price."""
    listing = {"title": sample.title, "sku": f"GM-{sample.item_id}", "seller": sample.seller, **said}
    if price:
        listing = {**listing, "price": {"amount": price, "currency": "CNY"}}  # type: ignore[dict-item]
    captures.save(unit, world.objects, id_=captures.fresh_id(), sample_id=sample.id, purpose="draw", kind="listing",
                  reason=None, url=sample.url, status=200, bundle={"manifest.json": str(sample.id).encode()},
                  listing=listing, by="t", at=clock.now(unit))  # fmt: skip
    samples.record(unit, sample.id, SampleEvent.CAPTURED, by="t", at=clock.now(unit))
    return samples.get(unit, sample.id)


def captured(world: World, buys: dict[str, int], price: str | None = "180.00") -> list[Sample]:
    """Give captured samples: item of the shop → which shopper buys it; each is cheaper by now."""
    with world.database.unit() as unit:
        listings = [offer(world, item) for item in buys]
        campaign = drawn(world, unit, listings)
        return [seen(unit, world, target(unit, campaign, one, buys[one.item_id]), price) for one in listings]


def standing(world: World, sample: Sample) -> tuple[SampleState, list[PurchaseState]]:
    with world.database.unit() as unit:
        orders = purchases.of_sample(unit, sample.id)
        return samples.get(unit, sample.id).state, [order.state for order in orders]


def intend(world: World, sample: Sample) -> None:
    """Store the intent and no more, as a process does that is killed right after."""
    with world.database.unit() as unit:
        by = f"shopper:{sample.shopper}"
        purchases.intend(unit, sample, quantity=1, by=by, at=clock.now(unit))


def order_really(world: World, sample: Sample, shopper: int) -> str:
    """Place the order in the shop, and tell our memory nothing of it."""
    with world.database.unit() as unit:
        at = clock.now(unit)
        cover = Cover(**world.vault.open(unit, SHOPPERS[shopper], PLATFORM, case_id=sample.id, by="t", at=at))
    shop = world.sites[PLATFORM].shop
    attempt = place_order(world.browser, shop=shop, cover=cover, item_url=sample.url, quantity=1)
    assert attempt.outcome is OrderOutcome.PLACED, attempt.reason
    return str(attempt.order_no)


def test_two_sweeps_at_once_order_each_sample_once(world: World, mall: Mall) -> None:
    bought = captured(world, {"2001": 0, "2002": 1, "2003": 0})
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: purchase.sweep(world, 50), range(2)))
    assert sum(report.done for report in reports) == 3
    assert purchase.sweep(world, 50).done == 0
    assert (sorted(placed(mall[1], 0)), placed(mall[1], 1)) == (["2001", "2003"], ["2002"])
    for sample in bought:
        assert standing(world, sample) == (SampleState.ORDERED, [PurchaseState.PLACED])
    with world.database.unit() as unit:
        order = purchases.live(unit, bought[0].id)
        assert order is not None
        assert order.order_no in {one.number for one in mall[1].orders(ACCOUNTS[0].email)}
        assert order.paid is not None
        assert [one.purpose for one in captures.of_sample(unit, bought[0].id)] == ["draw", "payment", "order"]
        looks = [entry for entry in events.history(unit, bought[0].id) if entry.type == "looked_at"]
        assert looks, "whoever opens a cover is written down"
    secret = {value for account in ACCOUNTS for value in (account.email, account.phone, account.line1)}
    assert leaks(world.database, {*secret, PASSWORD}) == []


def test_an_order_that_was_placed_before_the_crash_is_found_not_repeated(world: World, mall: Mall) -> None:
    [sample] = captured(world, {"2004": 2})
    intend(world, sample)
    number = order_really(world, sample, 2)
    assert dict(purchase.sweep(world, 50).outcomes) == {"found": 1}
    assert standing(world, sample) == (SampleState.ORDERED, [PurchaseState.PLACED])
    with world.database.unit() as unit:
        order = purchases.live(unit, sample.id)
        assert order is not None
        assert order.order_no == number
    assert purchase.sweep(world, 50).done == 0
    assert placed(mall[1], 2) == ["2004"]
    # The order list does not say what was paid; the order's own page does.
    for _ in range(2):
        track.sweep(world, 50)
    with world.database.unit() as unit:
        now, entered = cashbook.reservation(unit, order.id), cashbook.entries(unit, sample.campaign_id)
    assert now is not None
    assert now.state is ReservationState.COMMITTED and now.paid.amount > 0
    assert [one.step for one in entered] == [MoneyStep.RESERVED, MoneyStep.COMMITTED]


def test_an_order_that_was_never_placed_is_placed_once_after_the_grace(world: World, mall: Mall) -> None:
    [sample] = captured(world, {"2005": 3})
    intend(world, sample)
    assert dict(purchase.sweep(world, 50).outcomes) == {"left: too early to tell": 1, "left to another": 1}
    assert standing(world, sample) == (SampleState.CAPTURED, [PurchaseState.UNKNOWN])
    assert placed(mall[1], 3) == []
    pass_time(world, seconds=world.sites[sample.platform].list_delay.total_seconds())
    assert dict(purchase.sweep(world, 50).outcomes) == {"never placed": 1, "placed": 1}
    assert standing(world, sample) == (SampleState.ORDERED, [PurchaseState.FAILED, PurchaseState.PLACED])
    assert purchase.sweep(world, 50).done == 0
    assert placed(mall[1], 3) == ["2005"]


def test_a_budget_is_not_overdrawn_by_those_who_buy_at_once(world: World, mall: Mall) -> None:
    with world.database.unit() as unit:
        listings = [offer(world, item) for item in ("2008", "2010")]
        # enough for either of them, not for both
        budget = Money(Decimal("100.00"), "CNY")
        campaign = build.campaign(unit, at=clock.now(unit), units_each=1, budget=budget)
        build.freeze(unit, campaign.id, listings, at=clock.now(unit))
        campaigns.drawn(unit, campaign.id, draw_sha256="1" * 64, by="t", at=clock.now(unit), data={})
        both = [
            seen(unit, world, target(unit, campaign, one, 4 + number), str(one.price))
            for number, one in enumerate(listings)
        ]
    assert dict(purchase.sweep(world, 50).outcomes) == {"placed": 1, "skipped: budget spent": 1}
    states = sorted(standing(world, sample)[0] for sample in both)
    assert states == [SampleState.NOT_OBTAINED, SampleState.ORDERED]
    assert len(placed(mall[1], 4) + placed(mall[1], 5)) == 1


def test_what_the_shop_refuses_to_sell_ends_with_its_reason(world: World, mall: Mall) -> None:
    [refused] = captured(world, {"2009": 1})
    with world.database.unit() as unit:
        cover = Cover(account=ACCOUNTS[1].email, password="forgotten", country="CN", **asdict(ACCOUNTS[1]))
        world.vault.put(unit, SHOPPERS[1], PLATFORM, asdict(cover))
    before = len(placed(mall[1], 1))
    purchase.sweep(world, 50)
    assert standing(world, refused) == (SampleState.NOT_OBTAINED, [PurchaseState.FAILED])
    assert purchase.sweep(world, 50).done == 0
    assert len(placed(mall[1], 1)) == before


def looked_again(world: World, sample: Sample) -> list[Capture]:
    with world.database.unit() as unit:
        return [one for one in captures.of_sample(unit, sample.id) if one.purpose == captures.PAYMENT]


def test_an_offer_that_cannot_be_had_any_more_is_not_ordered_and_its_reserve_is_opened(
    world: World, mall: Mall
) -> None:
    reasons = {"2018": "not_found", "2007": "captcha"}
    with world.database.unit() as unit:
        listings, waiting = [offer(world, item) for item in reasons], [offer(world, "2003")]
        campaign = drawn(world, unit, listings, waiting)
        lost = [seen(unit, world, target(unit, campaign, one, number)) for number, one in enumerate(listings)]
    mall[1].take_offline("2018", "sold out for good")
    assert purchase.sweep(world, 50).done == 2
    for sample in lost:
        assert standing(world, sample) == (SampleState.NOT_OBTAINED, []), sample.item_id
        [again] = looked_again(world, sample)
        with world.database.unit() as unit:
            assert samples.get(unit, sample.id).reason == reasons[sample.item_id]
        assert verify_bundle(captures.bundle(world.objects, again)) == ()
    with world.database.unit() as unit:
        assert [one.item_id for one in samples.in_state(unit, SampleState.TARGETED)] == ["2003"]


def test_an_offer_that_is_another_one_by_now_waits_for_a_person_who_says_whether_it_is_bought(
    world: World, mall: Mall
) -> None:
    said: dict[str, dict[str, str]] = {"2014": {"seller": "Ming Deng"}, "2017": {"sku": "GM-1"}, "2012": {}}
    reasons = {"2014": "seller_changed", "2017": "goods_changed", "2012": "price_risen"}
    with world.database.unit() as unit:
        listings = [offer(world, item) for item in said]
        campaign = drawn(world, unit, listings)
        asked = [
            seen(unit, world, target(unit, campaign, one, number), "9.00" if one.item_id == "2012" else str(one.price),
                 **said[one.item_id])
            for number, one in enumerate(listings)
        ]  # fmt: skip
    before = [placed(mall[1], number) for number in range(3)]
    purchase.sweep(world, 50)
    assert purchase.sweep(world, 1).outcomes == (), "it is asked once, and what waits for a person holds nobody up"
    with world.database.unit() as unit:
        questions = {sample.item_id: one for one, sample in consents.open_of(unit, campaign.id)}
        assert {item: one.reason for item, one in questions.items()} == reasons
        for item, go in (("2014", True), ("2017", False), ("2012", True)):
            purchasing.decide_offer(unit, questions[item].id, go=go, note="looked at", by="user:coordinator",
                                    at=clock.now(unit))  # fmt: skip
    assert [placed(mall[1], number) for number in range(3)] == before
    assert dict(purchase.sweep(world, 50).outcomes) == {"placed": 2}
    states = [standing(world, sample) for sample in asked]
    bought = (SampleState.ORDERED, [PurchaseState.PLACED])
    assert states == [bought, (SampleState.NOT_OBTAINED, []), bought]
    assert [len(looked_again(world, sample)) for sample in asked] == [2, 1, 2]


def test_another_price_alone_is_noted_and_binds_while_the_budget_allows_it(world: World, mall: Mall) -> None:
    with world.database.unit() as unit:
        listings = [offer(world, "2015"), offer(world, "2020")]  # 60.80 and 163.80 by now
        budget = Money(Decimal("150.00"), "CNY")
        campaign = build.campaign(unit, at=clock.now(unit), units_each=1, budget=budget)
        build.freeze(unit, campaign.id, listings, at=clock.now(unit))
        campaigns.drawn(unit, campaign.id, draw_sha256="1" * 64, by="t", at=clock.now(unit), data={})
        fair, dear = (
            seen(unit, world, target(unit, campaign, one, 2 + number), price)
            for number, (one, price) in enumerate(zip(listings, ("55.00", "140.00"), strict=True))
        )
    purchase.sweep(world, 50)
    assert standing(world, fair) == (SampleState.ORDERED, [PurchaseState.PLACED])
    assert standing(world, dear) == (SampleState.NOT_OBTAINED, [])
    assert "2020" not in placed(mall[1], 3)
    with world.database.unit() as unit:
        assert listing_of(unit, fair).price == Money(Decimal("60.80"), "CNY")
        acts = [(entry.type, entry.data) for entry in events.history(unit, fair.id) if entry.noun != "task"]
    noted = next(number for number, (type_, _) in enumerate(acts) if type_ == "reviewed")
    assert "price" in acts[noted][1]["finding"] and "seller" not in acts[noted][1]["finding"]
    assert noted < [type_ for type_, _ in acts].index("intended"), "looked at before the intent is written"


def test_a_sweep_that_ended_between_the_look_and_the_order_looks_again_and_orders_once(
    world: World, mall: Mall
) -> None:
    [sample] = captured(world, {"2006": 3})
    assert look_again(world, sample) is None  # and no more, as a process does that is killed right after
    assert dict(purchase.sweep(world, 50).outcomes) == {"placed": 1}
    assert len(looked_again(world, sample)) == 2
    assert placed(mall[1], 3).count("2006") == 1
    assert purchase.sweep(world, 50).done == 0
    assert len(looked_again(world, sample)) == 2


def test_a_shop_that_is_away_when_it_is_to_be_paid_is_tried_twice(world: World) -> None:
    with world.database.unit() as unit:
        away = replace(offer(world, "2001"), url="http://127.0.0.1:9/item/2001")
        sample = seen(unit, world, target(unit, drawn(world, unit, [away]), away))
    assert purchase.sweep(world, 50).done == 0
    assert standing(world, sample) == (SampleState.CAPTURED, [])
    assert purchase.sweep(world, 50).done == 1
    assert standing(world, sample) == (SampleState.NOT_OBTAINED, [])
    assert [one.reason for one in looked_again(world, sample)] == ["unreachable", "unreachable"]


def test_an_offer_without_a_price_is_left_and_one_of_an_unknown_shop_is_skipped(world: World) -> None:
    with world.database.unit() as unit:
        listings = [
            replace(offer(world, "2011"), price=None),
            replace(offer(world, "2012"), platform="nowhere", listing_id="nowhere:1"),
        ]
        campaign = drawn(world, unit, listings)
        unpriced, unknown = (seen(unit, world, target(unit, campaign, one), None) for one in listings)
    purchase.sweep(world, 50)
    assert standing(world, unpriced) == (SampleState.CAPTURED, [])
    assert standing(world, unknown)[0] is SampleState.NOT_OBTAINED


def test_an_intent_whose_answer_was_unclear_is_settled_like_a_lost_one(world: World, mall: Mall) -> None:
    [sample] = captured(world, {"2016": 5})
    intend(world, sample)
    with world.database.unit() as unit:
        intent = purchases.live(unit, sample.id)
        assert intent is not None
        purchases.record(
            unit, intent.id, PurchaseEvent.LOST_SIGHT, by="t", at=clock.now(unit), reason="no_confirmation"
        )
    order_really(world, sample, 5)
    assert purchase.sweep(world, 50).done == 1
    assert standing(world, sample) == (SampleState.ORDERED, [PurchaseState.PLACED])
    assert placed(mall[1], 5).count("2016") == 1
