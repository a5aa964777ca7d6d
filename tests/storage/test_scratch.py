"""Scratch: what a job leaves there is found under the job's name by all, and gone when it ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from minio import Minio

from storage.errors import NotFound
from storage.scratch import open_scratch, scratch
from storage.settings import Settings, load
from tests.storage.s3 import KEY, SECRET, s3_server


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Minio]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "folder":
        return load({}, tmp_path)
    host = request.getfixturevalue("client")._base_url.host
    return load({"SHOPPER_OBJECTS_URL": f"s3://{KEY}:{SECRET}@{host}/evidence?secure=0"}, tmp_path)


def test_what_a_job_leaves_goes_when_it_ends_and_nothing_else(settings: Settings) -> None:
    left = open_scratch(settings, "job").put(b"left by a killed run")
    with scratch(settings, "other") as beside, scratch(settings, "job") as held:
        assert not held.has(left)
        mine, theirs = held.put(b"mine"), beside.put(b"theirs")
        assert open_scratch(settings, "job").get(mine) == b"mine"
        with pytest.raises(NotFound):
            held.get(theirs)
        with scratch(settings, "job"):
            pass
        assert (held.has(mine), beside.get(theirs)) == (False, b"theirs")


def test_a_job_that_fails_leaves_nothing(settings: Settings) -> None:
    with pytest.raises(RuntimeError), scratch(settings, "job") as held:
        digest = held.put(b"a piece")
        raise RuntimeError
    assert not open_scratch(settings, "job").has(digest)
