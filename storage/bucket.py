"""Objects in an S3 bucket: written under a condition that keeps the first, and locked for as long as the law says."""

import io
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.error import InvalidResponseError, S3Error, ServerError
from minio.objectlockconfig import DAYS, ObjectLockConfig
from urllib3.exceptions import HTTPError

from sampling.digest import Digest, sha256
from storage.errors import Away, NotFound
from storage.objects import check_file, checked, hashed
from storage.reading import Bucket as Address

CONNECT_SECONDS, READ_SECONDS = 3.0, 60.0
HASHED = re.compile("/[0-9a-f]{64}$")
LOST = {"NoSuchKey", "NoSuchObject", "NoSuchBucket"}
THERE = {"PreconditionFailed", "ConditionalRequestConflict"}
NO_LOCK = {"NotImplemented", "ObjectLockConfigurationNotFoundError", "InvalidBucketState", "MethodNotAllowed"}
BUSY = {"InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "XMinioServerNotInitialized"}


class WriteOnce(urllib3.PoolManager):
    """Connections on which an object named by its hash is written only where there is none of that name yet.

    The client has no word for the condition. It stands outside the signature, which S3 allows for this header.
    """

    def urlopen(self, method: str, url: str, *given: Any, **told: Any) -> urllib3.BaseHTTPResponse:
        """Send the request, with the condition where it completes an object."""
        place = urlsplit(url)
        completes = method == "POST" and place.query.startswith("uploadId=")
        if HASHED.search(place.path) and (completes or (method == "PUT" and not place.query)):
            told["headers"] = {**told.get("headers", {}), "If-None-Match": "*"}
        return super().urlopen(method, url, *given, **told)


class Bucket:
    """Objects in one bucket of MinIO or of any server that speaks S3; nothing is asked before it is needed."""

    def __init__(self, client: Minio, name: str, prefix: str = "", *, locked_for: timedelta | None = None) -> None:
        self.client, self.name, self.prefix, self.locked_for = client, name, prefix, locked_for
        self._ready, self._door = False, threading.Lock()

    def put(self, data: bytes) -> Digest:
        """Upload unless the bucket has the bytes already."""
        digest = sha256(data)
        with _answering():
            self._prepare()
            if not self.has(digest):
                with _written_once():
                    self.client.put_object(
                        bucket_name=self.name, object_name=self.prefix + digest, data=io.BytesIO(data), length=len(data)
                    )
        return digest

    def get(self, digest: Digest) -> bytes:
        """Download the object and check that it still has its hash."""
        with _answering(), _found(digest):
            answer = self.client.get_object(bucket_name=self.name, object_name=self.prefix + digest)
            try:
                return checked(answer.read(), digest)
            finally:
                answer.close()
                answer.release_conn()

    def has(self, digest: Digest) -> bool:
        """Ask the server for the object's head."""
        try:
            with _answering():
                self.client.stat_object(bucket_name=self.name, object_name=self.prefix + digest)
        except S3Error as error:
            if error.code in LOST:
                return False
            raise
        return True

    def put_file(self, path: Path) -> Digest:
        """Upload unless the bucket has the bytes already."""
        digest = hashed(path)
        with _answering():
            self._prepare()
            if not self.has(digest):
                with _written_once():
                    self.client.fput_object(
                        bucket_name=self.name, object_name=self.prefix + digest, file_path=str(path)
                    )
        return digest

    @contextmanager
    def file(self, digest: Digest) -> Iterator[Path]:
        """Download the object into a folder that goes when the block ends."""
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / digest
            with _answering(), _found(digest):
                self.client.fget_object(bucket_name=self.name, object_name=self.prefix + digest, file_path=str(place))
            check_file(place, digest)
            yield place

    def lock(self) -> timedelta | None:
        """Give for how long the server itself refuses to let go of an object; None when it holds nothing.

        Asked of the server and not remembered: only a lock in compliance mode counts.
        """
        with _answering():
            try:
                found = self.client.get_object_lock_config(bucket_name=self.name)
            except S3Error as error:
                if error.code in NO_LOCK | LOST:
                    return None
                raise
        if found.mode != COMPLIANCE or found.duration is None:
            return None
        return timedelta(days=found.duration * (1 if found.duration_unit == DAYS else 365))

    def _prepare(self) -> None:
        """Make the bucket at the first write, with its lock where the server has one."""
        with self._door:
            if self._ready:
                return
            if not self.client.bucket_exists(bucket_name=self.name):
                self._make()
            if self.locked_for is not None:
                self._lock(self.locked_for)
            self._ready = True

    def _make(self) -> None:
        try:
            self.client.make_bucket(bucket_name=self.name, object_lock=self.locked_for is not None)
        except S3Error as error:
            if error.code in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                return  # another process was first
            if error.code not in NO_LOCK:
                raise
            self.client.make_bucket(bucket_name=self.name)

    def _lock(self, span: timedelta) -> None:
        """Set the rule where the bucket can lock and nobody set one; a bucket that cannot stays without."""
        wanted = ObjectLockConfig(COMPLIANCE, span.days, DAYS)
        try:
            if self.client.get_object_lock_config(bucket_name=self.name).mode is None:
                self.client.set_object_lock_config(bucket_name=self.name, config=wanted)
        except S3Error as error:
            if error.code not in NO_LOCK:
                raise


def client_of(place: Address) -> Minio:
    """Give the client of the server that keeps the objects; it gives up soon, so that a spool can take over."""
    patience = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    again = urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])
    http = WriteOnce(timeout=patience, maxsize=16, cert_reqs="CERT_REQUIRED", retries=again)
    return Minio(
        endpoint=place.endpoint, access_key=place.access_key, secret_key=place.secret_key, secure=place.secure,
        http_client=http,
    )  # fmt: skip


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (HTTPError, ServerError, InvalidResponseError) as error:
        raise Away(f"The object store does not answer: {type(error).__name__}.") from error
    except S3Error as error:
        if error.code in BUSY:
            raise Away(f"The object store does not answer: {error.code}.") from error
        raise


@contextmanager
def _found(digest: Digest) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code in LOST:
            raise NotFound(f"there is no object {digest}") from None
        raise


@contextmanager
def _written_once() -> Iterator[None]:
    """What another writer, or our own lost answer, has put there first is the same bytes: the name is their hash."""
    try:
        yield
    except S3Error as error:
        if error.code not in THERE:
            raise
