"""The command that takes new keys into use: the old ones sign for them, and everything sealed can still be verified."""

import json
from pathlib import Path

import pytest

from flows.keys import evidence_keys
from sampling.edge.bundle import store
from sampling.evidence.bundle import seal
from sampling.evidence.credentials import read
from sampling.evidence.keys import key_id
from shopper.main import main
from storage import ledger, statements
from storage.database import Database
from storage.settings import load, secret_key
from tests.sampling.visits import a_visit


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["evidence", "keys"]) == 0
    return capsys.readouterr().out


def test_keys_are_rotated_and_every_statement_is_printed_with_the_one_in_force(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPPER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOPPER_DATABASE_URL", database.url)
    root = secret_key(load())
    before = read(printed(capsys).encode())
    old = seal(a_visit(), capture_id="cap-1", case="S26-1", keys=evidence_keys(root))
    assert main(["evidence", "keys", "rotate"]) == 0
    told = capsys.readouterr().out
    text = printed(capsys)
    given, in_use = read(text.encode()), json.loads(text)["in_use"]
    assert (given.anchor, given.statements[:1], len(given.statements)) == (before.anchor, before.statements, 2)
    assert in_use["statement"] == 2
    assert in_use["manifest"] == key_id(evidence_keys(root, 2).manifest.public_key()) and in_use["manifest"] in told
    with database.unit() as unit:
        assert statements.published(unit) == given.statements
        assert [entry.id for entry in ledger.entries(unit)] == ["1", "2"]
    (tmp_path / "keys.json").write_text(text)
    store(old, tmp_path / "old")
    store(seal(a_visit(), capture_id="cap-2", case="S26-1", keys=evidence_keys(root, 3)), tmp_path / "strange")
    assert main(["evidence", "verify", "--keys", str(tmp_path / "keys.json"), str(tmp_path / "old")]) == 3
    assert main(["evidence", "verify", "--keys", str(tmp_path / "keys.json"), str(tmp_path / "strange")]) == 1
