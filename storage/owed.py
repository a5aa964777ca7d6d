"""Reports that laboratories owe: the clock of each runs from the receipt of its unit, and a late one is told once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from labs.consignment import LineState
from sampling import calendar, rulebook
from sampling.custody import Role, UnitEvent, UnitState
from sampling.errors import UnknownYear
from sampling.rulebook import Rulebook
from sampling.sample import SampleState
from storage import campaigns, deadlines, events, samples
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow, HandoverRow, UnitRow
from storage.schema.lab import DeadlineRow
from storage.schema.sample import SampleRow

TEST_REPORT = "test_report_limit"
NOUN, OVERDUE = "report", "overdue"
AT_WORK = (UnitState.AT_LAB, UnitState.IN_TEST)
WORKED_ON = (SampleState.AT_LAB, SampleState.TESTING, SampleState.REINSPECTION)
_OWED = or_(SampleRow.state.in_(WORKED_ON), UnitRow.role == Role.DUPLICATE)
"""Whether a report on a unit is still wanted; that on a blind duplicate is, wherever its sample stands."""


_LATEST = datetime.max.replace(tzinfo=UTC)
_PLACE = func.coalesce(HandoverRow.corrects, HandoverRow.seq)
"""Where an entry stands in its chain: a correction in the place of what it corrects, and the newest one counts."""


@dataclass(frozen=True, slots=True)
class Work:
    """One unit that a laboratory has: since when, and by when the clock says that its report must be here."""

    sample_id: UUID
    unit_id: UUID
    unit: str
    lab: str
    received_at: datetime
    due_at: datetime | None
    """None before a sweep started the clock."""


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
    wanted = wanted.where(UnitRow.state.in_(AT_WORK), _OWED)
    return tuple(unit.scalars(wanted.distinct().order_by(SampleRow.id)))


def watch(unit: Session, sample_id: UUID, *, by: str, at: datetime) -> tuple[str, ...]:
    """Start the clock of each unit that a laboratory took over, and tell the case once when one has run out.

    A year that the calendar does not hold raises UnknownYear, and no clock starts.
    """
    sample = samples.get(unit, sample_id)
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    wrote, owed = [], () if sample.state in WORKED_ON else (UnitRow.role == Role.DUPLICATE,)
    for work in _works(unit, and_(UnitRow.sample_id == sample_id, *owed)):
        clock = deadlines.find(unit, sample_id, work.lab, TEST_REPORT, unit_id=work.unit_id)
        if clock is None:
            limit = calendar.due(work.received_at, rules.rule(TEST_REPORT), rules.zone)
            deadlines.start(unit, sample_id, work.lab, limit, {"unit": work.unit}, unit_id=work.unit_id)
            wrote.append("clock started")
        elif clock.due_at <= at and not _told(unit, work):
            data = {"lab": work.lab, "unit": work.unit, "due_at": clock.due_at.isoformat(), "rule": clock.rule}
            events.append(unit, sample_id, NOUN, work.lab, OVERDUE, by=by, at=at, data=data)
            wrote.append("report overdue")
    return tuple(wrote)


def dues(unit: Session, sample_ids: Collection[UUID], rules: Rulebook) -> dict[UUID, datetime | None]:
    """Give by when the first report of each sample must be here; one of which no laboratory has a unit is left out.

    No verdict awaits the report on a blind duplicate, so it counts for nothing here. A clock that no sweep started yet
    is counted from the receipt; None stands where the calendar lacks the year.
    """
    found: dict[UUID, datetime | None] = {}
    for work in _works(unit, and_(UnitRow.sample_id.in_(sample_ids), UnitRow.role != Role.DUPLICATE)):
        at, before = _due(work, rules), found.get(work.sample_id, _LATEST)
        found[work.sample_id] = None if at is None or before is None else min(at, before)
    return found


def overdue(unit: Session, at: datetime, campaign_id: UUID | None = None) -> tuple[OwedReport, ...]:
    """Give the reports that are late, of one campaign or of all, the latest first."""
    holder = select(HandoverRow.received_by).where(HandoverRow.unit_id == UnitRow.id)
    newest = holder.order_by(_PLACE.desc(), HandoverRow.seq.desc()).limit(1).scalar_subquery()
    wanted = (
        select(SampleRow.id, SampleRow.code, DeadlineRow.party, DeadlineRow.due_at)
        .join(UnitRow, UnitRow.sample_id == SampleRow.id)
        .join(DeadlineRow, DeadlineRow.unit_id == UnitRow.id)
        .where(DeadlineRow.rule == TEST_REPORT, DeadlineRow.due_at <= at)
        .where(UnitRow.state.in_(AT_WORK), _OWED)
        .where(_taken(DeadlineRow.party))
        .where(DeadlineRow.party == newest)  # after a first report another laboratory may have the twin
    )
    if campaign_id is not None:
        wanted = wanted.where(SampleRow.campaign_id == campaign_id)
    rows = unit.execute(wanted.distinct().order_by(DeadlineRow.due_at, SampleRow.code)).tuples()
    return tuple(OwedReport(*row) for row in rows)


def _works(unit: Session, which: ColumnElement[bool]) -> tuple[Work, ...]:
    """Every unit that is at work and was taken, with who has it and the clock of that one; all in one question."""
    arrived = (
        select(HandoverRow.received_by, HandoverRow.at)
        .where(HandoverRow.unit_id == UnitRow.id, HandoverRow.event == UnitEvent.ARRIVED)
        .order_by(_PLACE.desc(), HandoverRow.seq.desc())
        .limit(1)
        .lateral()
    )
    clock = and_(
        DeadlineRow.unit_id == UnitRow.id,
        DeadlineRow.party == arrived.c.received_by,
        DeadlineRow.rule == TEST_REPORT,
    )
    wanted = (
        select(UnitRow.sample_id, UnitRow.id, UnitRow.code, arrived.c.received_by, arrived.c.at, DeadlineRow.due_at)
        .select_from(UnitRow)
        .join(arrived, true())
        .outerjoin(DeadlineRow, clock)
        .where(UnitRow.state.in_(AT_WORK), which, _taken(arrived.c.received_by))
        .order_by(UnitRow.code)
    )
    rows = unit.execute(wanted).tuples()
    return tuple(Work(id_, part, code, lab, at.astimezone(UTC), due_at) for id_, part, code, lab, at, due_at in rows)


def _taken(lab: InstrumentedAttribute[str] | ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the laboratory took the unit as fit for the test: one that it refused lies there and owes nothing."""
    wanted = (
        select(ConsignmentLineRow.id)
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .where(ConsignmentLineRow.unit_id == UnitRow.id, ConsignmentLineRow.state == LineState.RECEIVED)
        .where(lab == literal("lab:") + ConsignmentRow.lab)
    )
    return wanted.exists()


def _due(work: Work, rules: Rulebook) -> datetime | None:
    if work.due_at is not None:
        return work.due_at
    try:
        return calendar.due(work.received_at, rules.rule(TEST_REPORT), rules.zone).due_at
    except UnknownYear:
        return None


def _told(unit: Session, work: Work) -> bool:
    """Whether the case was told of the unit; an entry that names none is older than the clocks of units."""
    return any(
        (entry.noun, entry.type, entry.subject_id) == (NOUN, OVERDUE, work.lab)
        and entry.data.get("unit", work.unit) == work.unit
        for entry in events.history(unit, work.sample_id)
    )
