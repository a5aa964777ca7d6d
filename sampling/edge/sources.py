"""Sources: all listings, or all marks, of a file, with what is wrong in it; and the hashes of rows that are tied."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sampling.columns import Ints
from sampling.edge.tables import WHOLE, File, Share, opened, take_rows
from sampling.errors import UnreadableSource
from sampling.finding import gathered, one
from sampling.frame import Part, empty, read_part, together, unfit_columns
from sampling.mapping import Mapped
from sampling.marks import KEYS, Marked, read_marked
from sampling.offer import row_hashes
from sampling.source import fitting
from sampling.unique import HashOf

Read = TypeVar("Read")


def read_source(file: File, *, mapping: Mapped | None = None, source: int = 0, unread: Sequence[str] = ()) -> Part:
    """Give all listings of a file and what is wrong in it; what cannot be read as a whole is one finding.

    Without a mapping the known source is taken whose columns the file has. Columns of ours that are left unread must
    be there all the same; they are empty in every row.
    """
    try:
        return together(each_part(file, mapping=mapping, source=source, unread=unread))
    except UnreadableSource as wrong:
        return unreadable(wrong)


def each_part(
    file: File, *, mapping: Mapped | None = None, source: int = 0, share: Share = WHOLE, unread: Sequence[str] = ()
) -> Iterator[Part]:
    """Give the listings of a file, or of a share of it, batch by batch; UnreadableSource may come after any of them.

    Nothing that came before it may be used then. A file that no mapping fits is one part with a finding alone.
    """

    def part(table: pa.Table, settled: Mapped, first: int) -> Part:
        return read_part(table, settled, source=source, first=first)

    for read in _each(file, mapping, "listings", part, share, unread):
        yield Part(empty(), read) if isinstance(read, pa.Table) else read


def unreadable(wrong: UnreadableSource) -> Part:
    """Give what is left of a source that cannot be read: one finding."""
    return Part(empty(), one(0, "", "source_unreadable", str(wrong)))


def read_marks_file(file: File, *, mapping: Mapped | None = None) -> Marked:
    """Give all marks of a file and what is wrong in it; what cannot be read as a whole is one finding."""

    def part(table: pa.Table, settled: Mapped, first: int) -> Marked:
        return read_marked(table, settled, first=first)

    try:
        held = list(_each(file, mapping, "marks", part))
    except UnreadableSource as wrong:
        return Marked(pa.schema(KEYS).empty_table(), unreadable(wrong).findings)
    read = [each for each in held if isinstance(each, Marked)]
    if not read:
        return Marked(pa.schema(KEYS).empty_table(), gathered(each for each in held if isinstance(each, pa.Table)))
    marks = pa.concat_tables([part.marks for part in read]).unify_dictionaries()
    return Marked(marks, gathered([part.findings for part in read]))


def hasher(files: Sequence[tuple[File, Mapped]]) -> HashOf:
    """Give what tells the row hashes of rows named by source, a place in `files`, and row number."""

    def hash_of(source: NDArray[np.int16], row: Ints) -> list[str]:
        found = np.empty(len(row), object)
        for place in np.unique(source):
            own = source == place
            file, mapping = files[int(place)]
            table = take_rows(file, row[own], mapping)
            found[own] = row_hashes(table, mapping.settled(table.column_names))
        return [str(text) for text in found]

    return hash_of


def _each(
    file: File,
    mapping: Mapped | None,
    kind: str,
    read: Callable[[pa.Table, Mapped, int], Read],
    share: Share = WHOLE,
    unread: Sequence[str] = (),
) -> Iterator[Read | pa.Table]:
    """Give what was read of every batch, or else the findings about the file as a whole."""
    with opened(file, share) as held:
        names = held.schema.names
        chosen = fitting(names) if mapping is None else mapping.settled(names)
        if chosen is None or chosen.kind != kind:
            yield one(1, "", "no_source_fits", ", ".join(names))
            return
        unfit = unfit_columns(held.schema, chosen.needed)
        if len(unfit):
            yield unfit
            return
        first, lean = held.first, chosen.without(*unread)
        for table in held.batches(lean.read, lean.worded):
            yield read(table, lean, first)
            first += len(table)
