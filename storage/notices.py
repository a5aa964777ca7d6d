"""Notices: numbered, versioned, signed, and what recipients and visits said of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labs.verdict import Outcome, VerdictState
from platforms.notice import NOTICE, Notice, NoticeEvent, NoticeKind, NoticeState
from sampling.sample import Sample, SampleState
from storage import events, moves, numbers
from storage.errors import NotAllowed
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.lab import VerdictRow
from storage.schema.notice import AnswerRow, CheckRow, NoticeRow, NoticeVersionRow
from storage.schema.sample import SampleRow

LETTER = {NoticeKind.SAMPLING: "S", NoticeKind.RESULT: "R", NoticeKind.DELISTING: "D"}


@dataclass(frozen=True, slots=True)
class Said:
    """What a recipient said of a notice."""

    kind: str
    at: datetime
    by: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a visit found of a demanded removal."""

    at: datetime
    outcome: str
    status: int | None
    capture_id: UUID | None
    level: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A document with its hash and its detached signature."""

    document: Mapping[str, Any]
    sha256: str
    jws: str


def next_number(unit: Session, kind: NoticeKind, at: datetime) -> str:
    """Give the next gap-free number of a kind, such as `MSA-2026-D-000001`."""
    letter = LETTER[kind]
    return f"MSA-{at.year}-{letter}-{numbers.take(unit, f'notice-{letter}-{at.year}'):06d}"


def draft(
    unit: Session,
    sample: Sample,
    kind: NoticeKind,
    recipient: str,
    signed: Signed,
    *,
    number: str,
    due_at: datetime | None,
    by: str,
    at: datetime,
) -> Notice:
    """Keep the first version of a notice; a second one of its kind for this recipient raises Conflict."""
    row = NoticeRow(id=new_id(), number=number, kind=kind, sample_id=sample.id, recipient=recipient,
                    platform=sample.platform, state=NOTICE.initial, level=0, version=1, issued_at=None, due_at=due_at,
                    claimed_at=None)  # fmt: skip
    unit.add(row)
    unit.flush()
    unit.add(NoticeVersionRow(notice_id=row.id, version=1, document=dict(signed.document), sha256=signed.sha256,
                              jws=signed.jws, created_by=by, approved_by=None, created_at=at))  # fmt: skip
    unit.flush()
    data = {"number": number, "kind": kind.value, "recipient": recipient, "sha256": signed.sha256}
    events.append(unit, sample.id, "notice", row.id, "drafted", by=by, at=at, data=data)
    return get(unit, row.id)


def approve(unit: Session, id_: UUID, *, by: str, at: datetime) -> None:
    """Approve the newest version; its author raises NotAllowed."""
    row = moves.load(unit, NoticeRow, id_)
    version = _version(unit, row)
    if version.created_by == by:
        raise NotAllowed("a notice is approved by a second person")
    version.approved_by = by
    moves.move(unit, row, NOTICE, NoticeEvent.APPROVED, case_id=row.sample_id, by=by, at=at)


def record(
    unit: Session, id_: UUID, event: NoticeEvent, *, by: str, at: datetime, data: Mapping[str, Any] | None = None
) -> NoticeState:
    """Move a notice and give its new state; issuing and claiming keep their times."""
    row = moves.load(unit, NoticeRow, id_)
    if event is NoticeEvent.ISSUED:
        row.issued_at = row.issued_at or at
    if event is NoticeEvent.CLAIMED_DONE:
        row.claimed_at = at
    told = {"number": row.number, **(data or {})}
    return moves.move(unit, row, NOTICE, event, case_id=row.sample_id, by=by, at=at, data=told)


def revise(
    unit: Session, id_: UUID, signed: Signed, *, due_at: datetime, approved_by: str | None, by: str, at: datetime
) -> None:
    """Keep a further version of a notice; the versions before stay as they were signed."""
    row = moves.load(unit, NoticeRow, id_)
    row.version, row.due_at = row.version + 1, due_at
    unit.add(
        NoticeVersionRow(notice_id=id_, version=row.version, document=dict(signed.document), sha256=signed.sha256,
                         jws=signed.jws, created_by=by, approved_by=approved_by, created_at=at)
    )  # fmt: skip
    unit.flush()
    data = {"number": row.number, "version": row.version, "sha256": signed.sha256}
    events.append(unit, row.sample_id, "notice", id_, "revised", by=by, at=at, data=data)


def escalate(unit: Session, id_: UUID, level: int, *, by: str, at: datetime, reason: str, addressee: str = "") -> None:
    """Raise the level of a notice; a level reached before raises Conflict through the guard of the caller."""
    row = moves.load(unit, NoticeRow, id_)
    row.level = max(row.level, level)
    data = {"number": row.number, "level": level, "reason": reason, "addressee": addressee}
    events.append(unit, row.sample_id, "notice", id_, "escalated", by=by, at=at, data=data)


def said(unit: Session, id_: UUID, kind: str, *, by: str, at: datetime, reason: str | None = None) -> None:
    """Keep what a recipient said."""
    unit.add(AnswerRow(id=new_id(), notice_id=id_, kind=kind, at=at, by=by, reason=reason))
    unit.flush()


def checked(unit: Session, id_: UUID, check: Checked) -> None:
    """Keep what a visit found."""
    columns = {name: getattr(check, name) for name in check.__slots__}
    unit.add(CheckRow(id=new_id(), notice_id=id_, **columns))
    unit.flush()


def get(unit: Session, id_: UUID) -> Notice:
    """Give one notice with its newest document, or raise NotFound."""
    row = moves.read(unit, NoticeRow, id_)
    return _notice(unit, row)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Notice, ...]:
    """Give the notices about a sample, oldest first."""
    rows = unit.scalars(select(NoticeRow).filter_by(sample_id=sample_id).order_by(NoticeRow.id))
    return tuple(_notice(unit, row) for row in rows)


def to_recipient(unit: Session, recipient: str) -> tuple[Notice, ...]:
    """Give the notices issued to a recipient, newest first."""
    hidden = (NoticeState.DRAFT, NoticeState.APPROVED)
    wanted = select(NoticeRow).where(NoticeRow.recipient == recipient, NoticeRow.state.not_in(hidden))
    return tuple(_notice(unit, row) for row in unit.scalars(wanted.order_by(NoticeRow.id.desc())))


def in_state(unit: Session, kind: NoticeKind, *states: NoticeState, limit: int = 1000) -> tuple[Notice, ...]:
    """Give the notices of a kind that stand in one of the states, oldest first."""
    wanted = select(NoticeRow).where(NoticeRow.kind == kind, NoticeRow.state.in_(states)).order_by(NoticeRow.id)
    return tuple(_notice(unit, row) for row in unit.scalars(wanted.limit(limit)))


def overturned(unit: Session) -> tuple[Notice, ...]:
    """Give the results told and removals demanded of samples whose failure does not stand any more, oldest first."""
    passed = select(VerdictRow.id).where(
        VerdictRow.sample_id == NoticeRow.sample_id, VerdictRow.purpose == "final",
        VerdictRow.state == VerdictState.CONFIRMED, VerdictRow.outcome != Outcome.FAIL,
    )  # fmt: skip
    wanted = (
        select(NoticeRow)
        .join(SampleRow, SampleRow.id == NoticeRow.sample_id)
        .where(NoticeRow.kind != NoticeKind.SAMPLING, NoticeRow.state.not_in(NOTICE.final))
        .where(SampleRow.state.in_((SampleState.VOID, SampleState.DIVERTED)) | passed.exists())
    )
    return tuple(_notice(unit, row) for row in unit.scalars(wanted.order_by(NoticeRow.id)))


def claimed_at(unit: Session, id_: UUID) -> datetime | None:
    """Give when the recipient last claimed to have acted, or None."""
    return unit.get_one(NoticeRow, id_).claimed_at


def times(unit: Session, notice: Notice, event: NoticeEvent) -> int:
    """Give how often something happened to a notice."""
    return len(_moments(unit, notice, event))


def last(unit: Session, notice: Notice, event: NoticeEvent) -> datetime | None:
    """Give when something last happened to a notice, or None."""
    return max(_moments(unit, notice, event), default=None)


def answers(unit: Session, id_: UUID) -> tuple[Said, ...]:
    """Give what the recipient said, oldest first."""
    rows = unit.scalars(select(AnswerRow).filter_by(notice_id=id_).order_by(AnswerRow.at, AnswerRow.id))
    return tuple(record_of(Said, row) for row in rows)


def checks(unit: Session, id_: UUID) -> tuple[Checked, ...]:
    """Give what the visits found, oldest first."""
    rows = unit.scalars(select(CheckRow).filter_by(notice_id=id_).order_by(CheckRow.at, CheckRow.id))
    return tuple(record_of(Checked, row) for row in rows)


def approver(unit: Session, id_: UUID) -> tuple[str, str | None]:
    """Give who wrote the newest version and who approved it."""
    row = unit.get_one(NoticeRow, id_)
    version = _version(unit, row)
    return version.created_by, version.approved_by


def caught_lying(unit: Session) -> dict[str, int]:
    """Give how many removals each platform claimed that a visit found live."""
    wanted = (
        select(NoticeRow.platform, func.count(func.distinct(NoticeRow.id)))
        .join(CheckRow, CheckRow.notice_id == NoticeRow.id)
        .join(AnswerRow, AnswerRow.notice_id == NoticeRow.id)
        .where(CheckRow.outcome == "live", AnswerRow.kind == "removed", CheckRow.at >= AnswerRow.at)
    )
    return {platform: number for platform, number in unit.execute(wanted.group_by(NoticeRow.platform))}


def _moments(unit: Session, notice: Notice, event: NoticeEvent) -> list[datetime]:
    mine = (str(notice.id), event.value)
    return [one.at for one in events.history(unit, notice.sample_id) if (one.subject_id, one.type) == mine]


def _version(unit: Session, row: NoticeRow) -> NoticeVersionRow:
    return unit.get_one(NoticeVersionRow, (row.id, row.version))


def _notice(unit: Session, row: NoticeRow) -> Notice:
    version = _version(unit, row)
    ref = next((listing["ref"] for listing in version.document.get("listings", ())), "L1")
    return record_of(Notice, row, document=version.document, sha256=version.sha256, jws=version.jws, ref=ref)
