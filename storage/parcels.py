"""Parcels on their way to the station: which are expected, and which should have come by a rule of days."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sampling import rulebook
from sampling.calendar import Deadline, due
from sampling.sample import Sample, SampleEvent, SampleState
from storage import campaigns, events, purchases
from storage.records import record_of
from storage.schema.event import EventRow
from storage.schema.sample import SampleRow

OVERDUE, AWAITED = "overdue", "awaited"
"""What is said of a parcel: that it did not come in time, and that it came and nobody took it in."""
DELIVERED = "delivered"
"""Under this name the history keeps whether the shop said so when the parcel was first seen on its way."""


def expected(unit: Session, unsaid: str, *, limit: int) -> tuple[Sample, ...]:
    """Give the samples whose parcel is on its way and of which that was not said yet, oldest first."""
    said = exists().where(EventRow.case_id == SampleRow.id, EventRow.noun == "purchase", EventRow.type == unsaid)
    wanted = select(SampleRow).where(SampleRow.state == SampleState.SHIPPED, ~said)
    return tuple(record_of(Sample, row) for row in unit.scalars(wanted.order_by(SampleRow.id).limit(limit)))


def say_late(unit: Session, sample: Sample, what: str, key: str, *, by: str, at: datetime) -> bool:
    """Write down that a parcel is late by a rule of its rulebook, with the deadline; False where it is not yet."""
    last = limit_of(unit, sample, key)
    order = purchases.live(unit, sample.id)
    if last is None or at < last.due_at or order is None:
        return False
    data = {
        "due_at": last.due_at.isoformat(),
        "rule": f"{last.rulebook} {last.rule}",
        "calendar": last.calendar_version,
    }
    events.append(unit, sample.id, "purchase", order.id, what, by=by, at=at, data=data)
    return True


def said_delivered(unit: Session, sample: Sample) -> bool:
    """Tell whether the shop called the parcel delivered when it was first seen on its way."""
    told = [one for one in events.history(unit, sample.id) if (one.noun, one.type) == ("sample", SampleEvent.SHIPPED)]
    return bool(told and told[-1].data.get(DELIVERED))


def limit_of(unit: Session, sample: Sample, key: str) -> Deadline | None:
    """Give by when something is due that began when the sample came to its state; None where no rule says so."""
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    rule = rules.rules.get(key)
    return None if rule is None else due(unit.get_one(SampleRow, sample.id).since, rule, rules.zone)
