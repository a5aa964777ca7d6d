"""Purchases: the intent first, then what the shop answered."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.money import Money
from sampling.purchase import PURCHASE, Purchase, PurchaseEvent, PurchaseState
from sampling.sample import Sample
from storage import budget, cashbook, events, moves
from storage.offers import listing_of
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.plan import FrameRow
from storage.schema.sample import PurchaseRow, SampleRow

ENDED = (PurchaseState.FAILED, PurchaseState.CANCELLED)
MAY_COME_BACK = (PurchaseState.DELIVERED, PurchaseState.CANCELLED)
NEVER_STOOD = (PurchaseEvent.REFUSED, PurchaseEvent.NOT_FOUND, PurchaseEvent.CANCELLED)


def intend(unit: Session, sample: Sample, *, quantity: int, by: str, at: datetime) -> Purchase:
    """Write down that an order is about to be placed, and reserve what it will cost.

    A second live purchase raises Conflict, a budget that does not hold the cost OverBudget; either ends the unit.
    """
    row = PurchaseRow(
        id=new_id(), sample_id=sample.id, platform=sample.platform, shopper=sample.shopper or by, quantity=quantity,
        state=PURCHASE.initial, intended_at=at,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    budget.reserve(unit, row.id, _expected(unit, sample, quantity), by=by, at=at)
    events.append(unit, sample.id, "purchase", row.id, "intended", by=by, at=at, data={"quantity": quantity})
    return _purchase(row)


def placed(
    unit: Session,
    id_: UUID,
    event: PurchaseEvent,
    *,
    order_no: str,
    order_url: str,
    paid: Money | None,
    by: str,
    at: datetime,
) -> None:
    """Keep the order number that the shop gave and commit what it charged; `event` is PLACED now or FOUND later."""
    row = moves.load(unit, PurchaseRow, id_)
    row.order_no, row.order_url = order_no, order_url
    row.paid, row.currency = (paid.amount, paid.currency) if paid else (None, None)
    moves.move(unit, row, PURCHASE, event, case_id=row.sample_id, by=by, at=at, data={"paid": str(paid or "")})
    if paid is not None:
        budget.commit(unit, id_, paid, by=by, at=at)


def record(
    unit: Session,
    id_: UUID,
    event: PurchaseEvent,
    *,
    by: str,
    at: datetime,
    reason: str | None = None,
    carrier: str | None = None,
    waybill: str | None = None,
) -> None:
    """Move a purchase with its money, keeping the parcel's carrier and waybill when they are known."""
    row = moves.load(unit, PurchaseRow, id_)
    row.reason = reason or row.reason
    row.carrier, row.waybill = carrier or row.carrier, waybill or row.waybill
    data: Mapping[str, Any] = {"reason": reason} if reason else {}
    moves.move(unit, row, PURCHASE, event, case_id=row.sample_id, by=by, at=at, data=data)
    if event in NEVER_STOOD:
        budget.release(unit, id_, reason=reason or event, by=by, at=at)
    elif event is PurchaseEvent.DELIVERED:
        budget.settle(unit, id_, by=by, at=at)


def get(unit: Session, id_: UUID) -> Purchase:
    """Give one purchase, or raise NotFound."""
    return _purchase(moves.read(unit, PurchaseRow, id_))


def lost_at(unit: Session, purchase: Purchase) -> datetime:
    """Give when a purchase was last lost sight of, or its intent where it never was."""
    lost = [
        entry.at
        for entry in events.history(unit, purchase.sample_id)
        if entry.subject_id == str(purchase.id) and entry.type == PurchaseEvent.LOST_SIGHT
    ]
    return max(lost, default=purchase.intended_at)


def live(unit: Session, sample_id: UUID) -> Purchase | None:
    """Give the purchase of a sample that has not failed, or None."""
    wanted = select(PurchaseRow).where(PurchaseRow.sample_id == sample_id, PurchaseRow.state.not_in(ENDED))
    row = unit.scalars(wanted).one_or_none()
    return None if row is None else _purchase(row)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Purchase, ...]:
    """Give every purchase of a sample, oldest first."""
    rows = unit.scalars(select(PurchaseRow).filter_by(sample_id=sample_id).order_by(PurchaseRow.id))
    return tuple(_purchase(row) for row in rows)


def of_campaign(unit: Session, campaign_id: UUID) -> tuple[Purchase, ...]:
    """Give every purchase of a campaign, oldest first."""
    mine = select(SampleRow.id).where(SampleRow.campaign_id == campaign_id)
    rows = unit.scalars(select(PurchaseRow).where(PurchaseRow.sample_id.in_(mine)).order_by(PurchaseRow.id))
    return tuple(_purchase(row) for row in rows)


def in_state(unit: Session, *states: PurchaseState, limit: int = 1000) -> tuple[Purchase, ...]:
    """Give the purchases that stand in one of the states, oldest first."""
    wanted = select(PurchaseRow).where(PurchaseRow.state.in_(states)).order_by(PurchaseRow.id).limit(limit)
    return tuple(_purchase(row) for row in unit.scalars(wanted))


def on_the_way(unit: Session, *, limit: int) -> tuple[Purchase, ...]:
    """Give the orders whose parcel has not come, the one whose page was not read for longest first."""
    wanted = select(PurchaseRow).where(PurchaseRow.state == PurchaseState.PLACED)
    rows = unit.scalars(wanted.order_by(PurchaseRow.read_at.nulls_first(), PurchaseRow.id).limit(limit))
    return tuple(_purchase(row) for row in rows)


def refundable(unit: Session, *, after: datetime, read_before: datetime) -> Iterator[Purchase]:
    """Give the ended orders, intended after an instant, whose page may show money come back; the longest unread first.

    An order whose page was read after `read_before` is left out.
    """
    fresh = PurchaseRow.read_at.is_(None) | (PurchaseRow.read_at < read_before)
    wanted = (
        select(PurchaseRow)
        .where(PurchaseRow.state.in_(MAY_COME_BACK), PurchaseRow.intended_at > after, fresh)
        .order_by(PurchaseRow.read_at.nulls_first(), PurchaseRow.id)
    )
    return (_purchase(row) for row in unit.scalars(wanted))


def page_read(unit: Session, id_: UUID, *, at: datetime) -> None:
    """Write down that the page of an order was read."""
    moves.load(unit, PurchaseRow, id_).read_at = at
    unit.flush()


def order_numbers(unit: Session, platform: str) -> frozenset[str]:
    """Give the order numbers of a platform that belong to a purchase already."""
    wanted = select(PurchaseRow.order_no).where(PurchaseRow.platform == platform, PurchaseRow.order_no.is_not(None))
    return frozenset(number for number in unit.scalars(wanted) if number)


def _expected(unit: Session, sample: Sample, quantity: int) -> Money:
    """Give what an order will cost: at the price its page showed last, else at the frame's, else nothing known yet."""
    price = listing_of(unit, sample).price
    if price is None:
        framed = moves.one(unit, FrameRow, campaign_id=sample.campaign_id, listing_id=sample.listing_id)
        price = Money(framed.price, framed.currency) if framed and framed.price and framed.currency else None
    return price * quantity if price else cashbook.account(unit, sample.campaign_id).budget * 0


def _purchase(row: PurchaseRow) -> Purchase:
    paid = Money(row.paid, row.currency) if row.paid is not None and row.currency else None
    return record_of(Purchase, row, paid=paid)
