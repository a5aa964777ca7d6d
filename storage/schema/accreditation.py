"""Files of scopes as they came in, and accreditation that was taken away."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATE
from sqlalchemy.orm import Mapped, mapped_column

from labs.withdrawal import WithdrawalKind, WithdrawalState
from storage.schema.base import Base, Id, Instant, JsonList, Ref, Sha256, one_of


class ScopeFileRow(Base):
    """One file of a scope, kept whole under its hash; append-only."""

    __tablename__ = "scope_file"

    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    name: Mapped[str]
    lines: Mapped[int]
    imported_by: Mapped[str]
    imported_at: Mapped[Instant]


class WithdrawalRow(Base):
    """One withdrawal of accreditation; two persons decide, and what it says stays as it was proposed."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        CheckConstraint("from_day <= to_day", name="days_in_order"),
        CheckConstraint("state <> 'carried_out' OR decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_by, decided_at) IN (0, 2)",
            name="decided_whole",
        ),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_with_reason"),
    )

    id: Mapped[Id]
    lab: Mapped[str] = mapped_column(ForeignKey("laboratory.code"))
    kind: Mapped[WithdrawalKind] = mapped_column(one_of(WithdrawalKind))
    from_day: Mapped[date] = mapped_column(DATE)
    to_day: Mapped[date | None] = mapped_column(DATE)
    scheme: Mapped[str]
    item: Mapped[str]
    method: Mapped[str]
    reason: Mapped[str]
    state: Mapped[WithdrawalState] = mapped_column(one_of(WithdrawalState))
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    decided_by: Mapped[str | None]
    decided_at: Mapped[Instant | None]
    refusal: Mapped[str | None]


class FallenRow(Base):
    """One verdict that fell with a withdrawal: the items it rested on, what else was undone and what was not."""

    __tablename__ = "fallen_verdict"
    __table_args__ = (Index(None, "sample_id"),)

    verdict_id: Mapped[Ref] = mapped_column(ForeignKey("verdict.id"), primary_key=True)
    withdrawal_id: Mapped[Ref] = mapped_column(ForeignKey("withdrawal.id"))
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    items: Mapped[JsonList]
    undone: Mapped[JsonList] = mapped_column(comment="publications and notices taken back, by number")
    left: Mapped[JsonList] = mapped_column(comment="what its life cycle does not let anybody take back, by number")
