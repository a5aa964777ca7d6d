"""One move of one row: its lifecycle is asked, the row changes and the event is written, all in one unit."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sampling.lifecycle import Lifecycle
from storage import events
from storage.errors import NotFound

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)
Row = TypeVar("Row")


class Stateful(Protocol):
    """A row with an id and a state."""

    id: Any
    state: Any


def load(unit: Session, table: type[Row], id_: UUID) -> Row:
    """Give the row, locked until the unit ends, or raise NotFound."""
    unit.flush()  # what this unit changed must not be lost to the fresh reading
    row = unit.get(table, id_, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no {table.__name__.removesuffix('Row').lower()} {id_}")
    return row


def read(unit: Session, table: type[Row], id_: UUID) -> Row:
    """Give the row without holding it, or raise NotFound."""
    row = unit.get(table, id_)
    if row is None:
        raise NotFound(f"there is no {table.__name__.removesuffix('Row').lower()} {id_}")
    return row


def move(
    unit: Session,
    row: Stateful,
    lifecycle: Lifecycle[S, E],
    event: E,
    *,
    case_id: UUID,
    by: str,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> S:
    """Move a locked row and write the event; a move that the table lacks raises IllegalMove."""
    row.state = lifecycle.move(row.state, event)
    events.append(unit, case_id, lifecycle.noun, row.id, event.value, by=by, at=at, data=data or {})
    unit.flush()
    return row.state  # type: ignore[no-any-return]


def one(unit: Session, table: type[Row], **wanted: Any) -> Row | None:
    """Give the single row with these values, or None."""
    return unit.scalars(select(table).filter_by(**wanted)).one_or_none()
