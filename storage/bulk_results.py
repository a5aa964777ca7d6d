"""Results of laboratories, stored by the hundred thousand from columns."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from labs.columns import Columns
from storage import packed
from storage.errors import Conflict

_PIECE = 10_000
_MEMORY = "64MB"
"""What the server may hold of the fresh rows, before it needs a file, while it looks for what they name."""


def copy(
    unit: Session, columns: Columns, reports: Mapping[str, UUID], samples: Mapping[str, UUID], *, at: datetime
) -> None:
    """Store every row; `reports` and `samples` give the rows behind each report number and blind code."""
    if not len(columns):
        return
    fields = _fields(columns, reports, samples, at)
    names = ", ".join(f'"{name}"' for name in fields)
    unit.execute(text(f"SET LOCAL work_mem = '{_MEMORY}'"))
    driver = unit.connection().connection.driver_connection
    assert driver is not None  # the unit's connection is open
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY result ({names}) FROM STDIN (FORMAT binary)") as sink:
            sink.write(packed.HEAD)
            for start in range(0, len(columns), _PIECE):  # the server works on one piece while the next is packed
                sink.write(packed.rows(list(fields.values()), slice(start, start + _PIECE)))
            sink.write(packed.TAIL)
    except psycopg.IntegrityError as error:  # SQLAlchemy does not see what its driver refused
        raise Conflict(str(error).strip().splitlines()[0]) from error


def pairs(columns: Columns) -> Iterator[tuple[str, str]]:
    """Give each report number with each blind code that it has results of, in an order that never changes."""
    keys = np.unique(columns.report.codes.astype(np.int64) * len(columns.sample.words) + columns.sample.codes)
    for key in keys.tolist():
        report, sample = divmod(key, len(columns.sample.words))
        yield columns.report.words[report], columns.sample.words[sample]


def _fields(
    columns: Columns, reports: Mapping[str, UUID], samples: Mapping[str, UUID], at: datetime
) -> dict[str, packed.Field]:
    texts = {"blind_code": columns.sample, "qualifier": columns.qualifier, "raw_text": columns.raw_text}
    texts |= {name: getattr(columns, name) for name in ("item", "method", "method_edition", "unit")}
    numbers = {"low": columns.low, "high": columns.high, "lod": columns.lod, "loq": columns.loq}
    numbers |= {"u_expanded": columns.u, "coverage_k": columns.k}
    return {
        "id": packed.plain(_ids(len(columns), at), "V16"),
        "report_id": packed.references(columns.report, reports),
        "sample_id": packed.references(columns.sample, samples),
        **{name: packed.texts(column) for name, column in texts.items()},
        **{name: packed.numbers(column) for name, column in numbers.items()},
        "replicate": packed.plain(columns.replicate, ">i4"),
        "low_open": packed.plain(columns.low_open, "?"),
        "high_open": packed.plain(columns.high_open, "?"),
        "tested_on": packed.days(columns.tested_on),
        "row": packed.plain(columns.row, ">i4"),
    }


def _ids(count: int, at: datetime) -> NDArray[np.void]:
    """UUIDs of version 7 that follow each other: the time, a counter over 42 bits, and what chance adds."""
    milliseconds = int(at.timestamp() * 1000)
    counted = np.arange(count, dtype=np.uint64)
    high = np.uint64(milliseconds << 16) | np.uint64(0x7000) | (counted >> np.uint64(30))
    chance = np.frombuffer(os.urandom(4 * count), np.uint32).astype(np.uint64)
    low = np.uint64(1 << 63) | ((counted & np.uint64(2**30 - 1)) << np.uint64(32)) | chance
    both: NDArray[np.void] = np.stack([high, low], axis=1).astype(">u8").view("V16")[:, 0]
    return both
