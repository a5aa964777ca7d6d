"""What is asked of a laboratory's reports and whose signatures are believed, and what officers decided of its files."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import DATE
from sqlalchemy.orm import Mapped, mapped_column

from labs.report import UploadEvent
from storage.schema.base import Base, Id, Instant, JsonList, Ref, one_of


class ReportRuleRow(Base):
    """One rule about the reports of one laboratory; the newest counts, and none is ever changed."""

    __tablename__ = "report_rule"
    __table_args__ = (Index(None, "lab"),)

    id: Mapped[Id]
    lab: Mapped[str] = mapped_column(ForeignKey("laboratory.code"))
    asked: Mapped[bool] = mapped_column(comment="whether a table without a signed report is held")
    certificates: Mapped[JsonList] = mapped_column(comment="PEM, whose signatures are believed")
    recorded_at: Mapped[Instant] = mapped_column(comment="in force until the next one")
    recorded_by: Mapped[str]


class UploadDecisionRow(Base):
    """One officer's act about a file that was held; append-only, and a release by two has a row of each."""

    __tablename__ = "upload_decision"
    __table_args__ = (
        Index(None, "upload_id"),
        CheckConstraint("event IN ('proposed', 'released', 'refused')", name="by_an_officer"),
        CheckConstraint("reason <> ''", name="with_reason"),
        CheckConstraint("event = 'refused' OR decided_by <> uploaded_by", name="not_by_the_uploader"),
        CheckConstraint("event <> 'released' OR decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint("event <> 'released' OR persons = 1 OR proposed_by IS NOT NULL", name="as_many_as_it_takes"),
    )

    id: Mapped[Id]
    upload_id: Mapped[Ref] = mapped_column(ForeignKey("upload.id"))
    event: Mapped[UploadEvent] = mapped_column(one_of(UploadEvent))
    findings: Mapped[JsonList] = mapped_column(comment="those that held the file")
    persons: Mapped[int] = mapped_column(comment="how many a release of them takes")
    terms: Mapped[date] = mapped_column(DATE, comment="from when the terms are in force that say so")
    reason: Mapped[str]
    uploaded_by: Mapped[str]
    proposed_by: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[Instant]
