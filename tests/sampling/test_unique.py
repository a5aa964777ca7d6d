"""One row a listing, the same one on every engine."""

from typing import Any

import pyarrow as pa
import pytest

from sampling.unique import unique
from tests.sampling.listings import crawled, hashes, listings


def unasked(source: Any, row: Any) -> list[str]:
    raise AssertionError("no rows were tied")


def by_row(source: Any, row: Any) -> list[str]:
    return [f"{number:04}" for number in row]


def alike(source: Any, row: Any) -> list[str]:
    return ["same"] * len(row)


ENGINES = pytest.mark.parametrize("engine", ["numpy", "pandas"])


@ENGINES
@pytest.mark.parametrize(
    ("rows", "hash_of", "winner"),
    [
        ([{"crawled_at": 5, "price": 9}, {"crawled_at": 7, "price": 30}, {"crawled_at": 6}], unasked, 3),
        ([{"crawled_at": 5, "price": 9}, {"crawled_at": 5, "price": 3}, {"crawled_at": 5}], unasked, 3),
        ([{"crawled_at": 5}, {"crawled_at": 5, "price": 10**13}], unasked, 3),
        ([{"price": 4}, {"price": 4}, {"price": 4}, {"price": 9}], by_row, 4),
        ([{"price": None}, {"price": None}], by_row, 3),
        # The same texts in two sources: the first source, then the first row.
        ([{"source": 1, "row": 2}, {"source": 0, "row": 9}, {"source": 0, "row": 7}], alike, 7),
    ],
)
def test_the_last_then_the_cheapest_then_the_highest_hash_wins(
    engine: str, rows: list[dict[str, Any]], hash_of: Any, winner: int
) -> None:
    found = unique(listings([{"listing_id": "x:1", **row} for row in rows]), hash_of=hash_of, engine=engine)
    assert found.listings["row"].to_pylist() == [winner]
    given = sorted((row.get("source", 0), row.get("row", at)) for at, row in enumerate(rows, start=2))
    assert found.dropped.to_pylist() == [
        {"listing_id": "x:1", "source": source, "row": row} for source, row in given if row != winner
    ]


@ENGINES
def test_hashes_are_asked_only_of_rows_alike_in_time_and_price(engine: str) -> None:
    asked: list[tuple[int, int]] = []

    def hash_of(source: Any, row: Any) -> list[str]:
        asked.extend(zip(source.tolist(), row.tolist(), strict=True))
        return by_row(source, row)

    rows = [{"listing_id": "x:1", "price": 4}] * 2 + [{"listing_id": "x:1", "price": 5}] * 2 + [{"listing_id": "x:2"}]
    assert unique(listings(rows), hash_of=hash_of, engine=engine).listings["row"].to_pylist() == [3, 6]
    assert sorted(asked) == [(0, 2), (0, 3)]


@ENGINES
def test_rows_alike_in_time_leave_one(engine: str) -> None:
    # Joining each listing with its greatest time keeps both rows where two have it.
    rows = crawled(5000)
    table = pa.table({"id": rows["listing_id"], "at": rows["crawled_at"]})
    last = table.group_by("id").aggregate([("at", "max")]).rename_columns(["id", "at"])
    found = unique(rows, hash_of=hashes, engine=engine).listings
    assert len(table.join(last, ["id", "at"], join_type="inner")) > len(last) == len(found)


@ENGINES
def test_listings_come_in_the_order_of_their_bytes_with_all_their_columns(engine: str) -> None:
    ids = ["y:2", "é", "x:平台", "x:a", "x:", "x:\uffff", "x:𝟙"]
    rows = listings(listing_id=ids, live=[True] * 3 + [False] * 4, sales=range(7))
    found = unique(rows, hash_of=unasked, engine=engine)
    assert found.listings["listing_id"].to_pylist() == sorted(ids, key=str.encode)
    assert found.listings.sort_by("row").to_pylist() == rows.to_pylist()
    assert found.listings.schema == rows.schema
    assert len(found.dropped) == 0


@ENGINES
def test_no_listings_are_none(engine: str) -> None:
    found = unique(listings(), hash_of=unasked, engine=engine)
    assert (len(found.listings), len(found.dropped)) == (0, 0)


def test_both_engines_and_every_order_of_rows_give_the_same() -> None:
    rows = crawled(20_000)
    one = unique(rows, hash_of=hashes)
    assert len(one.dropped) == 600
    for table, engine in ((rows, "pandas"), (rows.sort_by([("row", "descending")]), "numpy")):
        other = unique(table, hash_of=hashes, engine=engine)
        assert other.listings.equals(one.listings)
        assert other.dropped.equals(one.dropped)
    parts = pa.concat_tables([rows.slice(15_000), rows.slice(0, 15_000)])
    assert unique(parts, hash_of=hashes).listings.combine_chunks().equals(one.listings)
