"""Publications: proposed by one person, approved by another, never deleted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from labs.verdict import VerdictState
from reputation.publication import PUBLICATION, Publication, PublicationEvent, PublicationState
from sampling.sample import SampleState
from storage import events, moves, numbers
from storage.errors import NotAllowed
from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.lab import VerdictRow
from storage.schema.public import PublicationRow
from storage.schema.sample import SampleRow

SHOWN = (PublicationState.PUBLISHED, PublicationState.CORRECTED, PublicationState.WITHDRAWN, PublicationState.EXPIRED)

STANDING = (
    PublicationState.PROPOSED,
    PublicationState.APPROVED,
    PublicationState.PUBLISHED,
    PublicationState.CORRECTED,
)
UNJUDGED = (SampleState.VOID, SampleState.DIVERTED)
"""The states of a sample on which no verdict stands."""


def propose(
    unit: Session, sample_id: UUID, entry: Mapping[str, Any], *, number: str, disputed: bool, by: str, at: datetime
) -> Publication:
    """Keep what shall be told of one sample; a second one raises Conflict, unless the first was refused."""
    row = PublicationRow(
        id=new_id(), number=number, sample_id=sample_id, state=PUBLICATION.initial, version=1, entry=dict(entry),
        proposed_by=by, approved_by=None, published_at=None, disputed=disputed,
    )  # fmt: skip
    unit.add(row)
    unit.flush()
    events.append(unit, sample_id, "publication", row.id, "proposed", by=by, at=at, data={"number": number})
    return record_of(Publication, row)


def next_number(unit: Session, at: datetime) -> str:
    """Give the next gap-free number of a publication, such as `P2026-000001`."""
    return f"P{at.year}-{numbers.take(unit, f'publication-{at.year}'):06d}"


def approve(unit: Session, id_: UUID, *, by: str, at: datetime) -> None:
    """Approve a proposal; the person who proposed it raises NotAllowed."""
    row = moves.load(unit, PublicationRow, id_)
    if row.proposed_by == by:
        raise NotAllowed("a publication is approved by a second person")
    row.approved_by = by
    moves.move(unit, row, PUBLICATION, PublicationEvent.APPROVED, case_id=row.sample_id, by=by, at=at)


def record(
    unit: Session, id_: UUID, event: PublicationEvent, *, by: str, at: datetime, reason: str | None = None
) -> PublicationState:
    """Move a publication; it keeps the moment at which it was first shown, and a refused one never has one."""
    row = moves.load(unit, PublicationRow, id_)
    if event is PublicationEvent.PUBLISHED:
        row.published_at = at
    row.changed_at, row.reason = at, reason
    if event in (PublicationEvent.CORRECTED, PublicationEvent.WITHDRAWN):
        row.version += 1
    data = {"reason": reason} if reason else {}
    return moves.move(unit, row, PUBLICATION, event, case_id=row.sample_id, by=by, at=at, data=data)


def get(unit: Session, id_: UUID) -> Publication:
    """Give one publication, or raise NotFound."""
    return record_of(Publication, moves.read(unit, PublicationRow, id_))


def in_state(unit: Session, *states: PublicationState, limit: int = 1000) -> tuple[Publication, ...]:
    """Give the publications that stand in one of the states, oldest first."""
    wanted = select(PublicationRow).where(PublicationRow.state.in_(states)).order_by(PublicationRow.id)
    return tuple(record_of(Publication, row) for row in unit.scalars(wanted.limit(limit)))


def shown(unit: Session, *, after: str = "", limit: int = 100) -> tuple[Publication, ...]:
    """Give what the public may see, by number, from after a number on."""
    wanted = select(PublicationRow).where(PublicationRow.state.in_(SHOWN), PublicationRow.number > after)
    rows = unit.scalars(wanted.order_by(PublicationRow.number).limit(limit))
    return tuple(record_of(Publication, row) for row in rows)


def by_number(unit: Session, number: str) -> Publication | None:
    """Give what the public may see under a number, or None."""
    wanted = select(PublicationRow).where(PublicationRow.state.in_(SHOWN), PublicationRow.number == number)
    row = unit.scalars(wanted).one_or_none()
    return None if row is None else record_of(Publication, row)


def of_sample(unit: Session, sample_id: UUID) -> Publication | None:
    """Give the publication of a sample, or None; a refused one leaves the place to another."""
    wanted = select(PublicationRow).where(
        PublicationRow.sample_id == sample_id, PublicationRow.state != PublicationState.REFUSED
    )
    row = unit.scalars(wanted).one_or_none()
    return None if row is None else record_of(Publication, row)


def overturned(unit: Session) -> tuple[Publication, ...]:
    """Give what is shown, or on its way to be, of samples whose verdict does not stand any more, oldest first."""
    other = select(VerdictRow.id).where(
        VerdictRow.sample_id == PublicationRow.sample_id, VerdictRow.purpose == "final",
        VerdictRow.state == VerdictState.CONFIRMED,
        cast(VerdictRow.outcome, Text) != PublicationRow.entry["outcome"].astext,
    )  # fmt: skip
    wanted = (
        select(PublicationRow)
        .join(SampleRow, SampleRow.id == PublicationRow.sample_id)
        .where(PublicationRow.state.in_(STANDING), SampleRow.state.in_(UNJUDGED) | other.exists())
    )
    return tuple(record_of(Publication, row) for row in unit.scalars(wanted.order_by(PublicationRow.id)))
