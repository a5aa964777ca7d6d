"""Meetings: which merchant met which shopper, so that no shopper buys from one twice within the rulebook's days."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sampling.purchase import PurchaseState
from sampling.rulebook import Rulebook
from sampling.sample import Sample
from storage.schema.cover import MeetingRow
from storage.schema.sample import PurchaseRow, SampleRow

GAP = "shopper_merchant_gap"


def gap(rules: Rulebook) -> timedelta:
    """Give how long a shopper who bought from a merchant buys nothing else there."""
    return timedelta(days=rules.rule(GAP).number)


def assigning(unit: Session) -> None:
    """Wait until nobody else assigns shoppers, and keep it so until the unit ends.

    Two who assign at once would both find that a shopper has not met a merchant, and both send this one there.
    """
    unit.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('assigning shoppers', 2))"))


def meet(unit: Session, sample: Sample, rules: Rulebook, *, at: datetime) -> bool:
    """Keep that the sample's shopper is about to buy from its merchant; False where they met too short a time ago.

    It holds together with the order: ask in the unit that stores the intent, for a meeting without one is forgotten.
    The database refuses a second meeting by itself, so that two who order at once cannot both be let through.
    A merchant whom nobody knows yet meets nobody.
    """
    if not sample.seller or not sample.shopper:
        return True
    if _bought(unit, sample, at - gap(rules)):
        return False
    merchant = f"{sample.platform}/{sample.seller}"
    facts = {"shopper": sample.shopper, "merchant": merchant, "begins_at": at, "ends_at": at + gap(rules),
             "rule": rules.rule(GAP).rulebook}  # fmt: skip
    _forget_never_placed(unit, sample.shopper, merchant)
    row = insert(MeetingRow).values(sample_id=sample.id, **facts)
    try:
        with unit.begin_nested():
            unit.execute(row.on_conflict_do_update(index_elements=["sample_id"], set_=facts))
    except IntegrityError:
        return False
    return True


def _bought(unit: Session, sample: Sample, after: datetime) -> bool:
    """Whether the shopper ordered another sample of this merchant after an instant."""
    wanted = (
        select(PurchaseRow.id)
        .join(SampleRow, SampleRow.id == PurchaseRow.sample_id)
        .where(PurchaseRow.shopper == sample.shopper, PurchaseRow.intended_at > after)
        .where(SampleRow.platform == sample.platform, SampleRow.seller == sample.seller, SampleRow.id != sample.id)
        .where(PurchaseRow.state != PurchaseState.FAILED)
    )
    return unit.scalars(wanted.limit(1)).first() is not None


def _forget_never_placed(unit: Session, shopper: str, merchant: str) -> None:
    """An order that never came to be was no meeting; one that was cancelled was."""
    placed = select(PurchaseRow.id).where(
        PurchaseRow.sample_id == MeetingRow.sample_id, PurchaseRow.state != PurchaseState.FAILED
    )
    unit.execute(
        delete(MeetingRow)
        .where(MeetingRow.shopper == shopper, MeetingRow.merchant == merchant, ~placed.exists())
        .execution_options(synchronize_session=False)
    )
