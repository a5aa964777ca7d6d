"""Users, their sessions and tokens, and the failed log-ins that slow a guesser down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage.role import UserRole
from storage.schema.accounts import FailureRow, SessionRow, TokenRow, UserRow
from storage.schema.base import new_id

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
OWN = (UserRole.SHOPPER, UserRole.COORDINATOR, UserRole.OFFICER)
"""Who works for the sampling body."""


@dataclass(frozen=True, slots=True)
class User:
    """One person or program that may come in."""

    id: UUID
    name: str
    shown_as: str
    role: UserRole
    lab: str | None = None
    platform: str | None = None
    language: str | None = None
    password: str = ""
    """The argon2id hash; empty where the account logs in by token alone."""


def add_user(unit: Session, user: User) -> User:
    """Keep a user and give it back; the same name again changes that user."""
    values = {
        "name": user.name,
        "shown_as": user.shown_as,
        "role": user.role,
        "lab": user.lab,
        "platform": user.platform,
        "language": user.language,
        "password": user.password,
    }
    order = insert(UserRow).values(id=user.id, **values)
    unit.execute(order.on_conflict_do_update(index_elements=["name"], set_=values))
    kept = find_user(unit, user.name)
    assert kept is not None
    return kept


def new_user(name: str, shown_as: str, role: UserRole, *, lab: str | None = None, platform: str | None = None) -> User:
    """Give a user with a fresh id and no password."""
    return User(id=new_id(), name=name, shown_as=shown_as, role=role, lab=lab, platform=platform)


def find_user(unit: Session, name: str) -> User | None:
    """Give the user of this log-in name, if there is one."""
    row = unit.scalar(select(UserRow).where(UserRow.name == name))
    return _user(row) if row else None


def list_users(unit: Session, role: UserRole | None = None) -> tuple[User, ...]:
    """Give all users, or those of one role, by name."""
    order = select(UserRow).order_by(UserRow.name)
    return tuple(map(_user, unit.scalars(order.where(UserRow.role == role) if role else order)))


def colleagues(unit: Session, name: str) -> dict[str, str]:
    """Give everybody else of the sampling body by log-in name with the shown one: who may witness what a user does."""
    order = select(UserRow).where(UserRow.role.in_(OWN), UserRow.name != name).order_by(UserRow.shown_as, UserRow.name)
    return {row.name: row.shown_as for row in unit.scalars(order)}


def set_password(unit: Session, user_id: UUID, password: str) -> None:
    """Keep another password hash and close every session of the user."""
    unit.get_one(UserRow, user_id).password = password
    unit.execute(delete(SessionRow).where(SessionRow.user_id == user_id))


def set_language(unit: Session, user_id: UUID, language: str) -> None:
    """Keep the language the user reads."""
    unit.get_one(UserRow, user_id).language = language


def open_session(unit: Session, token_sha256: str, *, user_id: UUID, now: datetime) -> None:
    """Keep a new session, and forget those that ran out."""
    stale = (SessionRow.used_at < now - IDLE) | (SessionRow.opened_at < now - ABSOLUTE)
    unit.execute(delete(SessionRow).where(stale))
    unit.add(SessionRow(token_sha256=token_sha256, user_id=user_id, opened_at=now, used_at=now))
    unit.flush()


def find_session(unit: Session, token_sha256: str, now: datetime) -> User | None:
    """Give the user of a session that is neither idle for an hour nor older than twelve; note the use."""
    row = unit.get(SessionRow, token_sha256)
    if row is None or row.used_at < now - IDLE or row.opened_at < now - ABSOLUTE:
        return None
    if row.used_at < now - TOUCH:
        row.used_at = now
    return _user(unit.get_one(UserRow, row.user_id))


def close_session(unit: Session, token_sha256: str) -> None:
    """Forget a session."""
    unit.execute(delete(SessionRow).where(SessionRow.token_sha256 == token_sha256))


def add_token(unit: Session, token_sha256: str, *, user_id: UUID, label: str, now: datetime) -> None:
    """Keep a bearer token under its hash; the same token again changes nothing."""
    order = insert(TokenRow).values(token_sha256=token_sha256, user_id=user_id, label=label, made_at=now)
    unit.execute(order.on_conflict_do_nothing())


def find_token(unit: Session, token_sha256: str) -> User | None:
    """Give the user a bearer token acts for."""
    row = unit.get(TokenRow, token_sha256)
    return _user(unit.get_one(UserRow, row.user_id)) if row else None


def count_failures(unit: Session, key: str, since: datetime) -> int:
    """Give how many log-ins failed for this key since then."""
    return unit.scalar(select(func.count()).where(FailureRow.key == key, FailureRow.at > since)) or 0


def add_failure(unit: Session, key: str, now: datetime) -> None:
    """Note a failed log-in, and forget those of more than a day ago."""
    unit.execute(delete(FailureRow).where(FailureRow.at < now - timedelta(days=1)))
    unit.add(FailureRow(id=new_id(), key=key, at=now))
    unit.flush()


def clear_failures(unit: Session, key: str) -> None:
    """Forget the failures of a key that has logged in."""
    unit.execute(delete(FailureRow).where(FailureRow.key == key))


def _user(row: UserRow) -> User:
    return User(
        id=row.id,
        name=row.name,
        shown_as=row.shown_as,
        role=row.role,
        lab=row.lab,
        platform=row.platform,
        language=row.language,
        password=row.password,
    )
