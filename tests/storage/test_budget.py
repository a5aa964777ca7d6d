"""Money on the real server: the account follows the entries, and nobody overspends it, however many ask at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID

import pytest
from alembic import command
from sqlalchemy import select, text, update

from sampling.budget import Account, MoneyKind, MoneyStep, ReservationState, total
from sampling.errors import IllegalMove, MixedCurrencies, OverBudget, WrongEntry
from sampling.money import Money
from sampling.purchase import PurchaseEvent
from sampling.sample import SampleState
from storage import advances, budget, campaigns, cashbook, purchases, samples
from storage.database import Database, alembic_config, migrate
from storage.errors import Conflict, NotFound
from storage.objects import Objects
from storage.schema.base import new_id
from storage.schema.money import MoneyAccountRow, MoneyEntryRow
from storage.unit import Unit
from tests.build import Case, campaign, case, framed, freeze, moment

S, K = SampleState, MoneyKind


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


NONE = cny("0")


def intended(unit: Unit, objects: Objects, money: str = "5000", number: int = 1) -> tuple[Case, UUID]:
    """Give a case whose two units are about to be ordered for 99.80, and the order."""
    made = case(unit, objects, S.CAPTURED, of=campaign(unit, budget=cny(money)), number=number)
    return made, purchases.intend(unit, made.sample, quantity=2, by="u", at=moment(2)).id


def state(unit: Unit, order: UUID) -> tuple[ReservationState, Money, Money]:
    now = cashbook.reservation(unit, order)
    assert now is not None
    return now.state, now.held, now.net


def balanced(unit: Unit, campaign_id: UUID) -> Account:
    """Give the account after it was worked out again from the entries."""
    kept = cashbook.account(unit, campaign_id)
    assert total(kept.budget, cashbook.entries(unit, campaign_id)) == kept
    return kept


def test_what_is_ordered_counts_before_the_shop_says_what_was_paid(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        planned = campaign(unit)
        freeze(unit, planned.id, [framed(1), framed(2)])
        assert cashbook.account(unit, planned.id).left == planned.budget
        made = case(unit, objects, S.CAPTURED, of=planned)
        purchases.intend(unit, made.sample, quantity=2, by="u", at=moment(2))
        assert balanced(unit, planned.id).reserved == cny("99.80")
        case(unit, objects, S.RECEIVED, number=2, of=planned)
        account = balanced(unit, planned.id)
        assert (account.reserved, account.spent, account.used) == (cny("99.80"), cny("99.80"), cny("199.60"))
        states = [(entry.step, entry.held.amount) for entry in cashbook.entries(unit, planned.id)]
        paid = Decimal("99.80")
        assert states == [
            (MoneyStep.RESERVED, paid), (MoneyStep.RESERVED, paid), (MoneyStep.COMMITTED, -paid),
            (MoneyStep.SETTLED, Decimal(0)),
        ]  # fmt: skip


@pytest.mark.parametrize(
    "ended", [(PurchaseEvent.REFUSED,), (PurchaseEvent.LOST_SIGHT, PurchaseEvent.NOT_FOUND)], ids=["refused", "lost"]
)
def test_an_order_that_never_stood_gives_back_what_it_held(
    ended: tuple[PurchaseEvent, ...], database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects)
        for event in ended:
            assert state(unit, order)[0] is ReservationState.RESERVED
            purchases.record(unit, order, event, by="u", at=moment(3), reason="sold_out")
        assert state(unit, order) == (ReservationState.RELEASED, NONE, NONE)
        assert balanced(unit, made.sample.campaign_id).left == cny("5000")
        again = purchases.intend(unit, made.sample, quantity=2, by="u", at=moment(4))
        assert state(unit, again.id)[0] is ReservationState.RESERVED


def placed(unit: Unit, order: UUID, paid: Money | None) -> None:
    purchases.placed(unit, order, PurchaseEvent.PLACED, order_no="G1", order_url="", paid=paid, by="u", at=moment(3))


def test_what_a_shop_charged_beyond_the_budget_is_kept_and_stops_the_next_order(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects, "100")
        placed(unit, order, cny("112.80"))
        account = balanced(unit, made.sample.campaign_id)
        assert (account.excess, account.left) == (cny("12.80"), cny("-12.80"))
        with pytest.raises(OverBudget, match=r"more than the -12\.80 CNY left of 100"):
            budget.enter(unit, order, K.FREIGHT, cny("0.01"), reference="1", by="u", at=moment(4))
        back = budget.seen(unit, order, cny("92.80"), by="u", at=moment(4))
        account = balanced(unit, made.sample.campaign_id)
        assert (back, account.excess, account.left) == (True, cny("0"), cny("7.20"))


def test_a_charge_below_its_hold_is_no_room_for_the_excess_of_another(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        planned = campaign(unit, budget=cny("100"))
        one, two, three = (case(unit, objects, S.CAPTURED, of=planned, number=number) for number in (1, 2, 3))
        first, second = (
            purchases.intend(unit, made.sample, quantity=1, by="u", at=moment(2)).id for made in (one, two)
        )
        placed(unit, first, cny("80"))
        assert balanced(unit, planned.id).excess == cny("29.90")
        purchases.placed(unit, second, PurchaseEvent.PLACED, order_no="G2", order_url="", paid=cny("15"), by="u",
                         at=moment(3))  # fmt: skip
        account = balanced(unit, planned.id)
        assert (account.excess, account.left) == (NONE, cny("5"))
    with database.unit() as unit, pytest.raises(OverBudget):
        purchases.intend(unit, three.sample, quantity=1, by="u", at=moment(4))
    with pytest.raises(Conflict, match="never_overspent"), database.unit() as unit:
        entry(unit, second, step="entered", kind="fee", amount=6, held=0)


def test_a_refund_that_a_page_shows_is_entered_once(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects)
        placed(unit, order, None)
        assert state(unit, order)[0] is ReservationState.RESERVED
        shown = ["109.80", "109.80", "100.00", "100.00", "109.80", "90.00"]
        new = [budget.seen(unit, order, cny(amount), by="flow:custody", at=moment(4)) for amount in shown]
        assert new == [True, False, True, False, False, True]
        assert not budget.seen(unit, order, Money(Decimal(1), "EUR"), by="u", at=moment(4))
        assert state(unit, order) == (ReservationState.COMMITTED, NONE, cny("90.00"))
        assert balanced(unit, made.sample.campaign_id).refunded == cny("19.80")


def test_a_cancelled_order_waits_for_its_refund(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects)
        placed(unit, order, cny("99.80"))
        purchases.record(unit, order, PurchaseEvent.CANCELLED, by="u", at=moment(4), reason="seller_cancelled")
        assert state(unit, order) == (ReservationState.COMMITTED, NONE, cny("99.80"))
        for again in (True, False):
            given = budget.enter(unit, order, K.REFUND, cny("99.80"), reference="R1", by="u", at=moment(5))
            assert given is again
        assert state(unit, order) == (ReservationState.RELEASED, NONE, NONE)
        assert balanced(unit, made.sample.campaign_id).left == cny("5000")


def test_an_amount_that_was_not_known_is_committed_late_and_settled_at_once(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.SHIPPED)
        order = purchases.live(unit, made.sample.id)
        assert order is not None
        with pytest.raises(IllegalMove):
            budget.commit(unit, order.id, cny("99.80"), by="u", at=moment(4))
        late, other = intended(unit, objects, number=2)
        placed(unit, other, Money(Decimal(14), "EUR"))
        for event in (PurchaseEvent.SHIPPED, PurchaseEvent.DELIVERED):
            purchases.record(unit, other, event, by="u", at=moment(4))
        assert state(unit, other)[0] is ReservationState.RESERVED
        assert budget.commit(unit, other, cny("101"), by="u", at=moment(5))
        assert state(unit, other) == (ReservationState.SETTLED, NONE, cny("101"))
        assert purchases.get(unit, other).paid == Money(Decimal(14), "EUR"), "what the shop's own page said stays"
        balanced(unit, late.sample.campaign_id)


def test_an_order_has_what_it_cost_as_soon_as_anybody_says_so(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        seen, entered = (intended(unit, objects, number=number)[1] for number in (1, 2))
        for order in (seen, entered):
            purchases.record(unit, order, PurchaseEvent.LOST_SIGHT, by="u", at=moment(3))
            purchases.placed(unit, order, PurchaseEvent.FOUND, order_no=str(order), order_url="", paid=None, by="u",
                             at=moment(3))  # fmt: skip
        assert budget.seen(unit, seen, cny("98"), by="flow:track", at=moment(4))
        assert budget.commit(unit, entered, cny("97"), reference="B7", note="bank", by="u", at=moment(4))
        assert [purchases.get(unit, order).paid for order in (seen, entered)] == [cny("98"), cny("97")]
        kept = cashbook.entries(unit, samples.get(unit, purchases.get(unit, entered).sample_id).campaign_id)[-1]
        assert (kept.step, kept.reference, kept.note) == (MoneyStep.COMMITTED, "B7", "bank")


def test_an_order_from_before_any_account_is_followed_from_nothing(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects)
        unit.execute(text("ALTER TABLE money_entry DISABLE TRIGGER append_only"))
        unit.execute(text("ALTER TABLE money_account DISABLE TRIGGER kept"))
        unit.execute(text("DELETE FROM money_entry"))
        unit.execute(text("DELETE FROM money_account"))
        unit.execute(text("ALTER TABLE money_entry ENABLE TRIGGER append_only"))
        unit.execute(text("ALTER TABLE money_account ENABLE TRIGGER kept"))
        assert cashbook.reservation(unit, order) is None
        placed(unit, order, cny("99.80"))
        assert state(unit, order) == (ReservationState.COMMITTED, NONE, cny("99.80"))
        assert balanced(unit, made.sample.campaign_id).spent == cny("99.80")


def test_what_shoppers_are_given_stays_within_the_budget(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects, "200")
        id_, at = made.sample.campaign_id, moment(3)
        assert advances.advance(unit, id_, "shopper", cny("150"), reference="P1", by="u", at=at)
        assert not advances.advance(unit, id_, "shopper", cny("150"), reference="P1", by="u", at=at)
        assert balanced(unit, id_).advanced == cny("150")
        with pytest.raises(OverBudget, match="would be given to shoppers"):
            advances.advance(unit, id_, "shopper", cny("50.01"), reference="P2", by="u", at=at)
        for again in (True, False):
            assert advances.take_back(unit, id_, "shopper", cny("30"), reference="P1", by="u", at=at) is again
        assert balanced(unit, id_).advanced == cny("120")
        assert advances.advance(unit, id_, "another", cny("80"), reference="P2", by="u", at=at)
        with pytest.raises(WrongEntry, match=r"120\.01 CNY is more than shopper was given"):
            advances.take_back(unit, id_, "shopper", cny("120.01"), reference="P2", by="u", at=at)
        with pytest.raises(MixedCurrencies, match="enter what it came to in CNY"):
            advances.advance(unit, id_, "shopper", Money(Decimal(5), "EUR"), reference="P3", by="u", at=at)
        for kind, amount in ((K.PAYMENT, "5"), (K.FEE, "0.001"), (K.REFUND, "0.01")):
            with pytest.raises(WrongEntry):
                budget.enter(unit, order, kind, cny(amount), reference="P4", by="u", at=at)
        with pytest.raises(NotFound):
            advances.advance(unit, new_id(), "shopper", cny("1"), reference="P5", by="u", at=at)
        given = [(one.kind, one.reference) for one in cashbook.entries(unit, id_)[1:]]
        assert given == [(K.PREPAYMENT, "P1"), (K.RETURNED, "P1"), (K.PREPAYMENT, "P2")]


def entry(unit: Unit, order: UUID, **changes: object) -> None:
    """Write a row that no rule looked at."""
    kept = unit.scalars(select(MoneyEntryRow).filter_by(purchase_id=order)).first()
    assert kept is not None
    values = {name: value for name, value in vars(kept).items() if name not in ("place", "_sa_instance_state")}
    unit.add(MoneyEntryRow(**{**values, "key": "broken", **changes}))
    unit.flush()


def account_row(unit: Unit, **changes: object) -> None:
    unit.execute(update(MoneyAccountRow).values(**changes))


def held_twice(unit: Unit, order: UUID) -> None:
    for key in ("a", "b"):
        entry(unit, order, step="released", amount="40", held="-40", key=key)


def returned_by_another(unit: Unit, order: UUID) -> None:
    for kind, shopper in (("prepayment", "a"), ("returned", "b")):
        entry(unit, order, step="entered", kind=kind, amount=9, held=0, purchase_id=None, shopper=shopper, key=kind)


BREACHES: dict[str, Callable[[Unit, UUID], object]] = {
    "overspent": lambda u, o: entry(u, o, step="entered", kind="fee", amount=101, held=0),
    "reserved twice": lambda u, o: entry(u, o, amount=1, held=1),
    "held twice": lambda u, o: held_twice(u, o),
    "released too much": lambda u, o: entry(u, o, step="released", amount=100, held=-100),
    "refunded too much": lambda u, o: entry(u, o, step="entered", kind="refund", amount=1, held=0),
    "given too much": lambda u, o: entry(u, o, step="entered", kind="prepayment", amount=201, held=0, purchase_id=None),
    "returned too much": lambda u, o: returned_by_another(u, o),
    "returned for an order": lambda u, o: entry(u, o, step="entered", kind="returned", amount=0, held=0),
    "entered twice": lambda u, o: entry(u, o, step="committed", held=0, key=f"reserved:{o}"),
    "below zero": lambda u, o: entry(u, o, step="entered", kind="fee", amount=-1, held=0),
    "hold of a fee": lambda u, o: entry(u, o, step="entered", kind="fee", amount=1, held=1),
    "fee as a step": lambda u, o: entry(u, o, step="settled", kind="fee", amount=1, held=0),
    "for no order": lambda u, o: entry(u, o, step="entered", kind="fee", amount=1, held=0, purchase_id=None),
    "another currency": lambda u, o: entry(u, o, currency="EUR"),
    "entry changed": lambda u, o: u.execute(update(MoneyEntryRow).values(amount=1)),
    "entry gone": lambda u, o: u.execute(text("DELETE FROM money_entry")),
    "sum changed": lambda u, o: account_row(u, reserved=0),
    "budget below what is used": lambda u, o: account_row(u, budget=50),
    "account gone": lambda u, o: u.execute(text("DELETE FROM money_account")),
    "account with a head start": lambda u, o: u.execute(
        text("INSERT INTO money_account SELECT campaign_id, 'EUR', budget, 0, 0, 0, 0, 9 FROM money_account")
    ),
}


def test_the_database_itself_refuses(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects, "200")
        kept = balanced(unit, made.sample.campaign_id)
    let_through = []
    for name, breach in BREACHES.items():
        try:
            with database.unit() as unit:
                breach(unit, order)
        except Conflict:
            continue
        let_through.append(name)
    assert let_through == []
    with database.unit() as unit:
        assert balanced(unit, made.sample.campaign_id) == kept


def test_a_raised_budget_counts_from_the_next_entry_on(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects, "100")
        planned = campaigns.get(unit, made.sample.campaign_id)
        campaigns.change(unit, planned.id, sample_size=4, budget=cny("300"), design=planned.design, beacons=(),
                         parties=())  # fmt: skip
        assert budget.enter(unit, order, K.FREIGHT, cny("12"), reference="1", by="u", at=moment(3))
        assert balanced(unit, planned.id).left == cny("188.20")


def test_many_buyers_at_once_never_overspend_and_lose_nothing(database: Database, objects: Objects) -> None:
    """Forty orders of 99.80 of which the budget holds twelve; every fourth that got through is refused by its shop."""
    with database.unit() as unit:
        planned = campaign(unit, budget=cny("1250"))
        made = [case(unit, objects, S.CAPTURED, of=planned, number=number).sample for number in range(1, 41)]

    def buy(number: int) -> bool:
        try:
            with database.unit() as unit:
                order = purchases.intend(unit, made[number], quantity=2, by="u", at=moment(2))
        except OverBudget:
            return False
        if number % 4 == 0:
            with database.unit() as unit:
                purchases.record(unit, order.id, PurchaseEvent.REFUSED, by="u", at=moment(3), reason="sold_out")
        return True

    with ThreadPoolExecutor(8) as pool:
        got = sum(pool.map(buy, range(40)))
    with database.unit() as unit:
        account, steps = balanced(unit, planned.id), [one.step for one in cashbook.entries(unit, planned.id)]
        assert steps.count(MoneyStep.RESERVED) == got >= 12
        standing = got - steps.count(MoneyStep.RELEASED)
        assert (account.reserved, account.excess) == (cny("99.80") * standing, cny("0"))
        assert account.reserved <= planned.budget


def test_orders_made_before_there_were_accounts_are_entered_as_they_stand(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        planned = campaign(unit, budget=cny("400"))
        freeze(unit, planned.id, [framed(number) for number in range(1, 6)])
        for number, stage in enumerate((S.CAPTURED, S.ORDERED, S.RECEIVED, S.ORDERED, S.CAPTURED), 1):
            made = case(unit, objects, stage, of=campaign(unit) if number == 5 else planned, number=number)
            if number == 1:
                purchases.intend(unit, made.sample, quantity=1, by="u", at=moment(2))
            elif number == 4:
                order = purchases.live(unit, made.sample.id)
                assert order is not None
                purchases.record(unit, order.id, PurchaseEvent.CANCELLED, by="u", at=moment(4))
        steps = [(one.step, one.amount, one.held) for one in cashbook.entries(unit, planned.id)]
        kept = cashbook.account(unit, planned.id)
        # What was spent before anybody kept an account may be more than the budget.
        campaigns.change(unit, planned.id, sample_size=4, budget=cny("250"), design=planned.design, beacons=(),
                         parties=())  # fmt: skip
    command.downgrade(alembic_config(database.url), "0007")
    migrate(database.url)
    with database.unit() as unit:
        now = cashbook.account(unit, planned.id)
        assert (now.reserved, now.spent, now.refunded) == (kept.reserved, kept.spent, kept.refunded)
        assert sorted((one.step, one.amount.amount, one.held.amount) for one in cashbook.entries(unit, planned.id)) == (
            sorted((step, amount.amount, held.amount) for step, amount, held in steps)
        )
        assert (now.excess, now.left) == (cny("99.30"), cny("-99.30"))
        with pytest.raises(OverBudget):
            advances.advance(unit, planned.id, "shopper", cny("349.31"), reference="1", by="u", at=moment(5))


def test_receipts_of_before_are_read_out_of_their_keys_and_costs_out_of_entries(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, order = intended(unit, objects)
        id_ = made.sample.campaign_id
        placed(unit, order, cny("99.80"))
        budget.enter(unit, order, K.FREIGHT, cny("1"), reference="a:b", by="u", at=moment(4))
        budget.seen(unit, order, cny("90"), by="u", at=moment(4))
        advances.advance(unit, id_, "shopper", cny("5"), reference="P1", by="u", at=moment(4))
        kept = cashbook.entries(unit, id_)
        unit.execute(text("UPDATE purchase SET paid = NULL, currency = NULL"))
    command.downgrade(alembic_config(database.url), "0016")
    migrate(database.url)
    with database.unit() as unit:
        assert cashbook.entries(unit, id_) == kept
        assert [one.reference for one in kept] == ["", "", "a:b", "", "P1"]
        assert purchases.get(unit, order).paid == cny("99.80")
