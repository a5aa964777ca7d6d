"""The one clock: the database's, plus what a demonstration moved it ahead by."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage.errors import NotAllowed
from storage.schema.event import ClockRow


def now(unit: Session) -> datetime:
    """Give the present instant in UTC, as every record of this unit shall bear it."""
    return real(unit) + ahead(unit)


def real(unit: Session) -> datetime:
    """Give the time of the world outside in UTC: what a receiver compares a signature's time with."""
    instant: datetime = unit.execute(text("SELECT clock_timestamp()")).scalar_one()
    return instant.astimezone(UTC)


def ahead(unit: Session) -> timedelta:
    """Give how far the clock is ahead of the real one; zero but in a demonstration."""
    return unit.scalar(select(ClockRow.ahead)) or timedelta(0)


def advance(unit: Session, by: timedelta, *, movable: bool) -> None:
    """Move the clock ahead; a clock that is not movable, or a move back, raises NotAllowed."""
    if not movable or by < timedelta(0):
        raise NotAllowed("this clock cannot be moved")
    row = insert(ClockRow).values(single=True, ahead=by)
    unit.execute(row.on_conflict_do_update(index_elements=["single"], set_={"ahead": ClockRow.ahead + by}))
