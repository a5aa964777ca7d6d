"""Grounds: the stored results under a verdict, each with the file it came in and the laboratory that sent it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.result import Interval, Result
from labs.signed import Signature
from labs.verdict import Verdict
from storage import bases, consignments, verdicts
from storage.records import record_of
from storage.schema.lab import ReportRow, ResultRow, UploadRow
from storage.uploads import signatures_of


@dataclass(frozen=True, slots=True)
class Ground:
    """One result with its report and its file."""

    result: Result
    lab: str
    issued_on: date
    upload_id: UUID
    name: str
    sha256: str
    received_at: datetime
    uploaded_by: str
    signatures: tuple[Signature, ...]
    """Who signed the report beside the file, as it was checked when it was taken in."""


def of_verdict(unit: Session, verdict: Verdict) -> tuple[Ground, ...]:
    """Give the results that a verdict rests on; of one that weighs others, those of them all."""
    wanted = (
        select(ResultRow, ReportRow, UploadRow)
        .join(ReportRow, ReportRow.id == ResultRow.report_id)
        .join(UploadRow, UploadRow.id == ReportRow.upload_id)
        .where(ResultRow.id.in_(result_ids(unit, verdict)))
        .order_by(UploadRow.id, ReportRow.number, ResultRow.row, ResultRow.id)
    )
    return tuple(_ground(*row) for row in unit.execute(wanted))


def result_ids(unit: Session, verdict: Verdict) -> Collection[UUID]:
    """Give the ids of the results that a verdict rests on; of one that weighs others, those of them all."""
    basis = verdict.basis
    if basis is None:  # older than the keeping of bases: what was there of its purpose when it was given
        orders = (one for one in consignments.of_sample(unit, verdict.sample_id) if one.purpose == verdict.purpose)
        before = verdict.judged_at
        return {id_ for one in orders for id_ in bases.results_of(unit, one.sample_id, one.blind_code, before=before)}
    return {*basis.results, *(id_ for one in basis.weighed for id_ in result_ids(unit, verdicts.get(unit, one)))}


def _ground(row: ResultRow, report: ReportRow, upload: UploadRow) -> Ground:
    interval = record_of(Interval, row)
    result = record_of(Result, row, interval=interval, report_no=report.number, report_version=report.version)
    return Ground(
        result, report.lab, report.issued_on, upload.id, upload.name, upload.sha256, upload.received_at,
        upload.uploaded_by, signatures_of(upload),
    )  # fmt: skip
