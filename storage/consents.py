"""Consents: the questions about offers that changed before the payment, and what was answered."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.calendar import Deadline
from sampling.consent import CONSENT, Consent, ConsentEvent, ConsentState
from sampling.sample import Sample
from storage import captures, events, moves
from storage.captures import Capture
from storage.errors import Conflict
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.sample import SampleRow
from storage.schema.shopping import ConsentRow

ANSWERS = (ConsentEvent.GIVEN, ConsentEvent.DENIED)
"""What a person says; the rest comes to pass by itself."""


def ask(
    unit: Session, sample_id: UUID, reason: str, *, drawn: Capture, shown: Capture, due: Deadline, by: str, at: datetime
) -> Consent:
    """Keep a question and by when it must be answered; while another one of the sample is open it raises Conflict."""
    row = ConsentRow(
        id=new_id(), sample_id=sample_id, drawn_id=drawn.id, shown_id=shown.id, reason=reason, state=CONSENT.initial,
        asked_at=at, due_at=due.due_at, due_rule=f"{due.rulebook} {due.rule}", due_calendar=due.calendar_version,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    data = {"reason": reason, "due_at": due.due_at.isoformat()}
    events.append(unit, sample_id, CONSENT.noun, row.id, "asked", by=by, at=at, data=data)
    return record_of(Consent, row)


def decide(unit: Session, id_: UUID, event: ConsentEvent, *, by: str, at: datetime, note: str | None = None) -> Consent:
    """Keep the answer; one that was answered already raises IllegalMove, an answer that comes too late Conflict."""
    row = moves.load(unit, ConsentRow, id_)
    if event in ANSWERS and row.due_at is not None and at >= row.due_at:
        raise Conflict("the time to answer is over: the next of the reserve is bought")
    row.decided_at, row.decided_by, row.note = at, by, note
    data = {"reason": row.reason} | ({"note": note} if note else {})
    moves.move(unit, row, CONSENT, event, case_id=row.sample_id, by=by, at=at, data=data)
    return record_of(Consent, row)


def lapse(unit: Session, sample_id: UUID, *, by: str, at: datetime) -> None:
    """Let the open question of a sample go, if there is one: the sample ended otherwise."""
    found = waiting(unit, sample_id)
    if found is not None:
        decide(unit, found.id, ConsentEvent.LAPSED, by=by, at=at)


def get(unit: Session, id_: UUID) -> Consent:
    """Give one question, or raise NotFound."""
    return record_of(Consent, moves.read(unit, ConsentRow, id_))


def waiting(unit: Session, sample_id: UUID) -> Consent | None:
    """Give the open question of a sample, or None."""
    row = moves.one(unit, ConsentRow, sample_id=sample_id, state=ConsentState.ASKED)
    return None if row is None else record_of(Consent, row)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Consent, ...]:
    """Give every question about a sample, oldest first."""
    rows = unit.scalars(select(ConsentRow).filter_by(sample_id=sample_id).order_by(ConsentRow.id))
    return tuple(record_of(Consent, row) for row in rows)


def accepted(unit: Session, sample_id: UUID) -> Sequence[Capture]:
    """Give the captures that a person consented to buy by, oldest first."""
    given = [one.shown_id for one in of_sample(unit, sample_id) if one.state is ConsentState.GIVEN]
    return [captures.get(unit, id_) for id_ in given]


def open_of(unit: Session, campaign_id: UUID | None = None) -> tuple[tuple[Consent, Sample], ...]:
    """Give the open questions with their samples, of one campaign or of all, oldest first."""
    wanted = (
        select(ConsentRow, SampleRow)
        .join(SampleRow, SampleRow.id == ConsentRow.sample_id)
        .where(ConsentRow.state == ConsentState.ASKED)
        .order_by(ConsentRow.id)
    )
    found = unit.execute(wanted if campaign_id is None else wanted.where(SampleRow.campaign_id == campaign_id))
    return tuple((record_of(Consent, row), record_of(Sample, sample)) for row, sample in found)


def overdue(unit: Session, *, at: datetime, limit: int) -> tuple[Consent, ...]:
    """Give the open questions that nobody answered in time, the first due first."""
    late = (ConsentRow.state == ConsentState.ASKED, ConsentRow.due_at <= at)
    rows = unit.scalars(select(ConsentRow).where(*late).order_by(ConsentRow.due_at, ConsentRow.id).limit(limit))
    return tuple(record_of(Consent, row) for row in rows)
