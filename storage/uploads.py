"""Uploads of laboratories, and the results that were committed from them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from labs.consignment import LineState
from labs.mapping import MappingVersion
from labs.report import TO_DECIDE, TO_READ, UPLOAD, Reading, Upload, UploadEvent, UploadState
from labs.result import Finding
from labs.signed import Signature, SignatureState, SignedReport
from storage import bulk_results, events, moves
from storage.objects import Objects
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow
from storage.schema.lab import ReportRow, ResultRow, UploadRow


def receive(
    unit: Session,
    objects: Objects,
    lab: str,
    name: str,
    data: bytes,
    *,
    by: str,
    at: datetime,
    report: bytes | None = None,
) -> Upload:
    """Keep a table and its report for ever and give the receipt; the same bytes of both give the first receipt.

    What was held is read again then, for its reason may have gone; so is what a reader gave up. What an officer
    refused stays refused.
    """
    digest, beside = objects.put(data), None if report is None else objects.put(report)
    row = moves.one(unit, UploadRow, lab=lab, sha256=digest, report_sha256=beside)
    if row is None:
        values = {"id": new_id(), "lab": lab, "sha256": digest, "name": name, "size": len(data), "received_at": at,
                  "uploaded_by": by, "state": UPLOAD.initial, "findings": [], "report_sha256": beside}  # fmt: skip
        mine = unit.execute(insert(UploadRow).values(values).on_conflict_do_nothing().returning(UploadRow.id)).scalar()
        row = moves.one(unit, UploadRow, lab=lab, sha256=digest, report_sha256=beside)
        assert row is not None  # ours, or that of whoever sent the same a moment before
        if mine is None:
            return _upload(row)
        told = {"lab": lab, "sha256": digest, "bytes": len(data)} | ({"report_sha256": beside} if beside else {})
        events.append(unit, row.id, "upload", row.id, "received", by=by, at=at, data=told)
    elif row.state in TO_DECIDE or _given_up(row):
        row = moves.load(unit, UploadRow, row.id)
        moves.move(unit, row, UPLOAD, UploadEvent.REOPENED, case_id=row.id, by=by, at=at)
    return _upload(row)


def _given_up(row: UploadRow) -> bool:
    return row.state is UploadState.REJECTED and any(finding["rule"] == "reader-failed" for finding in row.findings)


def note(unit: Session, id_: UUID, mapping: MappingVersion, report: SignedReport | None) -> None:
    """Keep by which mapping a table was read, and who signed the report beside it."""
    row = moves.load(unit, UploadRow, id_)
    row.mapping = asdict(mapping)
    row.signatures = [asdict(one) for one in report.signatures] if report else []
    unit.flush()


def postpone(unit: Session, id_: UUID, findings: Sequence[Finding], *, by: str, at: datetime) -> None:
    """Keep why a file was not read yet; it stays received, and the same reasons again change nothing."""
    row, said = moves.load(unit, UploadRow, id_), [asdict(finding) for finding in findings]
    if row.findings != said:
        row.findings = said
        rules = sorted({finding.rule for finding in findings})
        events.append(unit, id_, "upload", id_, "postponed", by=by, at=at, data={"rules": rules})


def brought(unit: Session, id_: UUID) -> tuple[tuple[str, int], ...]:
    """Give number and version of each report that a file brought, as they are kept; none before it was committed."""
    wanted = select(ReportRow.number, ReportRow.version).filter_by(upload_id=id_)
    return tuple(unit.execute(wanted.order_by(ReportRow.number)).tuples())


def refuse(unit: Session, id_: UUID, event: UploadEvent, findings: Sequence[Finding], *, by: str, at: datetime) -> None:
    """Keep why a file was rejected or held; nothing of it becomes a result."""
    row = moves.load(unit, UploadRow, id_)
    row.findings = [asdict(finding) for finding in findings]
    moves.move(unit, row, UPLOAD, event, case_id=id_, by=by, at=at, data={"findings": len(findings)})


def alarm(unit: Session, id_: UUID, rules: Sequence[str], *, by: str, at: datetime) -> None:
    """Write into a file's history that it breaks what no slip of the pen breaks."""
    events.append(unit, id_, "upload", id_, "alarmed", by=by, at=at, data={"rules": list(rules)})


def commit(
    unit: Session, id_: UUID, reading: Reading, samples: Mapping[str, UUID], *, by: str, at: datetime,
    released_by: str | None = None,
) -> None:  # fmt: skip
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
    let_pass = {"released_by": released_by} if released_by else {}
    bulk_results.copy(unit, reading.results, {number: head.id for number, head in heads.items()}, samples, at=at)
    for number, code in bulk_results.pairs(reading.results):
        told = {"report": number, "version": heads[number].version, "upload_sha256": row.sha256, **let_pass}
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


def waits(unit: Session, lab: str, unit_id: UUID) -> bool:
    """Tell whether a file that a laboratory sent since it took a unit waits here for its reader or for officers."""
    taken = (
        select(func.max(ConsignmentLineRow.settled_at))
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentLineRow.unit_id == unit_id, ConsignmentLineRow.state == LineState.RECEIVED)
        .where(ConsignmentRow.lab == lab)
        .scalar_subquery()
    )
    unsettled = UploadRow.state.in_((*TO_READ, *TO_DECIDE))
    wanted = select(UploadRow.id).where(UploadRow.lab == lab, unsettled, UploadRow.received_at >= taken).limit(1)
    return unit.scalar(wanted) is not None


def in_state(unit: Session, *states: UploadState, limit: int = 1000) -> tuple[Upload, ...]:
    """Give the uploads that stand in one of the states, oldest first."""
    rows = unit.scalars(select(UploadRow).where(UploadRow.state.in_(states)).order_by(UploadRow.id).limit(limit))
    return tuple(_upload(row) for row in rows)


def known_reports(unit: Session, lab: str) -> dict[tuple[str, int], str]:
    """Give the SHA-256 of the file behind each report number and version of a laboratory."""
    wanted = select(ReportRow.number, ReportRow.version, UploadRow.sha256).join(
        UploadRow, UploadRow.id == ReportRow.upload_id
    )
    rows = unit.execute(wanted.where(ReportRow.lab == lab))
    return {(number, version): digest for number, version, digest in rows}


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


def signatures_of(row: UploadRow) -> tuple[Signature, ...]:
    """Give who signed the report beside a table; nobody before it was read."""
    return tuple(Signature(**{**one, "state": SignatureState(one["state"])}) for one in row.signatures or ())


def _upload(row: UploadRow) -> Upload:
    return record_of(
        Upload,
        row,
        findings=tuple(Finding(**finding) for finding in row.findings),
        mapping=MappingVersion(**row.mapping) if row.mapping else None,
        signatures=signatures_of(row),
    )
