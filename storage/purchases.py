"""Purchases: the intent first, then what the shop answered."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sampling.money import Money
from sampling.purchase import PURCHASE, Purchase, PurchaseEvent, PurchaseState
from sampling.sample import Sample
from storage import events, moves
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.plan import FrameRow
from storage.schema.sample import PurchaseRow, SampleRow

ENDED = (PurchaseState.FAILED, PurchaseState.CANCELLED)


def intend(unit: Session, sample: Sample, *, quantity: int, by: str, at: datetime) -> Purchase:
    """Write down that an order is about to be placed; a sample with a live purchase raises Conflict."""
    row = PurchaseRow(
        id=new_id(), sample_id=sample.id, platform=sample.platform, shopper=sample.shopper or by, quantity=quantity,
        state=PURCHASE.initial, intended_at=at,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
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
    """Keep the order number that the shop gave; `event` says whether it was PLACED now or FOUND later."""
    row = moves.load(unit, PurchaseRow, id_)
    row.order_no, row.order_url = order_no, order_url
    row.paid, row.currency = (paid.amount, paid.currency) if paid else (None, None)
    moves.move(unit, row, PURCHASE, event, case_id=row.sample_id, by=by, at=at, data={"paid": str(paid or "")})


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
    """Move a purchase, keeping the parcel's carrier and waybill when they are known."""
    row = moves.load(unit, PurchaseRow, id_)
    row.reason = reason or row.reason
    row.carrier, row.waybill = carrier or row.carrier, waybill or row.waybill
    data: Mapping[str, Any] = {"reason": reason} if reason else {}
    moves.move(unit, row, PURCHASE, event, case_id=row.sample_id, by=by, at=at, data=data)


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


def in_state(unit: Session, *states: PurchaseState, limit: int = 1000) -> tuple[Purchase, ...]:
    """Give the purchases that stand in one of the states, oldest first."""
    wanted = select(PurchaseRow).where(PurchaseRow.state.in_(states)).order_by(PurchaseRow.id).limit(limit)
    return tuple(_purchase(row) for row in unit.scalars(wanted))


def order_numbers(unit: Session, platform: str) -> frozenset[str]:
    """Give the order numbers of a platform that belong to a purchase already."""
    wanted = select(PurchaseRow.order_no).where(PurchaseRow.platform == platform, PurchaseRow.order_no.is_not(None))
    return frozenset(number for number in unit.scalars(wanted) if number)


def spent(unit: Session, campaign_id: UUID, currency: str) -> Money:
    """Give what the live purchases of a campaign cost: what was paid, else what the frame says they will cost."""
    expected = FrameRow.price * PurchaseRow.quantity
    framed = (FrameRow.campaign_id == SampleRow.campaign_id) & (FrameRow.listing_id == SampleRow.listing_id)
    wanted = (
        select(func.sum(func.coalesce(PurchaseRow.paid, expected, Decimal(0))))
        .join(SampleRow, SampleRow.id == PurchaseRow.sample_id)
        .outerjoin(FrameRow, framed)
        .where(SampleRow.campaign_id == campaign_id, PurchaseRow.state.not_in(ENDED))
    )
    return Money(unit.scalars(wanted).one() or Decimal(0), currency)


def _purchase(row: PurchaseRow) -> Purchase:
    paid = Money(row.paid, row.currency) if row.paid is not None and row.currency else None
    return record_of(Purchase, row, paid=paid)
