"""The command that verifies a published draw runs every verifier that the folder holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from sampling import ceremony
from sampling.assignment import Need, Party, assigned, assignment_record
from sampling.draw import seed_for
from shopper.main import main
from tests.sampling import draws

UNITS, N = draws.some(7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a draw whose laboratories are published."""
    finished = draws.published(UNITS, N)
    seed = seed_for("lab", ceremony.root_of(finished.plan, draws.SALTS, finished.pulse.value))
    needs = [Need(item.id, "toys") for item in finished.places if item.selected]
    made = assigned(needs, [Party("lab-a", frozenset({"toys"}), 99)], seed)
    record = assignment_record(made, "lab", seed)
    return draws.write(tmp_path / "draw", UNITS, replace(finished, assignments=[record]))


def verify(folder: Path, *words: str) -> int:
    return main(["draw", "verify", str(folder), *words])


def test_a_draw_and_its_assignment_are_both_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(folder) == 0
    assert capsys.readouterr().out.splitlines().count("OK") == 2
    assert "verify_assignment.py" in (folder / "README.md").read_text(encoding="utf-8")
    given = folder / "assignment.json"
    given.write_text(given.read_text(encoding="utf-8").replace("lab-a", "lab-b", 1), encoding="utf-8")
    assert verify(folder) == 1


def test_a_draw_without_an_assignment_is_checked_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "assignment.json").unlink()
    assert verify(folder, "--merchant", "p0:none") == 0
    out = capsys.readouterr().out.splitlines()
    assert out.count("OK") == 1
    assert any("p0:none is not in the frame" in line for line in out)


def test_a_wrong_draw_is_wrong_whatever_its_assignment_is(folder: Path) -> None:
    (folder / "reserve.tsv").write_text("", encoding="utf-8")
    assert verify(folder) == 1


def test_a_proof_is_checked_without_the_frame(folder: Path, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    proof.write_text('{"leaves":1,"proofs":[]}', encoding="utf-8")
    assert verify(folder, "--merchant", "p0:none", "--proof", str(proof)) == 2
