"""Released documents: what was printed of which subject, in which version, under which hash."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sampling.documents.kind import DocumentKind
from storage.schema.base import Base, Id, Instant, Ref, Sha256, one_of


class DocumentRow(Base):
    """One version of one document; append-only, its bytes lie in the store of files."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        Index(None, "subject_id", "kind"),
        CheckConstraint("version > 0", name="counted_from_one"),
    )

    id: Mapped[Id]
    kind: Mapped[DocumentKind] = mapped_column(one_of(DocumentKind))
    number: Mapped[str]
    version: Mapped[int]
    noun: Mapped[str] = mapped_column(comment="sample, consignment or campaign")
    subject_id: Mapped[Ref]
    content_sha256: Mapped[Sha256] = mapped_column(unique=True, comment="printed on every page; of the stored data")
    sha256: Mapped[Sha256] = mapped_column(unique=True, comment="of the stored file")
    released_at: Mapped[Instant]
    released_by: Mapped[str]
