"""Whether a laboratory's tables come with a signed report, and whose signatures are believed."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base, Id, Instant, JsonList


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
