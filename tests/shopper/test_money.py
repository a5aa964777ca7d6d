"""The command of money: the sums of a budget and what each shopper is owed."""

from decimal import Decimal
from pathlib import Path

import pytest

from sampling.money import Money
from sampling.sample import SampleState
from shopper.main import main
from storage import advances, budget, purchases
from storage.database import Database
from storage.objects import Folder
from tests.build import campaign, case, moment


def test_the_list_says_what_is_left_and_who_is_owed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    with database.unit() as unit:
        planned = campaign(unit, budget=Money(Decimal(150), "CNY"))
    assert main(["money", "list", planned.number]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "No shopper has paid anything yet."
    with database.unit() as unit:
        made = case(unit, Folder(tmp_path / "objects"), SampleState.CAPTURED, of=planned)
        order = purchases.intend(unit, made.sample, quantity=2, by="u", at=moment(2))
        budget.commit(unit, order.id, Money(Decimal("160.5"), "CNY"), by="u", at=moment(3))
        advances.advance(unit, planned.id, "shopper", Money(Decimal(100), "CNY"), reference="P1", by="u", at=moment(4))
    assert main(["money", "list", planned.number, "--csv", "owed.csv"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["budget", "150.00", "CNY"],
        ["reserved", "0.00", "CNY"],
        ["spent", "160.50", "CNY"],
        ["refunded", "0.00", "CNY"],
        ["left", "-10.50", "CNY"],
        ["excess", "10.50", "CNY", "were", "charged", "beyond", "the", "budget"],
        [],
        ["shopper", "paid", "refunded", "given", "owed"],
        ["shopper", "160.50", "0", "100.00", "60.50"],
        ["written", "owed.csv"],
    ]
    assert (tmp_path / "owed.csv").read_bytes().decode("utf-8-sig").splitlines()[
        1
    ] == "shopper,160.50,0,100.00,60.50,CNY"
    assert main(["money", "list", planned.number, "--csv", "nowhere/owed.csv"]) == 2
    assert main(["money", "list", "C1999-001"]) == 1
