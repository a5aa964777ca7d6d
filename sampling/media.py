"""Photos and films as evidence: what is taken, how large, what the first bytes say, and which pictures are alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sampling.digest import Digest

MB = 1024 * 1024
HEAD = 64
"""How many of the first bytes tell the type of a file."""
SIDES = (9, 8)
"""Columns and rows of the small grey picture that a fingerprint is taken of."""
FLAT = 16
"""A grey picture whose lightest and darkest point are closer than this shows nothing that could be compared."""
PIXELS = 65_000_000
"""How many pixels a photo may have: the most that telephones give one by themselves. Decoded they take 260 MB."""
NEAR = 6
"""In how many of its 64 bits the fingerprint of a picture may differ when the same picture is only made anew."""
HEIF = frozenset({"image/heic", "image/heif"})
"""What telephones call their own pictures: one container, by either name."""


class Medium(StrEnum):
    """What is sent: one picture, or one film."""

    PHOTO = "photo"
    FILM = "film"


class Refusal(StrEnum):
    """Why a file is not taken; `too_many_files` is said before a byte of it is here."""

    EMPTY = "empty_file"
    TOO_LARGE = "file_too_large"
    NOT_TAKEN = "type_not_taken"
    OTHER_TYPE = "other_type"
    CUT = "cut_file"
    CHANGED = "changed_on_the_way"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY = "too_many_files"


class Alarm(StrEnum):
    """What a coordinator has to look at: one file for two samples, one picture for two, or a second film."""

    SAME_FILE = "same_file"
    SAME_PICTURE = "same_picture"
    SECOND_FILM = "second_film"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many bytes a file of a medium may have, of which types it may be, and how many are taken for one act."""

    most: int
    types: frozenset[str]
    files: int
    """An act needs one; the rest is for those who choose the wrong file."""


ALLOWED: Mapping[Medium, Allowance] = {
    Medium.PHOTO: Allowance(25 * MB, frozenset({"image/jpeg", "image/png", "image/webp", *HEIF}), 10),
    Medium.FILM: Allowance(500 * MB, frozenset({"video/mp4", "video/quicktime", "video/webm"}), 4),
}

# Telephones name one and the same container by either type.
SAME = (frozenset({"video/mp4", "video/quicktime"}), HEIF)

STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
BRANDS: Mapping[bytes, str] = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    b"qt  ": "video/quicktime",
}
# A QuickTime film of before the brands begins with one of its boxes.
BOXES = frozenset({b"moov", b"mdat", b"wide"})


def sniff(head: bytes) -> str | None:
    """Give the type that the first bytes of a file show, or None when they show none of those known here."""
    for start, found in STARTS:
        if head.startswith(start):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm" if b"webm" in head else "video/x-matroska"
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    return "video/quicktime" if head[4:8] in BOXES else None


def refused(medium: Medium, declared: str, size: int) -> Refusal | None:
    """Give why a file is not taken by what its sender says of it, before a byte of it is there; None when it may come.

    A browser that does not know a file's type says nothing; then the first bytes alone decide.
    """
    allowed = ALLOWED[medium]
    if size <= 0:
        return Refusal.EMPTY
    if size > allowed.most:
        return Refusal.TOO_LARGE
    return Refusal.NOT_TAKEN if declared and declared not in allowed.types else None


def contradicted(medium: Medium, declared: str, head: bytes) -> Refusal | None:
    """Give why a file is not taken by its first bytes; None when they are what they are said to be."""
    found = sniff(head)
    if declared and found != declared and not any({found, declared} <= same for same in SAME):
        return Refusal.OTHER_TYPE
    return None if found in ALLOWED[medium].types else Refusal.NOT_TAKEN


def fingerprint(grey: bytes) -> int | None:
    """Give 64 bits of a picture from its grey points, 9 columns by 8 rows: whether each is darker than the next.

    A picture of one shade has none: all of them would be alike.
    """
    columns, rows = SIDES
    if len(grey) != columns * rows:
        raise ValueError(f"a fingerprint is taken of {columns * rows} grey points, not of {len(grey)}")
    if max(grey) - min(grey) < FLAT:
        return None
    bits = 0
    for row in range(rows):
        for column in range(columns - 1):
            place = row * columns + column
            bits = bits << 1 | (grey[place] < grey[place + 1])
    return bits


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two files are compared by: the hash, and for a picture its fingerprint."""

    sha256: Digest
    fingerprint: int | None = None


def alike(one: Likeness, other: Likeness) -> Alarm | None:
    """Give whether two files are the same file or show the same picture; None when neither."""
    if one.sha256 == other.sha256:
        return Alarm.SAME_FILE
    if one.fingerprint is None or other.fingerprint is None:
        return None
    return Alarm.SAME_PICTURE if (one.fingerprint ^ other.fingerprint).bit_count() <= NEAR else None
