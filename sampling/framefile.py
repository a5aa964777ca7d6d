"""A frame file: the canonical bytes of a frame, which are frozen, hashed and published, and the way back from them.

A line is `id \\t stratum \\t size \\n`, with a fourth field for the merchant where the plan needs it; lines are sorted
by the bytes of the id, each id once. No field is empty or holds a byte below the space, and no size begins with zero,
so that a frame has one file and a file one frame.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from sampling.columns import WORDS, Codes, codes, numbers, texts, words
from sampling.compiled import loops
from sampling.digest import Digest
from sampling.errors import RefusedDraw
from sampling.merkle import grow

COLUMNS = {"listing_id": pa.large_string(), "stratum": WORDS, "size": pa.int64()}
MERCHANT = {"merchant": WORDS}
MOST = 10**18
"""Every size is below it."""
BLOCK = 1 << 16
"""So many lines are written at a time: 64 leaves of the tree."""
PIECE = 1 << 20
"""So many bytes are read at a time."""
ROOM = 1 << 14
"""The words of a file get room for so many at first."""
_TEXT = pa.large_string()
_WRONG = "the frame file is not canonical: lines of {} with tabs between, sorted by the bytes of the id, each id once"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a frame file is held to: its hash, the root of its tree, and how many listings it has."""

    sha256: Digest
    merkle_root: Digest
    listings: int


def seal(data: Iterable[bytes]) -> Sealed:
    """Give hash, Merkle root and number of lines of a frame file, whose pieces are read once."""
    whole, count = hashlib.sha256(), 0

    def told() -> Iterator[bytes]:
        nonlocal count
        for piece in data:
            whole.update(piece)
            count += _count(piece)
            yield piece

    root = grow(told()).root
    return Sealed(whole.hexdigest(), root, count)


def lines(frame: pa.Table, *, merchants: bool = False) -> Iterator[bytes]:
    """Give the file of a frame in pieces of 65,536 lines; a frame that can have none raises RefusedDraw."""
    held = frame.select(list(_columns(merchants)))
    ids, size = held.column("listing_id"), numbers(held, "size")
    if not _ascending(ids) or (len(ids) and not ids[0].as_py()):
        raise RefusedDraw("the frame is not sorted by the bytes of its ids, each there once and none empty")
    if len(size) and not 1 <= size.min() <= size.max() < MOST:
        raise RefusedDraw("a size of the frame is below 1 or has more than 18 digits")
    write = _plain_lines if (fast := loops(held.num_rows)) is None else _fast_lines(fast, held)
    for start in range(0, held.num_rows, BLOCK):
        block = held.slice(start, BLOCK)
        data = write(block, start)
        mark = np.frombuffer(data, np.uint8) < ord(" ")
        # Two marks side by side have nothing between them.
        if np.count_nonzero(mark) != block.num_rows * held.num_columns or (mark[1:] & mark[:-1]).any():
            raise RefusedDraw(
                "an id, a stratum or a merchant of the frame is empty or holds a tab, a line feed or the like"
            )
        yield data


def parse(data: bytes, *, merchants: bool = False) -> pa.Table:
    """Give the columns of a frame file; bytes that are not exactly the file of a frame raise RefusedDraw."""
    columns = _columns(merchants)
    count, wrong = _count(data), RefusedDraw(_WRONG.format(", ".join(columns)))
    if not count or not data.endswith(b"\n"):
        if data:
            raise wrong
        return pa.schema(list(columns.items())).empty_table()
    fast = loops(count)
    try:
        table = _plain_parse(data, columns) if fast is None else _fast_parse(fast, data, count, columns)
        table.column("listing_id").validate(full=True)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise wrong from None
    if table.num_rows != count or not _ascending(table.column("listing_id")):
        raise wrong
    return table


def _columns(merchants: bool) -> dict[str, pa.DataType]:
    return COLUMNS | MERCHANT if merchants else COLUMNS


def _count(data: bytes) -> int:
    """How many line feeds there are, found in the eighth of the time that bytes.count takes for short lines."""
    whole = np.frombuffer(data, np.uint8)
    return sum(int(np.count_nonzero(whole[at : at + PIECE] == ord("\n"))) for at in range(0, len(whole), PIECE))


def _ascending(ids: pa.ChunkedArray) -> bool:
    """Whether each is greater than the one before by its bytes."""
    last = max(len(ids) - 1, 0)
    return bool(pc.all(pc.less(ids.slice(0, last), ids.slice(1, last)), min_count=0).as_py())


def _plain_lines(block: pa.Table, _: int) -> bytes:
    fields = [column.cast(_TEXT) for column in block.columns]
    joined = pc.binary_join_element_wise(*fields, pa.scalar("\t", _TEXT))
    ended = pc.binary_join_element_wise(joined, pa.scalar("", _TEXT), pa.scalar("\n", _TEXT))
    data, ends = texts(pa.table({"line": ended}), "line")
    return data[ends[0] : ends[-1]].tobytes()


def _fast_lines(fast: ModuleType, held: pa.Table) -> Callable[[pa.Table, int], bytes]:
    known: list[bytes] = []
    of = np.zeros((2, held.num_rows), np.int32)
    for row, name in enumerate(held.column_names[1::2]):  # stratum and merchant
        column = held.column(name)
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        number, names = codes(pa.table({name: encoded}), name)
        of[row] = number + len(known)
        known += [word.encode() for word in names]
    data = np.frombuffer(b"".join(known), np.uint8)
    starts = np.concatenate([[0], np.cumsum([len(word) for word in known])]).astype(np.int64)
    most = 2 * max(map(len, known), default=0) + 24

    def write(block: pa.Table, start: int) -> bytes:
        ids, ends = texts(block, "listing_id")
        mine = np.ascontiguousarray(of[:, start : start + block.num_rows])
        out = np.empty(ends[-1] - ends[0] + block.num_rows * most, np.uint8)
        end = fast.lines(held.num_columns > 3, ids, ends, mine, data, starts, numbers(block, "size"), out)
        return out[:end].tobytes()

    return write


def _plain_parse(data: bytes, columns: dict[str, pa.DataType]) -> pa.Table:
    table = csv.read_csv(
        pa.BufferReader(data),
        csv.ReadOptions(column_names=list(columns), use_threads=False),
        csv.ParseOptions(delimiter="\t", quote_char=False, double_quote=False, ignore_empty_lines=False),
        csv.ConvertOptions(column_types=columns, strings_can_be_null=False, null_values=[]),
    )
    # What was read must write the same bytes again: that refuses signs, spaces, zeros and other ends of lines.
    try:
        same = b"".join(lines(table, merchants=len(columns) > 3)) == data
    except RefusedDraw:
        same = False
    if not same:
        raise pa.ArrowInvalid("not the same bytes")
    return table


def _fast_parse(fast: ModuleType, data: bytes, count: int, columns: dict[str, pa.DataType]) -> pa.Table:
    room = ROOM
    while (read := _fast_read(fast, data, count, len(columns), room)) is None:
        room <<= 4
    ids, ends, sizes, of, known = read
    named = [_used(row, known) if len(columns) > 3 else words(row, known) for row in of[: len(columns) - 2]]
    listing = pa.LargeStringArray.from_buffers(len(sizes), pa.py_buffer(ends), pa.py_buffer(ids))
    return pa.table(dict(zip(columns, [listing, named[0], pa.array(sizes), *named[1:]], strict=True)))


def _fast_read(
    fast: ModuleType, data: bytes, count: int, width: int, room: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, list[str]] | None:
    """The bytes and ends of the ids, the sizes, the codes and their words of every line until a wrong one."""
    whole, row, at, out, found = np.frombuffer(data, np.uint8), 0, 0, np.uint64(0), np.uint64(0)
    ids, ends, sizes = np.empty(len(data), np.uint8), np.zeros(count + 1, np.uint64), np.empty(count, np.int64)
    of, slots = np.empty((2, count), np.int32), np.zeros(room, np.uint64)
    begins, longs = np.empty(room, np.uint64), np.empty(room, np.uint64)
    while at < len(data):
        stop = data.rfind(b"\n", at, at + PIECE) + 1 or data.index(b"\n", at) + 1
        marks = at + np.flatnonzero(whole[at:stop] < ord(" "))
        held = row + len(marks) // width
        if len(marks) % width or held > count:
            break
        row, out, found = fast.parse(
            whole, at, marks, width, row, ids, np.uint64(out), ends, sizes, of, slots, begins, longs, np.uint64(found)
        )
        if row < held:
            break
        at = stop
    if 2 * found > room:
        return None
    begun, long = begins[:found].tolist(), longs[:found].tolist()
    known = [data[start : start + size].decode() for start, size in zip(begun, long, strict=True)]
    return ids[:out], ends[: row + 1].view(np.int64), sizes[:row], of[:, :row], known


def _used(of: Codes, known: list[str]) -> pa.DictionaryArray:
    met = np.flatnonzero(np.bincount(of, minlength=len(known)))
    place = np.zeros(len(known), np.int32)
    place[met] = np.arange(len(met))
    return words(place[of], [known[word] for word in met])
