"""What a shopper and a sampler do: receive the parcel, open it, split and seal it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from sampling import rulebook
from sampling.campaign import Campaign
from sampling.custody import Role, UnitEvent
from sampling.lead import DIVERTING
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import Sample, SampleEvent, SampleState
from sampling.task import TaskEvent
from storage import campaigns, custody, duplicates, events, purchases, samples
from storage.custody import Sealing
from storage.errors import NotAllowed

ARBITRATION, NO_BACKUP = "arbitration_units", "no_backup_categories"
SEALS = {
    Role.TEST: "test_seal", Role.BACKUP: "backup_seal", Role.ARBITRATION: "third_seal",
    Role.DUPLICATE: "duplicate_seal",
}  # fmt: skip
"""Under which name the history tells the seal of each unit."""
REJECTIONS = ("damaged", "wrong_goods", "short_count", "mixed_lots")
DIVERSIONS = tuple(sorted(DIVERTING))
"""What goods are that enforcement takes over without a test."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as it arrived: weight in grams, condition, and pictures by hash."""

    weight_g: int
    condition: str
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unboxing:
    """What the parcel held, and the hash of a picture of it; the film of its opening is a transfer of its own."""

    matches_listing: bool
    lot: str
    quantity: int
    photo: str | None = None


def receive(unit: Session, sample_id: UUID, parcel: Parcel, *, by: str, at: datetime) -> None:
    """Write down that the parcel came, and how it looked."""
    samples.expect(unit, sample_id, SampleState.SHIPPED)
    data = {"weight_g": parcel.weight_g, "condition": parcel.condition, "photos": list(parcel.photos)}
    samples.record(unit, sample_id, SampleEvent.RECEIVED, by=by, at=at, data=data)
    order = purchases.live(unit, sample_id)
    if order is not None and order.state is PurchaseState.SHIPPED:
        purchases.record(unit, order.id, PurchaseEvent.DELIVERED, by=by, at=at)


def unbox(unit: Session, sample_id: UUID, opened: Unboxing, *, by: str, at: datetime) -> None:
    """Write down what the parcel held."""
    samples.expect(unit, sample_id, SampleState.RECEIVED)
    data = {
        "matches_listing": opened.matches_listing,
        "lot": opened.lot,
        "quantity": opened.quantity,
        "photo": opened.photo,
    }
    samples.record(unit, sample_id, SampleEvent.UNBOXED, by=by, at=at, data=data)


def reject(unit: Session, sample_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    """End the case of goods that cannot be a sample; it is not counted as nonconforming."""
    samples.expect(unit, sample_id, SampleState.UNBOXED)
    samples.record(unit, sample_id, SampleEvent.REJECTED, by=by, at=at, reason=reason)
    samples.record_task(unit, sample_id, TaskEvent.RELEASED, by=by, at=at, reason=reason)


def divert(unit: Session, sample_id: UUID, finding: str, *, by: str, at: datetime) -> None:
    """Leave goods to enforcement for one of DIVERSIONS: what they are shows without a test, so they are no sample."""
    samples.expect(unit, sample_id, SampleState.UNBOXED)
    samples.record(unit, sample_id, SampleEvent.DIVERTED, by=by, at=at, reason=finding)
    samples.record_task(unit, sample_id, TaskEvent.RELEASED, by=by, at=at, reason=finding)


def seal(
    unit: Session,
    sample_id: UUID,
    *,
    test_seal: str,
    backup_seal: str | None,
    witness: str,
    place: str,
    photo: str | None,
    by: str,
    at: datetime,
    third_seal: str | None = None,
    duplicate_seal: str | None = None,
) -> None:
    """Split the goods into a test and a backup unit, and a third where the rulebook asks for it, before a witness.

    Where a blind duplicate is planned a unit for it may be sealed as well; without one, the duplicate is not made.
    A third unit that is asked for and not sealed, or the other way round, raises NotAllowed, and so does no backup
    unit where the rulebook did not allow that beforehand, or goods that are unfit.
    """
    sample = samples.expect(unit, sample_id, SampleState.UNBOXED)
    if third_unit(unit, sample) is not bool(third_seal):
        raise NotAllowed("a third unit is sealed where the rulebook asks for it, and nowhere else")
    if not (backup_seal or may_lack_backup(unit, sample)):
        raise NotAllowed("a backup unit is sealed wherever the rulebook does not allow to go without one beforehand")
    if duplicate_seal and not (backup_seal and is_doubled(unit, sample)):
        raise NotAllowed("a unit for a duplicate is sealed beside a backup unit, and only where one is planned")
    given = (test_seal, backup_seal, third_seal, duplicate_seal)
    numbers = dict(zip(SEALS, given, strict=True))
    lot = str(_opened(unit, sample_id)["lot"])
    sealings = [Sealing(role, number, witness, lot, place, photo) for role, number in numbers.items() if number]
    if reason := unfit(unit, sample, len(sealings)):
        raise NotAllowed(f"what was unpacked is no sample: {reason}")
    units = custody.seal(unit, sample_id, sealings, by=by, at=at)
    for kept in units[1:]:
        custody.record(unit, kept.id, UnitEvent.RETAINED, by=by, at=at)
    data = {**{SEALS[part.role]: part.seal_no for part in units}, "witness": witness}
    samples.record(unit, sample_id, SampleEvent.SEALED, by=by, at=at, data=data)
    samples.record_task(unit, sample_id, TaskEvent.DONE, by=by, at=at)


def third_unit(unit: Session, sample: Sample) -> bool:
    """Tell whether a third unit of a sample is sealed, for the case that the first two laboratories differ."""
    return is_arbitrated(campaigns.get(unit, sample.campaign_id))


def is_arbitrated(campaign: Campaign) -> bool:
    """Tell whether the rulebook of a campaign asks for a third unit."""
    rule = rulebook.load(campaign.rulebook).rules.get(ARBITRATION)
    return rule is not None and rule.number > 0


def is_doubled(unit: Session, sample: Sample) -> bool:
    """Tell whether a blind duplicate of the sample is planned, so that a further unit is sealed for it."""
    return duplicates.of_sample(unit, sample.id) is not None


def may_lack_backup(unit: Session, sample: Sample) -> bool:
    """Tell whether the rulebook allows goods of which there is one piece alone: they can be tested only once."""
    rule = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook).rules.get(NO_BACKUP)
    return rule is not None and sample.category in rule.words


def unfit(unit: Session, sample: Sample, parts: int = 1) -> str | None:
    """Give which of REJECTIONS the unpacking itself told of goods that are to be split into so many parts, or None.

    One piece that was bought as one may be split into parts; of several that were bought each part needs one.
    """
    opened = _opened(unit, sample.id)
    if not opened["matches_listing"]:
        return "wrong_goods"
    bought = campaigns.get(unit, sample.campaign_id).units_each
    return "short_count" if opened["quantity"] < min(parts, bought) else None


def _opened(unit: Session, sample_id: UUID) -> Mapping[str, Any]:
    return [entry.data for entry in events.history(unit, sample_id) if entry.type == SampleEvent.UNBOXED][-1]
