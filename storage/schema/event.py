"""The append-only history of every case, and the clock it is written by."""

from datetime import timedelta

from sqlalchemy import Boolean, CheckConstraint, Index, Interval
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base, Instant, Json, Ref


class EventRow(Base):
    """One thing that happened in one case, bound by hash to what happened before."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "noun", "type"),)

    case_id: Mapped[Ref] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    noun: Mapped[str]
    subject_id: Mapped[str]
    type: Mapped[str]
    at: Mapped[Instant]
    actor: Mapped[str]
    data: Mapped[Json]
    prev_hash: Mapped[str]
    hash: Mapped[str]


class ClockRow(Base):
    """How far the clock of a demonstration is ahead of the real one; a single row."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("single", name="one_row"),)

    single: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    ahead: Mapped[timedelta] = mapped_column(Interval)
