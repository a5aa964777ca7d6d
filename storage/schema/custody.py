"""Units, seals, handovers and consignments."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, DATE, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from labs.consignment import ConsignmentState, LineState
from sampling.custody import BusinessStep, Role, UnitEvent, UnitState
from sampling.seal import SEAL, SealKind, SealState
from storage.schema.base import Base, Exact, Id, Instant, Json, Ref, one_of

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
    expires_on: Mapped[date | None] = mapped_column(DATE, comment="the last day of its shelf life")


class TwinRow(Base):
    """That the backup unit of a sample is tested in place of the test unit: proposed, and decided once."""

    __tablename__ = "twin"
    __table_args__ = (
        CheckConstraint("lost_id <> unit_id", name="another_unit"),
        CheckConstraint("num_nulls(decided_by, decided_at) IN (0, 2)", name="decided_by_somebody"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"), unique=True)
    lost_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"), unique=True)
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"), unique=True)
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    decided_by: Mapped[str | None]
    decided_at: Mapped[Instant | None]


class DuplicateRow(Base):
    """That a further unit of a sample is tested blind by a second laboratory: planned once, or refused after all."""

    __tablename__ = "duplicate"
    __table_args__ = (CheckConstraint("num_nulls(refusal, refused_at) IN (0, 2)", name="refused_for_a_reason"),)

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"), unique=True)
    drawn: Mapped[bool] = mapped_column(comment="by lot; false where a person named the sample")
    planned_by: Mapped[str]
    planned_at: Mapped[Instant]
    refusal: Mapped[str | None] = mapped_column(comment="why it is not made after all")
    refused_at: Mapped[Instant | None]


class SealRow(Base):
    """One seal number; it is the key, so it is issued once and applied once."""

    __tablename__ = "seal"

    number: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[SealKind] = mapped_column(one_of(SealKind))
    state: Mapped[SealState] = mapped_column(one_of(SealState))
    batch_id: Mapped[Ref | None] = mapped_column(index=True, comment="none for a seal that somebody else made")
    issued_by: Mapped[str]
    issued_at: Mapped[Instant]
    unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("unit.id"), index=True)
    applied_by: Mapped[str | None]
    witness: Mapped[str | None]
    applied_at: Mapped[Instant | None]
    photo: Mapped[str | None] = mapped_column(comment="SHA-256 of the stored picture")
    ended_by: Mapped[str | None]
    ended_at: Mapped[Instant | None]
    reason: Mapped[str | None] = mapped_column(comment="why it was opened, found broken or made void")

    __table_args__ = (
        # A unit is sealed anew once its seal was broken with authority; two whole ones at once say nothing.
        Index("one_whole_seal", "unit_id", unique=True, postgresql_where="state IN ('applied', 'verified')"),
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
        CheckConstraint("(event = 'resealed') = (old_seal_no IS NOT NULL)", name="resealed_from_a_number"),
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
    old_seal_no: Mapped[str | None] = mapped_column(comment="the seal that another took the place of")
    corrects: Mapped[int | None] = mapped_column(comment="number of the entry that this one states anew")
    reason: Mapped[str | None]
    prev_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(comment="empty in entries older than the hashes")


class ConsignmentRow(Base):
    """Sealed units on their way to one laboratory; what it says is frozen once it was handed over."""

    __tablename__ = "consignment"
    __table_args__ = (
        CheckConstraint("coldest <= warmest", name="temperatures_in_order"),
        CheckConstraint("num_nulls(due_at, due_rule, due_calendar) IN (0, 3)", name="due_by_a_rule"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    lab: Mapped[str]
    purpose: Mapped[str]
    state: Mapped[ConsignmentState] = mapped_column(one_of(ConsignmentState))
    since: Mapped[Instant]
    manifest_sha256: Mapped[str | None]
    document_sha256: Mapped[str | None] = mapped_column(comment="of the printed manifest that left with it")
    packed_at: Mapped[Instant]
    courier: Mapped[str | None]
    waybill: Mapped[str | None]
    coldest: Mapped[Exact | None] = mapped_column(comment="degrees Celsius to keep")
    warmest: Mapped[Exact | None] = mapped_column(comment="degrees Celsius to keep")
    due_at: Mapped[Instant | None] = mapped_column(comment="by when the laboratory must have it")
    due_rule: Mapped[str | None]
    due_calendar: Mapped[str | None]
    overdue_at: Mapped[Instant | None] = mapped_column(comment="when it was noticed that it is late")


class ConsignmentLineRow(Base):
    """One unit in a consignment with the test items ordered for it; a unit that came back may be sent again."""

    __tablename__ = "consignment_line"
    __table_args__ = (
        UniqueConstraint("consignment_id", "unit_id"),
        Index("one_line_of_a_unit", "unit_id", unique=True, postgresql_where="state <> 'returned'"),
        Index("one_line_of_a_code", "blind_code", unique=True, postgresql_where="state <> 'returned'"),
        CheckConstraint("(state = 'expected') = (settled_at IS NULL)", name="settled_with_time"),
        CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled_with_by"),
        CheckConstraint("state NOT IN ('damaged', 'refused') OR reason IS NOT NULL", name="turned_down_with_reason"),
    )

    id: Mapped[Id]
    consignment_id: Mapped[Ref] = mapped_column(ForeignKey("consignment.id"))
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    blind_code: Mapped[str]
    seal_no: Mapped[str]
    category: Mapped[str]
    items: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    methods: Mapped[Json] = mapped_column(
        comment="item to the methods asked for; an item that is not in it may be tested by any"
    )
    state: Mapped[LineState] = mapped_column(one_of(LineState))
    reason: Mapped[str | None]
    condition: Mapped[str | None]
    temperature: Mapped[Exact | None] = mapped_column(comment="degrees Celsius as it arrived")
    seal_ok: Mapped[bool | None] = mapped_column(comment="what the laboratory found at receipt")
    photo: Mapped[str | None] = mapped_column(comment="SHA-256 of the stored picture")
    settled_at: Mapped[Instant | None]
    settled_by: Mapped[str | None]


class ReceiptLinkRow(Base):
    """One signed link for a laboratory without an account; its token is worked out from a key that is not here."""

    __tablename__ = "receipt_link"
    __table_args__ = (
        Index(None, "consignment_id"),
        CheckConstraint("num_nulls(revoked_at, revoked_by) IN (0, 2)", name="revoked_by_somebody"),
    )

    id: Mapped[Id]
    consignment_id: Mapped[Ref] = mapped_column(ForeignKey("consignment.id"))
    made_by: Mapped[str]
    made_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    revoked_by: Mapped[str | None]
    receiver: Mapped[str | None] = mapped_column(comment="who takes the goods in, as they typed it")
