"""People and programs that may come in: users, sessions, tokens, failed log-ins and answered requests."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.role import UserRole
from storage.schema.base import Base, Id, Instant, Ref, Sha256, one_of


class UserRow(Base):
    """One person, or one program acting for a laboratory or a platform."""

    __tablename__ = "app_user"
    __table_args__ = (
        CheckConstraint("(role = 'lab') = (lab IS NOT NULL)", name="lab_user_has_a_lab"),
        CheckConstraint("(role = 'platform') = (platform IS NOT NULL)", name="platform_user_has_a_platform"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True, comment="what is typed to log in")
    shown_as: Mapped[str]
    role: Mapped[UserRole] = mapped_column(one_of(UserRole))
    lab: Mapped[str | None]
    platform: Mapped[str | None]
    language: Mapped[str | None]
    password: Mapped[str] = mapped_column(comment="argon2id, with its parameters and salt")


class SessionRow(Base):
    """One log-in; the token itself is in the browser alone."""

    __tablename__ = "app_session"
    __table_args__ = (Index(None, "user_id"),)

    token_sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("app_user.id"))
    opened_at: Mapped[Instant]
    used_at: Mapped[Instant]


class TokenRow(Base):
    """One bearer token of a program."""

    __tablename__ = "api_token"

    token_sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    user_id: Mapped[Ref] = mapped_column(ForeignKey("app_user.id"))
    label: Mapped[str]
    made_at: Mapped[Instant]


class FailureRow(Base):
    """One failed log-in of one account name or from one address."""

    __tablename__ = "login_failure"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(comment="account:NAME or address:IP")
    at: Mapped[Instant]


class AnsweredRow(Base):
    """One answered request: the same key gets the same answer again."""

    __tablename__ = "answered_request"
    __table_args__ = (Index(None, "at"),)

    user_id: Mapped[Ref] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[Sha256]
    status: Mapped[int]
    media_type: Mapped[str]
    answer: Mapped[bytes]
    at: Mapped[Instant]
