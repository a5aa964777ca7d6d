"""Units, seals, handovers and consignments."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from labs.consignment import ConsignmentState
from sampling.custody import BusinessStep, Role, UnitEvent, UnitState
from sampling.seal import SEAL, SealKind, SealState
from storage.schema.base import Base, Exact, Id, Instant, Ref, one_of

UNUSED = ", ".join(f"'{state}'" for state in (SealState.ISSUED, SealState.VOID))
ENDED = ", ".join(f"'{state}'" for state in sorted(SEAL.final))


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
    """One seal number; it is the key, so it is issued once and applied once."""

    __tablename__ = "seal"

    number: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[SealKind] = mapped_column(one_of(SealKind))
    state: Mapped[SealState] = mapped_column(one_of(SealState))
    batch_id: Mapped[Ref | None] = mapped_column(index=True, comment="none for a seal that somebody else made")
    issued_by: Mapped[str]
    issued_at: Mapped[Instant]
    unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("unit.id"), unique=True)
    applied_by: Mapped[str | None]
    witness: Mapped[str | None]
    applied_at: Mapped[Instant | None]
    photo: Mapped[str | None] = mapped_column(comment="SHA-256 of the stored picture")
    ended_by: Mapped[str | None]
    ended_at: Mapped[Instant | None]
    reason: Mapped[str | None] = mapped_column(comment="why it was opened, found broken or made void")

    __table_args__ = (
        CheckConstraint("witness <> applied_by", name="two_persons"),
        CheckConstraint(f"(unit_id IS NOT NULL) = (state NOT IN ({UNUSED}))", name="on_a_unit"),
        CheckConstraint("num_nulls(unit_id, applied_by, witness, applied_at) IN (0, 4)", name="applied_whole"),
        CheckConstraint(
            f"(state IN ({ENDED})) = (ended_by IS NOT NULL) AND num_nulls(ended_by, ended_at, reason) IN (0, 3)",
            name="ended_with_a_reason",
        ),
    )


class HandoverRow(Base):
    """One entry of a unit's chain; append-only, and bound by hash to the one before."""

    __tablename__ = "handover"
    __table_args__ = (
        UniqueConstraint("unit_id", "seq"),
        CheckConstraint("at <= recorded_at + interval '5 minutes'", name="clock"),
        CheckConstraint("seq > 0 AND corrects < seq", name="corrects_an_earlier_one"),
        CheckConstraint("corrects IS NULL OR reason IS NOT NULL", name="corrected_with_a_reason"),
    )

    id: Mapped[Id]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    seq: Mapped[int]
    event: Mapped[UnitEvent] = mapped_column(one_of(UnitEvent))
    at: Mapped[Instant] = mapped_column(comment="of the event, by the clock of its device")
    offset_minutes: Mapped[int] = mapped_column(comment="how far that clock is from UTC")
    recorded_at: Mapped[Instant] = mapped_column(comment="by our clock")
    by: Mapped[str]
    released_by: Mapped[str]
    received_by: Mapped[str]
    place: Mapped[str]
    step: Mapped[BusinessStep] = mapped_column(one_of(BusinessStep))
    seal_no: Mapped[str | None]
    seal_ok: Mapped[bool | None] = mapped_column(comment="none where nobody looked at the seal")
    condition: Mapped[str]
    temperature: Mapped[Exact | None] = mapped_column(comment="degrees Celsius")
    photos: Mapped[list[str]] = mapped_column(ARRAY(TEXT), comment="SHA-256 of the stored pictures")
    corrects: Mapped[int | None] = mapped_column(comment="number of the entry that this one states anew")
    reason: Mapped[str | None]
    prev_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(comment="empty in entries older than the hashes")


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
