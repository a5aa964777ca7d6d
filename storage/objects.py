"""Files under their SHA-256, written once and never overwritten: what every store keeps to, and the one in a folder."""

import errno
import hashlib
import io
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from sampling.digest import Digest, sha256
from storage.errors import Full, NotFound, StorageError

LOG = logging.getLogger("storage")
PIECE = 1 << 20
"""How many bytes of a large file are held at a time."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Objects(Protocol):
    """Where files are kept; putting the same bytes twice keeps them once."""

    def put(self, data: bytes) -> Digest:
        """Keep the bytes and give the hash that they are found under; a store that is away raises Away."""
        ...

    def get(self, digest: Digest) -> bytes:
        """Give the bytes; an unknown hash raises NotFound, changed bytes raise StorageError."""
        ...

    def has(self, digest: Digest) -> bool:
        """Tell whether the bytes are kept."""
        ...

    def put_file(self, path: Path) -> Digest:
        """Keep a file of any size and give the hash that it is found under."""
        ...

    def file(self, digest: Digest) -> AbstractContextManager[Path]:
        """Give the bytes as a file to read while the block runs; it raises as `get` does."""
        ...


class Folder:
    """Files in a folder, two levels deep by the first characters of the hash."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> Digest:
        """Write the bytes unless they are there already; a full disk raises Full and leaves no half file."""
        return self._kept(sha256(data), io.BytesIO(data))

    def get(self, digest: Digest) -> bytes:
        """Read the file and check that it still has its hash."""
        try:
            data = self.place(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"there is no object {digest}") from None
        return checked(data, digest)

    def has(self, digest: Digest) -> bool:
        """Tell whether the file is there."""
        return self.place(digest).exists()

    def put_file(self, path: Path) -> Digest:
        """Copy the file unless its bytes are there already."""
        with path.open("rb") as given:
            return self._kept(hashed(path), given)

    @contextmanager
    def file(self, digest: Digest) -> Iterator[Path]:
        """Give the file where it is, once it is seen to have its hash still."""
        place = self.place(digest)
        if not place.exists():
            raise NotFound(f"there is no object {digest}")
        check_file(place, digest)
        yield place

    def place(self, digest: Digest) -> Path:
        """Give where the file of this hash lies, or would."""
        return self.root / digest[:2] / digest[2:4] / digest

    def _kept(self, digest: Digest, given: BinaryIO) -> Digest:
        place = self.place(digest)
        if place.exists():
            return digest
        try:
            self._write(place, given)
        except OSError as error:
            if error.errno in NO_ROOM:
                LOG.error("no room is left in %s", self.root)
                raise Full("The disk of the store is full.") from error
            raise
        return digest

    def _write(self, place: Path, given: BinaryIO) -> None:
        # Written beside its place first, so that a crash leaves no half object behind.
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(given, file, PIECE)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o440)
            Path(name).replace(place)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        self._settle(place.parent)

    def _settle(self, folder: Path) -> None:
        """Make the name last as well: a file whose folder is not written is lost with the power."""
        for one in (folder, folder.parent, self.root):
            handle = os.open(one, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def hashed(path: Path) -> Digest:
    """Give the SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_file(path: Path, digest: Digest) -> None:
    """Refuse a file that has not this hash."""
    if hashed(path) != digest:
        raise StorageError(f"the object {digest} was changed")


def checked(data: bytes, digest: Digest) -> bytes:
    """Give the bytes that have this hash; others raise StorageError."""
    if sha256(data) != digest:
        raise StorageError(f"the object {digest} was changed")
    return data
