"""Photos and films on their way in, and the alarms that they raised."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sampling.media import Alarm, Medium, Refusal
from sampling.sample import SampleEvent
from sampling.transfer import TransferState
from storage.schema.base import Base, Count, Id, Instant, Ref, one_of


class TransferRow(Base):
    """One photo or film: what its sender said of it, how much of it is kept, and what became of it."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND size", name="no_more_than_announced"),
        CheckConstraint("(state = 'complete') = (sha256 IS NOT NULL)", name="complete_under_its_hash"),
        CheckConstraint("state <> 'complete' OR received = size", name="complete_when_all_is_there"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_with_reason"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_with_time"),
        Index(None, "sample_id"),
        Index("alike_by_hash", "sha256", postgresql_where="state = 'complete'"),
        Index("transfers_on_the_way", "opened_at", postgresql_where="state = 'open'"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    owner: Mapped[str]
    purpose: Mapped[SampleEvent] = mapped_column(one_of(SampleEvent), comment="the act it was taken at")
    medium: Mapped[Medium] = mapped_column(one_of(Medium))
    type: Mapped[str] = mapped_column(comment="as its sender names it; empty when its sender does not know")
    size: Mapped[Count]
    announced: Mapped[str | None] = mapped_column(comment="SHA-256 that its sender names")
    received: Mapped[Count] = mapped_column(comment="bytes")
    state: Mapped[TransferState] = mapped_column(one_of(TransferState))
    refusal: Mapped[Refusal | None] = mapped_column(one_of(Refusal))
    sha256: Mapped[str | None]
    fingerprint: Mapped[Count | None] = mapped_column(comment="64 bits as a signed number")
    opened_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]


class TransferAlarmRow(Base):
    """One likeness of a file with one of another sample, or a second film of one; append-only."""

    __tablename__ = "transfer_alarm"
    __table_args__ = (UniqueConstraint("transfer_id", "other_id"), Index(None, "sample_id"), Index(None, "other_id"))

    id: Mapped[Id]
    transfer_id: Mapped[Ref] = mapped_column(ForeignKey("transfer.id"))
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    other_id: Mapped[Ref] = mapped_column(ForeignKey("transfer.id"), comment="the file that was there before")
    kind: Mapped[Alarm] = mapped_column(one_of(Alarm))
    at: Mapped[Instant]
