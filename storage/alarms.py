"""Alarms about photos and films: those that wait for somebody, and what was made of the others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sampling.media import Alarm
from storage import events, moves
from storage.schema.base import new_id
from storage.schema.sample import SampleRow
from storage.schema.shopping import AlarmAnswerRow
from storage.schema.upload import TransferAlarmRow, TransferRow


@dataclass(frozen=True, slots=True)
class Raised:
    """One alarm about a file of a sample: what is alike, and the sample of the file that was there before."""

    id: UUID
    kind: Alarm
    sample_id: UUID
    sample_code: str
    other_id: UUID
    other_code: str
    at: datetime
    note: str | None
    """What was made of it; None while it is open."""
    answered_by: str | None
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether nobody has dealt with it yet."""
        return self.answered_by is None


def answer(unit: Session, alarm_id: UUID, note: str, *, by: str, at: datetime) -> UUID:
    """Write down that an alarm was dealt with and how, and give the sample; a second answer raises Conflict."""
    alarm = moves.load(unit, TransferAlarmRow, alarm_id)
    unit.add(AlarmAnswerRow(id=new_id(), alarm_id=alarm_id, note=note, by=by, at=at))
    unit.flush()
    events.append(unit, alarm.sample_id, "alarm", alarm_id, "answered", by=by, at=at, data={"note": note})
    return alarm.sample_id


def sample_of(unit: Session, alarm_id: UUID) -> UUID:
    """Give the sample whose file raised an alarm, or raise NotFound."""
    return moves.read(unit, TransferAlarmRow, alarm_id).sample_id


def open_of_campaign(unit: Session, campaign_id: UUID) -> tuple[Raised, ...]:
    """Give the alarms about the samples of a campaign that nobody has dealt with, oldest first."""
    return _raised(unit, _WANTED.where(_MINE.c.campaign_id == campaign_id, AlarmAnswerRow.id.is_(None)))


def of_sample(unit: Session, sample_id: UUID) -> tuple[Raised, ...]:
    """Give every alarm about a sample, also those that a file of another sample raised, oldest first."""
    return _raised(unit, _WANTED.where((_MINE.c.id == sample_id) | (_ITS.c.id == sample_id)))


_MINE, _ITS = SampleRow.__table__.alias("mine"), SampleRow.__table__.alias("its")
_WANTED = (
    select(
        TransferAlarmRow.id, TransferAlarmRow.kind, _MINE.c.id, _MINE.c.code, _ITS.c.id, _ITS.c.code,
        TransferAlarmRow.at, AlarmAnswerRow.note, AlarmAnswerRow.by, AlarmAnswerRow.at,
    )
    .join(_MINE, _MINE.c.id == TransferAlarmRow.sample_id)
    .join(TransferRow, TransferRow.id == TransferAlarmRow.other_id)
    .join(_ITS, _ITS.c.id == TransferRow.sample_id)
    .outerjoin(AlarmAnswerRow, AlarmAnswerRow.alarm_id == TransferAlarmRow.id)
    .order_by(TransferAlarmRow.id)
)  # fmt: skip


def _raised(unit: Session, wanted: Select[tuple[object, ...]]) -> tuple[Raised, ...]:
    return tuple(Raised(*row) for row in unit.execute(wanted))
