"""The tables of a file: every kind gives the same rows, and a broken file gives none at all."""

import csv
import gzip
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sampling.edge import tables
from sampling.edge.sources import each_part, hasher, read_marks_file, read_source
from sampling.edge.tables import batches, mapping_of, opened, packed, shares_of, take_rows
from sampling.errors import UnreadableSource
from sampling.mapping import Mapped
from sampling.offer import row_hashes
from sampling.source import known

HEAD = "platform,item_id,url,title,category,seller,brand,price,currency\n"
MANY = 2_000
TEXT = HEAD + "".join(
    f'x,{place},u,"灯, {place}\n""neu""",toys,s{place % 7},b,{place or ""},CNY\n' for place in range(MANY)
)
FRAME = known()["frame"].settled(())


def columns(text: str, group: int) -> bytes:
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    table = pa.Table.from_pylist([{**row, "price": float(row["price"] or "nan")} for row in rows])
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=group, compression="zstd")
    return file.getvalue()


KINDS = {
    "text": TEXT.encode(),
    "with a mark of byte order": b"\xef\xbb\xbf" + TEXT.encode(),
    "of the encoding of Chinese offices": TEXT.encode("gb18030"),
    "with the line ends of Windows": TEXT.replace(",CNY\n", ",CNY\r\n").encode(),
    "packed": gzip.compress(TEXT.encode()),
    "packed in two": gzip.compress(TEXT[:9_999].encode()) + gzip.compress(TEXT[9_999:].encode()),
    "columns": columns(TEXT, 300),
}
PARQUET = KINDS["columns"]

# file: (its bytes, what is said)
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "Empty CSV file"),
    "no text": (b"\x00\xff\xfe\x00", "bytes of zero"),
    "of no encoding": (HEAD.encode() + b"x,\xff\xff,u,t,toys,s,b,1,CNY\n", "neither UTF-8 nor GB18030"),
    "a text cut in a row": (KINDS["text"][:-15], f"Row #{MANY + 1}: Expected 9 columns"),
    "a row too long": (TEXT.encode() + b"1,2,3,4,5,6,7,8,9,10\n", "Expected 9 columns, got 10"),
    "a quote that never ends": (TEXT.encode() + b'x,1,"u,t,toys,s,b,1,CNY\n', "Expected 9 columns"),
    "an archive cut": (KINDS["packed"][:-2_000], "Truncated compressed stream"),
    "an archive with a hole": (KINDS["packed"][:2_000] + bytes(99) + KINDS["packed"][2_099:], ""),
    "columns cut": (PARQUET[: len(PARQUET) // 2], "Parquet magic bytes not found in footer"),
    "columns with a hole": (PARQUET[:20_000] + bytes(2_000) + PARQUET[22_000:], ""),
    "columns by name": (b"PAR1", "Parquet file size is 4 bytes"),
}


@pytest.fixture(params=["bytes", "path"])
def placed(request: pytest.FixtureRequest, tmp_path: Path) -> tables.File:
    if request.param == "bytes":
        return PARQUET
    path = tmp_path / "frame.parquet"
    path.write_bytes(PARQUET)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_rows(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BATCH", 700)
    monkeypatch.setattr(tables, "BLOCK", 1 << 14)
    part, plain = read_source(KINDS[kind]), read_source(KINDS["text"])
    assert part.listings.equals(plain.listings.cast(part.listings.schema))
    assert part.listings.column("row").to_pylist() == list(range(2, MANY + 2))
    assert part.listings.column("price").to_pylist() == [None, *(n * 10_000 for n in range(1, MANY))]
    assert part.findings.to_pylist() == [{"row": 2, "column": "price", "reason": "price_missing", "found": ""}]


@pytest.mark.parametrize(("kind", "groups"), [("columns", 7), ("text", 1)])
@pytest.mark.parametrize("of", [1, 3, 9])
def test_the_shares_of_a_file_are_the_file(kind: str, groups: int, of: int) -> None:
    whole = read_source(KINDS[kind])
    parts = [part for at in range(of) for part in each_part(KINDS[kind], share=(at, of))]
    assert shares_of(KINDS[kind]) == groups
    assert [row for part in parts for row in part.listings.to_pylist()] == whole.listings.to_pylist()
    assert [row for part in parts for row in part.findings.to_pylist()] == whole.findings.to_pylist()


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_one_finding_and_no_listing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BATCH", 700)
    monkeypatch.setattr(tables, "BLOCK", 1 << 14)
    data, said = BROKEN[kind]
    part = read_source(data)
    [finding] = part.findings.to_pylist()
    assert (finding["row"], finding["column"], finding["reason"]) == (0, "", "source_unreadable")
    assert said in finding["found"]
    assert len(part.listings) == 0
    with pytest.raises(UnreadableSource):
        list(batches(data, FRAME))


def test_texts_of_columns_that_are_no_texts_are_refused() -> None:
    bad = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])
    names = HEAD.strip().split(",")
    data = packed(pa.table([bad if name == "seller" else pa.array(["1"]) for name in names], names))
    assert read_source(data).findings.column("reason").to_pylist() == ["source_unreadable"]


def test_an_error_of_the_reader_of_a_batch_is_no_error_of_the_file() -> None:
    with pytest.raises(ValueError, match="mine"), opened(KINDS["text"]):
        raise ValueError("mine")


def test_a_file_that_fits_nothing_or_lacks_a_column_is_one_finding_about_it() -> None:
    assert read_source(b"a,b\n1,2\n").findings.to_pylist() == [
        {"row": 1, "column": "", "reason": "no_source_fits", "found": "a, b"}
    ]
    odd = Mapped({"listing_id": "id", "title": "name"})
    found = read_source(b"id,cost\nx:1,5\n", mapping=odd).findings.to_pylist()
    assert found == [{"row": 1, "column": "name", "reason": "column_missing", "found": ""}]
    assert read_source(b"platform,item_id,complaints\nx,1,2\n").findings.column("reason").to_pylist() == [
        "no_source_fits"
    ]
    assert read_marks_file(KINDS["text"]).findings.column("reason").to_pylist() == ["no_source_fits"]


def test_a_file_without_rows_has_no_listings_and_no_findings() -> None:
    for data in (
        HEAD.encode(),
        packed(pa.table({name: pa.array([], pa.string()) for name in HEAD.strip().split(",")})),
    ):
        part = read_source(data, source=3)
        assert (len(part.listings), len(part.findings)) == (0, 0)
        assert len(take_rows(data, np.array([], np.int64), FRAME)) == 0
    assert len(read_marks_file(packed(pa.table({"listing_id": [""], "live": [""]})[:0])).marks) == 0


def test_marks_are_read_from_a_file() -> None:
    found = read_marks_file(b"platform,item_id,complaints\nx,1,2\nx,,3\nx,2,4\n")
    assert found.marks.column("complaints").to_pylist() == [2, 4]
    assert found.findings.column("row").to_pylist() == [3]
    assert mapping_of(b"platform,item_id,complaints\nx,1,2\n") == known()["marks-items"].settled(["complaints"])
    assert mapping_of(b"a,b\n") is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [[2], [MANY + 1, 2, 1_000, 301, 302, 2], []])
def test_chosen_rows_are_read_in_their_order(kind: str, rows: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BLOCK", 1 << 14)
    taken = take_rows(KINDS[kind], np.array(rows, np.int64), FRAME)
    assert taken.column("item_id").to_pylist() == [str(row - 2) for row in rows]
    assert taken.column("title").to_pylist() == [f'灯, {row - 2}\n"neu"' for row in rows]


def test_only_the_row_groups_that_have_them_are_read(placed: tables.File) -> None:
    # The bytes of the second group are gone, and nobody notices who does not ask for one of its rows.
    whole = placed if isinstance(placed, bytes) else placed.read_bytes()
    group = pq.ParquetFile(io.BytesIO(whole)).metadata.row_group(1)
    chunks = [group.column(place) for place in range(group.num_columns)]
    start, hole = chunks[0].dictionary_page_offset, sum(chunk.total_compressed_size for chunk in chunks) // 2
    holed = whole[:start] + bytes(hole) + whole[start + hole :]
    assert take_rows(holed, np.array([2, 700]), FRAME).column("item_id").to_pylist() == ["0", "698"]
    with pytest.raises(UnreadableSource):
        take_rows(holed, np.array([2, 400]), FRAME)
    assert take_rows(placed, np.array([400]), FRAME).column("item_id").to_pylist() == ["398"]


@pytest.mark.parametrize("kind", ["text", "columns"])
@pytest.mark.parametrize("row", [1, MANY + 2])
def test_rows_that_the_file_has_not_are_said(kind: str, row: int) -> None:
    with pytest.raises(UnreadableSource, match="it has 1 of the 2 rows"):
        take_rows(KINDS[kind], np.array([5, row]), FRAME)


def test_rows_of_several_files_are_hashed_as_each_alone() -> None:
    other = HEAD.encode() + b"y,1,u,t,toys,s,b,1,CNY\ny,2,u,t,toys,s,b,1,CNY\n"
    hash_of = hasher([(KINDS["text"], known()["frame"]), (other, FRAME)])
    found = hash_of(np.array([1, 0, 1]), np.array([3, 2, 2]))
    first, second = row_hashes(take_rows(other, np.array([2, 3]), FRAME), FRAME)
    assert found == [second, *row_hashes(take_rows(KINDS["text"], np.array([2]), FRAME), FRAME), first]


def test_a_column_left_unread_is_empty_and_must_be_there_all_the_same() -> None:
    data = b"platform,item_id,url,title,category,seller,brand,price,currency\np,1,u,t,toys,s,b,9,CNY\n"
    assert read_source(data).listings.column("seller").to_pylist() == ["s"]
    part = read_source(data, unread=["seller"])
    assert part.listings.column("seller").to_pylist() == [""]
    mapping = Mapped(columns={"item_id": "item_id", "seller": "shop"}, constants={"platform": "p"})
    lacking = read_source(data, mapping=mapping, unread=["seller"])
    assert lacking.findings.select(["column", "reason"]).to_pylist() == [
        {"column": "shop", "reason": "column_missing"}
    ]  # fmt: skip
