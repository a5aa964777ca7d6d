"""Clocks of parties: stored with the rule and the calendar they came from, so that no new rule moves an old date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.calendar import Deadline
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.lab import DeadlineRow


@dataclass(frozen=True, slots=True)
class Clock:
    """One running clock of one party; that of a laboratory runs for one unit."""

    sample_id: UUID
    party: str
    rule: str
    rulebook_version: str
    calendar_version: str
    starts_at: datetime
    due_at: datetime


def start(
    unit: Session,
    sample_id: UUID,
    party: str,
    deadline: Deadline,
    basis: dict[str, Any],
    *,
    unit_id: UUID | None = None,
) -> None:
    """Start a clock for a party; it has one a rule, and for each unit that it owes a report on.

    A second start changes nothing.
    """
    if find(unit, sample_id, party, deadline.rule, unit_id=unit_id) is None:
        unit.add(
            DeadlineRow(id=new_id(), sample_id=sample_id, party=party, rule=deadline.rule,
                        rulebook_version=deadline.rulebook, calendar_version=deadline.calendar_version,
                        starts_at=deadline.starts_at, due_at=deadline.due_at, basis=basis, unit_id=unit_id)
        )  # fmt: skip
        unit.flush()


def find(unit: Session, sample_id: UUID, party: str, rule: str, *, unit_id: UUID | None = None) -> Clock | None:
    """Give a party's clock of a rule, that of a laboratory by its unit, or None when it has not started."""
    wanted = select(DeadlineRow).filter_by(sample_id=sample_id, party=party, rule=rule, unit_id=unit_id)
    row = unit.scalars(wanted).one_or_none()
    return None if row is None else record_of(Clock, row)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Clock, ...]:
    """Give every clock of a sample, the first due first."""
    rows = unit.scalars(select(DeadlineRow).filter_by(sample_id=sample_id).order_by(DeadlineRow.due_at))
    return tuple(record_of(Clock, row) for row in rows)
