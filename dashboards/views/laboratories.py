"""The laboratories: what each is accredited for, how it does, and what was taken away of it."""

from dataclasses import dataclass
from datetime import date, datetime

from labs.accreditation import ScopeEntry, spans
from labs.performance import Performance
from labs.withdrawal import Reach, Withdrawal, WithdrawalKind, WithdrawalState
from storage import laboratories, performances, samples, withdrawals
from storage.acts import accreditation
from storage.acts.accreditation import Gap
from storage.laboratories import Imported, Laboratory
from storage.unit import Unit
from storage.withdrawals import Fallen


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a scope, and whether it holds today."""

    entry: ScopeEntry
    holds: bool


@dataclass(frozen=True, slots=True)
class LaboratoryRow:
    """One laboratory of the list."""

    laboratory: Laboratory
    performance: Performance
    holding: int
    """How many lines of its scope hold today."""
    lines: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal to take accreditation away, with what would fall with it today."""

    withdrawal: Withdrawal
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """A withdrawal that was decided, with what fell with it, each with the sample's code."""

    withdrawal: Withdrawal
    fallen: tuple[tuple[str, Fallen], ...]


@dataclass(frozen=True, slots=True)
class LaboratoriesPage:
    """Every laboratory, and what waits for a second person."""

    rows: tuple[LaboratoryRow, ...]
    proposed: tuple[Proposed, ...]
    files: tuple[Imported, ...]


@dataclass(frozen=True, slots=True)
class LaboratoryPage:
    """One laboratory."""

    laboratory: Laboratory
    performance: Performance
    lines: tuple[Line, ...]
    decided: tuple[CarriedOut, ...]
    kinds: tuple[WithdrawalKind, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would fall if this were taken away."""

    kind: WithdrawalKind
    reach: Reach
    reason: str
    gaps: tuple[Gap, ...]


def load_laboratories(unit: Unit, at: datetime) -> LaboratoriesPage:
    """Give every laboratory by its code."""
    entries, found = laboratories.scopes(unit), performances.of_all(unit, at)
    waiting = (one for one in withdrawals.listed(unit) if one.state is WithdrawalState.PROPOSED)
    rows = []
    for one in laboratories.listed(unit):
        own = [entry for entry in entries if entry.lab == one.code]
        holding = sum(_holds(entry, at.date()) for entry in own)
        rows.append(LaboratoryRow(one, found[one.code], holding, len(own)))
    return LaboratoriesPage(
        rows=tuple(rows),
        proposed=tuple(Proposed(one, accreditation.look(unit, one.reach, at=at)) for one in waiting),
        files=laboratories.files(unit),
    )


def load_laboratory(unit: Unit, code: str, at: datetime) -> LaboratoryPage | None:
    """Give one laboratory, or None where there is none of this code."""
    one = next((one for one in laboratories.listed(unit) if one.code == code), None)
    if one is None:
        return None
    own = [entry for entry in laboratories.scopes(unit) if entry.lab == code]
    decided = [each for each in withdrawals.listed(unit) if each.state is not WithdrawalState.PROPOSED]
    return LaboratoryPage(
        laboratory=one,
        performance=performances.of_all(unit, at)[code],
        lines=tuple(Line(entry, _holds(entry, at.date())) for entry in own),
        decided=tuple(_carried_out(unit, each) for each in decided if each.reach.lab == code),
        kinds=tuple(WithdrawalKind),
    )


def _holds(entry: ScopeEntry, today: date) -> bool:
    return any(first <= today and (last is None or today <= last) for first, last in spans(entry))


def _carried_out(unit: Unit, one: Withdrawal) -> CarriedOut:
    fell = withdrawals.fallen(unit, one.id)
    return CarriedOut(one, tuple((samples.get(unit, each.sample_id).code, each) for each in fell))
