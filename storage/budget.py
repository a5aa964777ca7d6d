"""The money of campaigns: entries that are only added, and the account that the database itself keeps from them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from sampling.budget import Account, MoneyEntry, MoneyKind, MoneyStep, Reservation, ReservationState, opened, state_of
from sampling.errors import WrongEntry
from sampling.money import Money
from sampling.purchase import PurchaseState
from storage import moves
from storage.errors import NotFound
from storage.records import record_of
from storage.schema.money import MoneyAccountRow, MoneyEntryRow
from storage.schema.plan import CampaignRow
from storage.schema.sample import PurchaseRow, SampleRow

SUMS = ("reserved", "spent", "refunded", "advanced", "excess")


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

    A refund that gives back all that was paid for a cancelled order ends its reservation.
    """
    order = _Order(unit, purchase_id)
    if kind is MoneyKind.PAYMENT:
        raise WrongEntry("what was paid for an order is committed, not entered beside it")
    return order.enter(kind, amount, reference, reference=reference, note=note, by=by, at=at)


def advance(
    unit: Session, campaign_id: UUID, shopper: str, amount: Money, *, reference: str, by: str, at: datetime,
    note: str = "",
) -> bool:  # fmt: skip
    """Enter what a shopper was given, once for its reference; False where it is entered already."""
    return _given(
        unit, campaign_id, shopper, MoneyKind.PREPAYMENT, amount, reference=reference, note=note, by=by, at=at
    )


def take_back(
    unit: Session, campaign_id: UUID, shopper: str, amount: Money, *, reference: str, by: str, at: datetime,
    note: str = "",
) -> bool:  # fmt: skip
    """Enter what a shopper gave back of what was given, once for its reference; False where it is entered already.

    More than this shopper was given for the campaign raises WrongEntry.
    """
    return _given(unit, campaign_id, shopper, MoneyKind.RETURNED, amount, reference=reference, note=note, by=by, at=at)


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
    return order.enter(MoneyKind.REFUND, back, f"page:{now.refunded.amount}", note="order_page", by=by, at=at)


def account(unit: Session, campaign_id: UUID) -> Account:
    """Give the sums of a campaign's money, or raise NotFound."""
    campaign = moves.read(unit, CampaignRow, campaign_id)
    budget = Money(campaign.budget, campaign.currency)
    wanted = select(MoneyAccountRow).where(_account(campaign_id, campaign.currency))
    row = unit.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    return opened(budget) if row is None else _sums(row, budget)


def entries(unit: Session, campaign_id: UUID) -> tuple[MoneyEntry, ...]:
    """Give every entry of a campaign, oldest first."""
    return _entries(unit, select(MoneyEntryRow).where(MoneyEntryRow.campaign_id == campaign_id))


def of_shopper(unit: Session, shopper: str) -> tuple[MoneyEntry, ...]:
    """Give every entry of one shopper's money, of all campaigns, oldest first."""
    return _entries(unit, select(MoneyEntryRow).where(MoneyEntryRow.shopper == shopper))


def codes(unit: Session, campaign_id: UUID) -> dict[UUID, str]:
    """Give the code of the sample that each order of a campaign is for."""
    wanted = select(PurchaseRow.id, SampleRow.code).join(SampleRow, SampleRow.id == PurchaseRow.sample_id)
    return {id_: code for id_, code in unit.execute(wanted.where(SampleRow.campaign_id == campaign_id)).tuples()}


def reservation(unit: Session, purchase_id: UUID) -> Reservation | None:
    """Give where the money of an order stands; None where none was ever reserved."""
    return state_of(_entries(unit, select(MoneyEntryRow).where(MoneyEntryRow.purchase_id == purchase_id)))


class _Order:
    """One order with its campaign's account, both held until the unit ends."""

    def __init__(self, unit: Session, purchase_id: UUID) -> None:
        self.unit = unit
        self.row = row = moves.load(unit, PurchaseRow, purchase_id)
        self.id, self.shopper, self.state = row.id, row.shopper, row.state
        self.campaign_id = unit.scalars(select(SampleRow.campaign_id).where(SampleRow.id == row.sample_id)).one()
        self.account = _held(unit, self.campaign_id)
        self.currency = self.account.budget.currency
        self.none = Money(Decimal(0), self.currency)
        self._now = reservation(unit, purchase_id)

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
        self.account = _add(self.unit, self.account, entry)
        self._now = after

    def enter(
        self, kind: MoneyKind, amount: Money, mark: str, *, by: str, at: datetime, reference: str = "", note: str = ""
    ) -> bool:
        """Write an amount beside the reservation, once for its mark; a cancelled order that cost nothing then ends."""
        key = f"{kind}:{self.id}:{mark}"
        if _is_known(self.unit, key):
            return False
        self.step(
            MoneyStep.ENTERED, amount, self.none, kind=kind, key=key, reference=reference, note=note, by=by, at=at
        )
        now = self.reservation
        if self.state is PurchaseState.CANCELLED and now.state is ReservationState.COMMITTED and not now.net.amount:
            self.step(MoneyStep.RELEASED, self.none, self.none, by=by, at=at, note="refunded")
        return True

    def learn(self, paid: Money) -> None:
        """Keep what the order cost with the order itself, unless its page said so in the shop's own currency."""
        if self.row.paid is None:
            self.row.paid, self.row.currency = paid.amount, paid.currency
            self.unit.flush()


def _held(unit: Session, campaign_id: UUID) -> Account:
    """Give a campaign's account, made where there is none and brought to its budget, held until the unit ends."""
    zeros = [literal(Decimal(0)) for _ in SUMS]
    found = select(CampaignRow.id, CampaignRow.currency, CampaignRow.budget, *zeros)
    # The campaign first, then its account: whoever holds the campaign already must not wait for one who waits for it.
    found = found.where(CampaignRow.id == campaign_id).with_for_update(read=True, key_share=True)
    made = insert(MoneyAccountRow).from_select(["campaign_id", "currency", "budget", *SUMS], found)
    kept = made.on_conflict_do_update(
        index_elements=["campaign_id", "currency"], set_={"budget": made.excluded.budget}
    ).returning(MoneyAccountRow)
    row = unit.scalars(kept.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    return _sums(row, Money(row.budget, row.currency))


def _given(
    unit: Session, campaign_id: UUID, shopper: str, kind: MoneyKind, amount: Money, *, reference: str, note: str,
    by: str, at: datetime,
) -> bool:  # fmt: skip
    account = _held(unit, campaign_id)
    key, none = f"{kind}:{campaign_id}:{reference}", Money(Decimal(0), account.budget.currency)
    if _is_known(unit, key):
        return False
    entry = MoneyEntry(
        campaign_id, None, shopper, kind, MoneyStep.ENTERED, amount, none, key, reference, note, by, at
    )  # fmt: skip
    if kind is MoneyKind.RETURNED:
        mine = (one.advanced for one in entries(unit, campaign_id) if one.shopper == shopper)
        if sum(mine, entry.advanced) < 0:
            raise WrongEntry(f"{amount} is more than {shopper} was given")
    _add(unit, account, entry)
    return True


def _add(unit: Session, account: Account, entry: MoneyEntry) -> Account:
    after = account.add(entry)
    if entry.amount != Money(round(entry.amount.amount, 2), entry.amount.currency):
        raise WrongEntry(f"{entry.amount} is no amount of whole cents")
    unit.add(
        MoneyEntryRow(
            campaign_id=entry.campaign_id, currency=account.budget.currency, purchase_id=entry.purchase_id,
            shopper=entry.shopper, kind=entry.kind, step=entry.step, amount=entry.amount.amount,
            held=entry.held.amount, key=entry.key, reference=entry.reference, note=entry.note, by=entry.by, at=entry.at,
        )
    )  # fmt: skip
    unit.flush()
    return after


def _is_known(unit: Session, key: str) -> bool:
    return unit.scalars(select(MoneyEntryRow.place).where(MoneyEntryRow.key == key)).one_or_none() is not None


def _account(campaign_id: UUID, currency: str) -> Any:
    return (MoneyAccountRow.campaign_id == campaign_id) & (MoneyAccountRow.currency == currency)


def _sums(row: MoneyAccountRow, budget: Money) -> Account:
    return Account(budget, *(Money(getattr(row, name), row.currency) for name in SUMS))


def _entries(unit: Session, wanted: Select[tuple[MoneyEntryRow]]) -> tuple[MoneyEntry, ...]:
    rows = unit.scalars(wanted.order_by(MoneyEntryRow.place))
    return tuple(
        record_of(MoneyEntry, row, amount=Money(row.amount, row.currency), held=Money(row.held, row.currency))
        for row in rows
    )
