"""The cashbook of campaigns: entries that are only added, and the account that the database itself keeps from them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from sampling.budget import Account, MoneyEntry, Reservation, opened, state_of
from sampling.errors import WrongEntry
from sampling.money import Money
from storage import moves
from storage.errors import NotFound
from storage.records import record_of
from storage.schema.money import MoneyAccountRow, MoneyEntryRow
from storage.schema.plan import CampaignRow
from storage.schema.sample import PurchaseRow, SampleRow

SUMS = ("reserved", "spent", "refunded", "advanced", "excess")


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


def of_order(unit: Session, purchase_id: UUID) -> tuple[MoneyEntry, ...]:
    """Give every entry of an order, oldest first."""
    return _entries(unit, select(MoneyEntryRow).filter_by(purchase_id=purchase_id))


def codes(unit: Session, campaign_id: UUID) -> dict[UUID, str]:
    """Give the code of the sample that each order of a campaign is for."""
    wanted = select(PurchaseRow.id, SampleRow.code).join(SampleRow, SampleRow.id == PurchaseRow.sample_id)
    return {id_: code for id_, code in unit.execute(wanted.where(SampleRow.campaign_id == campaign_id)).tuples()}


def reservation(unit: Session, purchase_id: UUID) -> Reservation | None:
    """Give where the money of an order stands; None where none was ever reserved."""
    return state_of(of_order(unit, purchase_id))


def held(unit: Session, campaign_id: UUID) -> Account:
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


def add(unit: Session, account: Account, entry: MoneyEntry) -> Account:
    """Write an entry and give the account after it; OverBudget or WrongEntry is raised before anything is written."""
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


def is_known(unit: Session, key: str) -> bool:
    """Tell whether an entry of this key was written."""
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
