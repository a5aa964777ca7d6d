"""Samples, the tasks and purchases that obtain them, and the evidence of every visit."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sampling.evidence.capture import CaptureState
from sampling.purchase import PurchaseState
from sampling.sample import SampleState
from sampling.task import TaskState
from storage.schema.base import Amount, Base, Id, Instant, Json, Ref, one_of

LIVE_PURCHASE = "state NOT IN ('failed', 'cancelled')"
DRAWN_OFFER = "purpose = 'draw' AND kind = 'listing'"
LIVE_TASK = "state IN ('assigned', 'bought')"


class SampleRow(Base):
    """One drawn listing and where its case stands."""

    __tablename__ = "sample"
    __table_args__ = (
        UniqueConstraint("campaign_id", "listing_id"),
        Index(None, "state"),
        Index(None, "lab"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    blind_code: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[Ref] = mapped_column(ForeignKey("campaign.id"))
    listing_id: Mapped[str]
    platform: Mapped[str]
    item_id: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    category: Mapped[str]
    stratum: Mapped[str]
    seller: Mapped[str]
    brand: Mapped[str]
    state: Mapped[SampleState] = mapped_column(one_of(SampleState))
    reason: Mapped[str | None]
    lab: Mapped[str | None]
    shopper: Mapped[str | None]
    version: Mapped[int] = mapped_column(comment="counts moves; a stale writer is refused")
    since: Mapped[Instant] = mapped_column(comment="when the state began")


class TaskRow(Base):
    """One shopper's job to obtain one sample."""

    __tablename__ = "task"
    __table_args__ = (
        Index("one_live_task_a_listing", "listing_id", unique=True, postgresql_where=LIVE_TASK),
        Index(None, "shopper", "state"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    listing_id: Mapped[str]
    shopper: Mapped[str]
    due_at: Mapped[Instant]
    state: Mapped[TaskState] = mapped_column(one_of(TaskState))
    reason: Mapped[str | None]


class PurchaseRow(Base):
    """One order; at most one of a sample is alive, and no two carry one order number."""

    __tablename__ = "purchase"
    __table_args__ = (
        Index("one_live_purchase_a_sample", "sample_id", unique=True, postgresql_where=LIVE_PURCHASE),
        UniqueConstraint("platform", "order_no"),
        CheckConstraint("(order_no IS NULL) = (state IN ('intended', 'unknown', 'failed'))", name="order_with_number"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    platform: Mapped[str]
    shopper: Mapped[str]
    quantity: Mapped[int]
    state: Mapped[PurchaseState] = mapped_column(one_of(PurchaseState))
    intended_at: Mapped[Instant]
    order_no: Mapped[str | None]
    order_url: Mapped[str | None]
    paid: Mapped[Amount | None]
    currency: Mapped[str | None]
    carrier: Mapped[str | None]
    waybill: Mapped[str | None]
    reason: Mapped[str | None]
    read_at: Mapped[Instant | None] = mapped_column(comment="when its page was last read for a refund")


class CaptureRow(Base):
    """One visit and the sealed bundle it left behind."""

    __tablename__ = "capture"
    __table_args__ = (
        Index(None, "sample_id", "captured_at"),
        Index("sealed_captures", "id", postgresql_where="state = 'sealed'"),
        Index("one_offer_drawn_a_sample", "sample_id", unique=True, postgresql_where=DRAWN_OFFER),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    purpose: Mapped[str] = mapped_column(comment="draw, payment, order or takedown")
    kind: Mapped[str]
    reason: Mapped[str | None]
    url: Mapped[str]
    status: Mapped[int | None]
    captured_at: Mapped[Instant]
    manifest_sha256: Mapped[str] = mapped_column(unique=True)
    state: Mapped[CaptureState] = mapped_column(one_of(CaptureState))
    files: Mapped[Json] = mapped_column(comment="file name to SHA-256 of the stored object")
    members: Mapped[Json] = mapped_column(comment="name of a file inside capture.wacz to its SHA-256")
    listing: Mapped[Json] = mapped_column(comment="what was read from the page, with the source of each field")
