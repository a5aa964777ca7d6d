"""The command of blind duplicates: a lot, names, what stands against them, and the list."""

import json
from pathlib import Path

import pytest

from sampling.custody import Role
from sampling.sample import SampleState
from shopper.main import main
from storage import consignments, custody, duplicates
from storage.consignments import Packed
from storage.database import Database
from storage.objects import Folder
from tests.build import Case, campaign, case, moment
from tests.storage.test_duplicates import opened, seal


@pytest.fixture
def made(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[Case]]:
    """Give the number of a campaign with two samples that can be sealed, in the database the command is told of."""
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url, "CLOCK": "movable"}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    with database.unit() as unit:
        of = campaign(unit, units_each=3)
        objects = Folder(tmp_path / "objects")
        cases = [case(unit, objects, SampleState.RECEIVED, of=of, number=number) for number in (1, 2)]
        return of.number, [opened(one) for one in cases]


def test_duplicates_are_planned_and_printed(
    made: tuple[str, list[Case]], database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    number, [first, second] = made
    words = ["plan", "duplicates", number]
    assert main([*words, "--sample", first.sample.code]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{first.sample.code}  by name  not sent yet", f"1 blind duplicates of {number}.",
    ]  # fmt: skip
    assert main([*words, "--sample", first.sample.code]) != 0
    assert "duplicate_planned" in capsys.readouterr().err
    assert main([*words, "--share", "0.5"]) == 0
    with database.unit() as unit:
        first.unit = unit
        seal(first)
        part = custody.of_role(unit, first.sample.id, Role.DUPLICATE)
        packed = [Packed(part, "BDUP00000", "toys", ())]
        consignments.pack(unit, "L-02", packed, purpose="first", by="t", at=moment(7))
        other = duplicates.of_sample(unit, second.sample.id)
        assert other is not None
        duplicates.refuse(unit, other.id, "no_duplicate_unit", by="t", at=moment(8))
    capsys.readouterr()
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{first.sample.code}  by name  L-02  BDUP00000",
        f"{second.sample.code}  by lot  no_duplicate_unit",
        f"2 blind duplicates of {number}.",
    ]
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["duplicates"]
    assert [(one["lab"], one["drawn"], one["refusal"]) for one in told] == [
        ("L-02", False, None), (None, True, "no_duplicate_unit"),
    ]  # fmt: skip
