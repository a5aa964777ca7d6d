"""Samples and the tasks that obtain them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from sampling.sample import SAMPLE, Sample, SampleEvent, SampleState, sample_code
from sampling.task import TASK, Task, TaskEvent, TaskState
from storage import events, moves, numbers
from storage.errors import Conflict, NotFound
from storage.frames import Framed
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.sample import SampleRow, TaskRow


def target(
    unit: Session, campaign_id: UUID, listing: Framed, *, blind_code: str, lab: str, by: str, at: datetime
) -> Sample:
    """Open the case of one drawn listing and name the laboratory that will test it."""
    number = numbers.take(unit, f"sample-{at.year}")
    row = SampleRow(
        id=new_id(), code=sample_code(at.year, number), blind_code=blind_code, campaign_id=campaign_id,
        listing_id=listing.listing_id, platform=listing.platform, item_id=listing.item_id, url=listing.url,
        title=listing.title, category=listing.category, stratum=listing.stratum, seller=listing.seller,
        brand=listing.brand, state=SAMPLE.initial, reason=None, lab=lab, shopper=None, version=0, since=at,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    data = {"listing": row.listing_id, "stratum": row.stratum, "lab": lab, "rank": listing.rank or 0}
    events.append(unit, row.id, "sample", row.id, "targeted", by=by, at=at, data=data)
    return record_of(Sample, row)


def assign(unit: Session, sample_id: UUID, shopper: str, *, due_at: datetime, by: str, at: datetime) -> Task:
    """Give a sample to a shopper; a listing with a live task raises Conflict."""
    sample = moves.load(unit, SampleRow, sample_id)
    row = TaskRow(
        id=new_id(), sample_id=sample_id, listing_id=sample.listing_id, shopper=shopper, due_at=due_at,
        state=TASK.initial, reason=None,
    )  # fmt: skip
    sample.shopper = shopper
    unit.add(row)
    unit.flush()
    events.append(unit, sample_id, "task", row.id, "assigned", by=by, at=at, data={"due_at": due_at.isoformat()})
    return record_of(Task, row)


def was_given(unit: Session, sample_id: UUID) -> bool:
    """Tell whether a sample was ever given to a shopper."""
    return unit.scalars(select(TaskRow.id).filter_by(sample_id=sample_id).limit(1)).first() is not None


def record(
    unit: Session,
    id_: UUID,
    event: SampleEvent,
    *,
    by: str,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> SampleState:
    """Move a sample and give its new state; a move out of order raises IllegalMove."""
    row = moves.load(unit, SampleRow, id_)
    row.version, row.since, row.reason = row.version + 1, at, reason
    told = {**(data or {}), **({"reason": reason} if reason else {})}
    return moves.move(unit, row, SAMPLE, event, case_id=id_, by=by, at=at, data=told)


def record_task(
    unit: Session, sample_id: UUID, event: TaskEvent, *, by: str, at: datetime, reason: str | None = None
) -> None:
    """Move the live task of a sample, if it has one."""
    live = (TaskState.ASSIGNED, TaskState.BOUGHT)
    wanted = select(TaskRow).where(TaskRow.sample_id == sample_id, TaskRow.state.in_(live)).with_for_update()
    row = unit.scalars(wanted).one_or_none()
    if row is not None:
        row.reason = reason
        moves.move(unit, row, TASK, event, case_id=sample_id, by=by, at=at)


def get(unit: Session, id_: UUID) -> Sample:
    """Give one sample, or raise NotFound."""
    row = moves.read(unit, SampleRow, id_)
    return record_of(Sample, row)


def expect(unit: Session, id_: UUID, *states: SampleState) -> Sample:
    """Give one sample locked for a move, or raise Conflict when it stands elsewhere by now."""
    row = moves.load(unit, SampleRow, id_)
    if row.state not in states:
        raise Conflict(f"sample {row.code} is {row.state} by now")
    return record_of(Sample, row)


def by_code(unit: Session, code: str) -> Sample:
    """Give the sample of that case code, or raise NotFound."""
    row = moves.one(unit, SampleRow, code=code)
    if row is None:
        raise NotFound(f"there is no sample {code}")
    return record_of(Sample, row)


def by_blind_code(unit: Session, blind_code: str) -> Sample | None:
    """Give the sample behind a blind code."""
    row = moves.one(unit, SampleRow, blind_code=blind_code)
    return None if row is None else record_of(Sample, row)


def in_state(unit: Session, *states: SampleState, limit: int = 1000) -> tuple[Sample, ...]:
    """Give the samples that stand in one of the states, oldest first."""
    wanted = select(SampleRow).where(SampleRow.state.in_(states)).order_by(SampleRow.id).limit(limit)
    return tuple(record_of(Sample, row) for row in unit.scalars(wanted))


def of_campaign(unit: Session, campaign_id: UUID) -> tuple[Sample, ...]:
    """Give the samples of one campaign by their code."""
    rows = unit.scalars(select(SampleRow).filter_by(campaign_id=campaign_id).order_by(SampleRow.code))
    return tuple(record_of(Sample, row) for row in rows)


def since(unit: Session, campaign_id: UUID) -> dict[UUID, datetime]:
    """Give when each sample of a campaign came to where it stands."""
    rows = unit.execute(select(SampleRow.id, SampleRow.since).where(SampleRow.campaign_id == campaign_id))
    return {id_: at for id_, at in rows}


def counts(unit: Session, campaign_id: UUID) -> dict[SampleState, int]:
    """Give how many samples of a campaign stand in each state."""
    wanted = select(SampleRow.state, func.count()).where(SampleRow.campaign_id == campaign_id).group_by(SampleRow.state)
    return {state: number for state, number in unit.execute(wanted)}


def per_lab(unit: Session, campaign_id: UUID) -> dict[str, int]:
    """Give how many samples of a campaign each laboratory was named for."""
    wanted = select(SampleRow.lab, func.count()).where(
        SampleRow.campaign_id == campaign_id, SampleRow.state != SampleState.SKIPPED
    )
    return {lab: number for lab, number in unit.execute(wanted.group_by(SampleRow.lab)) if lab}


def live_tasks(unit: Session) -> dict[str, int]:
    """Give how many tasks each shopper has that are not ended."""
    live = TaskRow.state.in_((TaskState.ASSIGNED, TaskState.BOUGHT))
    wanted = select(TaskRow.shopper, func.count()).where(live).group_by(TaskRow.shopper)
    return {shopper: number for shopper, number in unit.execute(wanted)}


def tasks_of(unit: Session, shopper: str) -> tuple[tuple[Task, Sample], ...]:
    """Give a shopper's tasks with their samples, the next due first."""
    wanted = (
        select(TaskRow, SampleRow).join(SampleRow, SampleRow.id == TaskRow.sample_id).where(TaskRow.shopper == shopper)
    )
    rows = unit.execute(wanted.order_by(TaskRow.due_at, TaskRow.id))
    return tuple((record_of(Task, task), record_of(Sample, sample)) for task, sample in rows)


def sellers_bought_from(unit: Session, shopper: str, after: datetime, *, but: UUID | None = None) -> frozenset[str]:
    """Give the sellers a shopper was sent to after an instant, as `platform/seller`; `but` leaves one sample out."""
    wanted = (
        select(SampleRow.platform, SampleRow.seller)
        .join(TaskRow, TaskRow.sample_id == SampleRow.id)
        .where(TaskRow.shopper == shopper, TaskRow.due_at > after, TaskRow.state != TaskState.RELEASED)
        .where(SampleRow.seller != "", SampleRow.id != but if but else true())
    )
    return frozenset(f"{platform}/{seller}" for platform, seller in unit.execute(wanted))


def learn(unit: Session, id_: UUID, *, title: str, seller: str | None, brand: str | None) -> Sample:
    """Keep what the listing's own page says where the catalogue was silent, and give the sample."""
    row = moves.load(unit, SampleRow, id_)
    row.title, row.seller, row.brand = title or row.title, seller or row.seller, brand or row.brand
    unit.flush()
    return record_of(Sample, row)


def hand_on(unit: Session, id_: UUID, shopper: str, *, by: str, at: datetime) -> None:
    """Give the live task of a sample to another shopper, who has not met the seller."""
    row = moves.load(unit, SampleRow, id_)
    task = unit.scalars(select(TaskRow).where(TaskRow.sample_id == id_, TaskRow.state == TaskState.ASSIGNED)).one()
    task.shopper = row.shopper = shopper
    events.append(unit, id_, "task", task.id, "handed_on", by=by, at=at, data={"reason": "seller_met_before"})
