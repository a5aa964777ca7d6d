"""A frozen frame: its hashes, where its files lie, and which rows of which sources its listings were."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sampling.digest import Digest


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One source of a frame as it was kept: a coordinator's file, or what a crawl of a platform gave."""

    name: str
    digest: Digest
    """SHA-256 of the file."""
    mapping: Digest = ""
    """SHA-256 of the mapping that came with the file; empty for a source whose columns are known."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What is promised of a frame, and what is needed to read one of its listings again."""

    sha256: Digest
    """Of the canonical file, which is kept under it."""
    merkle_root: Digest
    listings: int
    index: Digest
    """Of the Parquet file with source, row, anomaly and points of each listing, in the order of the canonical file."""
    findings: Digest
    """Of the CSV file of everything that was wrong in the sources."""
    sources: tuple[SourceFile, ...]
    """By the number that the index calls them."""

    def record(self) -> dict[str, Any]:
        """Give the plain JSON of it."""
        return asdict(self)


def frozen_of(record: Mapping[str, Any]) -> Frozen:
    """Give the frozen frame back from its plain JSON."""
    sources = tuple(SourceFile(**source) for source in record["sources"])
    return Frozen(**{**record, "sources": sources})
