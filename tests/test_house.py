"""The house stands: sizes, and the direction of imports."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sampling.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
STAGES = ("sampling", "labs", "platforms", "reputation")
PACKAGES = (*STAGES, "storage", "dashboards", "flows", "shopper", "demo", "rulebooks")
LIMIT = 400

BREACHES = [
    ("sampling/planted.py", "import storage.settings", "Imports point left"),
    ("labs/planted.py", "import platforms", "Imports point left"),
    ("flows/planted.py", "import dashboards", "Imports point left"),
    ("dashboards/planted.py", "import flows", "Imports point left"),
    ("reputation/planted.py", "import httpx", "A stage imports no library that does I/O"),
    ("sampling/planted.py", "import random", "A stage imports no library that does I/O"),
    ("sampling/planted.py", "import sampling.edge", "Only flows.wiring and shopper import an edge"),
    ("dashboards/planted.py", "import prefect", "Prefect in flows and shopper only"),
    ("flows/planted.py", "import fastapi", "FastAPI and Starlette in dashboards only"),
    ("dashboards/planted.py", "import sqlalchemy", "SQLAlchemy, psycopg and MinIO in storage only"),
    ("shopper/planted.py", "import demo", "Nothing imports the demonstration"),
]


def modules() -> list[Path]:
    return [path for package in (*PACKAGES, "tests", "setup", "benchmarks") for path in (ROOT / package).rglob("*.py")]


def test_no_module_is_longer_than_the_limit() -> None:
    assert [path for path in modules() if not is_exempt(path) and length(path) > LIMIT] == []


def is_exempt(path: Path) -> bool:
    """A migration is written once and never read as a whole; the rest of node_modules is not ours."""
    return "node_modules" in path.parts or path.parent.name == "versions"


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        (copy / package).mkdir()
        for path in (ROOT / package).rglob("*.py"):
            if "node_modules" not in path.parts:
                place = copy / path.relative_to(ROOT)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    shutil.copyfile(ROOT / "pyproject.toml", copy / "pyproject.toml")
    return copy


def lint(folder: Path) -> tuple[int, str]:
    words = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(
        words, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_all_imports_point_the_right_way(house: Path) -> None:
    code, said = lint(house)
    assert code == 0, said


@pytest.mark.parametrize(
    ("place", "line", "contract"), BREACHES, ids=[f"{place}: {line}" for place, line, _ in BREACHES]
)
def test_a_planted_import_in_the_wrong_direction_is_refused(house: Path, place: str, line: str, contract: str) -> None:
    planted = house / place
    planted.write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    try:
        code, said = lint(house)
    finally:
        planted.unlink()
    assert code == 1, said
    assert f"{contract}" in said
    assert "BROKEN" in next(text for text in said.splitlines() if text.startswith(contract))


def test_the_version_is_that_of_the_project() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert table["project"]["version"] == VERSION
