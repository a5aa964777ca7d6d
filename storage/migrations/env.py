"""How a migration runs: one at a time, with limits, in one transaction each."""

from alembic import context
from sqlalchemy import create_engine, text

from storage.database import MIGRATION_LOCK
from storage.schema import Base

LOCK_LIMIT = "SET LOCAL lock_timeout = '4s'"
STATEMENT_LIMIT = "SET LOCAL statement_timeout = '60s'"


def run() -> None:
    """Apply the migrations under an advisory lock."""
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
        )
        connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION_LOCK})"))
        connection.commit()
        try:
            with context.begin_transaction():
                connection.execute(text(LOCK_LIMIT))
                connection.execute(text(STATEMENT_LIMIT))
                context.run_migrations()
        finally:
            connection.rollback() if connection.in_transaction() else None
            connection.execute(text(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})"))
            connection.commit()
    engine.dispose()


run()
