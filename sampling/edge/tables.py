"""Tables: the rows of a file that a frame is gathered from, CSV or Parquet, in batches that fit any memory.

Rows count as a spreadsheet does, the header being row 1; lines without anything in them do not count. A file that is
cut or broken anywhere is refused as a whole: no batch of it may be used when a later one cannot be read.
"""

import codecs
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from sampling.columns import Ints
from sampling.errors import UnreadableSource
from sampling.mapping import Mapped
from sampling.source import fitting

File = Path | bytes
Plain = Callable[[], pa.NativeFile]
BATCH = 500_000
FIRST = 2
"""The number of the first row of data."""
PIECE = 1 << 20
BLOCK = 1 << 25
ENCODINGS = ("utf-8", "gb18030")
Share = tuple[int, int]
"""Which of how many shares of a file's rows, from 0; a file that cannot be shared has all its rows in the first."""
WHOLE: Share = (0, 1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose kind is known: its columns with their types, and its rows of chosen columns in batches."""

    schema: pa.Schema
    batches: Callable[[Sequence[str], Sequence[str]], Iterator[pa.Table]]
    """Takes the columns to read, and those of them that are best read as words."""
    parquet: Callable[[Sequence[str]], pq.ParquetFile] | None = None
    """Takes the columns that are best read as words."""
    first: int = FIRST
    """The number of the first row of the batches."""


@contextmanager
def opened(file: File, share: Share = WHOLE) -> Iterator[Opened]:
    """Give an open CSV or Parquet file, compressed or not, or a share of its rows; else raise UnreadableSource."""
    with _bytes(file) as stream:
        head = stream.read(4)
        if head == b"PAR1":
            with _refusing():
                parquet = _parquet(stream)
            groups, first = _shared(parquet, share)
            yield Opened(parquet.schema_arrow, partial(_row_groups, stream, groups), partial(_parquet, stream), first)
        else:
            plain = partial(_plain, file, packed=head.startswith(b"\x1f\x8b"))
            with _refusing():
                encoding = _encoding(plain)
                names = _header(plain, encoding)
            rows = partial(_lines, plain, encoding) if share[0] == 0 else _none
            yield Opened(pa.schema([(name, pa.string()) for name in names]), rows)


def mapping_of(file: File) -> Mapped | None:
    """Give the settled mapping of the known source that a file is of, None where none fits."""
    with opened(file) as held:
        return fitting(held.schema.names)


def batches(file: File, mapping: Mapped) -> Iterator[pa.Table]:
    """Give the rows that a frame is made of in tables of some 500,000; UnreadableSource may come after any of them."""
    with opened(file) as held:
        settled = mapping.settled(held.schema.names)
        yield from held.batches(settled.read, settled.worded)


def shares_of(file: File) -> int:
    """Give in how many shares a file can be read: the row groups of a Parquet file, else 1."""
    with opened(file) as held:
        return max(held.parquet(()).metadata.num_row_groups, 1) if held.parquet else 1


def take_rows(file: File, rows: Ints, mapping: Mapped) -> pa.Table:
    """Give every mapped column of the rows with these numbers, in their order, reading no more than they need."""
    wanted, back = np.unique(rows, return_inverse=True)
    with opened(file) as held:
        settled = mapping.settled(held.schema.names)
        none = pa.schema([held.schema.field(name) for name in settled.needed]).empty_table()
        if held.parquet:
            # To gather the words of the sellers, who are many, would take longer than to read the texts.
            worded = [name for name in settled.worded if name != settled.columns.get("seller")]
            found = _groups(held.parquet(worded), none.schema, wanted)
        else:
            found = _passed(held.batches(settled.needed, ()), wanted)
    table = pa.concat_tables([none, *found])
    if len(table) != len(wanted):
        raise UnreadableSource(f"it has {len(table)} of the {len(wanted)} rows that are asked for")
    return table.take(pa.array(back))


def packed(table: pa.Table) -> bytes:
    """Give a table as the bytes of a Parquet file."""
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", row_group_size=BATCH)
    return file.getvalue()


def _bytes(file: File) -> pa.NativeFile:
    return pa.BufferReader(file) if isinstance(file, bytes) else pa.OSFile(str(file))


def _plain(file: File, *, packed: bool) -> pa.NativeFile:
    return pa.CompressedInputStream(_bytes(file), "gzip") if packed else _bytes(file)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, EOFError, ValueError) as wrong:
        raise UnreadableSource((str(wrong).splitlines() or [type(wrong).__name__])[0]) from wrong


def _guarded(tables: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    # What the caller does with a batch is none of this file's errors.
    while True:
        with _refusing():
            batch = next(tables, None)
            if batch is not None:
                batch.validate(full=True)
        if batch is None:
            return
        yield pa.Table.from_batches([batch])


def _parquet(stream: pa.NativeFile, worded: Sequence[str] = ()) -> pq.ParquetFile:
    return pq.ParquetFile(stream, read_dictionary=list(worded), page_checksum_verification=True)


def _shared(parquet: pq.ParquetFile, share: Share) -> tuple[list[int], int]:
    """The row groups of a share, and the number of its first row."""
    at, of = share
    sizes = [parquet.metadata.row_group(place).num_rows for place in range(parquet.metadata.num_row_groups)]
    start, stop = len(sizes) * at // of, len(sizes) * (at + 1) // of
    return list(range(start, stop)), FIRST + sum(sizes[:start])


def _row_groups(
    stream: pa.NativeFile, groups: list[int], names: Sequence[str], worded: Sequence[str]
) -> Iterator[pa.Table]:
    with _refusing():
        rows = _parquet(stream, worded).iter_batches(batch_size=BATCH, row_groups=groups, columns=list(names))
    return _guarded(rows)


def _none(names: Sequence[str], worded: Sequence[str]) -> Iterator[pa.Table]:
    return iter(())


def _encoding(plain: Plain) -> str:
    for encoding in ENCODINGS:
        decode = codecs.getincrementaldecoder(encoding)().decode
        try:
            with plain() as stream:
                while piece := stream.read(PIECE):
                    if b"\0" in piece:
                        raise UnreadableSource("it holds bytes of zero, which no text does")
                    decode(piece)
            decode(b"", True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableSource("its text is neither UTF-8 nor GB18030")


def _reader(plain: Plain, encoding: str, kinds: Mapping[str, pa.DataType] | None = None) -> csv.CSVStreamingReader:
    # One thread: then a row that does not fit is named by its number.
    return csv.open_csv(
        plain(),
        read_options=csv.ReadOptions(use_threads=False, block_size=BLOCK, encoding=encoding),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=kinds, include_columns=list(kinds or ())),
    )


def _header(plain: Plain, encoding: str) -> list[str]:
    names: list[str] = _reader(plain, encoding).schema.names
    return names


def _lines(plain: Plain, encoding: str, names: Sequence[str], worded: Sequence[str]) -> Iterator[pa.Table]:
    kinds = {name: pa.dictionary(pa.int32(), pa.string()) if name in worded else pa.string() for name in names}
    with _refusing():
        rows = _reader(plain, encoding, kinds)
    return _guarded(rows)


def _groups(parquet: pq.ParquetFile, plain: pa.Schema, wanted: Ints) -> list[pa.Table]:
    about = parquet.metadata
    ends = FIRST + np.cumsum([about.row_group(place).num_rows for place in range(about.num_row_groups)], dtype=np.int64)
    group, found = np.searchsorted(ends, wanted, side="right"), []
    for place in np.unique(group[(wanted >= FIRST) & (wanted < ends.max(initial=0))]):
        with _refusing():
            table = parquet.read_row_group(int(place), columns=plain.names)
            here = wanted[(group == place) & (wanted >= FIRST)] - (ends[place] - len(table))
            taken = table.take(pa.array(here)).cast(plain)
            taken.validate(full=True)
        found.append(taken)
    return found


def _passed(tables: Iterator[pa.Table], wanted: Ints) -> list[pa.Table]:
    first, found = FIRST, []
    for table in tables:
        here = wanted[(wanted >= first) & (wanted < first + len(table))]
        found += [table.take(pa.array(here - first))] if len(here) else []
        first += len(table)
        if first > wanted.max(initial=0):
            break
    return found
