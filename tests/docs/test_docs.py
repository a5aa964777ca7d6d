"""The pages of the documentation: built from the code, whole, in both languages, and true about names."""

import re
import tomllib
from collections import Counter
from enum import StrEnum
from pathlib import Path

import pytest

from dashboards.language import label
from docs import build, glossary
from docs.lifecycles import LIFECYCLES
from flows import NAMES
from sampling.lifecycle import Lifecycle
from storage.settings import KNOWN, PREFIX

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LONGEST = {"README.md": 120, "how-to": 60, "decisions": 30}
FOLDERS = "sampling|labs|platforms|reputation|storage|dashboards|flows|shopper|demo|tests|docs|rulebooks"
PLACE = re.compile(rf"`((?:{FOLDERS})/[\w./-]*)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", build.PAGES)
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == build.built(name), "run make docs"


def test_every_noun_of_the_stages_has_one_chinese_term() -> None:
    nouns = [(noun.module, noun.name) for noun in glossary.nouns()]
    assert sorted(nouns) == sorted(glossary.terms())
    assert all(noun.meaning.endswith(".") for noun in glossary.nouns())
    assert [term for term in glossary.terms().values() if not CHINESE.search(term)] == []
    assert [name for name, entry in glossary.words().items() if not CHINESE.search(entry["zh"])] == []


def test_every_lifecycle_of_the_stages_is_drawn() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for stage in glossary.STAGES
        for path in (ROOT / stage).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.match(r"[A-Z]+: Lifecycle\[", line)
    ]
    assert Counter(found) == Counter(module for _, module in LIFECYCLES)


@pytest.mark.parametrize("lifecycle", [one for one, _ in LIFECYCLES], ids=lambda one: one.noun)
def test_every_state_can_be_reached_and_every_event_happens(lifecycle: Lifecycle[StrEnum, StrEnum]) -> None:
    states, events = {lifecycle.initial, *lifecycle.moves.values()}, {event for _, event in lifecycle.moves}
    for members in (states, events):
        kind = type(next(iter(members)))
        assert members == set(kind)
        assert [member for member in members if not CHINESE.search(label("zh", member))] == []
        assert [member for member in members if CHINESE.search(label("en", member))] == []


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_a_page_names_only_what_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [place for place in PLACE.findall(text) if not (ROOT / place).exists()] == []
    assert [link for link in LINK.findall(text) if not (path.parent / link).exists()] == []
    assert [name for name in re.findall(rf"{PREFIX}(\w+)", text) if name.strip("_") and name not in KNOWN] == []


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_a_page_keeps_its_length(path: Path) -> None:
    limit = LONGEST.get(path.name) or LONGEST.get(path.parent.name)
    assert limit is None or len(path.read_text(encoding="utf-8").splitlines()) <= limit


def test_the_readme_lists_every_setting() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in KNOWN if f"`{PREFIX}{name}`" not in text} == set()


def test_the_how_to_of_the_flows_names_each_and_its_schedule() -> None:
    text = (ROOT / "docs" / "how-to" / "flows.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"| `{name}` |" not in text] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_lock_and_the_pins_agree_with_the_decision_about_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    text = next((ROOT / "docs" / "decisions").glob("*-pinned-libraries.md")).read_text(encoding="utf-8")
    pins = [name for name in project if name.startswith(("fastapi", "prefect", "sqlalchemy", "govuk"))]
    assert len(pins) == 4
    assert [pin for pin in pins if f"`{pin}`" not in text] == []


def test_the_picture_is_small_enough_to_be_kept() -> None:
    assert (ROOT / "docs" / "board.png").stat().st_size <= 300_000
