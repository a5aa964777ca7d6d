"""The spool: what is to be kept while the object store is away waits in a folder of this machine, and is moved on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sampling.digest import Digest
from storage.errors import Away, NotFound
from storage.objects import Folder, Objects

T = TypeVar("T")
DIGITS = 64
"""Of a SHA-256."""
REST_SECONDS = 15.0
"""How long a store that did not answer is not asked again: a capture has many files, and each would wait."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much lies in the spool."""

    files: int
    bytes: int


class Spooled:
    """A store whose writes go on while it is away; what waits is seen by this machine alone until it is moved on."""

    def __init__(self, objects: Objects, folder: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.objects, self.spool, self._clock = objects, Folder(folder), clock
        self._ask_again = 0.0

    def put(self, data: bytes) -> Digest:
        """Keep the bytes in the store, or in the spool while it is away."""
        try:
            return self._ask(lambda: self.objects.put(data))
        except Away:
            return self.spool.put(data)

    def put_file(self, path: Path) -> Digest:
        """Keep the file in the store, or in the spool while it is away."""
        try:
            return self._ask(lambda: self.objects.put_file(path))
        except Away:
            return self.spool.put_file(path)

    def get(self, digest: Digest) -> bytes:
        """Give the bytes from where they are; when neither place has them and the store is away, raise Away."""
        if self.spool.has(digest):
            with suppress(NotFound):  # moved on this very moment
                return self.spool.get(digest)
        return self._ask(lambda: self.objects.get(digest))

    def has(self, digest: Digest) -> bool:
        """Tell whether either place has the bytes."""
        return self.spool.has(digest) or self._ask(lambda: self.objects.has(digest))

    @contextmanager
    def file(self, digest: Digest) -> Iterator[Path]:
        """Give the bytes as a file from where they are."""
        with (self.spool if self.spool.has(digest) else self.objects).file(digest) as path:
            yield path

    def waiting(self) -> Waiting:
        """Give how much was not moved on yet."""
        sizes = [path.stat().st_size for path in waiting_in(self.spool.root) if path.exists()]
        return Waiting(len(sizes), sum(sizes))

    def flush(self, most: int = 10_000) -> int:
        """Move what waits into the store and give how many files that were; it ends when the store is away again."""
        moved = 0
        for path in sorted(waiting_in(self.spool.root)):
            if moved >= most:
                break
            try:
                if self._ask(lambda path=path: self.objects.put_file(path)) == path.name:  # type: ignore[misc]
                    path.unlink(missing_ok=True)
                    moved += 1
            except Away:
                break
            except FileNotFoundError:
                continue  # another worker of this machine was first
        return moved

    def _ask(self, work: Callable[[], T]) -> T:
        if self._clock() < self._ask_again:
            raise Away("The object store did not answer a moment ago.")
        try:
            return work()
        except Away:
            self._ask_again = self._clock() + REST_SECONDS
            raise


def waiting_in(folder: Path) -> Iterator[Path]:
    """Give the files that wait in a spool; a name that is not a hash is a file that is being written."""
    return (path for path in folder.glob("??/??/*") if len(path.name) == DIGITS)
