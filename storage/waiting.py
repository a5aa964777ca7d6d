"""Waiting: by when the next move of each sample is due, by the rule or the promise that says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sampling import rulebook
from sampling.calendar import due
from sampling.custody import Role
from sampling.errors import UnknownYear
from sampling.rulebook import Rule, Rulebook
from sampling.sample import Sample, SampleState
from sampling.task import TaskState
from storage import campaigns, owed
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow, UnitRow
from storage.schema.lab import DeadlineRow
from storage.schema.sample import TaskRow
from storage.service import OBJECTION_WINDOW

_S = SampleState

RULES: Mapping[SampleState, str] = {_S.SHIPPED: "parcel_limit"}
"""The rule whose days run from when a sample came to its state."""
SHOPPING = (_S.TARGETED, _S.CAPTURED, _S.RECEIVED, _S.UNBOXED)
LIVE = (TaskState.ASSIGNED, TaskState.BOUGHT)


def dues(
    unit: Session, campaign_id: UUID, samples: Sequence[Sample], since: Mapping[UUID, datetime]
) -> dict[UUID, datetime | None]:
    """Give by when something must happen to each sample of a campaign; one of which nothing says so is left out.

    None stands where a rule says so and its calendar does not hold the year.
    """
    rules = rulebook.load(campaigns.get(unit, campaign_id).rulebook)
    told = _told(unit, samples, rules)
    found = {one.id: told[one.state][one.id] for one in samples if one.id in told.get(one.state, ())}
    for one in samples:
        rule = rules.rules.get(RULES.get(one.state, ""))
        if rule is not None:
            found[one.id] = _counted(since[one.id], rule, rules)
    return found


def _told(
    unit: Session, samples: Sequence[Sample], rules: Rulebook
) -> Mapping[SampleState, Mapping[UUID, datetime | None]]:
    """The dates that are stored, or were promised, in the states that wait for them; a question for each kind."""
    tasks: Mapping[UUID, datetime | None] = _tasks(unit, samples)
    reports = owed.dues(unit, _ids([one for one in samples if one.state in owed.WORKED_ON]), rules)
    return {
        **dict.fromkeys(SHOPPING, tasks), _S.NOTICE_SENT: _ways(unit, samples), _S.NOTIFIED: _windows(unit, samples),
        **dict.fromkeys(owed.WORKED_ON, reports),
    }  # fmt: skip


def _counted(since: datetime, rule: Rule, rules: Rulebook) -> datetime | None:
    try:
        return due(since, rule, rules.zone).due_at
    except UnknownYear:
        return None


def _tasks(unit: Session, samples: Sequence[Sample]) -> dict[UUID, datetime]:
    wanted = select(TaskRow.sample_id, TaskRow.due_at).where(
        TaskRow.state.in_(LIVE), TaskRow.sample_id.in_(_ids(samples))
    )
    return {id_: at for id_, at in unit.execute(wanted)}


def _ways(unit: Session, samples: Sequence[Sample]) -> dict[UUID, datetime]:
    """By when the consignment that carries the unit must reach its laboratory; no verdict awaits a blind duplicate."""
    wanted = (
        select(ConsignmentLineRow.sample_id, func.max(ConsignmentRow.due_at))
        .join(ConsignmentRow, ConsignmentRow.id == ConsignmentLineRow.consignment_id)
        .join(UnitRow, UnitRow.id == ConsignmentLineRow.unit_id)
        .where(ConsignmentLineRow.sample_id.in_(_ids(samples)), ConsignmentRow.due_at.is_not(None))
        .where(UnitRow.role != Role.DUPLICATE)
    )
    return {id_: at for id_, at in unit.execute(wanted.group_by(ConsignmentLineRow.sample_id))}


def _windows(unit: Session, samples: Sequence[Sample]) -> dict[UUID, datetime]:
    wanted = select(DeadlineRow.sample_id, func.max(DeadlineRow.due_at)).where(
        DeadlineRow.rule == OBJECTION_WINDOW, DeadlineRow.sample_id.in_(_ids(samples))
    )
    return {id_: at for id_, at in unit.execute(wanted.group_by(DeadlineRow.sample_id))}


def _ids(samples: Sequence[Sample]) -> list[UUID]:
    return [one.id for one in samples]
