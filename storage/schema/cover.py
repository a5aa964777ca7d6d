"""Covers with the looks at them, and which merchant met which shopper."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base, Id, Instant, Ref

IN_USE = "retired_at IS NULL"


class CoverRow(Base):
    """One version of a shopper's cover at one platform, sealed with a key that is not in the database."""

    __tablename__ = "cover"
    __table_args__ = (
        UniqueConstraint("shopper", "platform", "version"),
        Index("one_cover_in_use", "shopper", "platform", unique=True, postgresql_where=IN_USE),
        CheckConstraint("sealed IS NOT NULL OR retired_at IS NOT NULL", name="in_use_until_retired"),
    )

    id: Mapped[Id]
    shopper: Mapped[str]
    platform: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    sealed: Mapped[bytes | None] = mapped_column(comment="empty once it was erased")
    key_id: Mapped[str | None] = mapped_column(comment="the key that sealed it; none: the installation's own")
    since: Mapped[Instant] = mapped_column(server_default=func.now())
    retired_at: Mapped[Instant | None] = mapped_column(comment="from then on no order is placed under it")


class LookRow(Base):
    """One opening of a cover, or one that was refused; kept even when the work it was for is taken back."""

    __tablename__ = "cover_look"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[Id]
    cover_id: Mapped[UUID | None] = mapped_column(comment="none where there was nothing to open, or nobody may")
    shopper: Mapped[str] = mapped_column(comment="whose cover was asked for")
    platform: Mapped[str]
    case_id: Mapped[Ref]
    actor: Mapped[str]
    purpose: Mapped[str]
    refused: Mapped[str | None] = mapped_column(comment="why it was not opened")
    at: Mapped[Instant]


class MeetingRow(Base):
    """That one shopper buys one sample from one merchant, and nothing else there until the meeting ends."""

    __tablename__ = "merchant_meeting"

    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    shopper: Mapped[str]
    merchant: Mapped[str] = mapped_column(comment="platform/seller")
    begins_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    rule: Mapped[str] = mapped_column(comment="code@version of the rulebook that says for how long")


_PAIR = "hashtextextended(shopper || E'\\n' || merchant, 0)"
MeetingRow.__table__.append_constraint(  # type: ignore[attr-defined]
    ExcludeConstraint(
        (literal_column(f"int8range({_PAIR}, {_PAIR}, '[]')"), "&&"),
        (literal_column("tstzrange(begins_at, ends_at)"), "&&"),
        name="met_once_at_a_time",
    )
)
