"""Freezing: a gathered frame becomes files that never change, and the few facts that a plan must know of it."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.csv as csv

from flows.gathering import Gathered
from flows.wiring import packed
from sampling.columns import MARKS
from sampling.design import Design
from sampling.facts import strata_facts
from sampling.finding import counted_by_source, first_of_each
from sampling.framefile import lines, seal
from sampling.frozen import Frozen
from sampling.merchant import merchants
from sampling.preview import StratumFacts
from storage import frames
from storage.frames import FrameFinding
from storage.objects import Objects
from storage.unit import Unit

SHOWN = 100
"""So many rows of each kind of finding are kept where a page can ask for them; the file has all."""
INDEX = ("source", "row", "anomaly", "points", *MARKS)


@dataclass(frozen=True, slots=True)
class Kept:
    """A frame whose files are kept, what its strata hold, and what was wrong in its sources."""

    frozen: Frozen
    strata: Sequence[StratumFacts]
    findings: pa.Table


def freeze(unit: Unit, campaign_id: UUID, kept: Kept, *, by: str, at: datetime) -> None:
    """Bind a campaign to the frame; from here on it never changes."""
    shown = [FrameFinding(**row) for row in first_of_each(kept.findings, SHOWN).to_pylist()]
    frames.freeze(unit, campaign_id, kept.frozen, kept.strata, findings=shown,
                  counts=counted_by_source(kept.findings), by=by, at=at)  # fmt: skip


def keep(objects: Objects, gathered: Gathered, design: Design) -> Kept:
    """Keep the files of a frame that is in memory."""
    frame, named = gathered.frame, design.by_merchant
    table = frame.append_column("merchant", merchants(frame)) if named else frame
    index = frame.select([name for name in INDEX if name in frame.column_names])
    with tempfile.TemporaryDirectory() as folder:
        sealed = seal(written(lines(table, merchants=named), Path(folder) / "frame.tsv"))
        frozen = Frozen(
            sha256=objects.put_file(Path(folder) / "frame.tsv"), merkle_root=sealed.merkle_root,
            listings=sealed.listings, index=objects.put(packed(index)),
            findings=keep_findings(objects, gathered.findings), sources=gathered.sources,
        )  # fmt: skip
    return Kept(frozen, strata_facts(frame), gathered.findings)


def keep_findings(objects: Objects, findings: pa.Table) -> str:
    """Keep all that was wrong in the sources as a CSV file and give its hash."""
    with tempfile.TemporaryDirectory() as folder:
        csv.write_csv(findings, Path(folder) / "findings.csv")
        return objects.put_file(Path(folder) / "findings.csv")


def written(pieces: Iterator[bytes], path: Path) -> Iterator[bytes]:
    """Give the pieces as they are once they are written to a file."""
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
            yield piece
