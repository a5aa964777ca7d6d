"""Gathering: the frame of a campaign, from the catalogues of its platforms and the files it names."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from flows.wiring import World, crawl, hasher, mapping_of, packed, read_marks_file, read_source
from platforms.errors import PlatformError
from sampling.campaign import Campaign
from sampling.columns import codes
from sampling.errors import SamplingError
from sampling.finding import FINDING, named, one, told
from sampling.frame import Part, empty, together
from sampling.frozen import SourceFile
from sampling.mapping import Mapped, read_mapping
from sampling.marks import Marked, add_marks
from sampling.risk import stratify
from sampling.source import listing_table
from sampling.unique import unique
from storage.objects import Objects

Named = Sequence[tuple[str, pa.Table]]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A frame, the sources its rows are numbered by, and what was wrong in them (`source` and the finding)."""

    frame: pa.Table
    sources: tuple[SourceFile, ...]
    findings: pa.Table


@dataclass(slots=True)
class _Read:
    """What the sources gave so far."""

    listings: list[pa.Table] = field(default_factory=list)
    marks: list[tuple[str, Marked]] = field(default_factory=list)
    findings: list[tuple[str, pa.Table]] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)


def gather(world: World, campaign: Campaign, at: datetime) -> Gathered:
    """Give the frame, with stratum and size, and what was wrong in its sources; a file counts as much as a site."""
    sources, lost = sources_of(world, campaign, at)
    design = campaign.design
    return gather_from(
        world.objects, sources, lost, categories=campaign.categories, picks=design.picks,
        merchants=design.by_merchant,
    )  # fmt: skip


def gather_from(
    objects: Objects,
    sources: Sequence[SourceFile],
    lost: Named = (),
    *,
    categories: tuple[str, ...] = (),
    picks: Mapping[str, str] | None = None,
    merchants: bool = True,
) -> Gathered:
    """Give the frame of sources that are kept, in memory as a whole; `lost` are findings that lead the others.

    Sellers are not read where neither the draw nor a source of marks asks for them: a drawn listing's is read later.
    """
    with ExitStack() as stack:
        places = [stack.enter_context(objects.file(source.digest)) for source in sources]
        mappings = [mapping_at(objects, source, path) for source, path in zip(sources, places, strict=True)]
        read = _Read(findings=list(lost))
        known = list(enumerate(zip(sources, places, mappings, strict=True)))
        read.marks = [(source.name, read_marks_file(path, mapping=mapping)) for _, (source, path, mapping) in known
                      if _is_marks(mapping)]  # fmt: skip
        unread = () if merchants or any(_of_sellers(marked) for _, marked in read.marks) else ("seller",)
        for number, (source, path, mapping) in known:
            if not _is_marks(mapping):
                part = read_source(path, mapping=mapping, source=number, unread=unread)
                read.listings.append(part.listings)
                read.findings.append((source.name, part.findings))
                read.parents |= mapping.parents if mapping else {}
        pairs = [(path, mapping or Mapped({})) for path, mapping in zip(places, mappings, strict=True)]
        found = unique(_joined(read), hash_of=hasher(pairs))
    names = [source.name for source in sources]
    read.findings += [(name, table) for name, table in duplicates(found.dropped, names)]
    listings = of_categories(_marked(found.listings, read), categories)
    frame = stratify(listings, parents=read.parents, picks=picks)
    return Gathered(frame, tuple(sources), named([("", FINDING.empty_table()), *read.findings]))


def _is_marks(mapping: Mapped | None) -> bool:
    return mapping is not None and mapping.kind == "marks"


def _of_sellers(marked: Marked) -> bool:
    return bool(marked.marks.column("listing_id").null_count)


def sources_of(world: World, campaign: Campaign, at: datetime) -> tuple[tuple[SourceFile, ...], Named]:
    """Give what a frame is gathered from, sites before files, and the findings of the sites that gave nothing."""
    crawled, lost = _crawled(world, campaign, at)
    files = (SourceFile(f"file {digest[:12]}", digest, campaign.mappings.get(digest, "")) for digest in campaign.files)
    return (*crawled, *files), lost


def _crawled(world: World, campaign: Campaign, at: datetime) -> tuple[list[SourceFile], Named]:
    # Each site is crawled at its own pace, so several may be at once.
    with ThreadPoolExecutor(max_workers=world.threads) as pool:
        found = list(pool.map(lambda code: _crawl(world, code, at), campaign.platforms))
    kept = [source for source in found if isinstance(source, SourceFile)]
    lost = [(code, one(0, "", "source_unreadable", said))
            for code, said in zip(campaign.platforms, found, strict=True) if isinstance(said, str)]  # fmt: skip
    return kept, lost


def _crawl(world: World, code: str, at: datetime) -> SourceFile | str:
    """Keep a crawl like a file, so that a drawn listing can be read again as it was found; or say why there is none."""
    site = world.sites.get(code)
    if site is None:
        return f"no site {code} is known"
    try:
        with world.browser.stay() as stay:
            listings = [item for page in crawl(stay, site) for item in page.listings]
    except PlatformError as error:
        return str(error)
    return SourceFile(code, world.objects.put(packed(listing_table(listings, at=int(at.timestamp())))))


def mapping_at(objects: Objects, source: SourceFile, path: Path) -> Mapped | None:
    """Give the mapping of a source whose file lies here, None where none fits."""
    if source.mapping:
        return read_mapping(objects.get(source.mapping).decode())
    try:
        return mapping_of(path)
    except SamplingError:
        return None  # its reading says what is wrong


def _joined(read: _Read) -> pa.Table:
    held = [part for part in read.listings if len(part)]
    read.listings.clear()  # a national frame is not held twice
    return held.pop() if len(held) == 1 else _whole(held)


def _whole(held: list[pa.Table]) -> pa.Table:
    """Give several tables of listings as one, whichever marks each has."""
    return together([Part(table, FINDING.empty_table()) for table in held]).listings if held else empty()


def _marked(listings: pa.Table, read: _Read) -> pa.Table:
    for name, marked in read.marks:
        added = add_marks(listings, marked.marks)
        listings = added.listings
        read.findings += [(name, marked.findings), (name, added.findings)]
    return listings


def duplicates(dropped: pa.Table, names: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """Give the finding of each dropped row, by the names of the sources."""
    number = dropped.column("source").to_numpy()
    for place in np.unique(number):
        own = dropped.filter(pa.array(number == place))
        rows = own.column("row").to_numpy()
        cells = own.column("listing_id").combine_chunks()
        yield from ((names[place], table) for table in told(rows, np.ones(len(rows), bool), "listing_id", "duplicate",
                                                            cells))  # fmt: skip


def of_categories(listings: pa.Table, categories: tuple[str, ...]) -> pa.Table:
    """Give the listings of the campaign's categories, of all where it names none."""
    if not categories:
        return listings
    of, names = codes(listings, "category")
    wanted = np.array([name in categories for name in names], bool)
    return listings.filter(pa.array(wanted[of])) if len(names) else listings
