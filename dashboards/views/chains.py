"""The units of a sample with their chains of custody: every entry, those that were corrected struck, and the faults."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sampling.chain import chain_faults
from sampling.custody import UNIT, Handover, UnitEvent
from sampling.custody import Unit as SealedUnit
from sampling.disposal import Hold
from sampling.text import Text
from storage import custody, resealing, retention
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a chain, and the number of the entry that took its place, where one did."""

    entry: Handover
    struck_by: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    """One unit with its entries, what is wrong with the chain, and what may be done with it."""

    unit: SealedUnit
    lines: tuple[Line, ...]
    faults: tuple[Text, ...]
    hold: Hold | None
    may_hold: bool
    may_reseal: bool


def load_chains(unit: Unit, sample_id: UUID) -> tuple[Chain, ...]:
    """Give the chain of every unit of a sample, the test unit first."""
    return tuple(_chain(unit, one) for one in custody.units(unit, sample_id))


def lines(entries: Sequence[Handover]) -> tuple[Line, ...]:
    """Give the entries of a chain by what they tell of: each entry is followed by its corrections, oldest first."""
    newest = {_told(entry): entry.seq for entry in entries}
    ordered = sorted(entries, key=lambda one: (_told(one), one.seq))
    return tuple(Line(one, None if one.seq == newest[_told(one)] else newest[_told(one)]) for one in ordered)


def _told(entry: Handover) -> int:
    """The number of the entry that this one is, or states anew."""
    return entry.corrects or entry.seq


def _chain(unit: Unit, one: SealedUnit) -> Chain:
    entries = custody.handovers(unit, one.id)
    return Chain(
        unit=one,
        lines=lines(entries),
        faults=tuple(fault.sentence for fault in chain_faults(one.code, entries)),
        hold=(held := retention.standing_hold(unit, one.id)),
        may_hold=held is None and one.state not in UNIT.final,
        may_reseal=UNIT.allows(one.state, UnitEvent.RESEALED) and resealing.refused(unit, one.id) is None,
    )
