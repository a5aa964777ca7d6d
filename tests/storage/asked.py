"""What is asked of the database while something is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from storage.unit import Unit


@contextmanager
def asked(unit: Unit) -> Iterator[list[str]]:
    """Give the statements that a unit of work sends, in their order."""
    statements: list[str] = []
    connection = unit.connection()

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", hear)
