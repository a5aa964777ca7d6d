"""What dispatch left: samples that wait for an order, because no method of their laboratory's scope covers an item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.sample import Sample
from storage import events
from storage.schema.event import EventRow

NOUN, LEFT, TAKEN_UP = "packing", "left", "taken_up"


@dataclass(frozen=True, slots=True)
class Left:
    """One sample that was not packed: for which laboratory, which items it may not test, and since when."""

    lab: str
    items: tuple[str, ...]
    since: datetime


def tell(unit: Session, sample: Sample, items: Sequence[str], *, by: str, at: datetime) -> None:
    """Write into a sample's history once that it is left for the items that are out of scope, or is taken up again."""
    known = of_samples(unit, [sample.id]).get(sample.id)
    if known is not None and not items:
        events.append(unit, sample.id, NOUN, sample.id, TAKEN_UP, by=by, at=at, data={})
    elif items and (known is None or (known.lab, known.items) != (sample.lab, tuple(items))):
        data = {"lab": sample.lab or "", "items": list(items)}
        events.append(unit, sample.id, NOUN, sample.id, LEFT, by=by, at=at, data=data)


def of_samples(unit: Session, ids: Collection[UUID]) -> dict[UUID, Left]:
    """Give which of the samples are left as it stands."""
    wanted = (
        select(EventRow)
        .where(EventRow.noun == NOUN, EventRow.case_id.in_(ids))
        .distinct(EventRow.case_id)
        .order_by(EventRow.case_id, EventRow.seq.desc())
    )
    return {
        row.case_id: Left(row.data["lab"], tuple(row.data["items"]), row.at)
        for row in unit.scalars(wanted)
        if row.type == LEFT
    }
