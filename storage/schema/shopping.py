"""What is asked, said and settled around a purchase: consents, the talk with a seller, answered alarms."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sampling.consent import ConsentState
from sampling.message import Speaker
from storage.schema.base import Base, Id, Instant, Ref, Sha256, one_of


class ConsentRow(Base):
    """One question about an offer that changed before the payment; at most one of a sample is open."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("one_open_consent_a_sample", "sample_id", unique=True, postgresql_where="state = 'asked'"),
        Index(None, "sample_id"),
        CheckConstraint(
            "(state = 'asked') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name="decided_by_whom_and_when",
        ),
        CheckConstraint("(state IN ('given', 'denied')) = (note IS NOT NULL)", name="decided_with_reason"),
        CheckConstraint("num_nulls(due_at, due_rule, due_calendar) IN (0, 3)", name="due_by_a_rule"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    drawn_id: Mapped[Ref] = mapped_column(ForeignKey("capture.id"))
    shown_id: Mapped[Ref] = mapped_column(ForeignKey("capture.id"), comment="the capture just before the payment")
    reason: Mapped[str]
    state: Mapped[ConsentState] = mapped_column(one_of(ConsentState))
    asked_at: Mapped[Instant]
    due_at: Mapped[Instant | None] = mapped_column(comment="none for a question that is older than the limit")
    due_rule: Mapped[str | None]
    due_calendar: Mapped[str | None]
    decided_at: Mapped[Instant | None]
    decided_by: Mapped[str | None]
    note: Mapped[str | None]


class MessageRow(Base):
    """One message of the talk with a seller; append-only, and sealed where it names the cover."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "sample_id", "id"),
        CheckConstraint("text IS NULL OR sealed IS NULL", name="sealed_or_not"),
        CheckConstraint("num_nonnulls(text, sealed, picture) > 0", name="says_something"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    speaker: Mapped[Speaker] = mapped_column(one_of(Speaker))
    said_at: Mapped[Instant]
    text: Mapped[str | None]
    sealed: Mapped[bytes | None] = mapped_column(comment="with the installation's own key, bound to the message")
    picture: Mapped[Sha256 | None] = mapped_column(comment="of what is stored, which is sealed")
    written_by: Mapped[str]
    written_at: Mapped[Instant]
    picture_sealed: Mapped[bool] = mapped_column(comment="false for a picture that is older than the sealing")


class AlarmAnswerRow(Base):
    """That somebody dealt with an alarm, and how; append-only, once an alarm."""

    __tablename__ = "alarm_answer"
    __table_args__ = (UniqueConstraint("alarm_id"),)

    id: Mapped[Id]
    alarm_id: Mapped[Ref] = mapped_column(ForeignKey("transfer_alarm.id"))
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[Instant]
