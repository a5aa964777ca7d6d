"""The migrations: from nothing to the newest schema, back, and again; what they make is what the rows say."""

from collections.abc import Iterable, Iterator

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, create_engine, text
from sqlalchemy.pool import NullPool

from storage.database import alembic_config, migrate
from storage.revision import at_head
from storage.schema import Base

NAME = "test_migrations"


@pytest.fixture
def empty(server: str) -> Iterator[str]:
    """Give the address of a database in which nothing was ever made."""
    admin = server.replace("+psycopg", "").replace("/shopper?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template0".encode())
        yield server.replace("/shopper?", f"/{NAME}?")
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)".encode())


def test_the_tables_come_go_and_come_again(empty: str) -> None:
    assert not at_head(empty)
    migrate(empty)
    assert (at_head(empty), relations(empty)) == (True, set(Base.metadata.tables))
    command.downgrade(alembic_config(empty), "base")
    assert (at_head(empty), relations(empty), functions(empty)) == (False, set(), set())
    migrate(empty)
    migrate(empty)
    assert (at_head(empty), relations(empty)) == (True, set(Base.metadata.tables))
    assert "refuse_change" in functions(empty)


def test_the_schema_is_what_the_rows_say(server: str) -> None:
    engine = create_engine(server, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert checks_in(connection.execute(text(CHECKS)).scalars()) == checks_of_the_rows()


CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"


def checks_in(names: Iterable[str]) -> set[str]:
    return {name for name in names if not name.startswith("pg_")}


def checks_of_the_rows() -> set[str]:
    """Give the names of the CHECKs, which the comparison above leaves out."""
    constraints = [item for table in Base.metadata.tables.values() for item in table.constraints]
    return {str(item.name) for item in constraints if isinstance(item, CheckConstraint)}


def relations(address: str) -> set[str]:
    return ask(address, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") - {"alembic_version"}


def functions(address: str) -> set[str]:
    return ask(address, "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")


def ask(address: str, question: str) -> set[str]:
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        return {str(row[0]) for row in connection.execute(question.encode())}
