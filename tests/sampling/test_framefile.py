"""The canonical file of a frame: one file a frame, one frame a file, and nothing else is read."""

import hashlib
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import compiled, framefile, merkle
from sampling.errors import RefusedDraw
from sampling.framefile import lines, parse, seal
from tests.sampling.test_tickets import way as way

ROWS = [("p:1", "a/toys", 1), ("p:10", "层", 20), ("p:2", "a/toys", 999_999_999_999_999_999), ("平台:甲", "层", 7)]
FILE = "p:1\ta/toys\t1\np:10\t层\t20\np:2\ta/toys\t999999999999999999\n平台:甲\t层\t7\n".encode()
NAMED = (
    "p:1\ta/toys\t1\tx/甲\np:10\t层\t20\tp:10\np:2\ta/toys\t999999999999999999\tx/甲\n平台:甲\t层\t7\tx/乙\n".encode()
)
MERCHANTS = ["x/甲", "p:10", "x/甲", "x/乙"]


def table(rows: Sequence[tuple[str, str, int]], merchants: Sequence[str] | None = None) -> pa.Table:
    ids, strata, sizes = zip(*rows, strict=True) if rows else ((), (), ())
    columns = {"listing_id": pa.array(ids, pa.large_string()), "other": pa.nulls(len(rows)),
               "stratum": pa.array(strata, pa.string()).dictionary_encode(),
               "size": pa.array(sizes, pa.int64())}  # fmt: skip
    return pa.table(columns if merchants is None else {**columns, "merchant": pa.array(merchants)})


def test_a_frame_is_written_and_read(way: str) -> None:
    assert b"".join(lines(table(ROWS))) == FILE
    read = parse(FILE)
    assert read.schema.types == list(framefile.COLUMNS.values())
    assert [tuple(row.values()) for row in read.to_pylist()] == ROWS


def test_merchants_are_a_fourth_field(way: str) -> None:
    assert b"".join(lines(table(ROWS, MERCHANTS), merchants=True)) == NAMED
    read = parse(NAMED, merchants=True)
    assert read.column("merchant").to_pylist() == MERCHANTS
    assert read.column("stratum").to_pylist() == [stratum for _, stratum, _ in ROWS]
    assert b"".join(lines(read, merchants=True)) == NAMED
    assert b"".join(lines(read)) == FILE


def test_an_empty_frame_has_an_empty_file(way: str) -> None:
    assert list(lines(table([]))) == []
    assert parse(b"").equals(pa.schema(framefile.COLUMNS).empty_table())
    assert seal([]) == framefile.Sealed(hashlib.sha256().hexdigest(), merkle.EMPTY.hex(), 0)


def test_the_seal_holds_hash_root_and_count() -> None:
    assert seal([FILE[:9], FILE[9:]]) == framefile.Sealed(hashlib.sha256(FILE).hexdigest(), merkle.grow([FILE]).root, 4)


def test_a_frame_longer_than_a_piece(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framefile, "BLOCK", 64)
    monkeypatch.setattr(framefile, "PIECE", 100)
    monkeypatch.setattr(framefile, "ROOM", 2)
    rows = [(f"p:{at:05}", f"s{at % 37}" + "x" * (at % 150), at + 1) for at in range(500)]
    data = b"".join(lines(table(rows)))
    assert data == "".join(f"{id_}\t{stratum}\t{size}\n" for id_, stratum, size in rows).encode()
    assert [tuple(row.values()) for row in parse(data).to_pylist()] == rows
    assert seal([data]).listings == 500


WRONG = [
    "p:1\ta\t1", "p:1\ta\t1\n\n", "\n", "p:1\ta\n", "p:1\ta\t1\tb\n", "p:1\ta\t0\n", "p:1\ta\t01\n", "p:1\ta\t+1\n",
    "p:1\ta\t-1\n", "p:1\ta\t 1\n", "p:1\ta\t1.0\n", "p:1\ta\tx\n", "p:1\ta\t\n", "p:1\t\t1\n", "\ta\t1\n",
    "p:1\ta\t1\r\n", "p:\r1\ta\t1\n", "p:1\ta\t1000000000000000000\n", "p:1\ta\t1\np:1\ta\t2\n",
    "p:2\ta\t1\np:1\ta\t1\n", "p:1\ta\t1\np:2\n", "p:1\ta\np:2\tb\t1\t1\n", "p\0\ta\t1\n", '"p:1\ta\t"1\n',
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_other_bytes_are_refused(way: str, text: str) -> None:
    with pytest.raises(RefusedDraw, match="not canonical: lines of listing_id, stratum, size with"):
        parse(text.encode())


@pytest.mark.parametrize("data", [b"p:\xff\ta\t1\n", b"p:1\t\xe5\t1\n"])
def test_bytes_that_are_no_text_are_refused(way: str, data: bytes) -> None:
    with pytest.raises(RefusedDraw, match="not canonical"):
        parse(data)


@pytest.mark.parametrize("data", [FILE, b"p:1\ta\t1\t\n", b"p:1\ta\t1\tm\tn\n"])
def test_a_missing_merchant_is_refused(way: str, data: bytes) -> None:
    with pytest.raises(RefusedDraw, match="listing_id, stratum, size, merchant"):
        parse(data, merchants=True)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("p:2", "a", 1), ("p:1", "a", 1)], "not sorted"),
        ([("p:1", "a", 1), ("p:1", "a", 1)], "each there once"),
        ([("", "a", 1)], "none empty"),
        ([("p:1", "a", 0)], "below 1"),
        ([("p:1", "a", 10**18)], "more than 18 digits"),
        ([("p\t1", "a", 1)], "holds a tab"),
        ([("p\n1", "a", 1)], "holds a tab, a line feed"),
        ([("p:1", "a\x1f", 1)], "or the like"),
        ([("p:1", "", 1)], "is empty"),
    ],
)
def test_a_frame_without_a_file_is_refused(way: str, rows: list[tuple[str, str, int]], reason: str) -> None:
    with pytest.raises(RefusedDraw, match=reason):
        list(lines(table(rows)))


fields = st.text("ab\t\n\r 01\"'é\0", min_size=1, max_size=4)


@settings(deadline=None)
@given(rows=st.dictionaries(fields, fields, min_size=1, max_size=6), at=st.integers(0, 40))
def test_both_ways_read_the_same_and_refuse_the_same(rows: dict[str, str], at: int) -> None:
    pytest.importorskip("numba")
    data = "".join(f"{id_}\t{rows[id_]}\t{number}\n" for number, id_ in enumerate(sorted(rows), 8)).encode()
    found: list[str] = []
    for least in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compiled, "LEAST", least)
            for given_ in (data, data[:at] + b"0" + data[at:]):
                try:
                    read = parse(given_)
                    assert b"".join(lines(read)) == given_
                    found.append(str(read.to_pylist()))
                except RefusedDraw as refused:
                    found.append(str(refused))
    assert found[:2] == found[2:]
