"""Who takes part is entered by commands; what is secret comes in by standard input and is never printed."""

import io
from pathlib import Path

import pytest

from dashboards.password import token_sha256
from shopper.main import main
from storage import accounts, deliveries, laboratories
from storage.database import Database
from storage.embedded import databases
from storage.settings import load

SCOPE = "scheme,item,method,valid_from,valid_to,source\nCMA,lead,,2024-01-01,,certificate 7\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOPPER_HOME", str(tmp_path / "home"))
    (tmp_path / "scope.csv").write_text(SCOPE)
    return tmp_path


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_everybody_who_takes_part_is_entered(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load()
    with databases(settings) as places:  # held open, so that the commands need not start the server each
        assert main(["migrate"]) == 0
        lab = ["lab", "keep", "lab-1", "一号", "One", "--capacity", "5", "--scope", str(home / "scope.csv")]
        assert main(lab) == 0
        assert main(["endpoint", "keep", "oscar-mart", "https://desk.example/notices"]) == 0
        type_in(monkeypatch, "a long enough password\n")
        assert main(["user", "add", "desk", "platform", "--party", "oscar-mart"]) == 0
        capsys.readouterr()
        assert main(["token", "add", "desk"]) == 0
        token = capsys.readouterr().out.strip()
        database = Database(places.shopper)
        with database.unit() as unit:
            assert [one.code for one in laboratories.listed(unit)] == ["lab-1"]
            (line,) = laboratories.scopes(unit)
            assert (line.item, line.method, line.valid_to) == ("lead", "*", None)
            assert deliveries.endpoints(unit, "platform:oscar-mart") == {"webhook": "https://desk.example/notices"}
            user = accounts.find_token(unit, token_sha256(token))
            assert user is not None and user.platform == "oscar-mart"
        database.close()


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        (["endpoint", "keep", "mart", "ftp://x"], "", "ftp://x is no address"),
        (
            ["lab", "keep", "l", "一", "o", "--capacity", "1", "--scope", "missing.csv"],
            "",
            "missing.csv cannot be read",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_and_code_two(
    words: list[str], typed: str, told: str, home: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    type_in(monkeypatch, typed)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert told in said and "Traceback" not in said


def test_a_scope_that_cannot_be_read_keeps_nobody(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "scope.csv").write_text(SCOPE.replace("2024-01-01", "soon"))
    words = ["lab", "keep", "l", "一", "o", "--capacity", "1", "--scope", str(home / "scope.csv")]
    assert main(words) == 2
    assert "cannot be read as a scope: Row 2, column “valid_from”: “soon” is no day" in capsys.readouterr().err
