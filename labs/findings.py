"""Findings in words: one sentence in each language that names the place and how to mend it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from labs.result import Finding
from sampling.text import Text


@cache
def sentences() -> Mapping[str, Text]:
    """Give the sentence of every rule, with its places to fill."""
    page = tomllib.loads((files("labs") / "findings.toml").read_text(encoding="utf-8"))
    return {rule: Text(**entry) for rule, entry in page.items()}


def explain(finding: Finding) -> Text:
    """Give the sentence of a finding with its row, column, and what was found and expected."""
    return Text(zh=told(finding, "zh"), en=told(finding, "en"))


def told(finding: Finding, language: str) -> str:
    """Give the sentence in one language, `zh` or `en`; a list of a hundred thousand needs no other."""
    sentence = sentences()[finding.rule]
    text, where = (sentence.zh, _zh) if language == "zh" else (sentence.en, _en)
    return text.format(where=where(finding.row, finding.column), found=finding.found, expected=finding.expected)


def place(finding: Finding) -> Text:
    """Give the row and column in words; a finding without either speaks of the file."""
    return Text(_zh(finding.row, finding.column), _en(finding.row, finding.column))


def _zh(row: int | None, column: str | None) -> str:
    if column is None:
        return "文件" if row is None else f"第 {row} 行"
    return f"“{column}”列" if row is None else f"第 {row} 行“{column}”列"


def _en(row: int | None, column: str | None) -> str:
    if column is None:
        return "The file" if row is None else f"Row {row}"
    return f"Column “{column}”" if row is None else f"Row {row}, column “{column}”"
