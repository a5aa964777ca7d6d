"""Whether the tables of a database are those this code expects."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from storage.database import alembic_config


def at_head(url: str) -> bool:
    """Tell whether every migration has been applied, and none that this code does not know."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        applied = set(MigrationContext.configure(connection).get_current_heads())
    return applied == set(ScriptDirectory.from_config(alembic_config(url)).get_heads())
