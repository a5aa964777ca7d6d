"""The contract of the object store, held by a folder and by a bucket of a real S3 server."""

import errno
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from minio import Minio
from minio.error import S3Error

from sampling.digest import sha256
from storage.bucket import Bucket, client_of
from storage.errors import Away, Full, NotFound, StorageError
from storage.objects import Folder, Objects
from storage.reading import Bucket as Address
from storage.settings import load
from storage.spool import Spooled
from storage.store import open_objects, retention
from tests.storage.s3 import KEY, SECRET, s3_server
from tests.world.ports import free_port

Spoil = Callable[[str], None]
Store = tuple[Objects, Spoil]
"""A store, and a hand that changes the bytes of one object behind its back."""


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Minio]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield ours(running._base_url.host)


def ours(endpoint: str) -> Minio:
    return client_of(Address(endpoint, "", KEY, SECRET, secure=False))


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with ExitStack():
        match request.param:
            case "folder":
                yield Folder(tmp_path), lambda digest: spoil_file(tmp_path, digest)
            case _:
                s3: Minio = request.getfixturevalue("client")
                bucket = Bucket(s3, "evidence")
                yield bucket, lambda digest: spoil_object(bucket, digest)


def spoil_file(root: Path, digest: str) -> None:
    place = root / digest[:2] / digest[2:4] / digest
    place.chmod(0o600)
    place.write_bytes(b"changed")


def spoil_object(bucket: Bucket, digest: str) -> None:
    bucket.client.remove_object(bucket_name=bucket.name, object_name=digest)
    data = io.BytesIO(b"changed")
    bucket.client.put_object(bucket_name=bucket.name, object_name=digest, data=data, length=7)


@pytest.mark.parametrize("data", [b"", b"a", bytes(range(256)) * 4096], ids=["empty", "short", "a megabyte"])
def test_what_is_put_is_given_back_under_its_hash(store: Store, data: bytes) -> None:
    objects, _ = store
    digest = objects.put(data)
    assert digest == sha256(data)
    assert objects.put(data) == digest
    assert (objects.has(digest), objects.get(digest)) == (True, data)


def test_what_was_never_put_is_not_found(store: Store) -> None:
    objects, _ = store
    assert not objects.has(sha256(b"never"))
    with pytest.raises(NotFound):
        objects.get(sha256(b"never"))


def test_changed_bytes_are_never_given_out(store: Store) -> None:
    objects, spoil = store
    digest = objects.put(b"as it was")
    spoil(digest)
    with pytest.raises(StorageError, match="was changed"):
        objects.get(digest)


def test_a_file_of_any_size_goes_in_and_out(store: Store, tmp_path: Path) -> None:
    objects, spoil = store
    given = tmp_path / "given"
    given.write_bytes(bytes(range(256)) * 8192)
    digest = objects.put_file(given)
    assert digest == objects.put_file(given) == sha256(given.read_bytes())
    with objects.file(digest) as path:
        assert path.read_bytes() == given.read_bytes()
    with pytest.raises(NotFound), objects.file(sha256(b"never")):
        pass
    spoil(digest)
    with pytest.raises(StorageError, match="was changed"), objects.file(digest):
        pass


def test_a_second_user_of_the_same_place_sees_the_same(store: Store, tmp_path: Path) -> None:
    objects, _ = store
    digest = objects.put(b"shared")
    again = Bucket(objects.client, objects.name) if isinstance(objects, Bucket) else Folder(tmp_path)
    assert again.get(digest) == b"shared"


def test_a_folder_keeps_no_half_written_file(tmp_path: Path) -> None:
    digest = Folder(tmp_path).put(b"whole")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [digest]
    assert files[0].stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("size", [5, 12 << 20], ids=["at once", "in parts"])
def test_the_first_writer_of_a_name_is_the_only_one(client: Minio, tmp_path: Path, size: int) -> None:
    bucket = Bucket(client, "evidence")
    digest, other = bucket.put(b"a" * size), io.BytesIO(b"b" * size)
    with pytest.raises(S3Error) as refused:
        client.put_object(
            bucket_name="evidence", object_name=digest, data=other, length=size, part_size=5 << 20,
            num_parallel_uploads=1,
        )  # fmt: skip
    assert refused.value.code == "PreconditionFailed"
    assert bucket.get(digest) == b"a" * size


def test_who_comes_second_with_the_same_bytes_is_content(client: Minio, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = Bucket(client, "evidence")
    digest = bucket.put(b"twice")
    monkeypatch.setattr(bucket, "has", lambda digest: False)  # the other has put it between the question and the write
    assert bucket.put(b"twice") == digest


def test_a_locked_object_cannot_be_removed_before_its_time(client: Minio) -> None:
    span = timedelta(days=2)
    bucket = Bucket(client, "locked", locked_for=span)
    digest = bucket.put(b"evidence")
    assert bucket.lock() == span
    version = client.stat_object(bucket_name="locked", object_name=digest).version_id
    with pytest.raises(S3Error, match="AccessDenied"):
        client.remove_object(bucket_name="locked", object_name=digest, version_id=version)
    again = Bucket(client, "locked", locked_for=timedelta(days=9))
    again.put(b"more")
    assert again.lock() == span, "a rule that stands is left alone"


def test_a_bucket_that_was_made_without_a_lock_is_used_and_says_so(client: Minio) -> None:
    Bucket(client, "open").put(b"x")
    bucket = Bucket(client, "open", locked_for=timedelta(days=2))
    assert bucket.get(bucket.put(b"y")) == b"y"
    assert bucket.lock() is None
    assert Bucket(client, "never-made").lock() is None


def test_the_settings_choose_the_store(client: Minio, tmp_path: Path) -> None:
    assert isinstance(open_objects(load({"SHOPPER_HOME": str(tmp_path)}, tmp_path)), Folder)
    address = f"s3://{KEY}:{SECRET}@{client._base_url.host}/chosen?secure=0"
    chosen = open_objects(load({"SHOPPER_OBJECTS_URL": address, "SHOPPER_HOME": str(tmp_path)}, tmp_path))
    assert isinstance(chosen, Spooled)
    assert chosen.get(chosen.put(b"x")) == b"x"
    assert isinstance(chosen.objects, Bucket)
    assert chosen.objects.lock() == retention("cn-product") == timedelta(days=24 * 31)


def test_a_wrong_key_is_not_taken_for_a_missing_object(client: Minio) -> None:
    Bucket(client, "private").put(b"x")
    stranger = Minio(endpoint=client._base_url.host, access_key="stranger", secret_key="stranger", secure=False)
    with pytest.raises(S3Error):
        Bucket(stranger, "private").has(sha256(b"x"))


def test_a_server_that_is_away_is_told_from_an_object_that_is_lost(tmp_path: Path) -> None:
    bucket, digest = Bucket(ours(f"127.0.0.1:{free_port()}"), "evidence"), sha256(b"x")
    for ask in (lambda: bucket.put(b"x"), lambda: bucket.get(digest), lambda: bucket.has(digest), bucket.lock):
        with pytest.raises(Away):
            ask()
    with pytest.raises(Away), bucket.file(digest):
        pass


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT], ids=["disk", "quota"])
def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    folder = Folder(tmp_path)

    def full(given: BinaryIO, file: BinaryIO, piece: int) -> None:
        file.write(given.read(3))
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(Full, match="is full") as told:
            folder.put(b"evidence")
    assert str(tmp_path) not in str(told.value), "who sends a file is not told of our folders"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert folder.get(folder.put(b"evidence")) == b"evidence"
