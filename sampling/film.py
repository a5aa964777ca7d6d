"""A film: whether its file is whole, as its container itself states how long each of its parts is."""

from collections.abc import Callable

Read = Callable[[int, int], bytes]
"""Gives that many bytes from a place of the file, fewer at its end."""

MOST_PARTS = 200_000
"""A film recorded in pieces of a tenth of a second reaches this after five hours."""
EBML, SEGMENT, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
OPEN_ENDED = frozenset({SEGMENT, CLUSTER})


def whole(read: Read, size: int) -> bool:
    """Tell whether a film of so many bytes ends where its container says it ends, with everything needed to show it.

    A film that was cut into two files and made playable again is whole by this; that there are two of it tells.
    """
    if int.from_bytes(read(0, 4)) == EBML:
        return _matroska(read, size)
    return _boxes(read, size)


def _boxes(read: Read, size: int) -> bool:
    """Walk the boxes of an MP4 or QuickTime file: they fill it, and the index and the pictures are among them."""
    place, found = 0, set()
    for _ in range(MOST_PARTS):
        if place == size:
            break
        head = read(place, 16)
        length, kind = int.from_bytes(head[:4]), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16])
        elif length == 0:
            length = size - place  # the last box may reach to the end of the file
        if len(head) < 8 or length < 8 or place + length > size:
            return False
        found.add(kind)
        place += length
    return place == size and {b"moov", b"mdat"} <= found


def _matroska(read: Read, size: int) -> bool:
    """Walk the elements of a WebM file; one whose length was not known when it was begun is walked inside."""
    place, found = 0, set()
    for _ in range(MOST_PARTS):
        if place == size:
            break
        head = read(place, 12)
        kind, used = _number(head, keep=True)
        length, more = _number(head[used:], keep=False)
        if not used or not more:
            return False
        found.add(kind)
        place += used + more
        if length == (1 << 7 * more) - 1 and kind in OPEN_ENDED:
            continue
        # A segment is walked inside as well, so that its clusters are seen.
        if place + length > size:
            return False
        place += 0 if kind == SEGMENT else length
    return place == size and {EBML, SEGMENT, CLUSTER} <= found


def _number(data: bytes, *, keep: bool) -> tuple[int, int]:
    """Give a number of the length that its first byte states, with or without that mark, and how many bytes it took."""
    used = 9 - data[0].bit_length() if data else 9
    if used > 8 or len(data) < used:
        return 0, 0
    value = int.from_bytes(data[:used])
    return (value if keep else value & ((1 << 7 * used) - 1)), used
