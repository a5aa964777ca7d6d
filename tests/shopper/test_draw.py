"""The commands of a draw: each prints its facts, and what is wrong is one sentence."""

import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sampling.ceremony import commitment
from sampling.design import PLAIN
from sampling.sample import SampleEvent, SampleState
from shopper.main import main
from storage import campaigns, clock, draws, samples
from storage.database import Database
from storage.objects import Folder
from tests import build

SALT = bytes(range(5, 37))
LISTING, STRATUM = f"{build.PLATFORM}:3", f"{build.PLATFORM}/c0"


@pytest.fixture
def number(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the number of a campaign whose frame is frozen, in the database that the command is told of."""
    for name, value in {"HOME": str(tmp_path / "var"), "DATABASE_URL": database.url, "CLOCK": "movable"}.items():
        monkeypatch.setenv(f"SHOPPER_{name}", value)
    monkeypatch.chdir(tmp_path)
    objects = Folder(tmp_path / "var" / "objects")
    with database.unit() as unit:
        kept = objects.put("\n".join(["platform,item_id,url,title,category,seller,brand,price,currency",
                                      *(f"{build.PLATFORM},{n},u,t,c{n % 2},seller {n},b,9,CNY" for n in range(40)),
                                      ""]).encode())  # fmt: skip
        made = build.campaign(unit, at=clock.now(unit), platforms=(), categories=(), files=[kept], design=PLAIN)
    assert main(["run-once", "plan"]) == 0
    return made.number


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["draw", *words]) == code, capsys.readouterr()
    out = capsys.readouterr()
    return out.err if code else out.out


def line(text: str, name: str) -> str:
    return next(one for one in text.splitlines() if one.startswith(name)).removeprefix(name).strip()


def dice(database: Database, path: Path) -> Path:
    """Write the record of the ceremony that the draw waits for, and let its time pass."""
    with database.unit() as unit:
        made = draws.of_campaign(unit, campaigns.listed(unit)[0].id)[-1]
        clock.advance(unit, timedelta(minutes=61), movable=True)
    record = {"round": made.round, "method": "dice", "place": "hall", "lowest": 1, "highest": 6, "numbers": [3] * 10,
              "witnesses": ["A", "B"], "film_sha256": "0" * 64}  # fmt: skip
    path.write_text(json.dumps(record))
    return path


def bought(database: Database) -> None:
    with database.unit() as unit:
        campaign = campaigns.listed(unit)[0]
        for sample in samples.of_campaign(unit, campaign.id):
            if sample.state is SampleState.TARGETED:
                samples.record(unit, sample.id, SampleEvent.SKIPPED, by="t", at=clock.now(unit), reason="gone")


@pytest.fixture
def waiting(number: str, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Give the number of a campaign whose draw has its commitments and its beacon, and waits for a salt."""
    frozen = said(capsys, "freeze", number, "--beacon", "ceremony", "--party", "agency", "--party", "consumers")
    assert line(frozen, "draw") == f"{number} no. 1, frozen"
    assert "40 listings" in line(frozen, "frame")
    assert "now: ceremony" in line(frozen, "beacon")
    committed = said(capsys, "commit", number, "--party", "consumers", "--commitment", commitment(SALT))
    assert line(committed, "draw").endswith("committed")
    assert "consumers committed " + hashlib.sha256(b"msw/salt/v1" + SALT).hexdigest() in committed
    sealed = said(capsys, "reveal", number, "--party", "consumers", code=2)
    assert sealed == "shopper: No salt is opened before the beacon's value is settled.\n"
    told = said(capsys, "reveal", number, "--ceremony", str(dice(database, tmp_path / "record.json")))
    assert told.startswith("waiting for salts\n")
    assert "numbers, witnesses, film" in line(told, "unproved")
    return number


@pytest.mark.parametrize(
    ("typed", "sentence", "code"),
    [
        (bytes(32).hex(), "the salt of consumers does not match its commitment", 1),
        ("pepper", "is not hexadecimal", 2),
    ],
)
def test_a_salt_that_was_not_promised_is_refused(
    typed: str, sentence: str, code: int, waiting: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    assert sentence in said(capsys, "reveal", waiting, "--party", "consumers", code=code)


def test_a_draw_from_the_command_line(
    waiting: str,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SALT.hex()}\n"))
    drawn = said(capsys, "reveal", waiting, "--party", "consumers")
    assert drawn.startswith("drawn\n")
    assert line(drawn, "sealed") == "until every purchase is closed"
    page, proof = tmp_path / "page", tmp_path / "proof.json"
    bought(database)
    assert "verify_draw.py" in line(said(capsys, "publish", waiting, "--to", str(page)), "written")
    assert said(capsys, "verify", str(page)).endswith("OK\n")
    assert " is in the frame" in said(capsys, "prove", waiting, LISTING, "--to", str(proof))
    shown = said(capsys, "verify", str(page), "--merchant", LISTING, "--proof", str(proof))
    assert f"{LISTING} is in the frame" in shown
    assert " is not in the frame" in said(capsys, "prove", waiting, "glow-mall:x", "--to", str(proof))
    more = said(capsys, "extend", waiting, f"{STRATUM}=2", "--beacon", "ceremony")
    assert "2 to draw, extends no. 1" in line(more, "plan")
    assert line(said(capsys, "abort", waiting, "a mistake"), "draw") == f"{waiting} no. 2, aborted: a mistake"
    assert said(capsys, "show", waiting).count("Merkle root") == 2
    again = said(capsys, "publish", waiting, "--to", str(page), "--draw", "1")
    assert line(again, "draw") == f"{waiting} no. 1, published"


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (("freeze", "NUMBER", "--beacon", "moon"), "no beacon 'moon' is known", 1),
        (("freeze", "NUMBER"), "a draw needs at least one beacon", 1),
        (("freeze", "C1"), "there is no campaign C1", 1),
        (("commit", "NUMBER", "--party", "agency"), "is under way: run shopper draw show.", 2),
        (("extend", "NUMBER", f"{STRATUM}=2"), "only a campaign that samples is extended", 2),
        (("extend", "NUMBER", "s0"), "'s0' is not STRATUM=NUMBER.", 2),
        (("publish", "NUMBER", "--to", "x"), "has no such draw", 2),
    ],
)
def test_what_is_wrong_is_one_sentence(
    words: tuple[str, ...], sentence: str, code: int, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, *(number if word == "NUMBER" else word for word in words), code=code)
    assert sentence in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_an_unreadable_record_of_a_ceremony_is_one_sentence(
    text: str | None, number: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "record.json"
    if text is not None:
        path.write_text(text)
    said(capsys, "freeze", number, "--beacon", "ceremony")
    assert str(path) in said(capsys, "reveal", number, "--ceremony", str(path), code=2)


def test_a_campaign_without_a_draw_says_so(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "show", number) == f"{number} is framed and has no draw.\n"


def test_a_planned_campaign_is_gathered_first(
    number: str, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.unit() as unit:
        planned: Any = build.campaign(unit, at=clock.now(unit))
    assert "the flow plan gathers it" in said(capsys, "freeze", planned.number, code=2)
