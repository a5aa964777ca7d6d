"""The command that gives verdicts again: a sentence for each difference, and an exit code."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from flows import judge
from flows.wiring import World
from labs.columns import of_results
from labs.report import Reading
from labs.result import Interval
from labs.verdict import Outcome
from sampling.sample import SampleState as S
from shopper.main import main
from storage import uploads, verdicts
from tests.build import Case, case, laboratory, moment, report, result
from tests.flows.conftest import quiet

__all__ = ["quiet"]


@pytest.fixture
def world(quiet: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Give a world whose database the commands find."""
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": quiet.database.url}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    return quiet


def reported(made: Case, value: str, version: int, **changes: Any) -> None:
    """Commit a version of the laboratory's report."""
    row = replace(result(made.blind, value, **changes), report_version=version)
    file = uploads.receive(made.unit, made.objects, "L-01", "r.csv", value.encode(), by="user:lab", at=moment(10))
    reading = Reading((report(version=version),), (), of_results([row]))
    uploads.commit(made.unit, file.id, reading, {made.blind: made.sample.id}, by="t", at=moment(10))


def test_a_verdict_of_the_judge_is_replayed(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with world.database.unit() as unit:
        made = case(unit, world.objects, S.TESTING)
        laboratory(unit)
        below = Interval(Decimal(0), Decimal(95), high_open=True)
        reported(made, "95", 1, interval=below, qualifier="<", raw_text="<95", u_expanded=None)
    assert "hold" in str(judge.sweep(world, 10))
    assert judge.sweep(world, 10).done == 0
    with world.database.unit() as unit:
        made.unit = unit
        reported(made, "210", 2)
    assert "fail" in str(judge.sweep(world, 10))
    assert main(["verdict", "replay", "--all"]) == 0
    assert capsys.readouterr().out == "2 verdicts given again: 0 differ\n"
    with world.database.unit() as unit:
        [held, found] = verdicts.of_sample(unit, made.sample.id)
        assert (held.outcome, found.outcome) == (Outcome.HOLD, Outcome.FAIL)
        unit.execute(text("UPDATE verdict SET items = jsonb_set(items, '{0,margin}', '\"0\"') WHERE outcome = 'fail'"))
        unit.execute(text("UPDATE verdict SET rule_version = 'limits-cn@0' WHERE outcome = 'hold'"))
    assert main(["verdict", "replay", made.sample.code]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"verdict {held.id}: cannot be given again: limits-cn@0 was not kept",
        f"verdict {found.id}: migratable_lead margin is 0, again -120",
        "2 verdicts given again: 2 differ",
    ]
    assert main(["verdict", "replay", "--all", "--language", "zh"]) == 1
    assert capsys.readouterr().out.endswith("重算 2 份判定：2 份不同\n")
    assert main(["verdict", "replay", "--all", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["verdicts"], told["differing"][1]["differences"][0]["field"]) == (2, "margin")
    assert main(["verdict", "replay", "S26-999999"]) == 2
