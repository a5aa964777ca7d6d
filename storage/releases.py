"""Releases of held files: what waits for officers, what they decided, and what they let pass."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from labs import release as rules
from labs.release import Barred, Terms
from labs.report import TO_DECIDE, UPLOAD, Upload, UploadEvent, UploadState
from labs.result import Finding, Result
from sampling.digest import Digest, canonical, sha256
from sampling.text import Text
from storage import moves, upload_alarms, uploads
from storage.bases import result_of
from storage.errors import Away, Conflict, NotAllowed, NotFound, Stale, StorageError
from storage.objects import Objects
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow
from storage.schema.event import EventRow
from storage.schema.lab import ReportRow, ResultRow, UploadRow
from storage.schema.report import UploadDecisionRow
from storage.schema.sample import SampleRow

UNKEPT = Barred(
    "original-not-kept",
    Text("原件未按其 SHA-256 完整保存，无从核对。", "Not every byte of what came is kept under its SHA-256."),
)
_HOLDING = '$[*] ? (@.reaction == "hold").rule'


@dataclass(frozen=True, slots=True)
class Decision:
    """One officer's act about a held file, with what held it then."""

    id: UUID
    event: UploadEvent
    """`proposed`, `released` or `refused`."""
    findings: tuple[Finding, ...]
    reason: str
    terms: date
    proposed_by: str | None
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file that waits for officers, or for its laboratory to send it again."""

    upload_id: UUID
    lab: str
    name: str
    state: UploadState
    since: datetime
    rules: tuple[str, ...]
    """Those that hold it."""


def release(
    unit: Session, objects: Objects, id_: UUID, reason: str, *, known: Digest, by: str, at: datetime
) -> UploadState:
    """Let pass what holds a file, or propose it where that takes two persons, and give where the file stands then.

    A released file is read once more. `known` is the mark of what was shown: where that changed, Stale is raised.
    Whoever uploaded it, and whoever proposed it a second time, raises NotAllowed; what nobody may let pass Conflict.
    """
    row = moves.load(unit, UploadRow, id_)
    upload, terms = uploads.get(unit, id_), rules.terms(at.date())
    proposal = proposal_of(upload, of_upload(unit, id_))
    alone = proposal is None and rules.persons(upload.findings, terms) > 1
    event = UploadEvent.PROPOSED if alone else UploadEvent.RELEASED
    UPLOAD.move(upload.state, event)
    if known != mark(upload, proposal):
        raise Stale("the file, its findings or what is proposed about it changed since they were shown")
    if by == upload.uploaded_by:
        raise NotAllowed("a file is not released by whoever uploaded it")
    if proposal is not None and proposal.decided_by == by:
        raise NotAllowed("what takes two persons is released by the second one")
    if stopped := stops(objects, upload, terms):
        raise Conflict("; ".join(f"{one.rule}: {one.reason.en}" for one in stopped))
    return _decide(unit, row, event, reason, terms, proposal.decided_by if proposal else None, by=by, at=at)


def refuse(unit: Session, id_: UUID, reason: str, *, by: str, at: datetime) -> UploadState:
    """Refuse a held file for good; its laboratory reads the reason, and sends another file if it has one."""
    row = moves.load(unit, UploadRow, id_)
    return _decide(unit, row, UploadEvent.REFUSED, reason, rules.terms(at.date()), None, by=by, at=at)


def proposal_of(upload: Upload, decisions: Sequence[Decision]) -> Decision | None:
    """Give what of the decisions about a file waits for a second officer, or None."""
    return decisions[-1] if upload.state is UploadState.PROPOSED else None


def mark(upload: Upload, proposal: Decision | None) -> Digest:
    """Give the hash of what a release is about: where the file stands, what is proposed, and all that holds it."""
    held = [asdict(one) for one in rules.holding(upload.findings)]
    proposed = str(proposal.id) if proposal else None
    return sha256(canonical({"state": upload.state.value, "proposal": proposed, "holding": held}))


def deciders(unit: Session, ids: Collection[UUID]) -> frozenset[str]:
    """Give who proposed or decided something about any of these files."""
    wanted = select(UploadDecisionRow.decided_by).where(UploadDecisionRow.upload_id.in_(ids))
    return frozenset(unit.scalars(wanted))


def stops(objects: Objects, upload: Upload, terms: Terms) -> tuple[Barred, ...]:
    """Give why nobody may release a file: what of its findings is never let pass, and an original that is not kept."""
    kept = all(_is_kept(objects, digest) for digest in _digests(upload))
    return (*rules.barred(upload.findings, terms), *(() if kept else (UNKEPT,)))


def of_upload(unit: Session, id_: UUID) -> tuple[Decision, ...]:
    """Give what was decided of a file, oldest first."""
    rows = unit.scalars(select(UploadDecisionRow).filter_by(upload_id=id_).order_by(UploadDecisionRow.id))
    return tuple(record_of(Decision, row, findings=tuple(Finding(**one) for one in row.findings)) for row in rows)


def in_force(unit: Session, upload: Upload) -> Decision | None:
    """Give the release by which a file is read, or None where it is read as it came."""
    if upload.state is not UploadState.RELEASED:
        return None
    return of_upload(unit, upload.id)[-1]


def brought_by(unit: Session, lab: str, number: str, version: int) -> tuple[Upload, tuple[Result, ...]]:
    """Give the file that brought a version of a report, with that report's results in its order, or raise NotFound."""
    report = moves.one(unit, ReportRow, lab=lab, number=number, version=version)
    if report is None:
        raise NotFound(f"{lab} sent no report {number} of version {version}")
    rows = unit.scalars(select(ResultRow).filter_by(report_id=report.id).order_by(ResultRow.row, ResultRow.id))
    return uploads.get(unit, report.upload_id), tuple(result_of(row, report) for row in rows)


def waiting(unit: Session) -> tuple[Waiting, ...]:
    """Give every file that waits for officers, the longest first."""
    return _waiting(unit, _WAITING)


def waiting_of_campaign(unit: Session, campaign_id: UUID) -> tuple[Waiting, ...]:
    """Give those of the laboratories that were sent samples of a campaign, the longest first."""
    labs = (
        select(ConsignmentRow.lab)
        .join(ConsignmentLineRow, ConsignmentLineRow.consignment_id == ConsignmentRow.id)
        .join(SampleRow, SampleRow.id == ConsignmentLineRow.sample_id)
        .where(SampleRow.campaign_id == campaign_id)
    )
    return _waiting(unit, _WAITING.where(UploadRow.lab.in_(labs)))


def _decide(
    unit: Session, row: UploadRow, event: UploadEvent, reason: str, terms: Terms, proposed_by: str | None, *,
    by: str, at: datetime,
) -> UploadState:  # fmt: skip
    """Keep the act and move the file; what ends the waiting ends the alarm about it, too."""
    UPLOAD.move(row.state, event)
    held = rules.holding(Finding(**one) for one in row.findings)
    values = {"id": new_id(), "upload_id": row.id, "event": event, "findings": [asdict(one) for one in held],
              "persons": rules.persons(held, terms), "terms": terms.in_force, "reason": reason,
              "uploaded_by": row.uploaded_by, "proposed_by": proposed_by, "decided_by": by,
              "decided_at": at}  # fmt: skip
    unit.add(UploadDecisionRow(**values))
    unit.flush()
    if event is not UploadEvent.PROPOSED and upload_alarms.open_of(unit, row.id) is not None:
        upload_alarms.answer(unit, row.id, reason, by=by, at=at)
    told = {"reason": reason, "rules": sorted({one.rule for one in held})}
    return moves.move(unit, row, UPLOAD, event, case_id=row.id, by=by, at=at, data=told)


def _digests(upload: Upload) -> Iterator[str]:
    yield upload.sha256
    if upload.report_sha256:
        yield upload.report_sha256
    if upload.mapping:
        yield upload.mapping.sha256


def _is_kept(objects: Objects, digest: str) -> bool:
    """Whether every byte is there; a store that is away says nothing of that."""
    try:
        objects.get(digest)
    except Away:
        raise
    except StorageError:
        return False
    return True


_WAITING: Select[Any] = (
    select(
        UploadRow.id,
        UploadRow.lab,
        UploadRow.name,
        UploadRow.state,
        func.max(EventRow.at),
        func.jsonb_path_query_array(UploadRow.findings, cast(_HOLDING, JSONPATH)),
    )
    .join(EventRow, EventRow.case_id == UploadRow.id)
    .where(UploadRow.state.in_(TO_DECIDE), EventRow.type == UploadEvent.HELD.value)
    .group_by(UploadRow.id)
    .order_by(func.max(EventRow.at), UploadRow.id)
)


def _waiting(unit: Session, wanted: Select[Any]) -> tuple[Waiting, ...]:
    return tuple(
        Waiting(upload_id, lab, name, state, since, tuple(dict.fromkeys(held)))
        for upload_id, lab, name, state, since, held in unit.execute(wanted).tuples()
    )
