"""The databases: on the embedded PostgreSQL, shared by all processes of one data folder, or on a given server."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from storage.postmaster import Postmaster, postmaster
from storage.settings import Settings, SettingsError, ensure_home

OLDEST = 150000  # PostgreSQL 15, as server_version_num


@dataclass(frozen=True, slots=True)
class Databases:
    """The two addresses: ours for SQLAlchemy, and Prefect's, which wants asyncpg."""

    shopper: str
    prefect: str


@contextmanager
def databases(settings: Settings, options: tuple[str, ...] = ()) -> Iterator[Databases]:
    """Give both databases for as long as the block runs; the last block to end stops an embedded server."""
    if settings.database_url:
        yield _given(settings)
        return
    ensure_home(settings)
    with embedded(settings.postgres, options) as server:
        names = ("shopper", "prefect")
        _create(f"postgresql://postgres@/postgres?host={quote(str(server.socket_folder))}", names)
        ours, theirs = (_url(server, driver, name) for driver, name in zip(("psycopg", "asyncpg"), names, strict=True))
        yield Databases(shopper=ours, prefect=settings.prefect_database_url or theirs)


@contextmanager
def embedded(data: Path, options: tuple[str, ...] = ()) -> Iterator[Postmaster]:
    """Give the running embedded server of a folder; processes share it, and the last one out stops it.

    Two file locks decide, because the kernel drops them when a process dies: `door` is held for the
    moment of entering or leaving, `users` is shared by everyone inside.
    """
    data = data.resolve()
    data.parent.mkdir(parents=True, exist_ok=True)
    door, users = (data.with_name(f"{data.name}.{name}") for name in ("door", "users"))
    with _open(users) as inside:
        with _open(door) as entrance:
            fcntl.flock(entrance, fcntl.LOCK_EX)
            fcntl.flock(inside, fcntl.LOCK_SH)
            server = postmaster(data)
            server.ensure_running(options)
        try:
            yield server
        finally:
            with _open(door) as entrance:
                fcntl.flock(entrance, fcntl.LOCK_EX)
                if _is_last(inside):
                    server.stop()


@contextmanager
def _open(path: Path) -> Iterator[int]:
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield number
    finally:
        os.close(number)


def _is_last(inside: int) -> bool:
    try:
        fcntl.flock(inside, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _url(server: Postmaster, driver: str, name: str) -> str:
    return f"postgresql+{driver}://postgres@/{name}?host={quote(str(server.socket_folder), safe='')}"


def _create(address: str, names: tuple[str, ...]) -> None:
    """Create the databases that are missing; two processes at once end with one of each."""
    with psycopg.connect(address, autocommit=True) as connection:
        for name in names:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                continue
            try:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
                )
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                continue  # another process was first


def _given(settings: Settings) -> Databases:
    """Give the databases of a server somebody else runs, after a look at its version."""
    plain = settings.database_url.replace("+psycopg", "", 1)
    try:
        with psycopg.connect(plain, connect_timeout=10) as connection:
            version = connection.info.server_version
        if version < OLDEST:
            raise SettingsError(f"SHOPPER_DATABASE_URL: PostgreSQL 15 or newer is needed, {version // 10000} answered.")
        if settings.prefect_database_url:
            return Databases(shopper=settings.database_url, prefect=settings.prefect_database_url)
        _create(plain, ("prefect",))
    except psycopg.errors.InsufficientPrivilege as error:
        message = (
            "SHOPPER_DATABASE_URL: this account may not create the database `prefect`: create it for this account."
        )
        raise SettingsError(message) from error
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SettingsError(f"SHOPPER_DATABASE_URL: the database cannot be reached ({reason}).") from error
    parts = urlsplit(settings.database_url)
    theirs = urlunsplit(parts._replace(scheme="postgresql+asyncpg", path="/prefect"))
    return Databases(shopper=settings.database_url, prefect=theirs)
