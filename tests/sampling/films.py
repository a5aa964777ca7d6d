"""Small films for tests: whole by their containers, with nothing in them to see."""

from collections.abc import Iterator
from random import Random


def box(kind: bytes, data: bytes = b"") -> bytes:
    """Give one box of an MP4 file."""
    return (8 + len(data)).to_bytes(4) + kind + data


def mp4(size: int, *, brand: bytes = b"isom") -> bytes:
    """Give an MP4 film of so many bytes, its index last, as telephones write it."""
    start, end = box(b"ftyp", brand + bytes(4)), box(b"moov", b"index")
    return start + box(b"mdat", Random(size).randbytes(size - len(start) - len(end) - 8)) + end


def pieces(size: int, piece: int) -> Iterator[bytes]:
    """Give an MP4 film piece by piece, so that a large one is never in memory as a whole."""
    start, end = box(b"ftyp", b"isom" + bytes(4)), box(b"moov", b"index")
    held = start + (size - len(start) - len(end)).to_bytes(4) + b"mdat"
    block, left = Random(size).randbytes(1 << 20), size - len(held) - len(end)
    while left or held:
        while left and len(held) < piece:
            held += block[:left]
            left -= min(left, len(block))
            held += b"" if left else end
        yield held[:piece]
        held = held[piece:]


def element(kind: bytes, data: bytes, *, known: bool = True) -> bytes:
    """Give one element of a WebM file, with its length or without."""
    length = (1 << 56 | len(data)).to_bytes(8) if known else b"\x01" + b"\xff" * 7
    return kind + length + data


def webm(*, known: bool = True) -> bytes:
    """Give a WebM film, as a browser records it when its lengths are not known."""
    cluster = element(b"\x1f\x43\xb6\x75", element(b"\xe7", b"\x00") + element(b"\xa3", b"frame"), known=known)
    head = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))
    return head + element(b"\x18\x53\x80\x67", element(b"\x15\x49\xa9\x66", b"info") + cluster + cluster, known=known)
