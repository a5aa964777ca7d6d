"""Scope files, withdrawals and figures of laboratories by commands."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from labs.withdrawal import WithdrawalKind
from sampling.sample import SampleState
from sampling.text import Text
from shopper.main import main
from storage import laboratories, withdrawals
from storage.database import Database
from storage.embedded import databases
from storage.laboratories import Laboratory
from storage.objects import Folder
from storage.settings import load
from tests.build import case

HEAD = "lab,scheme,item,method,edition,valid_from,valid_to,source\n"
LINES = "L-01,CNAS,migratable_lead,GB 6675.4,2014,2024-01-01,,c7\nL-01,CNAS,lead,,,2024-01-01,,c7\n"
WITHDRAW = ["lab", "withdraw", "L-01", "--from", "2026-03-01"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a home whose server runs, with a judged sample of a laboratory; the commands need not start it each."""
    place = tmp_path_factory.mktemp("accreditation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOPPER_HOME", str(place / "home"))
        settings = load()
        with databases(settings) as places:
            main(["migrate"])
            database = Database(places.shopper)
            with database.unit() as unit:
                case(unit, Folder(place / "objects"), SampleState.NOTIFIED)
                laboratories.keep(unit, Laboratory("L-02", Text("二", "Two"), 5))
            database.close()
            yield place


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(words)
    out, err = capsys.readouterr()
    return code, out, err


def test_a_scope_file_is_taken_whole_or_not_at_all(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "scope.csv"
    file.write_text(HEAD + LINES.replace("2024-01-01", "soon") + LINES.replace("L-01", "L-77"))
    words = ["lab", "scope", "import", str(file)]
    code, out, _ = said(words, capsys)
    assert (code, out.count("\n"), "reject scope-day-unreadable 2:" in out) == (1, 4, True)
    code, out, _ = said([*words, "--json"], capsys)
    told = [json.loads(line) for line in out.splitlines()]
    assert [one["rule"] for one in told] == ["scope-day-unreadable"] * 2 + ["scope-unknown-laboratory"] * 2
    file.write_text(HEAD + LINES)
    code, out, _ = said(words, capsys)
    assert (code, "2 lines, 2 of them told something that was not known" in out) == (0, True)
    code, out, _ = said([*words, "--json"], capsys)
    assert (code, json.loads(out)["fresh"], json.loads(out)["imported_by"]) == (0, 0, "command")
    assert "missing.csv cannot be read" in said(["lab", "scope", "import", "missing.csv"], capsys)[2]


def test_what_would_fall_is_printed_and_proposed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(WITHDRAW, capsys)
    assert (code, "notified: fail on migratable_lead; with it MSA-2026-R-000001" in out) == (0, True)
    assert "1 verdicts rest on tests of L-01" in out
    nothing = said(["lab", "withdraw", "L-02", "--from", "2026-03-01"], capsys)[1]
    assert nothing.startswith("0 verdicts")
    code, out, err = said([*WITHDRAW, "--propose"], capsys)
    assert (code, "needs its reason" in err) == (2, True)
    assert "lies before the first" in said([*WITHDRAW, "--to", "2026-02-01"], capsys)[2]
    with pytest.raises(SystemExit):
        main([*WITHDRAW[:-1], "yesterday"])
    more = ["--kind", "suspended", "--reason", "audit", "--item", "migratable_lead"]
    told = json.loads(said([*WITHDRAW, "--propose", *more, "--json"], capsys)[1])
    assert [one["publication"] for one in told["verdicts"]] == [None] and told["proposed"]
    assert "Proposed as" in said([*WITHDRAW, "--propose", *more], capsys)[1]
    with databases(load()) as places:
        database = Database(places.shopper)
        with database.unit() as unit:
            assert {one.kind for one in withdrawals.listed(unit)} == {WithdrawalKind.SUSPENDED}
        database.close()


def test_the_figures_of_a_laboratory_are_printed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(["lab", "performance"], capsys)
    assert code == 0 and [line[:4] for line in out.splitlines()] == ["L-01", "L-02"]
    assert "L-01: 1 reports, 0 awaited, 0 late; days 0.1" in out and "L-02: 0 reports" in out
    told = json.loads(said(["lab", "performance", "--lab", "L-01", "--json"], capsys)[1])
    [one] = told["laboratories"]
    assert (one["lab"], one["turnaround"]["middle"], told["criteria"]["en_most"]) == ("L-01", 7200.0, "1")
    assert said(["lab", "performance", "--lab", "L-9"], capsys)[0] == 2
