"""Alarms about what laboratories sent: those that wait for somebody, and that they were dealt with."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from labs.result import Finding
from storage import events, moves
from storage.errors import Conflict
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow
from storage.schema.event import EventRow
from storage.schema.lab import UploadRow
from storage.schema.sample import SampleRow

ALARMED, ANSWERED = "alarmed", "alarm_answered"
_SHOWN = 3
"""One finding says what a file is suspected of; a hundred thousand say no more."""


@dataclass(frozen=True, slots=True)
class UploadAlarm:
    """One file that breaks what no slip of the pen breaks, and the findings that say so."""

    upload_id: UUID
    lab: str
    name: str
    at: datetime
    findings: tuple[Finding, ...]


def answer(unit: Session, upload_id: UUID, note: str, *, by: str, at: datetime) -> None:
    """Write down that the alarm about a file was dealt with and how; without an open one it raises Conflict."""
    moves.load(unit, UploadRow, upload_id)
    if open_of(unit, upload_id) is None:
        raise Conflict(f"no alarm about upload {upload_id} is open")
    events.append(unit, upload_id, "upload", upload_id, ANSWERED, by=by, at=at, data={"note": note})
    unit.flush()


def open_of(unit: Session, upload_id: UUID) -> UploadAlarm | None:
    """Give the alarm about a file that nobody has dealt with."""
    rows = unit.execute(_OPEN.where(UploadRow.id == upload_id))
    return next((_alarm(*row) for row in rows), None)


def open_of_campaign(unit: Session, campaign_id: UUID) -> tuple[UploadAlarm, ...]:
    """Give the open alarms about files of the laboratories that were sent samples of a campaign, oldest first."""
    labs = (
        select(ConsignmentRow.lab)
        .join(ConsignmentLineRow, ConsignmentLineRow.consignment_id == ConsignmentRow.id)
        .join(SampleRow, SampleRow.id == ConsignmentLineRow.sample_id)
        .where(SampleRow.campaign_id == campaign_id)
    )
    return tuple(_alarm(*row) for row in unit.execute(_OPEN.where(UploadRow.lab.in_(labs))))


_LATER = aliased(EventRow)
_ENDS = (ALARMED, ANSWERED)
"""A file that is sent again is alarmed again, and the newest alarm alone waits."""
_OPEN = (
    select(UploadRow, EventRow)
    .join(EventRow, EventRow.case_id == UploadRow.id)
    .where(
        UploadRow.state.in_(("held", "proposed", "rejected")),
        EventRow.type == ALARMED,
        ~exists().where(_LATER.case_id == UploadRow.id, _LATER.type.in_(_ENDS), _LATER.seq > EventRow.seq),
    )
    .order_by(UploadRow.id)
)


def _alarm(row: UploadRow, entry: EventRow) -> UploadAlarm:
    rules = frozenset(entry.data["rules"])
    findings = tuple(Finding(**one) for one in row.findings if one["rule"] in rules)
    return UploadAlarm(row.id, row.lab, row.name, entry.at, findings[:_SHOWN])
