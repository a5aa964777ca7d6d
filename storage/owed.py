"""Reports that laboratories owe: the clock of each runs from the receipt of its unit, and a late one is told once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling import calendar, rulebook
from sampling.chain import effective
from sampling.custody import Unit, UnitEvent, UnitState
from sampling.rulebook import Rulebook
from sampling.sample import SampleState
from storage import campaigns, custody, deadlines, events, samples
from storage.schema.custody import UnitRow
from storage.schema.lab import DeadlineRow
from storage.schema.sample import SampleRow

TEST_REPORT = "test_report_limit"
NOUN, OVERDUE = "report", "overdue"
AT_WORK = (UnitState.AT_LAB, UnitState.IN_TEST)
WORKED_ON = (SampleState.AT_LAB, SampleState.TESTING, SampleState.REINSPECTION)


@dataclass(frozen=True, slots=True)
class OwedReport:
    """One report that a laboratory owes: of which sample, and since when it should be here."""

    sample_id: UUID
    sample: str
    lab: str
    due_at: datetime


def waiting(unit: Session) -> tuple[UUID, ...]:
    """Give the samples of which a laboratory has a unit at work, oldest first."""
    wanted = select(SampleRow.id).join(UnitRow, UnitRow.sample_id == SampleRow.id)
    wanted = wanted.where(UnitRow.state.in_(AT_WORK), SampleRow.state.in_(WORKED_ON))
    return tuple(unit.scalars(wanted.distinct().order_by(SampleRow.id)))


def watch(unit: Session, sample_id: UUID, *, by: str, at: datetime) -> tuple[str, ...]:
    """Start the clock of each laboratory that took a unit over, and tell the case once when one has run out.

    A year that the calendar does not hold raises UnknownYear, and no clock starts.
    """
    sample = samples.get(unit, sample_id)
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    wrote = []
    for part in custody.units(unit, sample_id):
        taken = _taken(unit, part) if part.state in AT_WORK else None
        if taken is None:
            continue
        lab, received_at = taken
        clock = deadlines.find(unit, sample_id, lab, TEST_REPORT)
        if clock is None:
            limit = calendar.due(received_at, rules.rule(TEST_REPORT), rules.zone)
            deadlines.start(unit, sample_id, lab, limit, {"unit": part.code})
            wrote.append("clock started")
        elif clock.due_at <= at and not _told(unit, sample_id, lab):
            data = {"lab": lab, "due_at": clock.due_at.isoformat(), "rule": clock.rule}
            events.append(unit, sample_id, NOUN, lab, OVERDUE, by=by, at=at, data=data)
            wrote.append("report overdue")
    return tuple(wrote)


def due(unit: Session, sample_id: UUID, rules: Rulebook) -> datetime | None:
    """Give by when the first report of a sample must be here; None where no laboratory has a unit of it at work.

    A clock that no sweep started yet is counted from the receipt; UnknownYear is raised as when it is started.
    """
    found = (_taken(unit, part) for part in custody.units(unit, sample_id) if part.state in AT_WORK)
    return min((_due(unit, sample_id, *taken, rules) for taken in found if taken), default=None)


def overdue(unit: Session, at: datetime, campaign_id: UUID | None = None) -> tuple[OwedReport, ...]:
    """Give the reports that are late, of one campaign or of all, the latest first."""
    wanted = (
        select(SampleRow.id, SampleRow.code, DeadlineRow.party, DeadlineRow.due_at)
        .join(DeadlineRow, DeadlineRow.sample_id == SampleRow.id)
        .join(UnitRow, UnitRow.sample_id == SampleRow.id)
        .where(DeadlineRow.rule == TEST_REPORT, DeadlineRow.due_at <= at)
        .where(UnitRow.state.in_(AT_WORK), SampleRow.state.in_(WORKED_ON))
    )
    if campaign_id is not None:
        wanted = wanted.where(SampleRow.campaign_id == campaign_id)
    rows = unit.execute(wanted.distinct().order_by(DeadlineRow.due_at, SampleRow.code)).tuples()
    return tuple(OwedReport(id_, code, lab, due_at) for id_, code, lab, due_at in rows if _holds(unit, id_, lab))


def _due(unit: Session, sample_id: UUID, lab: str, received_at: datetime, rules: Rulebook) -> datetime:
    clock = deadlines.find(unit, sample_id, lab, TEST_REPORT)
    return clock.due_at if clock else calendar.due(received_at, rules.rule(TEST_REPORT), rules.zone).due_at


def _holds(unit: Session, sample_id: UUID, lab: str) -> bool:
    """Whether this very laboratory still works: after a first report another one may have the twin."""
    return any(
        part.state in AT_WORK and custody.holder(unit, part.id) == lab for part in custody.units(unit, sample_id)
    )


def _taken(unit: Session, part: Unit) -> tuple[str, datetime] | None:
    arrived = [one for one in effective(custody.handovers(unit, part.id)) if one.event is UnitEvent.ARRIVED]
    return (arrived[-1].received_by, arrived[-1].at) if arrived else None


def _told(unit: Session, sample_id: UUID, lab: str) -> bool:
    return any(
        entry.noun == NOUN and entry.type == OVERDUE and entry.subject_id == lab
        for entry in events.history(unit, sample_id)
    )
