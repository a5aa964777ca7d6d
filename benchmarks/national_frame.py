"""The claim: a national frame becomes a frozen frame and 20,000 drawn listings on one small machine.

10.3 million crawled rows in Parquet become 10.0 million listings, each once, with risk, stratum and size; the
canonical file with its SHA-256 and Merkle root; and the draw. Everything in memory that is at most 15 CPU seconds and
3.5 GB; the draw from the frozen columns, tickets to chances, at most 3 (what it takes to read the file again and to
check its hash is printed beside it); and in parts, as the product does it where memory is short, at most 45 CPU seconds
and 1.5 GB. DuckDB, which shares neither the sorting nor the de-duplication, is held to the same. All give the same
draw. Each runs in a process of its own, which first does the same with a hundred thousand rows, so that no step pays
for compiling or loading the compiled loops; the frame itself is made beforehand. The first two are the quietest of
three runs: what else the machine does can only add to them.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from importlib.resources import files
from itertools import chain
from operator import add
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.figures import Clock, Step, alone, cpu, show, verdict
from benchmarks.frames import FOLDER, TREE, frame
from flows.parts import freeze_in_parts
from flows.pieces import Stores
from flows.slices import place_in_parts
from sampling import framefile, places, risk, tally
from sampling.ceremony import DrawPlan
from sampling.digest import sha256
from sampling.edge import duck, memory, sources, tables
from sampling.facts import Facts, count_facts, strata_facts, summarize
from sampling.frame import read_part
from sampling.frozen import SourceFile
from sampling.mapping import Mapped
from sampling.nominee import nominees, thinned
from sampling.outlier import PriceCounts, count_prices, limits
from sampling.plan import Stratum, allocate, bernoulli
from sampling.preview import StratumFacts
from sampling.tickets import tickets
from sampling.unique import unique
from storage.objects import Folder

SAMPLES, RESERVE, SEED = 20_000, 10, "ab" * 32
MOST_CPU, MOST_MB = 15.0, 3_584
MOST_DRAW_CPU = 3.0
MOST_CAPPED_CPU, MOST_CAPPED_MB = 45.0, 1_536
PARTS, RUNS = 16, 3
ROOM = "700MB"
"""What DuckDB may take; Python, Arrow and the batches take the rest."""
BATCH = 500_000
"""Rows of a part where memory is short."""
HELD = [*framefile.COLUMNS, "price", "points", "anomaly"]
"""What is kept of the listings once they are marked."""


Sum = TypeVar("Sum", PriceCounts, Facts, tally.Tally)


@dataclass(frozen=True, slots=True)
class Made:
    """What a way ended with: the frozen file's hashes, the allocation, the number drawn, the digest of the draw."""

    sealed: framefile.Sealed
    n: dict[str, int]
    drawn: int
    digest: str


def main() -> int:
    """Print the steps of every way and give 1 when a figure is missed."""
    path = frame("10m")
    with TemporaryDirectory(dir=FOLDER) as folder:
        rows = pq.ParquetFile(path).metadata.num_rows
        whole, steps = quietest(f"in memory, {rows} rows", warmed, in_memory, path, Path(folder))
        again, after = quietest("after the freeze", after_freeze, Path(folder), whole.sealed, whole.n)
        divided, apart = alone(warmed, in_parts, path, Path(folder))
        show(f"in {PARTS} parts", apart)
        spilled, other = alone(warmed, by_duckdb, path, Path(folder))
        show("by DuckDB, through the disk", other)
    print(f"{whole.sealed.listings} listings, {whole.drawn} drawn, digest {whole.digest}")
    same = whole == again == divided == spilled
    drawing = cpu([step for step in after if step.name.startswith("draw")])
    print(f"{cpu(after):.1f} CPU s for a draw with reading the frozen file and checking its hash")
    return verdict(claims(steps, drawing, apart, other) | {"all ways give the same": same})


def quietest(name: str, job: Callable[..., Made], *given: Any) -> tuple[Made, list[Step]]:
    """Give what a job ends with, and the steps of its run of least CPU seconds."""
    runs = []
    for number in range(1, RUNS + 1):
        runs.append(alone(job, *given))
        show(f"{name}, run {number} of {RUNS}", runs[-1][1])
    return min(runs, key=lambda run: cpu(run[1]))


def claims(steps: list[Step], drawing: float, apart: list[Step], other: list[Step]) -> dict[str, bool]:
    """Give each figure as a sentence, and whether it holds."""
    return {
        f"{cpu(steps):.1f} CPU s of {MOST_CPU:.0f} in memory": cpu(steps) <= MOST_CPU,
        f"{steps[-1].peak} MB of {MOST_MB} in memory": steps[-1].peak <= MOST_MB,
        f"{drawing:.1f} CPU s of {MOST_DRAW_CPU:.0f} for the draw, tickets to chances": drawing <= MOST_DRAW_CPU,
        f"{cpu(apart):.1f} CPU s of {MOST_CAPPED_CPU:.0f} in parts": cpu(apart) <= MOST_CAPPED_CPU,
        f"{apart[-1].peak} MB of {MOST_CAPPED_MB} in parts": apart[-1].peak <= MOST_CAPPED_MB,
        f"{cpu(other):.1f} CPU s of {MOST_CAPPED_CPU:.0f} by DuckDB": cpu(other) <= MOST_CAPPED_CPU,
        f"{other[-1].peak} MB of {MOST_CAPPED_MB} by DuckDB": other[-1].peak <= MOST_CAPPED_MB,
    }


def warmed(clock: Clock, way: Callable[[Clock, Path, Path], Made], path: Path, folder: Path) -> Made:
    """Give what a way ends with; it goes through a small frame first, off the clock."""
    with TemporaryDirectory(dir=folder) as small:
        way(Clock(), frame("100k"), Path(small))
    clock.restart()
    return way(clock, path, folder)


def in_memory(clock: Clock, path: Path, folder: Path, samples: int = SAMPLES, least: int = 1) -> Made:
    """Give what the whole way in memory ends with, and leave the frozen file in the folder."""
    memory.keep()
    framed = prepared(clock, path)
    facts = strata_facts(framed)
    clock.done("what the strata hold")
    with (folder / "frame.tsv").open("wb") as file:
        sealed = framefile.seal(written(framefile.lines(framed), file.write))
    clock.done("frozen file, SHA-256, Merkle root")
    given = allocation(facts, samples, least)
    clock.done("allocation")
    made = Made(sealed, given, *told(places.place(framed, plan(sealed, given), SEED)))
    clock.done("draw")
    return made


def prepared(clock: Clock, path: Path) -> pa.Table:
    """Give the frame of a file: every listing once, with anomaly, points, stratum and size."""
    mapping = tables.mapping_of(path)
    assert mapping
    # Nothing but the list holds the table, so that each column is freed when its successor is there.
    # Sellers are left unread, as the product does for a plan without a cap or two stages.
    held = [sources.read_source(path, mapping=mapping, unread=["seller"]).listings]
    clock.done("Parquet into columns")
    held.append(unique(held.pop(), hash_of=sources.hasher([(path, mapping)])).listings)
    clock.done("one row a listing, sorted")
    framed = risk.stratify(held.pop(), parents=TREE)
    clock.done("prices, risk, strata, sizes")
    return framed


def after_freeze(clock: Clock, folder: Path, sealed: framefile.Sealed, n: dict[str, int]) -> Made:
    """Give what the frozen file alone gives: it is read, held to its hash, and drawn from."""
    memory.keep()
    data = (folder / "frame.tsv").read_bytes()
    tickets(framefile.parse(data[: data.index(b"\n", 4_000_000) + 1]).column("listing_id"), SEED)
    clock.restart()
    assert sha256(data) == sealed.sha256
    framed = framefile.parse(data)
    clock.done("frozen file back into columns")
    made = Made(sealed, n, *told(places.place(framed, plan(sealed, n), SEED)))
    clock.done("draw")
    return made


def in_parts(clock: Clock, path: Path, folder: Path) -> Made:
    """Give the same as the product gives it in parts, one after the other."""
    stores = Stores(Folder(folder / "objects"), Folder(folder / "scratch"))
    mapping = stores.objects.put(mapping_file().encode())
    source = SourceFile("crawl", stores.objects.put_file(path), mapping)
    clock.done("source kept")
    kept_frame = freeze_in_parts(stores, [source], parts=PARTS)
    frozen = kept_frame.frozen
    sealed = framefile.Sealed(frozen.sha256, frozen.merkle_root, frozen.listings)
    clock.done("Parquet to frozen file")
    given = allocation(kept_frame.strata)
    clock.done("allocation")
    found, _ = place_in_parts(stores, frozen.sha256, plan(sealed, given), SEED, parts=PARTS)
    made = Made(sealed, given, *told(found))
    clock.done("draw")
    return made


def mapping_file() -> str:
    """Give the mapping of the generated file with its tree of categories."""
    known = tomllib.loads((files("sampling") / "sources.toml").read_text("utf-8"))["source"]
    entry = {**next(one for one in known if one["code"] == "crawl-export"), "parents": TREE}
    return "\n".join(f"{name} = {inline(value)}" for name, value in entry.items())


def inline(value: object) -> str:
    """Give a text or a table of texts as TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(name)} = {inline(one)}" for name, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def by_duckdb(clock: Clock, path: Path, folder: Path) -> Made:
    """Give the same, no step holding more than a part of the rows or what DuckDB may take."""
    listings, once, marked = (folder / f"{name}.parquet" for name in ("listings", "once", "marked"))
    mapping = tables.mapping_of(path)
    assert mapping
    kept(listings, gathered(path, mapping))
    clock.done("Parquet into columns")
    room = duck.Room(memory=ROOM, threads=2, folder=folder)
    duck.unique_file([listings], once, hash_of=sources.hasher([(path, mapping)]), room=room)
    clock.done("one row a listing, sorted")
    prices = limits(summed(map(count_prices, batches(once, "price", "pack", "category"))), TREE)
    least: list[dict[str, int]] = []
    kept(marked, noted((risk.mark(part, prices, {}).select(HELD) for part in batches(once)), least))
    bound = risk.merge_least(least)
    clock.done("prices, risk, strata, sizes")
    seen: list[tuple[Facts, tally.Tally]] = []
    lines = counted((risk.bound(part, bound) for part in batches(marked)), seen)
    with (folder / "frame.tsv").open("wb") as file:
        sealed = framefile.seal(written(lines, file.write))
    facts, whole = summed(facts for facts, _ in seen), summed(sizes for _, sizes in seen)
    clock.done("frozen file, hashes, what the strata hold")
    given = allocation(summarize(facts))
    clock.done("allocation")
    asked = tally.shares(whole, given)
    drawn = (risk.bound(part, bound) for part in batches(marked, *framefile.COLUMNS))
    near = pa.concat_tables([nominees(part, asked, SEED, reserve=RESERVE) for part in drawn])
    held = thinned(near.unify_dictionaries(), asked, reserve=RESERVE)
    made = Made(sealed, given, *told(places.settle(held, whole, asked, reserve=RESERVE)))
    clock.done("draw")
    return made


def gathered(path: Path, mapping: Mapped) -> Iterator[pa.Table]:
    """Give the listings of a file, a batch of its rows at a time."""
    first = tables.FIRST
    for table in tables.batches(path, mapping):
        yield read_part(table, mapping, first=first).listings
        first += len(table)


def kept(path: Path, parts: Iterable[pa.Table]) -> None:
    """Write parts into one Parquet file."""
    parts = iter(parts)
    first = next(parts)
    with pq.ParquetWriter(path, first.schema, compression="lz4") as file:
        for part in chain([first], parts):
            file.write_table(part)


def batches(path: Path, *columns: str) -> Iterator[pa.Table]:
    """Give the rows of a Parquet file in parts; without names, all its columns."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(BATCH, columns=columns or None):
            yield pa.Table.from_batches([batch])


def noted(parts: Iterable[pa.Table], least: list[dict[str, int]]) -> Iterator[pa.Table]:
    """Give the parts as they are and note the least size of each stratum in them."""
    for part in parts:
        least.append(risk.least_sizes(part))
        yield part


def counted(parts: Iterable[pa.Table], seen: list[tuple[Facts, tally.Tally]]) -> Iterator[bytes]:
    """Give the lines of the parts and note what their strata hold."""
    for part in parts:
        seen.append((count_facts(part), tally.count(part)))
        yield from framefile.lines(part)


def summed(parts: Iterable[Sum]) -> Sum:
    """Give the sum of parts, those added to each other that hold as many parts: few additions are large."""
    held: list[tuple[int, Sum]] = []
    for part in parts:
        whole, rank = part, 0
        while held and held[-1][0] == rank:
            whole, rank = held.pop()[1] + whole, rank + 1
        held.append((rank, whole))
    return reduce(add, (whole for _, whole in reversed(held)))


def written(pieces: Iterable[bytes], write: Callable[[bytes], object]) -> Iterator[bytes]:
    """Give the pieces as they are once they are written."""
    for piece in pieces:
        write(piece)
        yield piece


def allocation(facts: Iterable[StratumFacts], samples: int = SAMPLES, least: int = 1) -> dict[str, int]:
    """Give how many of the samples each stratum gets, by what its points let expect."""
    strata = {one.name: Stratum(one.listings, bernoulli(Fraction(one.mean_rate))) for one in facts}
    return allocate(strata, samples, least=least)


def plan(sealed: framefile.Sealed, given: dict[str, int]) -> DrawPlan:
    """Give the plan of a draw from a frozen frame."""
    return DrawPlan(
        campaign="national", number=1, frame_sha256=sealed.sha256, merkle_root=sealed.merkle_root,
        listings=sealed.listings, n=given, reserve=RESERVE, rules="", code="", parties=(), sources=(),
    )  # fmt: skip


def told(placed: list[places.Place]) -> tuple[int, str]:
    """Give how many were drawn, and the digest of the draw's files."""
    files = places.sample_file(placed), places.reserve_file(placed), places.tickets_file(placed)
    return sum(one.selected for one in placed), places.draw_digest(*files)


if __name__ == "__main__":
    sys.exit(main())
