"""Uploads of laboratories, and the results that were committed from them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.report import UPLOAD, Reading, Upload, UploadEvent, UploadState
from labs.result import Finding, Interval, Result
from storage import bulk_results, events, moves
from storage.objects import Objects
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.lab import ReportRow, ResultRow, UploadRow


def receive(unit: Session, objects: Objects, lab: str, name: str, data: bytes, *, by: str, at: datetime) -> Upload:
    """Keep a file for ever and give its receipt; the same bytes twice give the first receipt."""
    digest = objects.put(data)
    row = moves.one(unit, UploadRow, lab=lab, sha256=digest)
    if row is None:
        row = UploadRow(id=new_id(), lab=lab, sha256=digest, name=name, size=len(data), received_at=at,
                        uploaded_by=by, state=UPLOAD.initial, findings=[])  # fmt: skip
        unit.add(row)
        unit.flush()
        told = {"lab": lab, "sha256": digest, "bytes": len(data)}
        events.append(unit, row.id, "upload", row.id, "received", by=by, at=at, data=told)
    return _upload(row)


def refuse(unit: Session, id_: UUID, event: UploadEvent, findings: Sequence[Finding], *, by: str, at: datetime) -> None:
    """Keep why a file was rejected or held; nothing of it becomes a result."""
    row = moves.load(unit, UploadRow, id_)
    row.findings = [asdict(finding) for finding in findings]
    moves.move(unit, row, UPLOAD, event, case_id=id_, by=by, at=at, data={"findings": len(findings)})


def alarm(unit: Session, id_: UUID, rules: Sequence[str], *, by: str, at: datetime) -> None:
    """Write into a file's history that it breaks what no slip of the pen breaks."""
    events.append(unit, id_, "upload", id_, "alarmed", by=by, at=at, data={"rules": list(rules)})


def commit(unit: Session, id_: UUID, reading: Reading, samples: Mapping[str, UUID], *, by: str, at: datetime) -> None:
    """Keep every result of every report of a file, and write it into each sample's history.

    `samples` gives the sample behind each blind code; a report number and version kept before raises Conflict.
    """
    row = moves.load(unit, UploadRow, id_)
    row.findings = [asdict(finding) for finding in reading.findings]
    heads = {report.number: ReportRow(id=new_id(), upload_id=id_, lab=row.lab, number=report.number, kind=report.kind,
                                      version=report.version, issued_on=report.issued_on)
             for report in reading.reports}  # fmt: skip
    unit.add_all(heads.values())
    unit.flush()
    bulk_results.copy(unit, reading.results, {number: head.id for number, head in heads.items()}, samples, at=at)
    for number, code in bulk_results.pairs(reading.results):
        told = {"report": number, "version": heads[number].version, "upload_sha256": row.sha256}
        events.append(unit, samples[code], "report", heads[number].id, "committed", by=by, at=at, data=told)
    told = {"reports": len(heads), "results": len(reading.results)}
    moves.move(unit, row, UPLOAD, UploadEvent.COMMITTED, case_id=id_, by=by, at=at, data=told)


def get(unit: Session, id_: UUID) -> Upload:
    """Give one upload, or raise NotFound."""
    row = moves.read(unit, UploadRow, id_)
    return _upload(row)


def of_lab(unit: Session, lab: str) -> tuple[Upload, ...]:
    """Give a laboratory's uploads, newest first."""
    rows = unit.scalars(select(UploadRow).filter_by(lab=lab).order_by(UploadRow.id.desc()))
    return tuple(_upload(row) for row in rows)


def in_state(unit: Session, state: UploadState, limit: int = 1000) -> tuple[Upload, ...]:
    """Give the uploads that stand in a state, oldest first."""
    rows = unit.scalars(select(UploadRow).filter_by(state=state).order_by(UploadRow.id).limit(limit))
    return tuple(_upload(row) for row in rows)


def known_reports(unit: Session, lab: str) -> dict[tuple[str, int], str]:
    """Give the SHA-256 of the file behind each report number and version of a laboratory."""
    wanted = select(ReportRow.number, ReportRow.version, UploadRow.sha256).join(
        UploadRow, UploadRow.id == ReportRow.upload_id
    )
    rows = unit.execute(wanted.where(ReportRow.lab == lab))
    return {(number, version): digest for number, version, digest in rows}


def results(unit: Session, sample_id: UUID, blind_code: str) -> tuple[Result, ...]:
    """Give the results of one blind code of a sample, of the newest version of each report."""
    wanted = (
        select(ResultRow, ReportRow)
        .join(ReportRow, ReportRow.id == ResultRow.report_id)
        .where(ResultRow.sample_id == sample_id, ResultRow.blind_code == blind_code)
        .order_by(ReportRow.number, ReportRow.version, ResultRow.row)
    )
    found = unit.execute(wanted).all()
    newest = {report.number: report.version for _, report in found}
    return tuple(_result(row, report) for row, report in found if newest[report.number] == report.version)


def uploader(unit: Session, sample_id: UUID, blind_code: str) -> str:
    """Give who uploaded the newest results of a blind code; that person may not confirm the verdict."""
    wanted = (
        select(UploadRow.uploaded_by)
        .join(ReportRow, ReportRow.upload_id == UploadRow.id)
        .join(ResultRow, ResultRow.report_id == ReportRow.id)
        .where(ResultRow.sample_id == sample_id, ResultRow.blind_code == blind_code)
        .order_by(UploadRow.id.desc())
    )
    return unit.scalars(wanted).first() or ""


def _upload(row: UploadRow) -> Upload:
    return record_of(Upload, row, findings=tuple(Finding(**finding) for finding in row.findings))


def _result(row: ResultRow, report: ReportRow) -> Result:
    interval = record_of(Interval, row)
    return record_of(Result, row, interval=interval, report_no=report.number, report_version=report.version)
