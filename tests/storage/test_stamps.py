"""Stamps that wait: the worst come first, and those alike in one order."""

from datetime import UTC, datetime
from uuid import UUID

from storage import stamps
from storage.database import Database
from storage.schema.evidence import StampRequestRow

AT = datetime(2026, 3, 1, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)


def test_what_was_asked_for_in_vain_stands_in_one_order(database: Database) -> None:
    wanted = [(ONE, "b", 2), (ONE, "a", 1), (TWO, "a", 1), (TWO, "b", 1)]
    with database.unit() as unit:
        for subject, authority, tries in [*wanted[::-1], (TWO, "c", 0)]:
            unit.add(
                StampRequestRow(noun=stamps.CAPTURED, subject_id=subject, authority=authority, next_at=AT, tries=tries)
            )
            unit.flush()
        found = [(one.subject_id, one.authority, one.tries) for one in stamps.waiting(unit)]
    assert found == wanted
