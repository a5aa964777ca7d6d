"""The money of orders: held before one is placed, spent by what it cost, given back where it does not stand."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.budget import MoneyEntry, MoneyKind, MoneyStep, Reservation, ReservationState, state_of
from sampling.errors import WrongEntry
from sampling.money import Money
from sampling.purchase import PurchaseState
from storage import cashbook, moves
from storage.schema.sample import PurchaseRow, SampleRow

PAGE, TOLD = "page:", "order_page"
"""The key and the note of what an order's own page tells; no receipt has such a number."""


def reserve(unit: Session, purchase_id: UUID, amount: Money, *, by: str, at: datetime) -> None:
    """Reserve what an order will cost, before it is placed.

    OverBudget, or MixedCurrencies for a price in another currency, is raised before anything is written.
    """
    order = _Order(unit, purchase_id)
    order.step(MoneyStep.RESERVED, amount, amount, by=by, at=at)


def commit(
    unit: Session, purchase_id: UUID, paid: Money, *, by: str, at: datetime, reference: str = "", note: str = ""
) -> bool:
    """Turn a hold into what the shop charged; what it charged beyond the budget is kept as excess.

    An order of which it was not known what it cost has it from then on.

    False, with the hold kept until a person enters the amount, where it was charged in another currency; a second
    amount raises IllegalMove.
    """
    order = _Order(unit, purchase_id)
    if paid.currency != order.currency:
        return False
    order.step(MoneyStep.COMMITTED, paid, order.hold * -1, by=by, at=at, reference=reference, note=note)
    order.learn(paid)
    if order.state is PurchaseState.DELIVERED:
        settle(unit, purchase_id, by=by, at=at)
    return True


def settle(unit: Session, purchase_id: UUID, *, by: str, at: datetime) -> bool:
    """Say that the goods came and nothing more is expected; False while it is not known what was paid."""
    order = _Order(unit, purchase_id)
    if order.reservation.state is not ReservationState.COMMITTED:
        return False
    order.step(MoneyStep.SETTLED, order.none, order.none, by=by, at=at)
    return True


def release(unit: Session, purchase_id: UUID, *, reason: str, by: str, at: datetime) -> bool:
    """Give back the hold of an order that does not stand; False where it was paid, because its refund is awaited."""
    order = _Order(unit, purchase_id)
    now = order.reservation
    if now.state is not ReservationState.RESERVED and now.net.amount:
        return False
    order.step(MoneyStep.RELEASED, order.hold, order.hold * -1, by=by, at=at, note=reason)
    return True


def enter(
    unit: Session, purchase_id: UUID, kind: MoneyKind, amount: Money, *, reference: str, by: str, at: datetime,
    note: str = "",
) -> bool:  # fmt: skip
    """Enter freight, a fee or a refund of an order, once for its reference; False where it is entered already.

    A refund that gives back all that was paid for a cancelled order ends its reservation. One that the order's page
    told before is entered already: whoever types it has seen the same money.
    """
    order = _Order(unit, purchase_id)
    if kind is MoneyKind.PAYMENT:
        raise WrongEntry("what was paid for an order is committed, not entered beside it")
    if kind is MoneyKind.REFUND and order.was_told(amount):
        return False
    mark = f"typed {reference}" if reference.startswith(PAGE) else reference
    return order.enter(kind, amount, mark, reference=reference, note=note, by=by, at=at)


def seen(unit: Session, purchase_id: UUID, shown: Money, *, by: str, at: datetime) -> bool:
    """Enter what the order's page shows by now: the amount if it was not known, a refund if it became less.

    False where the page says nothing new. It may be seen any number of times.
    """
    order = _Order(unit, purchase_id)
    now = order.reservation
    if shown.currency != order.currency:
        return False
    if now.state is ReservationState.RESERVED:
        return commit(unit, purchase_id, shown, by=by, at=at)
    back = now.paid - now.refunded - shown
    if back.amount <= 0:
        return False
    return order.enter(MoneyKind.REFUND, back, f"{PAGE}{now.refunded.amount}", note=TOLD, by=by, at=at)


class _Order:
    """One order with its campaign's account, both held until the unit ends."""

    def __init__(self, unit: Session, purchase_id: UUID) -> None:
        self.unit = unit
        self.row = row = moves.load(unit, PurchaseRow, purchase_id)
        self.id, self.shopper, self.state = row.id, row.shopper, row.state
        self.campaign_id = unit.scalars(select(SampleRow.campaign_id).where(SampleRow.id == row.sample_id)).one()
        self.account = cashbook.held(unit, self.campaign_id)
        self.currency = self.account.budget.currency
        self.none = Money(Decimal(0), self.currency)
        self._now = cashbook.reservation(unit, purchase_id)

    @property
    def reservation(self) -> Reservation:
        """Where its money stands; an order from before any reservation holds nothing."""
        return self._now or Reservation(ReservationState.RESERVED, self.none, self.none, self.none, self.none)

    @property
    def hold(self) -> Money:
        """What is reserved for it."""
        return self.reservation.held

    def step(
        self, step: MoneyStep, amount: Money, held: Money, *, by: str, at: datetime,
        kind: MoneyKind = MoneyKind.PAYMENT, key: str = "", reference: str = "", note: str = "",
    ) -> None:  # fmt: skip
        """Write one entry, after the rules allow it."""
        if self._now is None and step is not MoneyStep.RESERVED:
            self.step(MoneyStep.RESERVED, self.none, self.none, by=by, at=at)
        entry = MoneyEntry(
            self.campaign_id, self.id, self.shopper, kind, step, amount, held, key or f"{step}:{self.id}", reference,
            note, by, at,
        )  # fmt: skip
        after = self._now.follow(entry) if self._now else state_of([entry])
        self.account = cashbook.add(self.unit, self.account, entry)
        self._now = after

    def enter(
        self, kind: MoneyKind, amount: Money, mark: str, *, by: str, at: datetime, reference: str = "", note: str = ""
    ) -> bool:
        """Write an amount beside the reservation, once for its mark; a cancelled order that cost nothing then ends."""
        key = f"{kind}:{self.id}:{mark}"
        if cashbook.is_known(self.unit, key):
            return False
        self.step(
            MoneyStep.ENTERED, amount, self.none, kind=kind, key=key, reference=reference, note=note, by=by, at=at
        )
        now = self.reservation
        if self.state is PurchaseState.CANCELLED and now.state is ReservationState.COMMITTED and not now.net.amount:
            self.step(MoneyStep.RELEASED, self.none, self.none, by=by, at=at, note="refunded")
        return True

    def was_told(self, amount: Money) -> bool:
        """Tell whether its page showed a refund of the amount that nobody has entered."""
        notes = [
            one.note
            for one in cashbook.of_order(self.unit, self.id)
            if one.kind is MoneyKind.REFUND and one.amount == amount
        ]
        return 2 * notes.count(TOLD) > len(notes)

    def learn(self, paid: Money) -> None:
        """Keep what the order cost with the order itself, unless its page said so in the shop's own currency."""
        if self.row.paid is None:
            self.row.paid, self.row.currency = paid.amount, paid.currency
            self.unit.flush()
