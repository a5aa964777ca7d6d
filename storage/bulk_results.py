"""Results of laboratories, stored by the hundred thousand from columns."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from uuid import UUID

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy.orm import Session

from labs.columns import Columns, Scaled, Words
from storage.errors import Conflict

_TEXTS = ("blind_code", "item", "method", "method_edition", "raw_text", "unit", "qualifier")
_PIECE = 10_000


def copy(
    unit: Session, columns: Columns, reports: Mapping[str, UUID], samples: Mapping[str, UUID], *, at: datetime
) -> None:
    """Store every row; `reports` and `samples` give the rows behind each report number and blind code."""
    if not len(columns):
        return
    table = _table(columns, reports, samples, at)
    names, texts = ", ".join(f'"{name}"' for name in table.column_names), ", ".join(_TEXTS)
    statement = f"COPY result ({names}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({texts}))"
    driver = unit.connection().connection.driver_connection
    assert driver is not None  # the unit's connection is open
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as sink:
            for start in range(0, len(table), _PIECE):  # the server works on one piece while the next is written
                sink.write(_written(table.slice(start, _PIECE)))
    except psycopg.IntegrityError as error:  # SQLAlchemy does not see what its driver refused
        raise Conflict(str(error).strip().splitlines()[0]) from error


def pairs(columns: Columns) -> Iterator[tuple[str, str]]:
    """Give each report number with each blind code that it has results of, in an order that never changes."""
    keys = np.unique(columns.report.codes.astype(np.int64) * len(columns.sample.words) + columns.sample.codes)
    for key in keys.tolist():
        report, sample = divmod(key, len(columns.sample.words))
        yield columns.report.words[report], columns.sample.words[sample]


def _written(piece: pa.Table) -> bytes:
    """The rows as CSV, without quotes where no text needs them: that is quicker on both sides."""
    for quoting in ("none", "needed"):
        sink = BytesIO()
        try:
            csv.write_csv(piece, sink, csv.WriteOptions(include_header=False, quoting_style=quoting))
        except pa.ArrowInvalid:
            continue
        return sink.getvalue()
    raise AssertionError("quoted text can always be written")


def _table(columns: Columns, reports: Mapping[str, UUID], samples: Mapping[str, UUID], at: datetime) -> pa.Table:
    texts = {"blind_code": columns.sample, "qualifier": columns.qualifier, "raw_text": columns.raw_text}
    texts |= {name: getattr(columns, name) for name in ("item", "method", "method_edition", "unit")}
    numbers = {"low": columns.low, "high": columns.high, "lod": columns.lod, "loq": columns.loq}
    numbers |= {"u_expanded": columns.u, "coverage_k": columns.k}
    return pa.table(
        {
            "id": _ids(len(columns), at),
            "report_id": _said(columns.report, {word: str(id_) for word, id_ in reports.items()}),
            "sample_id": _said(columns.sample, {word: str(id_) for word, id_ in samples.items()}),
            **{name: _said(texts[name]) for name in _TEXTS},
            **{name: decimal_texts(column) for name, column in numbers.items()},
            "replicate": pa.array(columns.replicate),
            "low_open": pa.array(columns.low_open),
            "high_open": pa.array(columns.high_open),
            "tested_on": pa.array(columns.tested_on),
            "row": pa.array(columns.row),
        }
    )


def _ids(count: int, at: datetime) -> pa.Array:
    """UUIDs of version 7 that follow each other: the time, a counter over 42 bits, and what chance adds."""
    milliseconds = int(at.timestamp() * 1000)
    counted = np.arange(count, dtype=np.uint64)
    high = np.uint64(milliseconds << 16) | np.uint64(0x7000) | (counted >> np.uint64(30))
    chance = np.frombuffer(os.urandom(4 * count), np.uint32).astype(np.uint64)
    low = np.uint64(1 << 63) | ((counted & np.uint64(2**30 - 1)) << np.uint64(32)) | chance
    text = np.stack([high, low], axis=1).astype(">u8").tobytes().hex()
    offsets = pa.array(np.arange(0, 32 * (count + 1), 32, dtype=np.int64)).buffers()[1]
    return pa.LargeStringArray.from_buffers(count, offsets, pa.py_buffer(text.encode()))


def _said(column: Words, instead: Mapping[str, str] | None = None) -> pa.Array:
    words = [word if instead is None else instead.get(word) for word in column.words]
    return pa.array(words, pa.string()).take(pa.array(column.codes))


def decimal_texts(column: Scaled) -> pa.Array:
    """Give each number as it is written in full, null where there is none."""
    if column.huge or (len(column) and int(column.places.min()) < 0):
        return pa.array([None if (value := column.at(row)) is None else f"{value:f}" for row in range(len(column))])
    texts = pa.nulls(len(column), pa.string())
    for places in np.unique(column.places[column.known]).tolist():
        which = column.known & (column.places == places)
        texts = pc.replace_with_mask(texts, pa.array(which), _at_places(column.digits[which], places))
    return texts


def _at_places(digits: "np.ndarray[tuple[int], np.dtype[np.int64]]", places: int) -> pa.Array:
    sign = pa.array(np.where(digits < 0, "-", "")).cast(pa.string())
    size = np.abs(digits)
    whole = pc.cast(pa.array(size // 10**places if places < 19 else np.zeros_like(size)), pa.string())
    if places == 0:
        return pc.binary_join_element_wise(sign, whole, "")
    rest = pc.cast(pa.array(size % 10**places if places < 19 else size), pa.string())
    point = pc.utf8_lpad(rest, places, "0")
    return pc.binary_join_element_wise(pc.binary_join_element_wise(sign, whole, ""), point, ".")
