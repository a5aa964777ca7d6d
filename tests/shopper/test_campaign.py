"""A campaign from the command line: from frame files to a drawn sample, in one command or step by step."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sampling.campaign import CampaignState
from shopper.main import main
from storage import assignments, campaigns, clock, samples
from storage.database import Database
from tests import build
from tests.shared import shared

REAL = shared("listings_cn.csv.gz")
HEAD = "platform,item_id,url,title,category,seller,brand,price,currency"
NUMBER = "C2026-001"
DAY = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def told(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell the command of the database, of a folder of its own, and of the day: numbers begin with its year."""
    monkeypatch.setattr(clock, "real", lambda _: DAY)
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def listings(tmp_path: Path) -> str:
    """Give the name of a file of forty listings, one of them without a price."""
    rows = [f"mart,{n},u,Offer {n},{('toys', 'pots')[n % 2]},shop {n % 9},b,{'面议' if n == 7 else 10},CNY"
            for n in range(40)]  # fmt: skip
    (tmp_path / "frame.csv").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return "frame.csv"


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(list(words)) == code, capsys.readouterr()
    out = capsys.readouterr()
    return out.err if code else out.out


def test_one_command_plans_and_draws(database: Database, listings: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "plan", "run", listings, "--size", "8", "--budget", "900", "--cap", "2", "--test-cost", "50",
               "--pick", "mart:3=tip-off", "--name", "Toys", "--go")  # fmt: skip
    lines = out.splitlines()
    assert lines[0] == "frame.csv: 40 listings, 1 findings"
    assert "        1  price  price_on_request" in lines
    assert f"{NUMBER} is planned." in lines
    assert "samples      8 of 40 listings, 1 of them picked" in lines
    assert lines[-2].startswith(f"{NUMBER} is drawn: 8 samples, SHA-256 ")
    assert lines[-1] == "       8  skipped no_lab_in_scope"
    with database.unit() as unit:
        campaign = campaigns.by_number(unit, NUMBER)
        assert campaign.draw_sha256 == lines[-2].rpartition(" ")[2]
        assert {one.listing_id for one in samples.of_campaign(unit, campaign.id)} >= {"mart:3"}


def test_without_a_go_it_waits_and_a_beacon_is_promised(
    database: Database, listings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, "plan", "run", listings, "--size", "8", "--budget", "900")
    assert out.splitlines()[-1] == f"Nothing is drawn yet: shopper plan approve {NUMBER}"
    with database.unit() as unit:
        assert campaigns.by_number(unit, NUMBER).state is CampaignState.FRAMED
    out = said(capsys, "plan", "run", listings, "--size", "8", "--budget", "900", "--beacon", "ceremony", "--go")
    assert out.splitlines()[-1] == "The draw of C2026-002 is promised: shopper draw show C2026-002"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--size", "8", "--budget", "1e"), "--budget is '1e': give an amount with at most two places."),
        (("--size", "8", "--budget", "9", "--platform", "moon"), "No platform moon is known; these are:"),
        (("--size", "8", "--budget", "9", "--pick", "mart:3"), "'mart:3' is not LISTING=LABEL."),
        (("--size", "8", "--budget", "9", "--pick", "mart:99=tip"), "is cancelled: the frame lacks"),
        (("--size", "8", "--budget", "9", "--category", "hats"), "no listing was found for the 8 samples"),
        (("--size", "8", "--budget", "9", "--go"), "The samples cost 160.00 CNY, the budget is 9.00 CNY"),
        (("--size", "1", "--budget", "9", "--go"), "1 samples are too few: with at least 1 of each, 3 strata need 3."),
    ],
)
def test_what_is_wrong_is_one_sentence(
    words: tuple[str, ...], sentence: str, listings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sentence in said(capsys, "plan", "run", listings, *words, code=2)


def test_files_are_given_to_a_planned_campaign_until_it_is_gathered(
    database: Database, listings: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.toml").write_text('columns = { item_id = "nr", category = "kind", price = "cost" }\n'
                                     'constants = { platform = "mart", currency = "CNY" }\n')  # fmt: skip
    (tmp_path / "own.csv").write_text("nr,kind,cost\n900,toys,5\n901,toys,39.9-59.9\n")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and no more")
    with database.unit() as unit:
        made = build.campaign(unit, platforms=(), categories=())
    number = made.number
    taken = said(capsys, "frame", "import", "own.csv", "--campaign", number, "--mapping", "m.toml")
    assert "        1  cost  price_range" in taken
    assert taken.splitlines()[-1] == f"{number} takes 1 files: the flow plan gathers them."
    cut = said(capsys, "frame", "import", listings, "cut.parquet", "--campaign", number, code=2)
    assert cut == "shopper: cut.parquet cannot be read as a whole: no file was taken.\n"
    said(capsys, "frame", "import", listings, "--campaign", number)
    assert said(capsys, "run-once", "plan") == "plan: drawn 1\n"
    with database.unit() as unit:
        kept = campaigns.get(unit, made.id)
        assert kept.frame is not None
        assert kept.frame.listings == 42
    late = said(capsys, "frame", "import", listings, "--campaign", number, code=2)
    assert "only a campaign that is planned and not yet gathered takes files" in late


def test_a_recusal_is_kept(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "user", "recuse", "li", "mart/shop 1", "cousin") == "li takes no samples of mart/shop 1.\n"
    with database.unit() as unit:
        assert [(one.user, one.merchant) for one in assignments.recusals(unit)] == [("li", "mart/shop 1")]
    assert "is not PLATFORM/SELLER" in said(capsys, "user", "recuse", "li", "mart", "cousin", code=2)


def test_the_real_listings_are_planned_and_drawn_by_one_command(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    if not REAL.exists():
        pytest.skip("the real listings are not on this machine")
    out = said(capsys, "plan", "run", str(REAL), "--size", "200", "--budget", "700000", "--go")
    lines = out.splitlines()
    assert lines[0].endswith(": 4399 listings, 663 findings")
    assert lines[1:3] == ["       60  category  category_missing", "      603  price  price_missing"]
    assert any(line.startswith("samples      200 of 4399 listings") for line in lines)
    assert lines[-2].startswith(f"{NUMBER} is drawn: 200 samples")


def test_a_cap_that_the_merchants_cannot_fill_is_refused_before_the_go(
    database: Database, listings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("plan", "run", listings, "--budget", "9000", "--cap", "1", "--size")
    assert "listings are more than the 9 of 9 merchants with 1 each" in said(capsys, *words, "30", "--go", code=1)
    with database.unit() as unit:
        assert campaigns.by_number(unit, NUMBER).state is CampaignState.FRAMED
    assert "C2026-002 is drawn: 12 samples" in said(capsys, *words, "12", "--go")
