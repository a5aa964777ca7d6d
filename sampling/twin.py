"""The twin: when the backup unit becomes the test unit, because the test unit came to grief before its test."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sampling.custody import Unit, UnitState
from sampling.sample import SampleState

UNTESTED = (SampleState.SEALED, SampleState.NOTICE_SENT, SampleState.LAB_REFUSED)
"""The states of a sample in which no test has begun."""
SPOILT = (UnitState.LOST, UnitState.COMPROMISED)
WHOLE = (UnitState.SEALED, UnitState.RETAINED)


@dataclass(frozen=True, slots=True)
class Twin:
    """That one unit takes another's place: proposed by one person with a reason, decided by another."""

    id: UUID
    sample_id: UUID
    lost_id: UUID
    unit_id: UUID
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    """None while it is a proposal."""


def twin_refusal(
    state: SampleState, test: Unit, backup: Unit | None, on: date, *, missing: bool = False
) -> str | None:  # fmt: skip
    """Give the code of what stands against testing the backup unit on a day, or None.

    `missing` says that the laboratory never got the test unit.
    """
    if state not in UNTESTED:
        return "test_begun"
    if backup is None or backup.state not in WHOLE:
        return "no_backup"
    if backup.expires_on is not None and on > backup.expires_on:
        return "backup_expired"
    return None if missing or test.state in SPOILT else "test_unit_whole"
