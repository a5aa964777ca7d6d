"""The audit of evidence: re-reads what captures name in the store, and tells what is lost and what has rotted."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from sampling.digest import Digest
from storage import captures
from storage.captures import Capture
from storage.errors import Away, NotFound, StorageError
from storage.objects import Objects


class Flaw(StrEnum):
    """What is wrong with a stored file."""

    LOST = "lost"
    ROTTEN = "rotten"


@dataclass(frozen=True, slots=True)
class Flawed:
    """One file of a capture that the store does not give back as it was."""

    capture_id: UUID
    sample_id: UUID
    name: str
    digest: Digest
    flaw: Flaw


@dataclass(frozen=True, slots=True)
class Audited:
    """What one stretch of the audit read and found, and from which capture the next goes on."""

    captures: int
    objects: int
    bytes: int
    flawed: tuple[Flawed, ...]
    last: UUID | None
    """The capture that was looked at last; None when there was none left."""


def audit(
    unit: Session, objects: Objects, *, after: UUID | None = None, limit: int = 100, part: int = 0, parts: int = 1
) -> Audited:
    """Give the findings on the next captures after one, the oldest first; call it with `last` until that is None.

    Of several parts only one is read, the same captures whenever it is asked for: a part a day goes round in `parts`
    days. A store that is away raises Away, for then nothing can be said.
    """
    stretch = captures.after(unit, after, limit)
    chosen = [one for one in stretch if one.id.int % parts == part]
    sizes: dict[Digest, int | Flaw] = {}
    flawed = [flaw for one in chosen for flaw in _flaws(objects, one, sizes)]
    read = [size for size in sizes.values() if isinstance(size, int)]
    return Audited(len(chosen), len(sizes), sum(read), tuple(flawed), stretch[-1].id if stretch else None)


def _flaws(objects: Objects, capture: Capture, known: dict[Digest, int | Flaw]) -> Iterator[Flawed]:
    """What many captures share, such as the key and the guide, is read once a stretch."""
    for name, digest in capture.files.items():
        if digest not in known:
            known[digest] = _read(objects, digest)
        match known[digest]:
            case Flaw() as flaw:
                yield Flawed(capture.id, capture.sample_id, name, digest, flaw)
            case _:
                pass


def _read(objects: Objects, digest: Digest) -> int | Flaw:
    """The store itself compares the bytes with their hash, piece by piece."""
    try:
        with objects.file(digest) as path:
            return path.stat().st_size
    except Away:
        raise
    except NotFound:
        return Flaw.LOST
    except StorageError:
        return Flaw.ROTTEN
