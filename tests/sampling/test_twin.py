"""The twin: what stands against testing the backup unit in place of the test unit."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from sampling.custody import Role, Unit, UnitState
from sampling.sample import SampleState
from sampling.twin import twin_refusal

S, U = SampleState, UnitState
DAY = date(2026, 3, 4)
TEST = Unit(UUID(int=1), UUID(int=3), "S26-000001-A", Role.TEST, U.LOST, "F1")
BACKUP = Unit(UUID(int=2), UUID(int=3), "S26-000001-B", Role.BACKUP, U.RETAINED, "F2")


@pytest.mark.parametrize(
    ("state", "test", "backup", "missing", "refusal"),
    [
        (S.NOTICE_SENT, U.LOST, U.RETAINED, False, None),
        (S.LAB_REFUSED, U.COMPROMISED, U.SEALED, False, None),
        (S.NOTICE_SENT, U.IN_TRANSIT, U.RETAINED, True, None),
        (S.NOTICE_SENT, U.IN_TRANSIT, U.RETAINED, False, "test_unit_whole"),
        (S.TESTING, U.LOST, U.RETAINED, False, "test_begun"),
        (S.NOTICE_SENT, U.LOST, U.COMPROMISED, False, "no_backup"),
        (S.NOTICE_SENT, U.LOST, None, False, "no_backup"),
    ],
)
def test_the_backup_unit_is_tested_only_where_the_test_unit_came_to_grief_before_its_test(
    state: SampleState, test: UnitState, backup: UnitState | None, missing: bool, refusal: str | None
) -> None:
    kept = None if backup is None else replace(BACKUP, state=backup)
    assert twin_refusal(state, replace(TEST, state=test), kept, DAY, missing=missing) == refusal


@pytest.mark.parametrize(("days", "refusal"), [(-1, "backup_expired"), (0, None), (1, None)])
def test_a_backup_unit_past_its_shelf_life_is_not_tested(days: int, refusal: str | None) -> None:
    kept = replace(BACKUP, expires_on=DAY + timedelta(days=days))
    assert twin_refusal(S.NOTICE_SENT, TEST, kept, DAY) == refusal
