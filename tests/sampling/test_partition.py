"""Partitions: a listing is in one part wherever its rows come from, and parts are about as large as each other."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.columns import WORDS, words
from sampling.partition import SEED, compact, partition, split
from tests.sampling.listings import listings

IDS = st.lists(st.text(max_size=70), max_size=40)


def test_the_seed_is_published() -> None:
    assert hashlib.sha256(b"msw/partition/v1").hexdigest() == SEED


@settings(deadline=None)
@given(ids=IDS, parts=st.integers(1, 1000))
def test_the_part_is_the_share_of_the_ticket_in_all_tickets(ids: list[str], parts: int) -> None:
    found = partition(pa.array(ids, pa.large_string()), parts)
    first = [int(hashlib.sha256(f"{SEED}{id_}".encode()).hexdigest()[:8], 16) for id_ in ids]
    assert found.tolist() == [ticket * parts >> 32 for ticket in first]
    assert all(0 <= part < parts for part in found)


def test_parts_are_about_as_large() -> None:
    sizes = np.bincount(partition(pa.array([f"mart:{n}" for n in range(7000)], pa.large_string()), 7), minlength=7)
    assert sizes.min() > 900
    assert sizes.max() < 1100


@pytest.mark.parametrize("parts", [1, 3, 300])
def test_a_table_is_split_without_loss_in_its_order(parts: int) -> None:
    table = listings([{"listing_id": f"mart:{n % 5}", "seller": f"s{n % 3}", "row": n + 2} for n in range(20)])
    pieces = split(table, parts)
    assert len(pieces) == parts
    rows = [row for piece in pieces for row in piece.to_pylist()]
    assert sorted(rows, key=lambda row: row["row"]) == table.to_pylist()
    assert all(piece.column("row").to_pylist() == sorted(piece.column("row").to_pylist()) for piece in pieces)
    where = {id_: at for at, piece in enumerate(pieces) for id_ in piece.column("listing_id").to_pylist()}
    assert sum(len(set(piece.column("listing_id").to_pylist())) for piece in pieces) == len(where) == 5


def test_a_compact_table_has_the_words_that_it_uses() -> None:
    table = pa.table({"kind": words(np.array([2, 0, 2], np.int32), ["a", "b", "c"]), "n": [1, 2, 3]})
    found = compact(table)
    assert found.to_pylist() == table.to_pylist()
    assert found.column("kind").chunk(0).dictionary.to_pylist() == ["a", "c"]
    assert found.schema.field("kind").type == WORDS
    assert compact(table.slice(0, 0)).schema == table.schema
