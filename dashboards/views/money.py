"""The money of a campaign: its sums, what each shopper is owed, what is awaited, and the last entries."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sampling.budget import Account, MoneyEntry, Reimbursement, ReservationState, reimbursements, state_of
from sampling.campaign import Campaign
from sampling.money import Money
from sampling.purchase import Purchase, PurchaseState
from storage import campaigns, cashbook, purchases
from storage.unit import Unit

SHOWN = 100
"""The entries of the page; the file has all."""
CAME = (PurchaseState.SHIPPED, PurchaseState.DELIVERED)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with the code of its order's sample; empty where it is for no order."""

    entry: MoneyEntry
    sample: str


@dataclass(frozen=True, slots=True)
class Awaited:
    """One order whose money a person must look after, and how much of it."""

    sample: str
    order_no: str
    shopper: str
    amount: Money


@dataclass(frozen=True, slots=True)
class MoneyPage:
    """The money of a campaign as its page shows it."""

    campaign: Campaign
    account: Account
    owed: tuple[Reimbursement, ...]
    refunds: tuple[Awaited, ...]
    """Orders that were cancelled after they were paid."""
    unknown: tuple[Awaited, ...]
    """Orders under way of which it is not known what the shop charged: what is reserved for them."""
    lines: tuple[Line, ...]
    """The latest first."""
    earlier: int


def load_money(unit: Unit, campaign_id: UUID) -> MoneyPage:
    """Give the money of one campaign."""
    found, codes = cashbook.entries(unit, campaign_id), cashbook.codes(unit, campaign_id)
    refunds, unknown = _awaited(unit, campaign_id, found, codes)
    lines = tuple(Line(one, codes[one.purchase_id] if one.purchase_id else "") for one in reversed(found[-SHOWN:]))
    return MoneyPage(
        campaign=campaigns.get(unit, campaign_id),
        account=cashbook.account(unit, campaign_id),
        owed=reimbursements(found),
        refunds=refunds,
        unknown=unknown,
        lines=lines,
        earlier=len(found) - len(lines),
    )


def _awaited(
    unit: Unit, campaign_id: UUID, entries: tuple[MoneyEntry, ...], codes: Mapping[UUID, str]
) -> tuple[tuple[Awaited, ...], tuple[Awaited, ...]]:
    by_order: dict[UUID, list[MoneyEntry]] = {}
    for one in entries:
        if one.purchase_id is not None:
            by_order.setdefault(one.purchase_id, []).append(one)
    refunds, unknown = [], []
    for order in purchases.of_campaign(unit, campaign_id):
        now = state_of(by_order.get(order.id, ()))
        if now is None:
            continue
        if order.state is PurchaseState.CANCELLED and now.state is ReservationState.COMMITTED:
            refunds.append(_line(order, codes, now.net))
        elif order.state in CAME and now.state is ReservationState.RESERVED:
            unknown.append(_line(order, codes, now.held))
    return tuple(refunds), tuple(unknown)


def _line(order: Purchase, codes: Mapping[UUID, str], amount: Money) -> Awaited:
    return Awaited(codes[order.id], order.order_no or "", order.shopper, amount)
