"""Limits as they were when verdicts were given by them."""

from datetime import date

from sqlalchemy import ForeignKeyConstraint, Identity, Index
from sqlalchemy.dialects.postgresql import DATE
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base, Count, Instant, Json, JsonList, Sha256


class LimitFamilyRow(Base):
    """One version of a family of limits; a version names one content for ever."""

    __tablename__ = "limit_family"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[Sha256]
    repeatabilities: Mapped[JsonList]
    recorded_at: Mapped[Instant] = mapped_column(comment="when it was first kept")


class LimitTakenRow(Base):
    """One taking of a version into force; a version may be taken again after another."""

    __tablename__ = "limit_taken"
    __table_args__ = (
        ForeignKeyConstraint(["family", "version"], ["limit_family.code", "limit_family.version"]),
        Index("limits_taken", "family", "taken_at"),
    )

    id: Mapped[Count] = mapped_column(Identity(always=True), primary_key=True)
    family: Mapped[str]
    version: Mapped[str]
    taken_at: Mapped[Instant] = mapped_column(comment="from then on until the next taking it is what is known")


class LimitRow(Base):
    """One limit of one version: in force from one day to another, as known from one moment to another."""

    __tablename__ = "limit_row"
    __table_args__ = (
        ForeignKeyConstraint(["family", "version"], ["limit_family.code", "limit_family.version"]),
        Index("limits_by_item", "item", "category", "valid_from"),
    )

    family: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    limit_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(comment="in the family's own order")
    standard: Mapped[str]
    edition: Mapped[str]
    item: Mapped[str]
    category: Mapped[str]
    valid_from: Mapped[date] = mapped_column(DATE)
    valid_to: Mapped[date | None] = mapped_column(DATE, comment="the last day")
    facts: Mapped[Json]
