"""What a shopper sees of the money: each order with what it cost and what came back, and the sums by currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sampling.budget import MoneyEntry, MoneyKind, Reimbursement, reimbursements, state_of
from sampling.money import Money
from storage import cashbook, purchases, samples
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Spent:
    """One order that was paid: what it cost with freight and fees, and what came back of it."""

    purchase_id: UUID
    sample: str
    order_no: str
    ordered_at: datetime
    paid: Money
    refunded: Money


@dataclass(frozen=True, slots=True)
class Given:
    """What a shopper was given beforehand or afterwards, or gave back of it."""

    kind: MoneyKind
    amount: Money
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Purse:
    """The money of one shopper: the sums of each currency, the paid orders, and what was given; the latest first."""

    sums: tuple[Reimbursement, ...]
    paid: tuple[Spent, ...]
    given: tuple[Given, ...]

    def currency_of(self, order: str) -> str:
        """Give the currency that an order was paid in."""
        return next(one.paid.currency for one in self.paid if str(one.purchase_id) == order)


def load_purse(unit: Unit, shopper: str) -> Purse:
    """Give the money of one shopper."""
    entries = cashbook.of_shopper(unit, shopper)
    by_currency: dict[str, list[MoneyEntry]] = {}
    by_order: dict[UUID, list[MoneyEntry]] = {}
    for one in entries:
        by_currency.setdefault(one.amount.currency, []).append(one)
        if one.purchase_id is not None:
            by_order.setdefault(one.purchase_id, []).append(one)
    spent = (_spent(unit, id_, found) for id_, found in by_order.items())
    return Purse(
        sums=tuple(one for name in sorted(by_currency) for one in reimbursements(by_currency[name])),
        paid=tuple(sorted((one for one in spent if one), key=lambda one: one.ordered_at, reverse=True)),
        given=tuple(Given(one.kind, one.amount, one.note, one.at) for one in reversed(entries) if one.advanced),
    )


def _spent(unit: Unit, purchase_id: UUID, entries: Iterable[MoneyEntry]) -> Spent | None:
    now = state_of(entries)
    if now is None or not (now.paid.amount or now.beside.amount):
        return None
    order = purchases.get(unit, purchase_id)
    return Spent(
        purchase_id, samples.get(unit, order.sample_id).code, order.order_no or "", order.intended_at,
        now.paid + now.beside, now.refunded,
    )  # fmt: skip
