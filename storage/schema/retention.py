"""Units that are kept: the dates of their release, the holds on them, and how they end."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATE
from sqlalchemy.orm import Mapped, mapped_column

from sampling.disposal import DisposalMethod, DisposalState
from sampling.retention import Ending
from storage.schema.base import Base, Id, Instant, Ref, one_of


class ReleaseRow(Base):
    """From when one unit may be disposed of, as it was reckoned; append-only, and the last one counts."""

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("unit_id", "seq"),
        CheckConstraint("num_nulls(release_at, ending, starts_at) IN (0, 3)", name="dated_whole"),
    )

    id: Mapped[Id]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    seq: Mapped[int]
    release_at: Mapped[Instant | None] = mapped_column(comment="none: it is kept")
    rule: Mapped[str]
    rulebook: Mapped[str]
    calendar: Mapped[str]
    status: Mapped[str] = mapped_column(comment="how well the duty is known")
    ending: Mapped[Ending | None] = mapped_column(one_of(Ending))
    starts_at: Mapped[Instant | None]
    expires_on: Mapped[date | None] = mapped_column(DATE)
    by: Mapped[str]
    at: Mapped[Instant]


class HoldRow(Base):
    """One order to keep a unit; at most one of a unit stands."""

    __tablename__ = "hold"
    __table_args__ = (
        Index("one_hold_a_unit", "unit_id", unique=True, postgresql_where="lifted_at IS NULL"),
        CheckConstraint("num_nulls(lifted_by, lifted_at, lift_reason) IN (0, 3)", name="lifted_whole"),
    )

    id: Mapped[Id]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[Instant]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[Instant | None]
    lift_reason: Mapped[str | None]


class DisposalRow(Base):
    """One proposal to dispose of one unit; two persons decide, and at most one of a unit lives."""

    __tablename__ = "disposal"
    __table_args__ = (
        Index("one_live_disposal_a_unit", "unit_id", unique=True, postgresql_where="state <> 'refused'"),
        CheckConstraint("state = 'refused' OR decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint("witness <> done_by", name="two_persons"),
        CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_by, decided_at) IN (0, 2)",
            name="decided_whole",
        ),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused_with_reason"),
        CheckConstraint(
            "(state = 'done') = (done_by IS NOT NULL) AND num_nulls(done_by, witness, done_at) IN (0, 3)",
            name="done_whole",
        ),
    )

    id: Mapped[Id]
    unit_id: Mapped[Ref] = mapped_column(ForeignKey("unit.id"))
    method: Mapped[DisposalMethod] = mapped_column(one_of(DisposalMethod))
    reason: Mapped[str]
    state: Mapped[DisposalState] = mapped_column(one_of(DisposalState))
    proposed_by: Mapped[str]
    proposed_at: Mapped[Instant]
    decided_by: Mapped[str | None]
    decided_at: Mapped[Instant | None]
    refusal: Mapped[str | None]
    done_by: Mapped[str | None]
    witness: Mapped[str | None]
    done_at: Mapped[Instant | None]
    photo: Mapped[str | None] = mapped_column(comment="SHA-256 of the stored picture")
