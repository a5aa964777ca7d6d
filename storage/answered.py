"""Answered requests: what a program was told for a key, so that a repeat is told the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sampling.digest import sha256
from storage.schema.accounts import AnsweredRow

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Answered:
    """One stored answer with the fingerprint of the request it belongs to."""

    user_id: UUID
    route: str
    key: str
    body_sha256: str
    status: int
    media_type: str
    answer: bytes


def claim(unit: Session, user_id: UUID, *, route: str, key: str) -> bool:
    """Tell whether nobody else is answering this key now; holds until the unit of work ends."""
    digest = sha256(f"{user_id} {route} {key}".encode())
    number = int(digest[:15], 16)
    return bool(unit.scalar(select(func.pg_try_advisory_xact_lock(number))))


def recall(unit: Session, user_id: UUID, *, route: str, key: str) -> Answered | None:
    """Give the stored answer of this key, if there is one."""
    row = unit.get(AnsweredRow, (user_id, route, key))
    if row is None:
        return None
    return Answered(user_id, route, key, row.body_sha256, row.status, row.media_type, row.answer)


def remember(unit: Session, answered: Answered, now: datetime) -> None:
    """Keep an answer for seven days, and forget older ones."""
    unit.execute(delete(AnsweredRow).where(AnsweredRow.at < now - KEPT))
    row = AnsweredRow(
        user_id=answered.user_id,
        route=answered.route,
        key=answered.key,
        body_sha256=answered.body_sha256,
        status=answered.status,
        media_type=answered.media_type,
        answer=answered.answer,
        at=now,
    )
    unit.add(row)
    unit.flush()
