"""Parts: a frame that is gathered and frozen portion by portion, and the same to the last byte as in one piece."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from flows.freezing import Kept, keep_findings, written
from flows.gathering import Named, duplicates, mapping_at
from flows.pieces import Stores, counts_of
from flows.portion import Read, Reading, Settled, Settling, read, settle
from flows.ranges import Joined, Joining, Weighing, join, weigh
from flows.wiring import BATCH, read_marks_file, shares_of
from flows.workers import Mapper, here
from sampling.columns import MARKS
from sampling.counts import merge
from sampling.design import PLAIN, Design
from sampling.digest import Digest
from sampling.errors import UnreadableSource
from sampling.facts import summarize
from sampling.finding import FINDING, named
from sampling.framefile import Sealed, seal
from sampling.frozen import Frozen, SourceFile
from sampling.outlier import limits
from sampling.risk import check_picks, merge_least


@dataclass(slots=True)
class _Sources:
    """What is known of the sources before their rows are read."""

    listings: list[Reading] = field(default_factory=list)
    marked: list[tuple[str, Digest, pa.Table]] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)


def freeze_in_parts(
    stores: Stores,
    sources: Sequence[SourceFile],
    *,
    mapper: Mapper | None = None,
    parts: int = 16,
    shares: int = 1,
    design: Design = PLAIN,
    categories: tuple[str, ...] = (),
    lost: Named = (),
) -> Kept:
    """Give the frozen frame of some sources, in so many parts, as `gather` and `keep` give it in one.

    Each source is read in so many shares, where it can be. Without a mapper one part comes after the other, in
    this process, and no more than a part is in memory.
    """
    mapper, merchants = mapper or here(stores), design.by_merchant
    about = _sources(stores, sources, parts, shares, merchants)
    reads = _by_source(about.listings, mapper(read, about.listings))
    settled = _settled(mapper, reads, about, parts, categories, sources)
    prices = merge(counts_of(stores.get(one.prices)) for one in settled)
    cuts = _cuts([id_ for one in settled for id_ in one.ids], parts)
    outliers = limits(prices, about.parents)
    weighed = mapper(weigh, [Weighing(one.listings, outliers, design.picks, cuts, merchants) for one in settled])
    check_picks(design.picks, frozenset().union(*(one.picked for one in weighed)))
    least = merge_least(one.least for one in weighed)
    ranges = zip(*(one.ranges for one in weighed), strict=True)
    joined = mapper(join, [Joining(pieces, least, merchants) for pieces in ranges])
    findings = _findings(stores, sources, lost, reads, settled, about)
    sealed, index = _files(stores, joined)
    frozen = Frozen(
        sha256=sealed.sha256, merkle_root=sealed.merkle_root, listings=sealed.listings, index=index,
        findings=keep_findings(stores.objects, findings), sources=tuple(sources),
    )  # fmt: skip
    return Kept(frozen, summarize(reduce(add, (one.facts for one in joined))), findings)


def _sources(stores: Stores, sources: Sequence[SourceFile], parts: int, shares: int, merchants: bool) -> _Sources:
    about = _Sources()
    for number, source in enumerate(sources):
        with stores.objects.file(source.digest) as path:
            mapping = mapping_at(stores.objects, source, path)
            if mapping is not None and mapping.kind == "marks":
                marked = read_marks_file(path, mapping=mapping)
                about.marked.append((source.name, stores.put(marked.marks), marked.findings))
            else:
                about.parents |= mapping.parents if mapping else {}
                of = _shares(path, min(shares, parts))
                about.listings += [Reading(source, number, (at, of), parts, merchants) for at in range(of)]
    sellers = merchants or any(stores.get(marks).column("listing_id").null_count for _, marks, _ in about.marked)
    about.listings = [replace(one, sellers=sellers) for one in about.listings]
    return about


def _shares(path: Path, most: int) -> int:
    try:
        return min(most, shares_of(path)) if most > 1 else 1
    except UnreadableSource:
        return 1  # its reading says what is wrong


def _by_source(given: Sequence[Reading], reads: Sequence[Read]) -> dict[int, list[Read]]:
    """What each source gave, by its number; a source of which a share is broken gave one finding."""
    held: dict[int, list[Read]] = {}
    for one, done in zip(given, reads, strict=True):
        held.setdefault(one.number, []).append(done)
    wrong = {number: next((one.broken for one in done if one.broken), "") for number, done in held.items()}
    return {number: [Read(findings=(wrong[number],))] if wrong[number] else done for number, done in held.items()}


def _settled(
    mapper: Mapper,
    reads: Mapping[int, list[Read]],
    about: _Sources,
    parts: int,
    categories: tuple[str, ...],
    sources: Sequence[SourceFile],
) -> list[Settled]:
    held = [one for done in reads.values() for one in done if one.pieces]
    found = {name for one in held for name in one.marks}
    first = Settling((), tuple(name for name in MARKS if name in found), tuple(marks for _, marks, _ in about.marked),
                     categories)  # fmt: skip
    pieces = [tuple(piece for one in held for piece in one.pieces[at]) for at in range(parts)]
    settled = mapper(settle, [replace(first, pieces=mine) for mine in pieces])
    tied = tuple(one.tied for one in settled if one.tied)
    # Their texts are read again, each source once: they are a portion of their own.
    return settled + (mapper(settle, [replace(first, pieces=tied, sources=tuple(sources))]) if tied else [])


def _cuts(ids: list[str], ranges: int) -> tuple[str, ...]:
    """Where a sample of ids is cut into ranges of about as many."""
    ranked = sorted(ids)
    return tuple(ranked[len(ranked) * at // ranges] for at in range(1, ranges)) if ranked else ()


def _findings(
    stores: Stores,
    sources: Sequence[SourceFile],
    lost: Named,
    reads: Mapping[int, list[Read]],
    settled: Sequence[Settled],
    about: _Sources,
) -> pa.Table:
    held = [("", FINDING.empty_table()), *lost]
    held += [(sources[number].name, stores.get(digest)) for number, done in reads.items()
             for one in done for digest in one.findings]  # fmt: skip
    dropped = stores.all(one.dropped for one in settled).sort_by([("source", "ascending"), ("row", "ascending")])
    held += duplicates(dropped, [source.name for source in sources])
    for at, (name, _, findings) in enumerate(about.marked):
        held += [(name, findings), (name, _lost_by_all([stores.get(one.lost[at]) for one in settled]))]
    return named(held)


def _lost_by_all(portions: Sequence[pa.Table]) -> pa.Table:
    """The marks that no listing of any portion takes."""
    rows = [one.column("row").to_numpy() for one in portions]
    everywhere = reduce(np.intersect1d, rows)
    return portions[0].filter(pa.array(np.isin(rows[0], everywhere)))


def _files(stores: Stores, joined: Sequence[Joined]) -> tuple[Sealed, Digest]:
    """Keep the lines and the index of all ranges as two files; give what seals the first, and the second's hash."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.tsv"
        sealed = seal(written((stores.scratch.get(one.lines) for one in joined), path))
        stores.objects.put_file(path)
        return sealed, stores.objects.put_file(_index(stores, joined, Path(folder) / "index.parquet"))


def _index(stores: Stores, joined: Sequence[Joined], path: Path) -> Path:
    """Write the index as `packed` does: a row group is of as many rows as there."""
    held = stores.get(joined[0].index).slice(0, 0)
    with pq.ParquetWriter(path, held.schema, compression="zstd") as file:
        for table in _evenly(held, (stores.get(one.index) for one in joined)):
            file.write_table(table, row_group_size=BATCH)
    return path


def _evenly(held: pa.Table, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    for table in tables:
        held = pa.concat_tables([held, table]).combine_chunks()
        while len(held) >= BATCH:
            yield held.slice(0, BATCH)
            held = held.slice(BATCH)
    yield held
