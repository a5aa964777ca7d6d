"""The claim: 10,000 buyers at once ask for money of a nearly spent budget; it is never overspent, and none is lost.

The orders exist; many threads, reserve mixed amounts for them. Some of those that
get through are paid, often not what was reserved, some are refused by their shop and give the money back, some are
refunded. In between the account is read again and again. In the end the account is worked out anew from the entries,
and every answer that a buyer was given is looked up among them.
"""

import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import select, text

from benchmarks.figures import verdict
from sampling.budget import MoneyKind, MoneyStep, total
from sampling.errors import OverBudget
from sampling.money import Money
from storage import budget, cashbook, settings
from storage.database import Database, migrate
from storage.embedded import databases
from storage.schema.sample import PurchaseRow
from tests.build import campaign, moment

ORDERS, BUYERS, POOLS, SPENT_BEFORE = 10_000, 60, 3, Decimal("900000.00")
LEAST_READINGS = 100
BUDGET = Money(Decimal("1000000.00"), "CNY")
SAMPLES = """
INSERT INTO sample (id, code, blind_code, campaign_id, listing_id, platform, item_id, url, title, category, stratum,
    seller, brand, state, version, since)
SELECT gen_random_uuid(), 'S' || n, 'B' || n, :campaign, 'p:' || n, 'p', n, '', '', 'toys', 'p/toys', '', '',
    'captured', 1, now()
FROM generate_series(0, :many) AS n
"""
INTENTS = """
INSERT INTO purchase (id, sample_id, platform, shopper, quantity, state, intended_at)
SELECT gen_random_uuid(), id, platform, 'shopper', 1, 'intended', now() FROM sample
"""


@dataclass
class Told:
    """What the buyers were told, and what a reader saw meanwhile."""

    accepted: set[UUID] = field(default_factory=set)
    refused: set[UUID] = field(default_factory=set)
    released: set[UUID] = field(default_factory=set)
    failed: Counter[str] = field(default_factory=Counter)
    readings: int = 0
    overspent: int = 0


def main() -> int:
    """Print what was accepted, refused and entered, and give 1 when money was overspent or lost."""
    with _databases() as (reader, *pools):
        campaign_id, orders = prepared(reader)
        told, began = Told(), perf_counter()
        with watched(reader, campaign_id, told), ThreadPoolExecutor(BUYERS) as pool:
            list(pool.map(lambda order: buy(pools[order.int % POOLS], order, told), orders))
        seconds = perf_counter() - began
        return verdict(claims(reader, campaign_id, told, seconds))


def prepared(database: Database) -> tuple[UUID, list[UUID]]:
    """Give a campaign whose budget is nearly spent by one large order, and the orders that still want some of it."""
    with database.unit() as unit:
        planned = campaign(unit, budget=BUDGET)
        unit.execute(text(SAMPLES), {"campaign": planned.id, "many": ORDERS})
        unit.execute(text(INTENTS))
        first, *orders = unit.scalars(select(PurchaseRow.id).order_by(PurchaseRow.id))
        spent = Money(SPENT_BEFORE, "CNY")
        budget.reserve(unit, first, spent, by="t", at=moment(1))
        budget.commit(unit, first, spent, by="t", at=moment(1))
    return planned.id, orders


def buy(database: Database, order: UUID, told: Told) -> None:
    """Be one buyer: reserve, then pay less, have it refunded, or be refused by the shop."""
    draw = random.Random(order.int)
    cost = Money(Decimal(draw.randint(100, 20_000)) / 100, "CNY")
    try:
        with database.unit() as unit:
            budget.reserve(unit, order, cost, by="t", at=moment(2))
        told.accepted.add(order)
        _go_on(database, order, cost, draw, told)
    except OverBudget:
        told.refused.add(order)
    except Exception as error:  # every failure is counted: a lost answer is what this looks for
        told.failed[type(error).__name__] += 1


def _go_on(database: Database, order: UUID, cost: Money, draw: random.Random, told: Told) -> None:
    match draw.randint(0, 9):
        case 0 | 1 | 2 | 3 | 4:
            with database.unit() as unit:
                budget.release(unit, order, reason="sold_out", by="t", at=moment(3))
            told.released.add(order)
        case 5 | 6:
            with database.unit() as unit:
                budget.commit(unit, order, cost, by="t", at=moment(3))
        case 7:
            with database.unit() as unit:
                budget.commit(unit, order, cost, by="t", at=moment(3))
            for _ in range(2):  # the second sighting enters nothing
                with database.unit() as unit:
                    budget.enter(unit, order, MoneyKind.REFUND, cost, reference="1", by="t", at=moment(4))


@contextmanager
def watched(database: Database, campaign_id: UUID, told: Told) -> Iterator[None]:
    """Read the account again and again while the block runs."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            with database.unit() as unit:
                now = cashbook.account(unit, campaign_id)
            told.readings += 1
            told.overspent += now.left.amount < 0 or now.excess.amount > 0

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def claims(database: Database, campaign_id: UUID, told: Told, seconds: float) -> dict[str, bool]:
    """Give what holds in the end."""
    with database.unit() as unit:
        kept, entries = cashbook.account(unit, campaign_id), cashbook.entries(unit, campaign_id)
    of_step = {step: Counter(one.purchase_id for one in entries if one.step is step) for step in MoneyStep}
    reserved = of_step[MoneyStep.RESERVED]
    asked = told.accepted | told.refused
    print(f"{ORDERS:,} asked by {BUYERS} at once in {seconds:.1f} s: {len(told.accepted):,} accepted, "
          f"{len(told.refused):,} refused, {len(told.released):,} of the accepted given back")  # fmt: skip
    print(f"{len(entries):,} entries; reserved {kept.reserved}, spent {kept.spent}, refunded {kept.refunded}; "
          f"used {kept.used} of {kept.budget}, left {kept.left}")  # fmt: skip
    return {
        f"every one of {ORDERS:,} has its answer": len(asked) == ORDERS and not told.failed,
        "accepted and refused, both": bool(told.accepted and told.refused) and not told.accepted & told.refused,
        f"never overspent, in {told.readings:,} readings either": kept.used <= kept.budget
        and not told.overspent and told.readings >= LEAST_READINGS,
        "the entries sum up to the account": total(kept.budget, entries) == kept,
        "every accepted order has one reservation, and none else": set(reserved.values()) == {1}
        and len(reserved) == len(told.accepted) + 1 and told.accepted < set(reserved),
        "every release is entered once": of_step[MoneyStep.RELEASED] == Counter(told.released),
    }  # fmt: skip


@contextmanager
def _databases() -> Iterator[list[Database]]:
    """Give ways into one fresh database, each with connections of its own: one to read, the others to buy."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="shopper-", ignore_cleanup_errors=True))
        places = stack.enter_context(databases(settings.load({"SHOPPER_HOME": home}, Path("/"))))
        migrate(places.shopper)
        made = [Database(places.shopper) for _ in range(1 + POOLS)]
        for one in made:
            stack.callback(one.close)
        yield made


if __name__ == "__main__":
    sys.exit(main())
