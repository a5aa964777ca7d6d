"""Publications and scores."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from reputation.publication import PublicationState
from storage.schema.base import Base, Id, Instant, Json, Ref, one_of


class PublicationRow(Base):
    """What the public is told of one verdict; a sample has one beside those that were refused."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="four_eyes"),
        CheckConstraint(
            "(published_at IS NULL) = (state IN ('proposed', 'approved', 'refused'))", name="published_with_at"
        ),
        Index("one_publication_a_sample", "sample_id", unique=True, postgresql_where=text("state <> 'refused'")),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    state: Mapped[PublicationState] = mapped_column(one_of(PublicationState))
    version: Mapped[int]
    entry: Mapped[Json]
    proposed_by: Mapped[str]
    approved_by: Mapped[str | None]
    published_at: Mapped[Instant | None]
    disputed: Mapped[bool]
    changed_at: Mapped[Instant | None]
    reason: Mapped[str | None]


class ScoreRow(Base):
    """One computed score of one subject; each computation is kept."""

    __tablename__ = "score"
    __table_args__ = (Index(None, "kind", "subject", "at"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(comment="seller, brand or platform")
    subject: Mapped[str]
    at: Mapped[Instant]
    inputs_sha256: Mapped[str] = mapped_column(comment="hash of the evidence; the same evidence is not scored twice")
    score: Mapped[Json]
