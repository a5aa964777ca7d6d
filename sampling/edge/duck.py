"""DuckDB: a frame that is larger than the memory, made unique and searched for nominees on disk.

It is an independent second way to the same rows: no sampling and no hash of its own is used. `duckdb` is loaded when
it is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sampling.columns import FRAME, GATHERED, MARKS, WORDS, Ints
from sampling.inclusion import Floats
from sampling.nominee import groups, thinned
from sampling.tally import Shares
from sampling.unique import HashOf

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

Source: TypeAlias = "pa.Table | Sequence[Path]"
"""A table in memory, or Parquet files that are read as one."""
TYPES = {**GATHERED, **MARKS, **FRAME, "merchant": WORDS, "ticket": pa.uint64()}
BATCH = 100_000
SLACK = 8
"""Keys are computed in doubles here: so many more than wanted are met, for the exact order to choose from."""
_TWINS = """
CREATE TEMP TABLE twins AS SELECT listing_id, crawled_at, price, source, row FROM listings
WHERE listing_id IN (SELECT listing_id FROM listings GROUP BY listing_id HAVING count(*) > 1)"""
_TIED = """
SELECT source, row FROM twins QUALIFY
    rank() OVER (PARTITION BY listing_id ORDER BY crawled_at DESC, price ASC NULLS LAST) = 1
    AND count(*) OVER (PARTITION BY listing_id, crawled_at, price) > 1
ORDER BY source, row"""
_DROPPED = """
CREATE TEMP TABLE dropped AS SELECT listing_id, source, row FROM twins LEFT JOIN hashes USING (source, row)
QUALIFY row_number() OVER (PARTITION BY listing_id
    ORDER BY crawled_at DESC, price ASC NULLS LAST, hash DESC NULLS LAST, source, row) > 1"""
_UNIQUE = "SELECT listings.* FROM listings ANTI JOIN dropped USING (source, row) ORDER BY listing_id"
# ~t is 2^64 - 1 - t: u / (1 - u) with u = (2t + 1) / 2^65 is formed of whole numbers as far as it goes.
_NEAR = """
WITH ticketed AS (
    SELECT {columns}, ('0x' || sha256(? || listing_id)[:16])::UBIGINT AS ticket,
        places * size AS weight, total, certain, reach
    FROM listings JOIN shares USING (stratum)
)
SELECT {columns}, ticket FROM ticketed WHERE size >= certain
    OR (2e0 * ticket + 1) / (2e0 * ~ticket + 1) * greatest(total - weight, 0) / weight <= reach"""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of the machine may be taken; without a folder nothing is written to disk."""

    memory: str = "2GB"
    threads: int = 2
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Unique listings in the order of the ids' bytes, a table a batch of one schema, and what was dropped."""

    schema: pa.Schema
    batches: Iterator[pa.Table]
    dropped: pa.Table


@contextmanager
def unique(source: Source, *, hash_of: HashOf, room: Room | None = None) -> Iterator[Stream]:
    """Give one row a listing as `sampling.unique` does, in batches that can be read inside the `with`.

    `source` and `row` must name a row.
    """
    with _opened(source, room or Room()) as connection:
        connection.execute(_TWINS)
        tied = connection.sql(_TIED).to_arrow_table()
        hashes = hash_of(tied["source"].to_numpy(), tied["row"].to_numpy()) if len(tied) else []
        connection.register("hashes", tied.append_column("hash", pa.array(hashes, pa.string())))
        connection.execute(_DROPPED)
        dropped = connection.sql("SELECT * FROM dropped ORDER BY source, row").to_arrow_table()
        reader = connection.sql(_UNIQUE).to_arrow_reader(BATCH)
        schema = _schema(reader.schema)
        batches = (pa.Table.from_batches([batch]).cast(schema) for batch in reader)
        yield Stream(schema, batches, dropped.cast(_schema(dropped.schema)))


def unique_file(source: Source, into: Path, *, hash_of: HashOf, room: Room | None = None) -> pa.Table:
    """Write one row a listing to a Parquet file in the order of the ids' bytes, and give what was dropped."""
    with (
        unique(source, hash_of=hash_of, room=room) as stream,
        pq.ParquetWriter(into, stream.schema, compression="zstd") as file,
    ):
        for batch in stream.batches:
            file.write_table(batch)
        return stream.dropped


def nominees(
    source: Source, shares: Shares, seed: str, *, reserve: int, cap: int = 0, room: Room | None = None
) -> pa.Table:
    """Give the nominees of a frame as `sampling.nominee` does, sorted by id; only these come into the memory."""
    most = np.where(shares.n >= shares.listings, shares.listings, shares.n + reserve)
    with _opened(source, room or Room()) as connection:
        near = _near(connection, shares, _reach(shares, most), seed, cap)
        found = thinned(near, shares, reserve=reserve + SLACK, cap=cap)
        # Where large sizes or a cap keep keys far apart the reach was too short: those strata are looked at as a whole.
        met = np.bincount(groups(found, shares), minlength=len(most))
        short = met < np.minimum(most + SLACK, shares.listings)
        again = _near(connection, shares, np.where(short, np.inf, -np.inf), seed, cap)
    whole = pa.concat_tables([found.filter(pa.array(~short[groups(found, shares)])), again])
    return thinned(whole, shares, reserve=reserve, cap=cap).sort_by("listing_id")


def _reach(shares: Shares, most: Ints) -> Floats:
    # About m q keys are below q; six standard deviations more than wanted are.
    expected = most + SLACK + 6 * np.sqrt(most + SLACK)
    reach: Floats = expected / np.maximum(shares.left, 1)
    return reach


def _near(connection: "Connection", shares: Shares, reach: Floats, seed: str, cap: int) -> pa.Table:
    looked = np.flatnonzero(reach > 0)
    columns = {"certain": shares.certain, "places": np.maximum(shares.left, 1), "total": shares.total, "reach": reach}
    named = {"stratum": pa.array([shares.strata[at] for at in looked], pa.string())}
    connection.register("shares", pa.table(named | {name: column[looked] for name, column in columns.items()}))
    names = ["listing_id", "stratum", "size", *(["merchant"] if cap else [])]
    found = connection.sql(_NEAR.format(columns=", ".join(names)), params=[seed]).to_arrow_table()
    return found.cast(_schema(found.schema))


def _schema(given: pa.Schema) -> pa.Schema:
    return pa.schema([(name, TYPES[name]) for name in given.names])


@contextmanager
def _opened(source: Source, room: Room) -> Iterator["Connection"]:
    duckdb = import_module("duckdb")
    # Nothing is fetched from anywhere, and rows are in order where a statement says so and nowhere else.
    config = {
        "memory_limit": room.memory,
        "threads": room.threads,
        "temp_directory": str(room.folder or ""),
        "autoinstall_known_extensions": False,
        "preserve_insertion_order": False,
    }
    with duckdb.connect(config=config) as connection:
        if isinstance(source, pa.Table):
            connection.register("listings", source)
        else:
            connection.read_parquet([str(path) for path in source], union_by_name=True).create_view("listings")
        yield connection
