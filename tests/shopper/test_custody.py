"""The commands of custody: a sentence for each fault, an exit code, an EPCIS document, and rolls of seals."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from sampling.sample import SampleState
from sampling.seal import is_ours
from shopper.main import main
from storage import campaigns
from storage.database import Database
from storage.objects import Folder
from tests.build import case


@pytest.fixture
def here(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder in which the commands find the database."""
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_custody_is_verified_and_exported(database: Database, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with database.unit() as unit:
        made = case(unit, Folder(here / "objects"), SampleState.TESTING)
        case(unit, Folder(here / "objects"), SampleState.UNBOXED, number=2)
        number = campaigns.get(unit, made.sample.campaign_id).number
    code = made.sample.code
    assert main(["custody", "verify", "--all"]) == 0
    assert capsys.readouterr().out == f"{code}: OK, 2 units and 6 entries\n"
    assert main(["custody", "verify", code, "S26-000002", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["samples"][0] == {"sample": code, "ok": True, "faults": []}
    assert main(["custody", "export", code, "--out", "custody.jsonld"]) == 0
    assert capsys.readouterr().out == "custody.jsonld: 7 events\n"
    assert json.loads((here / "custody.jsonld").read_text())["schemaVersion"] == "2.0"
    assert main(["custody", "export", "--all", "--out", "all"]) == 0
    assert main(["custody", "export", "--campaign", number, "--out", "one"]) == 0
    assert [path.name for path in here.glob("*/*.jsonld")] == [f"{code}.jsonld"] * 2
    assert main(["custody", "export", "--campaign", "C99-999", "--out", "one"]) == 2
    assert main(["custody", "export", code, "--all", "--out", "one"]) == 2
    assert main(["custody", "export", "--all", "--out", "custody.jsonld"]) == 2
    capsys.readouterr()
    for words in (["verify", "S26-999999"], ["export", "S26-000002", "--out", "x"], ["export", code, "--out", "no/x"]):
        assert main(["custody", *words]) == 2
    capsys.readouterr()
    with database.unit() as unit:
        unit.execute(text("SET LOCAL session_replication_role = replica"))
        unit.execute(text("UPDATE handover SET place = 'elsewhere' WHERE seq = 2 AND released_by = 'sampling station' "
                          "AND received_by = 'carrier'"))  # fmt: skip
    assert main(["custody", "verify", code, "--language", "zh"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{code}-A 第 2 条记录的内容与其哈希不符：内容被改动过。",
        f"{code}：保管链有 1 处问题",
    ]
    assert main(["custody", "export", code, "--out", "again.jsonld"]) == 1
    assert not (here / "again.jsonld").exists()


def test_seal_numbers_are_issued_and_made_void(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seal", "issue", "bolt", "3"]) == 0
    numbers = capsys.readouterr().out.split()
    assert [is_ours(number) for number in numbers] == [True] * 3
    assert main(["seal", "void", numbers[0], "--reason", "torn"]) == 0
    assert main(["seal", "void", numbers[0], "--reason", "torn"]) == 1
    assert main(["seal", "void", numbers[1][:-1] + "*", "--reason", "torn"]) == 1
