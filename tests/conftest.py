"""What tests share: one embedded PostgreSQL a worker, and a fresh database for each test that asks."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage import settings
from storage.database import Database, migrate
from storage.embedded import databases

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a migrated database that fresh ones are copied from."""
    home = tmp_path_factory.mktemp("home")
    chosen = settings.load({"SHOPPER_HOME": str(home)}, Path("/"))
    with databases(chosen, FAST) as ready:
        migrate(ready.shopper)
        yield ready.shopper


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give an empty database at the newest schema."""
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    admin = server.replace("+psycopg", "").replace("/shopper?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE shopper'.encode())
        fresh = Database(server.replace("/shopper?", f"/{name}?"))
        yield fresh
        fresh.close()
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
