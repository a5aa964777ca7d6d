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
    sentence, where = sentences()[finding.rule], place(finding)
    return Text(
        zh=sentence.zh.format(where=where.zh, found=finding.found, expected=finding.expected),
        en=sentence.en.format(where=where.en, found=finding.found, expected=finding.expected),
    )


def place(finding: Finding) -> Text:
    """Give the row and column in words; a finding without either speaks of the file."""
    row = None if finding.row is None else Text(f"第 {finding.row} 行", f"Row {finding.row}")
    if finding.column is None:
        return row or Text("文件", "The file")
    if row is None:
        return Text(f"“{finding.column}”列", f"Column “{finding.column}”")
    return Text(f"{row.zh}“{finding.column}”列", f"{row.en}, column “{finding.column}”")
