"""The commands of a plan: numbers before money, one sentence where it is impossible, and the go."""

from decimal import Decimal as D
from pathlib import Path

import pytest

from sampling.campaign import CampaignState
from sampling.design import Design
from sampling.digest import sha256
from sampling.frozen import Frozen
from sampling.money import Money
from sampling.preview import CONCERNS, StratumFacts
from shopper.main import main
from shopper.plan import MOST_SHOWN, SENTENCES
from storage import campaigns, clock, frames, reserves, samples
from storage.database import Database
from storage.settings import load
from storage.store import open_objects
from tests import build


@pytest.fixture
def number(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the number of a campaign that waits for a go, in the database that the command is told of."""
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url, "CLOCK": "movable"}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    many = [StratumFacts(f"glow-mall/c{n:02d}", 9, 9, D("0.05"), D(2), 1, 9, 9, 0) for n in range(MOST_SHOWN)]
    strata = [StratumFacts("glow-mall/toys", 400, 400, D("0.05"), D(10), 1, 20, 900, 0),
              StratumFacts("targeted/tip", 2, 0, D("0.30"), None, 1, 1, 2, 0), *many]  # fmt: skip
    none, found = sha256(b""), open_objects(load()).put(b"every row")
    with database.unit() as unit:
        made = build.campaign(unit, design=Design(), sample_size=80)
        listings = sum(one.listings for one in strata)
        frames.freeze(unit, made.id, Frozen(none, none, listings, none, found, ()), strata, findings=[],
                      counts={("a.csv", "price", "price_zero"): 3, ("a.csv", "row", "duplicate"): 7},
                      by="t", at=clock.now(unit))  # fmt: skip
    return made.number


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["plan", *words]) == code, capsys.readouterr()
    out = capsys.readouterr()
    return out.err if code else out.out


def test_a_preview_prints_strata_totals_concerns_and_work(
    number: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = said(capsys, "preview", number, "--size", "90", "--least", "1", "--test-cost", "2.50", "--csv", "t.csv")
    lines = told.splitlines()
    assert lines[0].split() == ["stratum", "listings", "samples", "reserve", "error", "seen", "from", "cost"]
    assert lines[1].startswith("glow-mall/toys") and "and 2 more; --csv FILE writes all of them" in lines
    assert "samples      90 of 852 listings, 2 of them picked" in lines
    assert any(line.startswith("cost") and "the budget is 5000.00 CNY" in line for line in lines)
    assert "Strata with fewer than 10 listings left to stand by: 50." in lines
    assert any(line.startswith("shopper      nobody for 88") for line in lines)
    assert "picked       2 samples, whose laboratory and shopper depend on the listings" in lines
    assert lines[-1] == "written      t.csv"
    assert (tmp_path / "t.csv").read_bytes().count(b"\r\n") == 53


def test_a_plan_is_approved_with_other_numbers(
    number: str, capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    words = ["--by", "money", "--budget", "900.50", "--beacon", "ceremony", "--party", "lab-body", "--party", "agency"]
    assert said(capsys, "approve", number, *words).startswith(f"{number} is approved: ")
    with database.unit() as unit:
        made = campaigns.by_number(unit, number)
    assert (made.state, made.budget, made.design) == (
        CampaignState.DRAWING, Money(D("900.50"), "CNY"), Design(by="money"),
    )  # fmt: skip
    assert (made.beacons, made.parties) == (("ceremony",), ("agency", "lab-body"))
    assert "is drawing: only a gathered frame waits for a go" in said(capsys, "approve", number, code=2)


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["preview", "C0"], 1, "there is no campaign C0"),
        (["approve", "{}", "--size", "9"], 2, "9 samples are too few: with at least 1 of each, 52 strata need 53."),
        (["approve", "{}", "--by", "money", "--budget", "9"], 2, "52 strata need 53 samples for 228.00 CNY"),
        (["approve", "{}", "--budget", "9"], 2, "the budget is 9.00 CNY: it buys 0 samples"),
        (["approve", "{}", "--beacon", "moon"], 1, "no beacon 'moon' is known"),
        (["approve", "{}", "--party", "the agency"], 2, "'the agency' is no name of a party"),
        (["preview", "{}", "--budget", "1.234"], 2, "--budget is '1.234': give an amount with at most two places"),
        (["preview", "{}", "--test-cost", "NaN"], 2, "--test-cost is 'NaN'"),
        (["preview", "{}", "--test-cost", "much"], 2, "--test-cost is 'much'"),
        (["preview", "{}", "--csv", "gone/t.csv"], 2, "gone/t.csv cannot be written"),
        (["reserve", "S26-000009", "sold_out"], 1, "there is no sample S26-000009"),
        (["reserve", "S26-000009", "ugly"], 2, "'ugly' is no reason for that; the reasons are not_found, sold_out"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    number: str, capsys: pytest.CaptureFixture[str], words: list[str], code: int, sentence: str
) -> None:
    assert sentence in said(capsys, *(word.format(number) for word in words), code=code)


def test_a_frame_that_is_not_gathered_has_no_preview(
    number: str, capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    with database.unit() as unit:
        fresh = build.campaign(unit)
    for command in ("preview", "findings"):
        assert "its frame is not gathered yet" in said(capsys, command, fresh.number, code=2)


def test_findings_are_counted_and_written_whole(
    number: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert said(capsys, "findings", number, "--csv", "f.csv").splitlines() == [
        "        7  a.csv  row  duplicate", "        3  a.csv  price  price_zero", "       10  in all",
        "written      f.csv",
    ]  # fmt: skip
    assert (tmp_path / "f.csv").read_bytes() == b"every row"


def test_a_listing_that_is_gone_is_given_up(
    number: str, capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    with database.unit() as unit:
        made = campaigns.by_number(unit, number)
        lost = samples.target(unit, made.id, build.framed(), blind_code="B1", lab="L-01", by="t", at=build.START)
    assert "the plan flow opens the next of glow-mall/toys" in said(capsys, "reserve", lost.code, "sold_out")
    with database.unit() as unit:
        assert [one.id for one in reserves.wanted(unit, made.id)] == [lost.id]


def test_every_concern_has_its_sentence() -> None:
    assert tuple(SENTENCES) == CONCERNS
