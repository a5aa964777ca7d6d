"""One entry of a chain of custody as it is corrected: what it said at first and later, and what may be said anew."""

from dataclasses import dataclass
from uuid import UUID

from dashboards.views.chains import Line, lines
from dashboards.views.receiving import CONDITIONS
from sampling.chain import effective
from sampling.custody import MAY_PASS, Handover
from sampling.custody import Unit as SealedUnit
from sampling.sample import Sample
from storage import custody, samples
from storage.errors import NotFound
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """One entry with all that was ever said of it."""

    sample: Sample
    part: SealedUnit
    counts: Handover
    """The entry as it counts now: as it was written, or its newest correction."""
    lines: tuple[Line, ...]
    may_release: bool
    """Whether another party may have given the unit away: only in the first entry, which no earlier one binds."""
    may_receive: bool
    """Whether another party may have taken it: only in the last one, which no later one binds."""
    conditions: tuple[str, ...]


def load_correction(unit: Unit, unit_id: UUID, seq: int) -> CorrectionPage:
    """Give the page of one entry; a unit without an entry of that number, or whose number is a correction's, has none.

    Either raises NotFound.
    """
    part = custody.get(unit, unit_id)
    entries = custody.handovers(unit, unit_id)
    counted = effective(entries)
    counts = next((one for one in counted if (one.corrects or one.seq) == seq), None)
    if counts is None:
        raise NotFound(f"unit {part.code} has no entry {seq}")
    passes = counts.event in MAY_PASS
    return CorrectionPage(
        sample=samples.get(unit, part.sample_id),
        part=part,
        counts=counts,
        lines=tuple(line for line in lines(entries) if seq in (line.entry.seq, line.entry.corrects)),
        may_release=passes and counts is counted[0],
        may_receive=passes and counts is counted[-1],
        conditions=tuple(dict.fromkeys([*CONDITIONS, counts.condition])),
    )
