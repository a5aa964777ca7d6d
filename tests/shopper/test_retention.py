"""The command of retention: each kept unit with its date, and what forbids to dispose of it now."""

import json
from pathlib import Path

import pytest

from labs.verdict import Outcome
from sampling.custody import Role
from sampling.sample import SampleState
from shopper.main import main
from storage import custody, disposals, retention
from storage.database import Database
from storage.objects import Folder
from tests.build import campaign, case, moment


def test_the_list_says_what_is_due_what_is_held_and_why(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    assert main(["retention", "list"]) == 0
    assert capsys.readouterr().out == "0 units kept: 0 may be disposed of now, 0 on hold\n"
    with database.unit() as unit:
        of, objects = campaign(unit), Folder(tmp_path / "objects")
        free, held, fresh = (
            case(unit, objects, SampleState.FINAL, number=number, of=of, outcome=Outcome.PASS) for number in (1, 2, 3)
        )
        for made in (free, held):
            retention.redate(unit, made.sample.id, by="flow:retain", at=moment(24 * 31))
        twins = [custody.of_role(unit, made.sample.id, Role.BACKUP) for made in (free, held, fresh)]
        disposals.hold(unit, twins[1].id, "court order", by="user:officer", at=moment(24 * 31))
        dated = retention.last(unit, twins[0].id)
        assert dated is not None and dated.release_at is not None
        at = dated.release_at.isoformat()
    assert main(["retention", "list"]) == 0
    said = capsys.readouterr().out.splitlines()
    words = f"station  may be disposed of from {at} (cn-product.passed, unconfirmed)"
    assert said[:4] == [
        f"{twins[0].code}  {words}", f"{twins[1].code}  {words}", "  on hold by user:officer: court order",
        "  The unit is on hold by order of an officer.",
    ]  # fmt: skip
    assert f"{twins[2].code}  station  no release date" in said
    assert said[-1].endswith("1 may be disposed of now, 1 on hold")
    assert main(["retention", "list", "--due", "--language", "zh"]) == 0
    due = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in due[:-1]] == [twins[0].code]
    assert main(["retention", "list", "--held", "--json"]) == 0
    [told] = json.loads(capsys.readouterr().out)["units"]
    assert (told["unit"], told["due"], told["forbidden_by"], told["hold"]["reason"]) == (
        twins[1].code, False, ["on_hold"], "court order",
    )  # fmt: skip
    assert main(["retention", "list", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)["units"]
    assert [(one["release_at"], one["rule"], one["hold"]) for one in records if one["unit"] == twins[2].code] == [
        (None, None, None)
    ]
