"""Pictures that people took of a parcel, of the opened goods and of the seals: by hash, as the history names them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.digest import Digest
from sampling.sample import SampleEvent
from storage import events
from storage.schema.custody import ConsignmentLineRow, SealRow, UnitRow


@dataclass(frozen=True, slots=True)
class Picture:
    """One stored picture: its hash, the act it was taken at, and when."""

    digest: Digest
    kind: SampleEvent
    at: datetime

    @property
    def restricted(self) -> bool:
        """Whether it shows the cover that bought: a parcel's label bears the buyer's name and address."""
        return self.kind is SampleEvent.RECEIVED


def of_sample(unit: Session, sample_id: UUID) -> tuple[Picture, ...]:
    """Give the pictures of one sample, oldest first and each hash once."""
    found: dict[Digest, Picture] = {}
    # The parcel comes first: the same picture sent again later stays restricted.
    for one in (*_told(unit, sample_id), *_seals(unit, sample_id), *_arrivals(unit, sample_id)):
        found.setdefault(one.digest, one)
    return tuple(found.values())


def looked_at(unit: Session, sample_id: UUID, digest: Digest, *, by: str, at: datetime) -> None:
    """Write down who opened a restricted picture or film."""
    events.append(unit, sample_id, "picture", digest, "looked_at", by=by, at=at, data={})


def _told(unit: Session, sample_id: UUID) -> Iterator[Picture]:
    for entry in events.history(unit, sample_id):
        match entry.noun, entry.type:
            case "sample", SampleEvent.RECEIVED:
                digests = list(entry.data.get("photos", ()))
            case "sample", SampleEvent.UNBOXED:
                digests = [entry.data.get("photo")]
            case _:
                digests = []
        yield from (Picture(one, SampleEvent(entry.type), entry.at) for one in digests if one)


def _seals(unit: Session, sample_id: UUID) -> Iterator[Picture]:
    rows = unit.execute(
        select(SealRow.photo, SealRow.applied_at)
        .join(UnitRow, UnitRow.id == SealRow.unit_id)
        .where(UnitRow.sample_id == sample_id, SealRow.photo.is_not(None))
        .order_by(UnitRow.role)
    )
    return (Picture(photo, SampleEvent.SEALED, at.astimezone(UTC)) for photo, at in rows if photo)


def _arrivals(unit: Session, sample_id: UUID) -> Iterator[Picture]:
    """What a laboratory took of a unit as it arrived."""
    lines = unit.scalars(select(ConsignmentLineRow).filter_by(sample_id=sample_id).order_by(ConsignmentLineRow.id))
    for line in lines:
        if line.photo and line.settled_at:
            yield Picture(line.photo, SampleEvent.ARRIVED_AT_LAB, line.settled_at.astimezone(UTC))
