"""No shopper buys from one merchant twice within the rulebook's days, however many order at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from sampling.purchase import PurchaseEvent
from sampling.rulebook import load
from sampling.sample import Sample, SampleState
from storage import campaigns, meetings, purchases, samples
from storage.database import Database
from storage.errors import Conflict
from storage.objects import Objects
from storage.unit import Unit
from tests.build import SHOPPER, START, campaign, case, framed, moment

RULES = load("cn-product")
DAYS = RULES.rule("shopper_merchant_gap").number


def samples_of(unit: Unit, *sellers: str, shopper: str = SHOPPER) -> list[Sample]:
    """Give one sample of each seller, all for one shopper."""
    of, made = campaign(unit), []
    for number, seller in enumerate(sellers, 1):
        listing = framed(number, seller=seller)
        one = samples.target(unit, of.id, listing, blind_code=f"B{number}", lab="L", by="t", at=START)
        samples.assign(unit, one.id, shopper, due_at=moment(96), by="t", at=START)
        made.append(samples.get(unit, one.id))
    return made


@pytest.mark.parametrize(
    ("days", "may"), [(0, False), (DAYS - 1, False), (DAYS, True), (DAYS + 1, True)]
)  # fmt: skip
def test_a_shopper_meets_a_merchant_again_after_the_days_of_the_rulebook(
    days: int, may: bool, database: Database
) -> None:
    with database.unit() as unit:
        first, second = samples_of(unit, "one seller", "one seller")
        assert meetings.meet(unit, first, RULES, at=START)
        purchases.intend(unit, first, quantity=1, by="t", at=START)
        assert meetings.meet(unit, second, RULES, at=START + timedelta(days=days)) is may


def test_other_merchants_other_shoppers_and_the_same_sample_again_are_free(database: Database) -> None:
    with database.unit() as unit:
        first, other, unknown = samples_of(unit, "one seller", "another", "")
        for one in (first, first, other, unknown, unknown):
            assert meetings.meet(unit, one, RULES, at=START)
        samples.hand_on(unit, other.id, "somebody", by="t", at=START)
        assert meetings.meet(unit, samples.get(unit, other.id), RULES, at=START)


def test_an_order_that_was_never_placed_is_no_meeting_and_one_before_the_rule_is(database: Database) -> None:
    with database.unit() as unit:
        first, second, third = samples_of(unit, "one seller", "one seller", "one seller")
        assert meetings.meet(unit, first, RULES, at=START)
        intent = purchases.intend(unit, first, quantity=1, by="t", at=START)
        assert not meetings.meet(unit, second, RULES, at=START)
        purchases.record(unit, intent.id, PurchaseEvent.REFUSED, by="t", at=START, reason="sold_out")
        assert meetings.meet(unit, second, RULES, at=START)
        purchases.intend(unit, second, quantity=1, by="t", at=START)
        unit.execute(text("DELETE FROM merchant_meeting"))
        assert not meetings.meet(unit, third, RULES, at=moment(1))


def test_of_many_who_order_at_once_one_is_let_through(database: Database) -> None:
    with database.unit() as unit:
        waiting = samples_of(unit, *["one seller"] * 6)
    ready = Barrier(len(waiting))

    def order(sample: Sample) -> bool:
        with database.unit() as unit:
            ready.wait(10)
            met = meetings.meet(unit, sample, RULES, at=START)
            if met:
                purchases.intend(unit, sample, quantity=1, by="t", at=START)
            return met

    with ThreadPoolExecutor(len(waiting)) as pool:
        assert sorted(pool.map(order, waiting)) == [False] * 5 + [True]
    with database.unit() as unit:
        assert sum(purchases.live(unit, one.id) is not None for one in waiting) == 1


def test_the_database_refuses_a_second_meeting_that_nobody_asked_about(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        first, second = (case(unit, objects, SampleState.TARGETED, number=n).sample for n in (1, 2))
        assert campaigns.get(unit, first.campaign_id)
    insert = text("INSERT INTO merchant_meeting VALUES (:id, 's', 'p/m', :at, :end, 'r')")
    with pytest.raises(Conflict, match="met_once_at_a_time"), database.unit() as unit:
        for one, at in ((first, 0), (second, 24)):
            unit.execute(insert, {"id": one.id, "at": moment(at), "end": moment(at + 48)})


def test_those_who_assign_at_once_wait_for_each_other(database: Database) -> None:
    with database.unit() as unit:
        waiting = samples_of(unit, "one seller", "one seller", shopper="nobody yet")
    ready = Barrier(2)

    def give(sample: Sample) -> bool:
        with database.unit() as unit:
            ready.wait(10)
            meetings.assigning(unit)
            met = samples.sellers_bought_from(unit, SHOPPER, START - meetings.gap(RULES))
            if f"{sample.platform}/{sample.seller}" in met:
                return False
            samples.hand_on(unit, sample.id, SHOPPER, by="t", at=START)
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(give, waiting)) == [False, True]
