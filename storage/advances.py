"""Advances: what shoppers are given for a campaign before they buy, and what they give back of it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from sampling.budget import MoneyEntry, MoneyKind, MoneyStep
from sampling.errors import WrongEntry
from sampling.money import Money
from storage import cashbook


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


def _given(
    unit: Session, campaign_id: UUID, shopper: str, kind: MoneyKind, amount: Money, *, reference: str, note: str,
    by: str, at: datetime,
) -> bool:  # fmt: skip
    account = cashbook.held(unit, campaign_id)
    key, none = f"{kind}:{campaign_id}:{reference}", Money(Decimal(0), account.budget.currency)
    if cashbook.is_known(unit, key):
        return False
    entry = MoneyEntry(
        campaign_id, None, shopper, kind, MoneyStep.ENTERED, amount, none, key, reference, note, by, at
    )  # fmt: skip
    if kind is MoneyKind.RETURNED:
        mine = (one.advanced for one in cashbook.entries(unit, campaign_id) if one.shopper == shopper)
        if sum(mine, entry.advanced) < 0:
            raise WrongEntry(f"{amount} is more than {shopper} was given")
    cashbook.add(unit, account, entry)
    return True
