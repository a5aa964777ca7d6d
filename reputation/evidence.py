"""The ledger a score is computed from: rows that are never changed, only answered by later rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class EvidenceStatus(StrEnum):
    """What a row says of itself, or of the row it supersedes."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    OVERTURNED = "overturned"
    REPAIRED = "repaired"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    """Under appeal."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence about one subject; `outcome` runs from 0, bad, to 1, good."""

    id: str
    subject: str
    component: str
    """A component of the score file: `inspection`, `complaints`, `certificates`, `credit`, `reviews`."""
    outcome: Decimal
    occurred: datetime
    effective: datetime
    """From when it counts."""
    recorded: datetime
    """When we learnt of it: what was recorded later was not known before."""
    source: str
    actor: str | None = None
    """Who says so, under a pseudonym; None for an authority or a laboratory."""
    status: EvidenceStatus = EvidenceStatus.ACTIVE
    supersedes: str | None = None
    probability: Decimal | None = None
    """The inclusion probability of a drawn unit; None for a targeted one."""


def active(rows: Iterable[Evidence], *, at: datetime, known_at: datetime | None = None) -> tuple[Evidence, ...]:
    """Give the rows that count at `at` by what was recorded up to `known_at`, in the order they occurred.

    A row stops counting on the effective date of the row that supersedes it; that row counts in its place
    only if it is itself active. With `known_at` left out, today's knowledge is used.
    """
    seen = [row for row in rows if row.effective <= at and (known_at is None or row.recorded <= known_at)]
    replaced = {row.supersedes for row in seen}
    counting = [row for row in seen if row.status is EvidenceStatus.ACTIVE and row.id not in replaced]
    return tuple(sorted(counting, key=lambda row: (row.occurred, row.id)))
