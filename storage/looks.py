"""Looks: who opened which cover, for which case and what; those that were refused stand there too."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.records import record_of
from storage.schema.base import new_id
from storage.schema.cover import LookRow
from storage.schema.event import EventRow
from storage.schema.sample import SampleRow

MOST = 500
OF_CAPTURE = "order_page"
"""The purpose of a look at a captured order page, which bears the buyer's name and address."""
OF_MESSAGE = "sealed_message"
"""The purpose of a look at what was said to or by a seller."""
OF_TASK = "task"
"""The purpose of a look that a shopper takes at the cover of an own task."""
_OPENED = {"capture": OF_CAPTURE, "message": OF_MESSAGE}


@dataclass(frozen=True, slots=True)
class Look:
    """One opening of a cover, or of a page that shows one."""

    at: datetime
    actor: str
    purpose: str
    case_id: UUID
    shopper: str
    platform: str
    refused: str | None = None
    """Why it was not opened: `not_theirs`, `not_assigned` or `none_kept`; None where it was."""
    code: str = ""
    """The sample's code; empty for a case that is none."""


def keep(unit: Session, look: Look, cover_id: UUID | None = None) -> None:
    """Write the look down in a transaction of its own, so that it stays when the unit is taken back."""
    with Session(unit.get_bind()) as own, own.begin():
        own.add(
            LookRow(
                id=new_id(), cover_id=cover_id, shopper=look.shopper, platform=look.platform, case_id=look.case_id,
                actor=look.actor, purpose=look.purpose, refused=look.refused, at=look.at,
            )
        )  # fmt: skip


def listed(unit: Session, limit: int = MOST) -> tuple[Look, ...]:
    """Give the looks at covers, captured order pages and sealed messages, the newest first."""
    both = [*_at_covers(unit, limit), *_at_pages(unit, limit)]
    return tuple(sorted(both, key=lambda look: look.at, reverse=True)[:limit])


def _at_covers(unit: Session, limit: int) -> list[Look]:
    wanted = select(LookRow, SampleRow.code).outerjoin(SampleRow, SampleRow.id == LookRow.case_id)
    rows = unit.execute(wanted.order_by(LookRow.at.desc(), LookRow.id.desc()).limit(limit))
    return [record_of(Look, row, code=code or "") for row, code in rows]


def _at_pages(unit: Session, limit: int) -> list[Look]:
    """An order page or sealed talk is opened by an officer, its picture by its shopper too: the history says."""
    wanted = (
        select(EventRow.at, EventRow.actor, EventRow.noun, SampleRow)
        .join(SampleRow, SampleRow.id == EventRow.case_id)
        .where(EventRow.noun.in_(_OPENED), EventRow.type == "looked_at")
    )
    rows = unit.execute(wanted.order_by(EventRow.at.desc(), EventRow.seq.desc()).limit(limit))
    return [
        Look(at, actor, _OPENED[noun], sample.id, sample.shopper or "", sample.platform, code=sample.code)
        for at, actor, noun, sample in rows
    ]
