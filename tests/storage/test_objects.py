"""The contract of the object store, held by a folder and by a bucket of a real S3 server."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from minio import Minio
from minio.error import S3Error
from urllib3.exceptions import HTTPError

from sampling.digest import sha256
from storage.errors import NotFound, StorageError
from storage.objects import Bucket, Folder, Objects, open_objects
from storage.settings import load
from tests.storage.s3 import KEY, SECRET, s3_server

Spoil = Callable[[str], None]
Store = tuple[Objects, Spoil]
"""A store, and a hand that changes the bytes of one object behind its back."""


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Minio]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


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


def test_the_settings_choose_the_store(client: Minio, tmp_path: Path) -> None:
    assert isinstance(open_objects(load({"SHOPPER_HOME": str(tmp_path)}, tmp_path)), Folder)
    address = f"s3://{KEY}:{SECRET}@{client._base_url.host}/chosen?secure=0"
    chosen = open_objects(load({"SHOPPER_OBJECTS_URL": address}, tmp_path))
    assert isinstance(chosen, Bucket)
    assert chosen.get(chosen.put(b"x")) == b"x"


def test_a_wrong_key_is_not_taken_for_a_missing_object(client: Minio) -> None:
    Bucket(client, "private")
    stranger = Minio(endpoint=client._base_url.host, access_key="stranger", secret_key="stranger", secure=False)
    with pytest.raises((S3Error, HTTPError)):
        Bucket(stranger, "private").has(sha256(b"x"))
