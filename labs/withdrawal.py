"""A withdrawal: accreditation that is taken away, proposed by one person and carried out by another."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from labs.accreditation import ANY, Assay, Ending, ScopeEntry, means
from sampling.lifecycle import Lifecycle


class WithdrawalKind(StrEnum):
    """How accreditation is taken away: for good, or until it is given back."""

    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"


class WithdrawalState(StrEnum):
    """Where a withdrawal stands."""

    PROPOSED = "proposed"
    CARRIED_OUT = "carried_out"
    REFUSED = "refused"


class WithdrawalEvent(StrEnum):
    """What happened to a withdrawal."""

    CARRIED_OUT = "carried_out"
    REFUSED = "refused"


_S, _E = WithdrawalState, WithdrawalEvent

WITHDRAWAL: Lifecycle[WithdrawalState, WithdrawalEvent] = Lifecycle(
    noun="withdrawal",
    initial=_S.PROPOSED,
    moves={
        (_S.PROPOSED, _E.CARRIED_OUT): _S.CARRIED_OUT,
        (_S.PROPOSED, _E.REFUSED): _S.REFUSED,
    },
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What is taken away of whom on which days; `*` means every scheme, item or method."""

    lab: str
    from_day: date
    to_day: date | None = None
    """The last day; None where nobody knows it, or for good."""
    scheme: str = ANY
    item: str = ANY
    method: str = ANY

    def of(self, entry: ScopeEntry) -> bool:
        """Tell whether it is a line of which this, or one method of it, is taken away."""
        return entry.lab == self.lab and self.scheme in {ANY, entry.scheme} and self.item in {ANY, entry.item}

    def meant(self, tested: Assay) -> bool:
        """Tell whether a test falls under it: of this item, by this method, on one of these days."""
        within = self.from_day <= tested.on and (self.to_day is None or tested.on <= self.to_day)
        of_it = tested.lab == self.lab and self.item in {ANY, tested.item}
        return within and of_it and means(self.method, tested.method, tested.edition)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One withdrawal with who proposed it, who decided and why."""

    id: UUID
    kind: WithdrawalKind
    reach: Reach
    reason: str
    state: WithdrawalState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    refusal: str | None = None


def taken_from(scopes: Iterable[ScopeEntry], reach: Reach, known_at: datetime) -> tuple[ScopeEntry, ...]:
    """Give the lines as they stand once it is taken away; what was accredited anew after that stays."""
    ending = Ending(reach.method, reach.from_day, reach.to_day, known_at)
    return tuple(
        with_changes(entry, endings=(*entry.endings, ending))
        if reach.of(entry) and not _is_new(entry, ending)
        else entry
        for entry in scopes
    )


def _is_new(entry: ScopeEntry, ending: Ending) -> bool:
    """Whether a line began after the first day of an ending, and was told after that was decided."""
    told_later = entry.recorded_at is not None and ending.known_at < entry.recorded_at
    return told_later and ending.from_day < entry.valid_from
