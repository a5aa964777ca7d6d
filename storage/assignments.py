"""Assignments: who was given the samples of a draw, kept with what shows that nobody chose; samplers and recusals."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from sampling.samplers import Recusal
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.draw import AssignmentRow, RecusalRow, SamplerRow


def keep(
    unit: Session, campaign_id: UUID, draw_sha256: str, purpose: str, record: Mapping[str, Any], *, at: datetime
) -> None:
    """Keep the record of one assignment beside the draw whose samples it gave out."""
    row = AssignmentRow(
        id=new_id(), campaign_id=campaign_id, draw_sha256=draw_sha256, purpose=purpose, record=dict(record), at=at
    )
    unit.add(row)
    unit.flush()


def of_draw(unit: Session, draw_sha256: str, purpose: str) -> tuple[Mapping[str, Any], ...]:
    """Give the records of one purpose's assignments of a draw, oldest first."""
    wanted = select(AssignmentRow).filter_by(draw_sha256=draw_sha256, purpose=purpose).order_by(AssignmentRow.id)
    return tuple(row.record for row in unit.scalars(wanted))


def recuse(unit: Session, recusal: Recusal) -> None:
    """Keep that a sampler takes no samples of a merchant; saying it again changes the reason."""
    columns = {"user": recusal.user, "merchant": recusal.merchant, "reason": recusal.reason, "at": recusal.at}
    order = upsert(RecusalRow).values(id=new_id(), **columns)
    told = {"reason": recusal.reason, "at": recusal.at}
    unit.execute(order.on_conflict_do_update(index_elements=["user", "merchant"], set_=told))


def recusals(unit: Session) -> tuple[Recusal, ...]:
    """Give every recusal, oldest first."""
    return tuple(record_of(Recusal, row) for row in unit.scalars(select(RecusalRow).order_by(RecusalRow.id)))


def take(unit: Session, sample_id: UUID, samplers: Iterable[str]) -> None:
    """Keep who takes a sample."""
    rows = [{"id": new_id(), "sample_id": sample_id, "user": user} for user in samplers]
    if rows:
        unit.execute(insert(SamplerRow), rows)


def samplers(unit: Session, sample_id: UUID) -> tuple[str, ...]:
    """Give who takes a sample, by name."""
    return tuple(unit.scalars(select(SamplerRow.user).filter_by(sample_id=sample_id).order_by(SamplerRow.user)))
