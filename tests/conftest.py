"""What tests share: one embedded PostgreSQL a worker, and a fresh database for each test that asks."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from storage import settings
from storage.database import Database, migrate
from storage.embedded import databases

# The same examples at every run, however long each takes beside another test: what fails, fails again.
examples.register_profile("house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("house")

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give the address of a migrated database that fresh ones are copied from."""
    # Not in pytest's own folder: a second run of pytest closes that one to the account a root's server runs under.
    with tempfile.TemporaryDirectory(prefix="shopper-", ignore_cleanup_errors=True) as home:
        chosen = settings.load({"SHOPPER_HOME": home}, Path("/"))
        with databases(chosen, FAST) as ready:
            migrate(ready.shopper)
            yield ready.shopper


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give an empty database at the newest schema."""
    with fresh_database(server, f"test_{abs(hash(request.node.nodeid)):x}") as made:
        yield made


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[Database]:
    """Give an empty database of this name for as long as the block runs."""
    admin = server.replace("+psycopg", "").replace("/shopper?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        # Copying the files takes a quarter of the time of writing every page to the log.
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE shopper STRATEGY FILE_COPY'.encode())
        fresh = Database(server.replace("/shopper?", f"/{name}?"))
        try:
            yield fresh
        finally:
            fresh.close()
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
