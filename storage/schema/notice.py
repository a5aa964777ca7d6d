"""Notices, their versions, deliveries, answers and takedown checks."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platforms.delivery import DeliveryState
from platforms.notice import NoticeKind, NoticeState
from storage.schema.base import Base, Id, Instant, Json, Ref, one_of


class NoticeRow(Base):
    """One demand about one listing to one recipient; a sample has one of a kind for each recipient."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("sample_id", "kind", "recipient"), Index(None, "recipient"))

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[NoticeKind] = mapped_column(one_of(NoticeKind))
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    recipient: Mapped[str]
    platform: Mapped[str]
    state: Mapped[NoticeState] = mapped_column(one_of(NoticeState))
    level: Mapped[int]
    version: Mapped[int]
    issued_at: Mapped[Instant | None]
    due_at: Mapped[Instant | None]
    claimed_at: Mapped[Instant | None]


class NoticeVersionRow(Base):
    """One signed version of a notice; immutable."""

    __tablename__ = "notice_version"
    __table_args__ = (CheckConstraint("approved_by IS NULL OR approved_by <> created_by", name="four_eyes"),)

    notice_id: Mapped[Ref] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[Json]
    sha256: Mapped[str]
    jws: Mapped[str]
    created_by: Mapped[str]
    approved_by: Mapped[str | None]
    created_at: Mapped[Instant]


class CounterRow(Base):
    """The last number given out of one gap-free series."""

    __tablename__ = "counter"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class EndpointRow(Base):
    """Where a recipient takes messages."""

    __tablename__ = "endpoint"
    __table_args__ = (UniqueConstraint("recipient", "channel"),)

    id: Mapped[Id]
    recipient: Mapped[str]
    channel: Mapped[str]
    url: Mapped[str]


class DeliveryRow(Base):
    """One message on its way; the unique key is the idempotency of its effect."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "notice_version", "recipient", "channel", "event_type", "event_key"),
        Index("deliveries_due", "next_at", "id", postgresql_where="state IN ('pending', 'waiting_retry', 'leased')"),
    )

    id: Mapped[Id]
    notice_id: Mapped[Ref] = mapped_column(ForeignKey("notice.id"))
    notice_version: Mapped[int]
    recipient: Mapped[str]
    channel: Mapped[str]
    event_type: Mapped[str]
    event_key: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState))
    attempts: Mapped[int]
    next_at: Mapped[Instant] = mapped_column(comment="when it is due; for a leased one, when the lease ends")
    fence: Mapped[int] = mapped_column(comment="grows with every lease; a stale finisher is refused")


class AttemptRow(Base):
    """One try to deliver; append-only."""

    __tablename__ = "delivery_attempt"

    delivery_id: Mapped[Ref] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    fence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    status: Mapped[int | None]
    error: Mapped[str | None]
    remote_ip: Mapped[str | None]
    body_head: Mapped[str]


class AnswerRow(Base):
    """What a recipient said of a notice: a receipt, a claim, a refusal or a contest; append-only."""

    __tablename__ = "answer"
    __table_args__ = (Index(None, "notice_id", "at"),)

    id: Mapped[Id]
    notice_id: Mapped[Ref] = mapped_column(ForeignKey("notice.id"))
    kind: Mapped[str] = mapped_column(comment="acknowledged, removed, refused or contested")
    at: Mapped[Instant]
    by: Mapped[str]
    reason: Mapped[str | None]


class CheckRow(Base):
    """One visit that tells whether a demanded removal happened; append-only."""

    __tablename__ = "takedown_check"
    __table_args__ = (Index(None, "notice_id", "at"),)

    id: Mapped[Id]
    notice_id: Mapped[Ref] = mapped_column(ForeignKey("notice.id"))
    at: Mapped[Instant]
    outcome: Mapped[str]
    status: Mapped[int | None]
    capture_id: Mapped[Ref | None] = mapped_column(ForeignKey("capture.id"))
    level: Mapped[int] = mapped_column(comment="the escalation level the claim was made at")
