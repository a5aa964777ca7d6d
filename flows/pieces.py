"""Pieces: what the steps of a job hand on to each other through a store, so that they send nothing but hashes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sampling.counts import Counts
from sampling.digest import Digest
from storage.objects import Objects

GROUPS = b"groups"


@dataclass(frozen=True, slots=True)
class Stores:
    """Where a job finds what is kept for good, and where it leaves what goes when it ends."""

    objects: Objects
    scratch: Objects

    def put(self, table: pa.Table) -> Digest:
        """Leave a table for the next step."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
            stream.write_table(table)
        return self.scratch.put(sink.getvalue().to_pybytes())

    def get(self, digest: Digest) -> pa.Table:
        """Give a table of an earlier step."""
        with pa.ipc.open_stream(self.scratch.get(digest)) as stream:
            return stream.read_all()

    def all(self, digests: Iterable[Digest]) -> pa.Table:
        """Give one or more tables as one, one after the other."""
        return pa.concat_tables([self.get(digest) for digest in digests]).unify_dictionaries()


def counts_table(counts: Counts[tuple[str, str]]) -> pa.Table:
    """Give counts, whose groups are two texts each, as a table."""
    names = list(counts.groups)
    held = [counts.groups[name] for name in names]
    none = np.zeros(0, np.int64)
    columns = {
        "group": np.repeat(np.arange(len(held), dtype=np.int32), [len(number) for number, _ in held]),
        "number": np.concatenate([none, *(number for number, _ in held)]),
        "many": np.concatenate([none, *(many for _, many in held)]),
    }
    return pa.table(columns).replace_schema_metadata({GROUPS: json.dumps(names, ensure_ascii=False).encode()})


def counts_of(table: pa.Table) -> Counts[tuple[str, str]]:
    """Give the counts back that were made a table."""
    names = [(one, other) for one, other in json.loads(table.schema.metadata[GROUPS])]
    group, number, many = (table.column(name).to_numpy() for name in ("group", "number", "many"))
    ends = np.searchsorted(group, np.arange(len(names) + 1)).tolist()
    found = zip(names, ends, ends[1:], strict=False)
    return Counts({name: (number[start:end], many[start:end]) for name, start, end in found})
