"""The commands of a laboratory's file: check stores nothing, submit gives a receipt, both say what is wrong."""

import json
from pathlib import Path

import pytest

from demo.laboratory.paper import of_today, printed, signed
from labs.mapping import PLAIN, codes, version_of
from labs.report import UploadState
from sampling.custody import UnitState
from sampling.digest import sha256
from sampling.sample import SampleState
from sampling.text import Text
from shopper.main import main
from storage import bases, custody, events, laboratories, uploads
from storage.database import Database
from storage.laboratories import Laboratory
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
    Path("cut.csv").write_bytes(b"cut\n")
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
    assert (checked("good.csv", "--report", "none.pdf"), checked("good.csv", "--report", "good.csv")) == (2, 1)
    assert "report-broken" in capsys.readouterr().out
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
        (result,) = tuple(bases.results_of(unit, made.sample.id, made.blind).values())
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
    with database.turn("upload", revised.id):  # a sweep has it
        capsys.readouterr()
        assert submitted("revised.csv") == 1
        assert capsys.readouterr().out.splitlines()[0].endswith(", received")
    assert (submitted("cut.csv", "--sha256", "0" * 64), submitted("cut.csv", "--sha256", sha256(b"cut\n"))) == (2, 1)


def test_a_signed_report_is_asked_for_from_a_command_on(
    database: Database, made: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    chief = of_today("Chief")
    Path("chief.pem").write_text(chief.pem, encoding="ascii")
    Path("report.pdf").write_bytes(signed(printed((f"R1 {made.blind} 0.45",)), chief))
    assert main(["lab", "reports", LAB, "chief.pem"]) == 1  # a laboratory that nobody keeps
    with database.unit() as unit:
        laboratories.keep(unit, Laboratory(LAB, Text("一", "One"), 1), ())
    assert main(["lab", "reports", LAB, "good.csv"]) == 2
    assert main(["lab", "reports", LAB, "chief.pem", "--asked"]) == 0
    assert (checked("good.csv"), checked("good.csv", "--report", "report.pdf")) == (1, 0)
    assert main(["lab", "reports", LAB]) == 0
    assert submitted("good.csv", "--report", "report.pdf") == 1  # nobody's signature is believed any more
    assert "report-stranger" in capsys.readouterr().out


def test_the_mappings_are_listed_with_their_hashes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "mappings"]) == 0
    told = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert set(told) == {"canonical", *codes()}
    assert version_of(PLAIN).sha256 in told["canonical"]
    assert "another programme" in told["nyc-consumer-products"]
