"""The ledger over all evidence, its checkpoints, the stamps of authorities, and when a site may be visited again."""

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Base, Count, Id, Instant, Ref

PROVABLE = "noun IN ('capture', 'checkpoint')"


class LedgerEntryRow(Base):
    """One entry of the ledger at its place, counted from 0 without a gap; append-only."""

    __tablename__ = "ledger_entry"
    __table_args__ = (UniqueConstraint("kind", "subject"), CheckConstraint("place >= 0", name="counted_from_zero"))

    place: Mapped[Count] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(comment="capture, custody or key")
    subject: Mapped[str]
    sha256: Mapped[str] = mapped_column(comment="of the subject's record")
    at: Mapped[Instant]
    leaf: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerNodeRow(Base):
    """The hash of one whole subtree, kept so that no proof reads every entry; append-only."""

    __tablename__ = "ledger_node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="over 2^level entries")
    place: Mapped[Count] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class CheckpointRow(Base):
    """The signed size and root of the ledger at one moment; append-only."""

    __tablename__ = "checkpoint"

    id: Mapped[Id]
    size: Mapped[Count] = mapped_column(unique=True)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[bytes] = mapped_column(LargeBinary, comment="the signed note")
    reason: Mapped[str] = mapped_column(comment="daily or export")
    at: Mapped[Instant]


class KeyStatementRow(Base):
    """One signed statement of all keys, as it was published; append-only."""

    __tablename__ = "key_statement"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[Instant]


class StampRow(Base):
    """A checked answer of a time-stamping authority; append-only."""

    __tablename__ = "stamp"
    __table_args__ = (
        UniqueConstraint("noun", "subject_id", "authority"),
        CheckConstraint(PROVABLE, name="of_what_is_stamped"),
    )

    id: Mapped[Id]
    noun: Mapped[str] = mapped_column(comment="capture or checkpoint")
    subject_id: Mapped[Ref]
    authority: Mapped[str] = mapped_column(comment="our code for it")
    response: Mapped[str] = mapped_column(comment="SHA-256 of the stored answer")
    chain: Mapped[str] = mapped_column(comment="SHA-256 of the stored certificates it was checked against")
    serial: Mapped[str]
    stamped_at: Mapped[Instant] = mapped_column(comment="by the authority's clock")
    at: Mapped[Instant]


class StampRequestRow(Base):
    """What an authority is still to stamp, and when it is asked next; gone once it has."""

    __tablename__ = "stamp_request"
    __table_args__ = (Index(None, "next_at"), CheckConstraint(PROVABLE, name="of_what_is_stamped"))

    noun: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[Ref] = mapped_column(primary_key=True)
    authority: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[Instant]
    tries: Mapped[int]
    last_error: Mapped[str | None]


class SiteTurnRow(Base):
    """From when on a site may be visited; one row a site, whoever visits."""

    __tablename__ = "site_turn"

    site: Mapped[str] = mapped_column(primary_key=True)
    full_at: Mapped[Instant] = mapped_column(comment="when every token is back, if none is taken until then")
    held_until: Mapped[Instant | None] = mapped_column(comment="the site itself asked to be left alone until then")
