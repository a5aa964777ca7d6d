"""Files under their SHA-256, written once and never overwritten: in a folder, or in an S3 bucket."""

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from minio import Minio
from minio.error import S3Error

from sampling.digest import Digest, sha256
from storage.errors import NotFound, StorageError
from storage.reading import Bucket as Address
from storage.settings import Settings

PIECE = 1 << 20
"""How many bytes of a large file are held at a time."""


class Objects(Protocol):
    """Where files are kept; putting the same bytes twice keeps them once."""

    def put(self, data: bytes) -> Digest:
        """Keep the bytes and give the hash that they are found under."""
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
        """Write the bytes unless they are there already."""
        return self._kept(sha256(data), io.BytesIO(data))

    def get(self, digest: Digest) -> bytes:
        """Read the file and check that it still has its hash."""
        try:
            data = self._place(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"there is no object {digest}") from None
        return _checked(data, digest)

    def has(self, digest: Digest) -> bool:
        """Tell whether the file is there."""
        return self._place(digest).exists()

    def put_file(self, path: Path) -> Digest:
        """Copy the file unless its bytes are there already."""
        with path.open("rb") as given:
            return self._kept(_hashed(path), given)

    @contextmanager
    def file(self, digest: Digest) -> Iterator[Path]:
        """Give the file where it is, once it is seen to have its hash still."""
        place = self._place(digest)
        if not place.exists():
            raise NotFound(f"there is no object {digest}")
        _check_file(place, digest)
        yield place

    def _kept(self, digest: Digest, given: BinaryIO) -> Digest:
        # Written beside its place first, so that a crash leaves no half object behind.
        place = self._place(digest)
        if place.exists():
            return digest
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(given, file, PIECE)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o440)
        Path(name).replace(place)
        return digest

    def _place(self, digest: Digest) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest


class Bucket:
    """Objects in one bucket of MinIO or of any server that speaks S3."""

    def __init__(self, client: Minio, name: str, prefix: str = "") -> None:
        self.client, self.name, self.prefix = client, name, prefix
        if not client.bucket_exists(bucket_name=name):
            client.make_bucket(bucket_name=name)

    def put(self, data: bytes) -> Digest:
        """Upload unless the bucket has the bytes already."""
        digest = sha256(data)
        if not self.has(digest):
            self.client.put_object(
                bucket_name=self.name, object_name=self.prefix + digest, data=io.BytesIO(data), length=len(data)
            )
        return digest

    def get(self, digest: Digest) -> bytes:
        """Download the object and check that it still has its hash."""
        try:
            answer = self.client.get_object(bucket_name=self.name, object_name=self.prefix + digest)
        except S3Error as error:
            if error.code == "NoSuchKey":
                raise NotFound(f"there is no object {digest}") from None
            raise
        try:
            return _checked(answer.read(), digest)
        finally:
            answer.close()
            answer.release_conn()

    def has(self, digest: Digest) -> bool:
        """Ask the server for the object's head."""
        try:
            self.client.stat_object(bucket_name=self.name, object_name=self.prefix + digest)
        except S3Error as error:
            if error.code in {"NoSuchKey", "NoSuchObject"}:
                return False
            raise
        return True

    def put_file(self, path: Path) -> Digest:
        """Upload unless the bucket has the bytes already."""
        digest = _hashed(path)
        if not self.has(digest):
            self.client.fput_object(bucket_name=self.name, object_name=self.prefix + digest, file_path=str(path))
        return digest

    @contextmanager
    def file(self, digest: Digest) -> Iterator[Path]:
        """Download the object into a folder that goes when the block ends."""
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / digest
            try:
                self.client.fget_object(bucket_name=self.name, object_name=self.prefix + digest, file_path=str(place))
            except S3Error as error:
                if error.code == "NoSuchKey":
                    raise NotFound(f"there is no object {digest}") from None
                raise
            _check_file(place, digest)
            yield place


def client_of(place: Address) -> Minio:
    """Give the client of the server that keeps the objects."""
    return Minio(endpoint=place.endpoint, access_key=place.access_key, secret_key=place.secret_key, secure=place.secure)


def open_objects(settings: Settings) -> Objects:
    """Give the store that the settings name: a bucket when one is configured, else a folder of the home."""
    place = settings.bucket
    if place is None:
        return Folder(settings.objects)
    return Bucket(client_of(place), place.bucket)


def _hashed(path: Path) -> Digest:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_file(path: Path, digest: Digest) -> None:
    if _hashed(path) != digest:
        raise StorageError(f"the object {digest} was changed")


def _checked(data: bytes, digest: Digest) -> bytes:
    if sha256(data) != digest:
        raise StorageError(f"the object {digest} was changed")
    return data
