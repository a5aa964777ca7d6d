"""Reserves: which listings that a person gave up still wait for the next of their stratum's order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from sampling.sample import SAMPLE, Sample, SampleEvent, SampleState
from storage import events
from storage.records import record_of
from storage.schema.event import EventRow
from storage.schema.sample import SampleRow

TAKEN, USED_UP = "reserve_taken", "reserve_used_up"
LOST = (SampleEvent.NOT_OBTAINED, SampleEvent.REJECTED, SampleEvent.FOUND_UNTESTABLE)
"""What leaves a draw without a verdict: none of it counts against anybody, and the next of the reserve is bought."""
GIVEN_UP = (SampleState.SKIPPED, SampleState.NOT_OBTAINED, SampleState.REJECTED, SampleState.UNTESTABLE)


def wanted(unit: Session, campaign_id: UUID) -> tuple[Sample, ...]:
    """Give the samples that a person gave up and for which no reserve was looked for yet, oldest first."""
    happened = exists().where(EventRow.case_id == SampleRow.id)
    # A flow that skips a listing opens the reserve in the same step.
    skipped = and_(EventRow.type == SampleEvent.SKIPPED, ~EventRow.actor.startswith("flow:"))
    # An order that a flow places is recorded as its shopper's, and so is that the shop refused it.
    lost = and_(EventRow.type.in_(LOST), EventRow.actor.startswith("user:"))
    by_person = happened.where(EventRow.noun == SAMPLE.noun, or_(skipped, lost))
    looked_for = happened.where(EventRow.type.in_((TAKEN, USED_UP)))
    here = (SampleRow.campaign_id == campaign_id, SampleRow.state.in_(GIVEN_UP))
    rows = unit.scalars(select(SampleRow).where(*here, by_person, ~looked_for).order_by(SampleRow.id))
    return tuple(record_of(Sample, row) for row in rows)


def settle(unit: Session, sample_id: UUID, *, taken: bool, by: str, at: datetime) -> None:
    """Write that a reserve took the place of a skipped sample, or that its stratum has none left."""
    events.append(unit, sample_id, SAMPLE.noun, sample_id, TAKEN if taken else USED_UP, by=by, at=at, data={})
