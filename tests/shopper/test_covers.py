"""The commands of covers: what is sealed is never printed, and a rotation that is broken off loses nothing."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from sampling.sample import SampleState
from shopper import covers
from shopper.covers import own_key, rotated
from shopper.main import main
from storage import keyfile, vault
from storage.database import Database
from storage.errors import WrongSecret
from storage.objects import Folder
from storage.vault import Vault
from tests.build import PLATFORM, SHOPPER, case, moment
from tests.storage.test_vault import COVER, leaks

OWN = b"o" * 32
PLACES = ("a", "b", "c", "d", PLATFORM)


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
def home(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the data folder of an installation that works on the database."""
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    return tmp_path / "var"


def seal(database: Database, keeper: Vault) -> None:
    with database.unit() as unit:
        for place in PLACES:
            keeper.put(unit, SHOPPER, place, {**asdict(COVER), "city": place})


def under(database: Database) -> set[str | None]:
    """Give the keys that covers are sealed with."""
    with database.unit() as unit:
        return {one.key_id for one in vault.listed(unit)}


def readable(database: Database, keeper: Vault) -> int:
    """Give how many covers open."""
    with database.unit() as unit:
        for place in PLACES:
            keeper.put(unit, SHOPPER, place, {**asdict(COVER), "city": place})
        assert len(vault.listed(unit)) == len(PLACES), "a cover that opens is put again without a second version"
    return len(PLACES)


def test_every_cover_is_sealed_with_a_fresh_key_and_the_old_one_goes(database: Database, tmp_path: Path) -> None:
    seal(database, Vault(OWN))
    for _ in range(2):
        before = keyfile.keys(tmp_path)
        assert rotated(database, tmp_path, OWN) == len(PLACES)
        (key,) = keyfile.keys(tmp_path)
        assert key not in before and under(database) == {vault.key_id(key)}
        assert readable(database, Vault(OWN, key)) == len(PLACES)
    assert (tmp_path / keyfile.NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("after", range(len(PLACES)))
def test_a_rotation_that_is_killed_goes_on_where_it_was(
    after: int, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal(database, Vault(OWN))
    done: list[UUID] = []
    whole = Vault.reseal

    def until(self: Vault, unit: Session, id_: UUID) -> bool:
        if len(done) == after:
            raise Killed
        done.append(id_)
        return whole(self, unit, id_)

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(Vault, "reseal", until)
        rotated(database, tmp_path, OWN)
    (key,) = keyfile.keys(tmp_path)
    assert readable(database, Vault(OWN, key)) == len(PLACES), "between the two keys every cover opens"
    assert rotated(database, tmp_path, OWN) == len(PLACES) - after
    assert keyfile.keys(tmp_path) == (key,), "no third key is made"
    assert under(database) == {vault.key_id(key)}


def test_a_rotation_without_the_old_key_changes_nothing(database: Database, tmp_path: Path) -> None:
    seal(database, Vault(OWN))
    with pytest.raises(WrongSecret):
        rotated(database, tmp_path, b"x" * 32)
    assert readable(database, Vault(OWN)) == len(PLACES)


@pytest.mark.parametrize("text", ["zz", "ab" * 31, "ab" * 32 + "\nab"])
def test_a_damaged_key_file_is_told(text: str, tmp_path: Path) -> None:
    (tmp_path / keyfile.NAME).write_text(text)
    with pytest.raises(WrongSecret, match="restore the file from the backup"):
        keyfile.keys(tmp_path)


def test_the_commands_keep_show_rotate_retire_and_erase(
    home: Path, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.unit() as unit:
        made = case(unit, Folder(home / "objects"), SampleState.TARGETED)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(asdict(COVER))))
    assert main(["covers", "keep", SHOPPER, PLATFORM]) == 0
    with database.unit() as unit:
        Vault(own_key()).open(unit, SHOPPER, PLATFORM, case_id=made.sample.id, by="flow:purchase", at=moment(1))
    assert main(["covers", "rotate"]) == 0
    for words in (["show"], ["looks"], ["retire", SHOPPER, PLATFORM], ["show"], ["erase"], ["show"]):
        assert main(["covers", *words]) == 0
    said = capsys.readouterr()
    assert f"flow:purchase  {SHOPPER}@{PLATFORM}  {made.sample.code}  order" in said.out
    assert all(stands in said.out for stands in ("in use", "retired", "erased"))
    assert not [value for value in asdict(COVER).values() if value in said.out + said.err]
    assert leaks(database, set(asdict(COVER).values())) == []


def test_a_rotation_waits_for_nobody(home: Path, database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    with database.turn("vault", "keys") as mine:
        assert mine and main(["covers", "rotate"]) == 2
    assert "Somebody else keeps or rotates covers just now" in capsys.readouterr().err
    assert covers.rotated(database, home, OWN) == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("no json", "The cover on standard input must be one JSON object."),
        ("{}", "A cover has exactly these fields: account,"),
        (json.dumps({**asdict(COVER), "payment_digits": "4242424242424242"}), "the last four digits at most"),
    ],
)
def test_what_is_no_cover_is_one_sentence_and_code_two(
    typed: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["covers", "keep", "lin", "mart"]) == 2
    said = capsys.readouterr().err
    assert told in said and "Traceback" not in said and COVER.password not in said and "4242" not in said
