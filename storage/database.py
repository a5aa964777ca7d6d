"""The engine and the unit of work: nothing commits but the end of a unit."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session

from storage.errors import Away, Conflict
from storage.settings import CONNECTIONS

if TYPE_CHECKING:  # half a second for every process, of which one alone migrates
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 72_616_001
KEPT, MOST = 8, 24
"""How many connections stay open, and how many there are at once where nobody says how many threads work."""
A_THREAD = 5
"""What a thread that buys holds at once: the turns of its account and its sample, the unit of its order, the look at
the cover beside it, and the unit of the look ahead at the next offer. With fewer, threads wait for each other."""


class Database:
    """One PostgreSQL database and the two ways to use it: a unit of work, and a turn.

    `threads` is how many may work at once without waiting for each other's connections; those beyond wait their turn.
    """

    def __init__(self, url: str, *, threads: int = 1, bound: int = CONNECTIONS) -> None:
        """Take the address, how many threads of a flow would work at once, and how many connections there may be."""
        self.url = url
        self.threads = min(threads, bound // A_THREAD)
        over = min(max(MOST, A_THREAD * self.threads), bound) - KEPT
        self._engine = create_engine(url, pool_pre_ping=True, pool_size=KEPT, max_overflow=over)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """Give a session that commits at the end, or leaves no trace when anything fails.

        A broken rule of uniqueness or a refused CHECK surfaces as Conflict, a connection that does not come free as
        Away.
        """
        try:
            with Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except IntegrityError as error:
            raise Conflict(str(error.orig).strip().splitlines()[0]) from error
        except NoneFree as error:
            raise Away("No connection to the database came free.") from error

    @contextmanager
    def turn(self, noun: str, subject: UUID | str) -> Iterator[bool]:
        """Hold the right to work on one thing, or give False when another process holds it.

        The right is a session lock of PostgreSQL: it ends with the process, so a crash costs nothing. A connection that
        does not come free surfaces as Away.
        """
        try:
            held = self._engine.connect()
        except NoneFree as error:
            raise Away("No connection to the database came free.") from error
        with held.execution_options(isolation_level="AUTOCOMMIT") as connection:
            key = {"key": f"{noun}:{subject}"}
            mine = bool(connection.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:key, 0))"), key))
            try:
                yield mine
            finally:
                if mine:
                    connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:key, 0))"), key)

    def reachable(self) -> str | None:
        """Give None when the server answers, else its own words."""
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError as error:
            return str(error.orig).strip().splitlines()[0]
        return None

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()


def migrate(url: str) -> None:
    """Bring the database to the newest schema; two at once wait for each other."""
    from alembic import command

    command.upgrade(alembic_config(url), "head")


def alembic_config(url: str) -> "Config":
    """Give Alembic's settings for this package's migrations."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
