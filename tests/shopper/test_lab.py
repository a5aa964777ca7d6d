"""The commands of a laboratory's file: check stores nothing, submit gives a receipt, both say what is wrong."""

import json
from pathlib import Path

import pytest

from labs.report import UploadState
from sampling.custody import UnitState
from sampling.sample import SampleState
from shopper.main import main
from storage import custody, events, uploads
from storage.database import Database
from storage.objects import Folder
from tests.build import ITEM, LAB, Case, case
from tests.labs.build import csv_of, line


def good(made: Case, **changes: str) -> bytes:
    same = {"lab_code": LAB, "sample_code": made.blind, "item_code": ITEM, "issued_on": "2026-03-04"}
    return csv_of(line(**{**same, **changes}))


@pytest.fixture
def made(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    with database.unit() as unit:
        one = case(unit, Folder(tmp_path / "objects"), SampleState.TESTING)
    Path("bad.csv").write_bytes(good(one, result_text="0,198"))
    Path("good.csv").write_bytes(good(one))
    Path("revised.csv").write_bytes(good(one, result_text="0.46"))
    Path("own.toml").write_text("code = 'own'\nversion = '1'\ndecimal = ','\n", encoding="utf-8")
    with Path("large.csv").open("wb") as file:
        file.truncate(101 << 20)
    return one


def checked(*words: str) -> int:
    return main(["lab", "check", *words, "--lab", LAB])


def submitted(*words: str) -> int:
    return main(["lab", "submit", *words, "--lab", LAB])


def test_a_file_is_checked_and_nothing_is_stored(
    database: Database, made: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked("bad.csv") == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("hold   decimal-comma H2: Row 2, column “result_text” has “0,198” with a decimal comma.")
    assert told[-1] == "bad.csv: held; 0 reports, 0 results, 1 findings"
    assert checked("bad.csv", "--json") == 1
    (record,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (record["rule"], record["cell"], record["found"]) == ("decimal-comma", "H2", "0,198")
    assert record["zh"] and record["en"]
    assert checked("bad.csv", "--mapping", "own.toml") == 0
    assert checked("good.csv", "--sha256", "0" * 64) == 1
    assert checked("large.csv") == 1
    assert "file-too-large" in capsys.readouterr().out
    assert (checked("none.csv"), checked("good.csv", "--mapping", "none")) == (2, 1)
    with database.unit() as unit:
        assert uploads.of_lab(unit, LAB) == ()


def test_a_file_is_submitted_once_and_never_revised_in_silence(
    database: Database, made: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submitted("good.csv") == 0
    receipt = capsys.readouterr().out
    assert submitted("good.csv") == 0
    assert capsys.readouterr().out == receipt
    assert submitted("revised.csv") == 1
    assert "silent-revision" in capsys.readouterr().out
    with database.unit() as unit:
        revised, first = uploads.of_lab(unit, LAB)
        (result,) = uploads.results(unit, made.sample.id, made.blind)
        alarm = events.history(unit, revised.id)[-1].data
        states = {part.state for part in custody.units(unit, made.sample.id)}
    assert (revised.state, first.state, result.raw_text) == (UploadState.HELD, UploadState.COMMITTED, "0.45")
    assert alarm == {"rules": ["silent-revision"]}
    assert UnitState.TESTED in states
    objects = Folder(tmp_path / "var" / "objects")
    assert (objects.get(first.sha256), objects.get(revised.sha256)) == (
        Path("good.csv").read_bytes(),
        Path("revised.csv").read_bytes(),
    )
    assert (submitted("good.csv", "--mapping", "nyc-consumer-products"), submitted("large.csv")) == (2, 2)
