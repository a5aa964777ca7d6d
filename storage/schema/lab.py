"""Uploads, results, verdicts and objections."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATE
from sqlalchemy.orm import Mapped, mapped_column

from labs.objection import ObjectionKind, ObjectionState
from labs.report import UploadState
from labs.verdict import Outcome, VerdictState
from storage.schema.base import Base, Code, Exact, Id, Instant, Json, JsonList, Ref, one_of


class LaboratoryRow(Base):
    """One laboratory that may be sent samples."""

    __tablename__ = "laboratory"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[Json]
    capacity: Mapped[int] = mapped_column(comment="samples a campaign")


class ScopeRow(Base):
    """One line of a laboratory's scope as one file says it; append-only, and the last file counts."""

    __tablename__ = "scope_entry"
    __table_args__ = (
        UniqueConstraint(
            "lab", "site", "scheme", "item", "matrix", "method", "edition", "low", "high", "unit", "valid_from",
            "recorded_at", name="scope_line_as_known", postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("valid_from <= valid_to", name="days_in_order"),
        CheckConstraint("low <= high", name="range_in_order"),
        CheckConstraint("num_nonnulls(low, high) = 0 OR unit <> ''", name="range_in_a_unit"),
    )  # fmt: skip

    id: Mapped[Id]
    lab: Mapped[str] = mapped_column(ForeignKey("laboratory.code"))
    site: Mapped[str]
    scheme: Mapped[str]
    item: Mapped[str]
    matrix: Mapped[str] = mapped_column(comment="a category of goods, or *")
    method: Mapped[str]
    edition: Mapped[str]
    low: Mapped[Exact | None]
    high: Mapped[Exact | None]
    unit: Mapped[str]
    valid_from: Mapped[date] = mapped_column(DATE)
    valid_to: Mapped[date | None] = mapped_column(DATE)
    source: Mapped[str]
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("scope_file.sha256"))
    recorded_at: Mapped[Instant | None] = mapped_column(comment="none: known with its first day")


class UploadRow(Base):
    """One table of a laboratory with the report beside it; the same bytes of both twice are one upload."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("lab", "sha256", "report_sha256", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    lab: Mapped[str]
    sha256: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]
    received_at: Mapped[Instant]
    uploaded_by: Mapped[str]
    state: Mapped[UploadState] = mapped_column(one_of(UploadState))
    findings: Mapped[JsonList]
    report_sha256: Mapped[str | None] = mapped_column(comment="of the PDF beside the table")
    mapping: Mapped[Json | None] = mapped_column(comment="code, version and SHA-256")
    signatures: Mapped[JsonList | None] = mapped_column(comment="none before the report was read")


class ReportRow(Base):
    """One version of one report; a number and version names one content for ever."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("lab", "number", "version"),)

    id: Mapped[Id]
    upload_id: Mapped[Ref] = mapped_column(ForeignKey("upload.id"))
    lab: Mapped[str]
    number: Mapped[str]
    version: Mapped[int]
    kind: Mapped[str]
    issued_on: Mapped[date] = mapped_column(DATE)


class ResultRow(Base):
    """One reported result; immutable. A trigger refuses one whose report or sample is not there."""

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("blind_code", "report_id", "item", "method", "replicate"),
        CheckConstraint("lod IS NULL OR loq IS NULL OR lod <= loq", name="lod_not_above_loq"),
    )

    id: Mapped[Id]
    report_id: Mapped[Ref] = mapped_column(comment="report.id, looked for once a statement")
    sample_id: Mapped[Ref] = mapped_column(comment="sample.id, looked for once a statement")
    blind_code: Mapped[Code]
    item: Mapped[Code]
    method: Mapped[Code]
    method_edition: Mapped[str]
    replicate: Mapped[int]
    raw_text: Mapped[str]
    unit: Mapped[str]
    qualifier: Mapped[str]
    low: Mapped[Exact | None]
    high: Mapped[Exact | None]
    low_open: Mapped[bool]
    high_open: Mapped[bool]
    lod: Mapped[Exact | None]
    loq: Mapped[Exact | None]
    u_expanded: Mapped[Exact | None]
    coverage_k: Mapped[Exact | None]
    tested_on: Mapped[date | None] = mapped_column(DATE)
    row: Mapped[int]


class VerdictRow(Base):
    """One verdict on one sample; a sample has one live verdict a purpose."""

    __tablename__ = "verdict"
    __table_args__ = (
        Index(
            "one_live_verdict",
            "sample_id",
            "purpose",
            unique=True,
            postgresql_where="state IN ('provisional', 'confirmed')",
        ),
        CheckConstraint("(state = 'confirmed') <= (confirmed_by IS NOT NULL)", name="confirmed_with_by"),
        CheckConstraint("confirmed_by <> uploaded_by", name="four_eyes"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    purpose: Mapped[str]
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome))
    severity: Mapped[str | None]
    items: Mapped[JsonList]
    reasons: Mapped[JsonList]
    rule_version: Mapped[str]
    engine_version: Mapped[str]
    state: Mapped[VerdictState] = mapped_column(one_of(VerdictState))
    judged_at: Mapped[Instant]
    confirmed_by: Mapped[str | None]
    uploaded_by: Mapped[str]
    basis: Mapped[Json | None] = mapped_column(comment="none for a verdict that is older than the keeping of bases")


class ObjectionRow(Base):
    """One objection of one party; a supplement is asked for before it comes, and comes with its time."""

    __tablename__ = "objection"
    __table_args__ = (
        Index(None, "sample_id"),
        CheckConstraint("(supplement IS NULL) = (supplemented_at IS NULL)", name="supplement_with_time"),
        CheckConstraint("supplement IS NULL OR asked IS NOT NULL", name="supplement_was_asked"),
        CheckConstraint("(policy IS NULL) = (fee_advanced_by IS NULL)", name="terms_agreed_together"),
        CheckConstraint("fee_borne_by IS NULL OR fee_advanced_by IS NOT NULL", name="fee_was_advanced"),
    )

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    party: Mapped[str]
    kind: Mapped[ObjectionKind] = mapped_column(one_of(ObjectionKind))
    grounds: Mapped[str]
    received_at: Mapped[Instant]
    deadline: Mapped[Instant]
    state: Mapped[ObjectionState] = mapped_column(one_of(ObjectionState))
    reason: Mapped[str | None]
    asked: Mapped[str | None] = mapped_column(comment="what a supplement was asked for")
    supplement: Mapped[str | None]
    supplemented_at: Mapped[Instant | None]
    policy: Mapped[str | None] = mapped_column(comment="by which a re-test that was ordered is weighed")
    fee_advanced_by: Mapped[str | None]
    fee_borne_by: Mapped[str | None]


class ObjectionDateRow(Base):
    """One date of one objection, with the rule and the calendar it was counted by."""

    __tablename__ = "objection_date"
    __table_args__ = (UniqueConstraint("objection_id", "rule"),)

    id: Mapped[Id]
    objection_id: Mapped[Ref] = mapped_column(ForeignKey("objection.id"))
    rule: Mapped[str]
    rulebook: Mapped[str]
    calendar_version: Mapped[str]
    starts_at: Mapped[Instant]
    due_at: Mapped[Instant]


class DeadlineRow(Base):
    """One clock of one party, of a laboratory for each unit: the rule, its version and its calendar are stored."""

    __tablename__ = "deadline"
    __table_args__ = (UniqueConstraint("sample_id", "party", "rule", "unit_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[Id]
    sample_id: Mapped[Ref] = mapped_column(ForeignKey("sample.id"))
    party: Mapped[str]
    rule: Mapped[str]
    rulebook_version: Mapped[str]
    calendar_version: Mapped[str]
    starts_at: Mapped[Instant]
    due_at: Mapped[Instant]
    basis: Mapped[Json]
    unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("unit.id"), comment="whose report a laboratory owes")
