"""The command line: quick help, one sentence for what is wrong, the right exit code."""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

FLOWS = """
SWEEPS = {"judge": lambda world, limit: f"judge: {world} of {limit}", "score": lambda world, limit: 1 / 0}
"""
WIRING = """
from contextlib import contextmanager

@contextmanager
def open_world(settings):
    yield 3
"""


def shopper(*words: str, folder: Path, typed: str = "", **values: str) -> "subprocess.CompletedProcess[str]":
    clean = {name: text for name, text in os.environ.items() if not name.startswith("SHOPPER_")}
    environment: Mapping[str, str] = {**clean, "PYTHONPATH": f"{folder}:{ROOT}", **values}
    command = [sys.executable, "-m", "shopper", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, input=typed, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder whose own `flows` stands in for ours."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "__init__.py").write_text(FLOWS)
    (tmp_path / "flows" / "wiring.py").write_text(WIRING)
    return tmp_path


def test_help_costs_less_than_half_a_second_of_processor_time(folder: Path) -> None:
    costs = []
    for _ in range(3):  # whoever else is at work makes the processor slower, but hardly three times in a row
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = shopper("--help", folder=folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == 0
        assert "run-once" in done.stdout
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(costs) < 0.5


def test_a_sweep_runs_without_a_server_and_prints_its_report(folder: Path) -> None:
    done = shopper("run-once", "judge", "--limit", "7", folder=folder)
    assert (done.returncode, done.stdout) == (0, "judge: 3 of 7\n")


SENTENCES = [
    (("run-once", "bake"), {}, "shopper: There is no flow 'bake'; the flows are judge, score.\n"),
    (
        ("run-once", "judge"),
        {"SHOPPER_WEB_PORT": "x"},
        "shopper: SHOPPER_WEB_PORT is 'x': it must be a whole number from 1 to 65535.\n",
    ),
    (("clock", "advance", "3"), {}, "shopper: SHOPPER_CLOCK is real, so the clock cannot be moved"),
    (("user", "add", "ann", "king"), {}, "shopper: There is no role 'king'; the roles are coordinator, "),
    (("user", "add", "ann", "lab"), {}, "shopper: A lab user belongs to one: give its code with --party.\n"),
    (("run-once", "judge"), {"SHOPPER_HOME": "flows/wiring.py/var"}, "shopper: The data folder "),
    (("run-once", "judge", "--limit", "none"), {}, "usage: "),
    (("dance",), {}, "usage: "),
]


@pytest.mark.parametrize(("words", "values", "sentence"), SENTENCES, ids=[" ".join(words) for words, _, _ in SENTENCES])
def test_what_the_person_can_put_right_is_one_sentence_and_exit_code_2(
    words: tuple[str, ...], values: Mapping[str, str], sentence: str, folder: Path
) -> None:
    done = shopper(*words, folder=folder, **values)
    assert done.returncode == 2
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr


def test_a_fault_of_ours_keeps_its_traceback(folder: Path) -> None:
    done = shopper("run-once", "score", folder=folder)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_a_folder_that_is_no_bundle_fails_the_verification(folder: Path) -> None:
    (folder / "bundle").mkdir()
    done = shopper("evidence", "verify", "bundle", folder=folder)
    assert done.returncode == 1
    assert "bundle: The file manifest.json is missing." in done.stdout
