"""Units, seals, handovers and consignments."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from labs.consignment import ConsignmentState
from sampling.custody import Role, SealState, UnitState
from storage.schema.base import Base, Id, Instant, Ref, one_of


class UnitRow(Base):
    """One sealed part of a sample."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("sample_id", "role"),)

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    code: Mapped[str] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(one_of(Role))
    state: Mapped[UnitState] = mapped_column(one_of(UnitState))
    lot: Mapped[str | None]
    place: Mapped[str | None]


class SealRow(Base):
    """One seal number; it is the key, so it is never applied twice."""

    __tablename__ = "seal"

    number: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[SealState] = mapped_column(one_of(SealState))
    applied_by: Mapped[str]
    witness: Mapped[str]
    applied_at: Mapped[Instant]
    photo: Mapped[str | None] = mapped_column(comment="SHA-256 of the stored picture")

    __table_args__ = (CheckConstraint("witness <> applied_by", name="two_persons"),)


class HandoverRow(Base):
    """One passing of a unit from party to party; append-only."""

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("unit_id", "seq"),)

    id: Mapped[Id]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    seq: Mapped[int]
    at: Mapped[Instant]
    released_by: Mapped[str]
    received_by: Mapped[str]
    place: Mapped[str]
    step: Mapped[str]
    seal_ok: Mapped[bool]
    condition: Mapped[str]


class ConsignmentRow(Base):
    """Sealed units on their way to one laboratory."""

    __tablename__ = "consignment"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    lab: Mapped[str]
    purpose: Mapped[str]
    state: Mapped[ConsignmentState] = mapped_column(one_of(ConsignmentState))
    manifest_sha256: Mapped[str | None]
    packed_at: Mapped[Instant]
    waybill: Mapped[str | None]


class ConsignmentLineRow(Base):
    """One unit in a consignment with the test items ordered for it."""

    __tablename__ = "consignment_line"
    __table_args__ = (UniqueConstraint("consignment_id", "unit_id"),)

    id: Mapped[Id]
    consignment_id: Mapped[Ref] = mapped_column(ForeignKey("consignment.id"))
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"), unique=True)
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    blind_code: Mapped[str] = mapped_column(unique=True)
    seal_no: Mapped[str]
    category: Mapped[str]
    items: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    seal_ok: Mapped[bool | None] = mapped_column(comment="what the laboratory found at receipt")
