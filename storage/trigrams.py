"""Trigram indexes, which another program's migrations may ask of a server that has none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

WORDS = ("pg_trgm", "gin_trgm_ops", "trgm_ix_")


def offers_trigrams(url: str) -> bool:
    """Tell whether the server has the extension pg_trgm; the embedded one comes without."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return bool(connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")))


@contextmanager
def skip_trigrams() -> Iterator[None]:
    """Leave out, in every engine of this process, the statements that make or drop trigram indexes.

    Such an index makes a search for part of a name faster and has no other effect.
    """

    def swap(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        return ("SELECT 1" if any(word in statement for word in WORDS) else statement), parameters

    event.listen(Engine, "before_cursor_execute", swap, retval=True)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", swap)
