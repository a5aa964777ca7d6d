"""The glossary: every noun of the four stages with its Chinese term and the sentence its class states."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = Path(__file__).with_name("glossary.toml")
STAGES = ("sampling", "labs", "platforms", "reputation")
ELSEWHERE = ("State", "Event")
"""Endings of the enumerations that lifecycles.md shows."""
FOLDERS = ("", "channels", "documents", "evidence")


@dataclass(frozen=True, slots=True)
class Noun:
    """A public class of a stage and what it says of itself."""

    module: str
    name: str
    meaning: str


def nouns() -> Iterator[Noun]:
    """Give the nouns of the stages; errors, edges and the inside of the formats are not among them."""
    for stage in STAGES:
        paths = [path for folder in FOLDERS for path in sorted((ROOT / stage / folder).glob("*.py"))]
        for path in paths:
            if path.name != "errors.py":
                yield from _of(path)


def terms() -> dict[tuple[str, str], str]:
    """Give the Chinese term of each noun by module and name."""
    tables = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    del tables["words"]
    return dict(_flat("", tables))


def words() -> dict[str, dict[str, str]]:
    """Give the terms that are no class, with their Chinese and their meaning."""
    found: dict[str, dict[str, str]] = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["words"]
    return found


def page() -> str:
    """Give the glossary as Markdown."""
    known = terms()
    lines = [
        "# Glossary",
        "",
        "One word for one thing, in code, tables, addresses and pages. The Chinese terms stand in",
        "`docs/glossary.toml`, the meanings in the classes; states and events are in [lifecycles.md](lifecycles.md).",
        "",
        "## Words of the trade and of this house",
        "",
        "| Term | 中文 | Meaning |",
        "|---|---|---|",
        *(f"| {name} | {entry['zh']} | {entry['en']} |" for name, entry in sorted(words().items())),
    ]
    stage = ""
    for noun in nouns():
        if noun.module.partition(".")[0] != stage:
            stage = noun.module.partition(".")[0]
            lines += ["", f"## {stage}", "", "| Noun | 中文 | Meaning | Module |", "|---|---|---|---|"]
        term = known.get((noun.module, noun.name), "")
        lines.append(f"| {noun.name} | {term} | {noun.meaning} | `{noun.module}` |")
    return "\n".join(lines) + "\n"


def _of(path: Path) -> Iterator[Noun]:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not node.name.endswith(ELSEWHERE):
            said = (ast.get_docstring(node) or "").partition("\n\n")[0]
            yield Noun(module, node.name, " ".join(said.split()).replace("|", "\\|"))


def _flat(before: str, table: dict[str, object]) -> Iterator[tuple[tuple[str, str], str]]:
    for name, entry in table.items():
        if isinstance(entry, dict):
            yield from _flat(f"{before}.{name}" if before else name, entry)
        else:
            yield (before, name), str(entry)
