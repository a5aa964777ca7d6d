"""DuckDB comes to the same rows as NumPy and pandas, in memory and from files."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sampling.draw import ticket
from sampling.edge.duck import Room, nominees, unique, unique_file
from sampling.nominee import nominees as nominees_in_memory
from sampling.nominee import settled
from sampling.risk import stratify
from sampling.tally import Shares, count, shares
from sampling.unique import unique as unique_in_memory
from tests.sampling.listings import crawled, hashes, listings

pytest.importorskip("duckdb")
SEED = hashlib.sha256(b"seed").hexdigest()


@pytest.fixture(scope="module")
def rows() -> pa.Table:
    return crawled(200_000)


def test_all_three_engines_keep_and_drop_the_same_rows(rows: pa.Table, tmp_path: Path) -> None:
    expected = unique_in_memory(rows, hash_of=hashes)
    assert len(expected.dropped) == 6_000
    plain = unique_in_memory(rows, hash_of=hashes, engine="pandas")
    assert plain.listings.equals(expected.listings)
    assert plain.dropped.equals(expected.dropped)
    room = Room(memory="300MB", threads=2, folder=tmp_path)
    with unique(rows, hash_of=hashes, room=room) as stream:
        table = pa.concat_tables(stream.batches)
        assert stream.dropped.equals(expected.dropped)
    assert same(table, expected.listings)


def test_files_are_read_as_one_and_written_as_one(rows: pa.Table, tmp_path: Path) -> None:
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    pq.write_table(rows.slice(0, 70_000), paths[0])
    pq.write_table(rows.slice(70_000).drop_columns("live"), paths[1])
    expected = unique_in_memory(pa.concat_tables(map(pq.read_table, paths), promote_options="default"), hash_of=hashes)
    dropped = unique_file(paths, tmp_path / "all.parquet", hash_of=hashes)
    assert dropped.equals(expected.dropped)
    found = pq.read_table(tmp_path / "all.parquet")
    assert found.schema.equals(expected.listings.schema)
    assert same(found, expected.listings)


def test_hashes_are_asked_only_of_rows_alike_in_time_and_price() -> None:
    asked: list[tuple[int, int]] = []

    def hash_of(source: Any, row: Any) -> list[str]:
        asked.extend(zip(source.tolist(), row.tolist(), strict=True))
        return [f"{number:04}" for number in row]

    given = [{"listing_id": "x:1", "price": 4}] * 2 + [{"listing_id": "x:1"}] * 2 + [{"listing_id": "x:2"}]
    with unique(listings(given), hash_of=hash_of) as stream:
        assert [row["row"] for batch in stream.batches for row in batch.to_pylist()] == [3, 6]
    assert asked == [(0, 2), (0, 3)]


def test_no_listings_are_an_empty_file(tmp_path: Path) -> None:
    assert len(unique_file(listings(), tmp_path / "none.parquet", hash_of=hashes)) == 0
    assert pq.read_table(tmp_path / "none.parquet").equals(listings())


def framed(rows: pa.Table, *, skewed: bool) -> pa.Table:
    """Give a frame with merchants; where it is skewed, one listing in a hundred is as large as thousands."""
    frame = stratify(unique_in_memory(rows.slice(0, 30_000), hash_of=hashes).listings)
    large = [size * (5_000 if skewed and at % 100 == 0 else 1) for at, size in enumerate(frame["size"].to_pylist())]
    frame = frame.set_column(frame.column_names.index("size"), "size", pa.array(large))
    return frame.append_column("merchant", frame["seller"])


@pytest.mark.parametrize("skewed", [False, True])
@pytest.mark.parametrize("cap", [0, 1])
def test_nominees_settle_into_the_same_draw(rows: pa.Table, skewed: bool, cap: int, tmp_path: Path) -> None:
    frame = framed(rows, skewed=skewed)
    tally = count(frame)
    held = shares(tally, {name: at % 23 for at, name in enumerate(tally.strata) if at % 9})
    pq.write_table(frame, tmp_path / "frame.parquet")
    found = nominees([tmp_path / "frame.parquet"], held, SEED, reserve=5, cap=cap)
    assert len(found) < len(frame) / 2
    expected = nominees_in_memory(frame, held, SEED, reserve=5, cap=cap)
    assert placed(found, held, cap) == placed(expected, held, cap)
    assert found.to_pylist() == nominees(frame, held, SEED, reserve=5, cap=cap).to_pylist()
    assert found["ticket"].to_pylist() == [ticket(SEED, id_) for id_ in found["listing_id"].to_pylist()]


def placed(found: pa.Table, held: Shares, cap: int) -> list[tuple[Any, ...]]:
    names = ["stratum", "rank", "listing_id", "size", "ticket", "certain", "selected"]
    drawn = settled(found, held, reserve=5, cap=cap).select(names).to_pylist()
    return [tuple(row.values()) for row in drawn]


def test_a_frame_without_listings_has_no_nominees() -> None:
    frame = stratify(listings())
    assert nominees(frame, shares(count(frame), {}), SEED, reserve=5).to_pylist() == []


def same(one: pa.Table, other: pa.Table) -> bool:
    """Tell whether two tables say the same; their dictionaries may have the words in another order."""
    plain = pa.schema([(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
                       for field in other.schema])  # fmt: skip
    return bool(one.cast(plain).combine_chunks().equals(other.cast(plain).combine_chunks()))
