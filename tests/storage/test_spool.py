"""The spool: what is put while the store is away is kept, found on this machine, and moved on when it returns."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sampling.digest import Digest, sha256
from storage.errors import Away, NotFound
from storage.objects import Folder
from storage.spool import REST_SECONDS, Spooled, Waiting


@dataclass
class Store:
    """A folder behind a line that can be cut."""

    folder: Folder
    up: bool = True
    asked: int = 0

    def _line(self) -> Folder:
        self.asked += 1
        if not self.up:
            raise Away("cut")
        return self.folder

    def put(self, data: bytes) -> Digest:
        return self._line().put(data)

    def get(self, digest: Digest) -> bytes:
        return self._line().get(digest)

    def has(self, digest: Digest) -> bool:
        return self._line().has(digest)

    def put_file(self, path: Path) -> Digest:
        return self._line().put_file(path)

    @contextmanager
    def file(self, digest: Digest) -> Iterator[Path]:
        with self._line().file(digest) as path:
            yield path


class World:
    """A store, its spool, and a clock that a test moves."""

    def __init__(self, root: Path) -> None:
        self.store, self.now = Store(Folder(root / "store")), 100.0
        self.spooled = Spooled(self.store, root / "spool", clock=lambda: self.now)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_nothing_waits_while_the_store_answers(world: World) -> None:
    digest = world.spooled.put(b"x")
    assert (world.store.folder.has(digest), world.spooled.has(digest), world.spooled.get(digest)) == (True, True, b"x")
    assert world.spooled.waiting() == Waiting(0, 0)
    assert world.spooled.flush() == 0


def test_what_is_put_while_it_is_away_is_kept_and_moved_on(world: World, tmp_path: Path) -> None:
    world.store.up = False
    given = tmp_path / "given"
    given.write_bytes(b"a file")
    digests = [world.spooled.put(b"one"), world.spooled.put(b"two"), world.spooled.put_file(given)]
    assert digests == [sha256(b"one"), sha256(b"two"), sha256(b"a file")]
    assert world.spooled.waiting() == Waiting(3, 12)
    assert [world.spooled.get(digest) for digest in digests] == [b"one", b"two", b"a file"]
    with world.spooled.file(digests[2]) as path:
        assert path.read_bytes() == b"a file"
    assert (world.spooled.flush(), world.spooled.waiting().files) == (0, 3)
    world.store.up, world.now = True, world.now + REST_SECONDS
    assert world.spooled.flush(most=2) == 2
    assert world.spooled.flush() == 1
    assert world.spooled.waiting() == Waiting(0, 0)
    assert [world.store.folder.get(digest) for digest in digests] == [b"one", b"two", b"a file"]


def test_a_store_that_is_away_is_not_asked_for_every_file(world: World) -> None:
    world.store.up = False
    for number in range(5):
        world.spooled.put(bytes([number]))
    assert world.store.asked == 1
    world.now += REST_SECONDS
    world.spooled.put(b"x")
    assert world.store.asked == 2


def test_what_nobody_can_know_is_not_called_lost(world: World) -> None:
    world.store.up = False
    with pytest.raises(Away):
        world.spooled.get(sha256(b"never"))
    with pytest.raises(Away):
        world.spooled.has(sha256(b"never"))
    with pytest.raises(Away), world.spooled.file(sha256(b"never")):
        pass
    world.store.up, world.now = True, world.now + REST_SECONDS
    assert not world.spooled.has(sha256(b"never"))
    with pytest.raises(NotFound):
        world.spooled.get(sha256(b"never"))


def test_a_spool_outlives_its_process(world: World, tmp_path: Path) -> None:
    world.store.up = False
    digest = world.spooled.put(b"x")
    world.store.up = True
    assert Spooled(world.store, tmp_path / "spool").flush() == 1
    assert world.store.folder.get(digest) == b"x"


def test_a_file_that_is_being_written_is_left_alone(world: World) -> None:
    half = world.spooled.spool.root / "aa" / "bb" / "tmp123"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    assert (world.spooled.flush(), world.spooled.waiting(), half.exists()) == (0, Waiting(0, 0), True)
