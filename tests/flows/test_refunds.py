"""Money that came back after the goods: seen on the order's page, booked once, and looked for now and then only."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from flows import refunds
from flows.wiring import World
from sampling.evidence.visit import Visit
from sampling.money import Money
from sampling.purchase import Purchase, PurchaseEvent
from storage import cashbook, clock, purchases, samples
from tests.flows.people import drawn, install, offer, pass_time, target
from tests.sampling.visits import a_visit

PAGE = (Path(__file__).parents[1] / "examples/sites/glow_mall/order-delivered.html").read_text(encoding="utf-8")


def delivered(world: World, item: str, shopper: int) -> Purchase:
    """Give an order of 100.00 CNY whose goods came."""
    with world.database.unit() as unit:
        one, at = offer(world, item), clock.now(unit)
        sample = target(unit, drawn(world, unit, [one]), one, shopper)
        order = purchases.intend(unit, sample, quantity=1, by="t", at=at)
        purchases.placed(unit, order.id, PurchaseEvent.PLACED, order_no=f"G{item}", order_url="http://127.0.0.1:9/o",
                         paid=Money(Decimal("100.00"), "CNY"), by="t", at=at)  # fmt: skip
        for event in (PurchaseEvent.SHIPPED, PurchaseEvent.DELIVERED):
            purchases.record(unit, order.id, event, by="t", at=at)
        return purchases.get(unit, order.id)


def looked(read: list[str]) -> Callable[..., tuple[Visit, ...]]:
    """Give a browser's stand-in that notes what it was asked for."""

    def shown(_: Any, addresses: Sequence[str], **__: Any) -> tuple[Visit, ...]:
        read.extend(addresses)
        return tuple(a_visit() for _ in addresses)

    return shown


def test_what_came_back_is_booked_once_and_looked_for_every_few_days(
    quiet: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def shown(_: Any, addresses: Sequence[str], **__: Any) -> tuple[Visit, ...]:
        read.extend(addresses)
        pages = {"G2006": PAGE.replace("265.80", "91.50"), "G2009": "<p>no order</p>"}
        return tuple(replace(a_visit(), html=pages[address.rstrip("/").rpartition("/")[2]]) for address in addresses)

    monkeypatch.setattr(refunds, "read_all_as", shown)
    world = replace(quiet, open_browser=cast(Any, object))
    install(world)
    orders = [delivered(world, "2006", 0), delivered(world, "2009", 1)]
    told = dict(refunds.follow_refunds(world, 50).outcomes)
    assert told == {"money came back": 1, "left: no money came back": 1}
    assert (refunds.follow_refunds(world, 50).outcomes, len(read)) == ((), 2), "a page is not read twice in a row"
    pass_time(world, seconds=refunds.EVERY.total_seconds() + 1)
    assert dict(refunds.follow_refunds(world, 50).outcomes) == {"left: no money came back": 2}
    with world.database.unit() as unit:
        money = cashbook.reservation(unit, orders[0].id)
    assert money is not None and money.net == Money(Decimal("91.50"), "CNY")
    pass_time(world, days=61)
    assert (refunds.follow_refunds(world, 50).outcomes, len(read)) == ((), 4), "after its time nobody looks any more"


def test_an_order_at_a_shop_that_is_not_known_any_more_is_left(quiet: World) -> None:
    install(quiet)
    delivered(quiet, "2006", 0)
    assert dict(refunds.follow_refunds(replace(quiet, sites={}), 50).outcomes) == {"left to another": 1}


def test_an_order_that_was_never_paid_takes_nobodys_place(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(refunds, "read_all_as", looked(read))
    world = replace(quiet, open_browser=cast(Any, object))
    install(world)
    with world.database.unit() as unit:
        one, at = offer(world, "2006"), clock.now(unit)
        order = purchases.intend(unit, target(unit, drawn(world, unit, [one]), one, 0), quantity=1, by="t", at=at)
        purchases.placed(unit, order.id, PurchaseEvent.PLACED, order_no="G2006", order_url="http://127.0.0.1:9/o",
                         paid=None, by="t", at=at)  # fmt: skip
        purchases.record(unit, order.id, PurchaseEvent.CANCELLED, by="t", at=at)
    delivered(world, "2009", 1)
    refunds.follow_refunds(world, 1)
    assert [address.rstrip("/").rpartition("/")[2] for address in read] == ["G2009"]


def test_each_order_is_asked_after_under_the_cover_it_was_placed_under(
    quiet: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def shown(_: Any, addresses: Sequence[str], **said: Any) -> tuple[Visit, ...]:
        numbers = [address.rstrip("/").rpartition("/")[2] for address in addresses]
        asked.append((said["cover"].password, *numbers))
        return tuple(a_visit() for _ in addresses)

    monkeypatch.setattr(refunds, "read_all_as", shown)
    world = replace(quiet, open_browser=cast(Any, object))
    install(world)
    before = delivered(world, "2006", 0)
    pass_time(world, hours=1)
    with world.database.unit() as unit:
        sample = samples.get(unit, before.sample_id)
        cover = world.vault.open(unit, sample.shopper or "", sample.platform, case_id=sample.id, by="t",
                                 at=clock.now(unit))  # fmt: skip
        world.vault.put(unit, sample.shopper or "", sample.platform, {**cover, "password": "another"})
    pass_time(world, hours=1)
    delivered(world, "2009", 0)
    refunds.follow_refunds(world, 50)
    assert sorted(asked) == sorted([(cover["password"], "G2006"), ("another", "G2009")])
