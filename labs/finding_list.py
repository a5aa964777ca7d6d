"""The list of findings as a file, for whoever mends a long one: a record each, as JSON or as a table."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from labs.findings import told
from labs.result import Finding

COLUMNS = ("rule", "reaction", "row", "column", "cell", "found", "expected", "zh", "en")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a spreadsheet would work out instead of showing it."""


def record(finding: Finding) -> dict[str, str | int | None]:
    """Give a finding with its sentence in both languages."""
    return {
        "rule": finding.rule, "reaction": finding.reaction, "row": finding.row, "column": finding.column,
        "cell": finding.cell, "found": finding.found, "expected": finding.expected,
        "zh": told(finding, "zh"), "en": told(finding, "en"),
    }  # fmt: skip


def to_json(findings: Iterable[Finding]) -> Iterator[str]:
    """Give one finding a line, so that a long list can be read as it comes."""
    return (json.dumps(record(finding), ensure_ascii=False) + "\n" for finding in findings)


def to_csv(findings: Iterable[Finding]) -> bytes:
    """Give UTF-8 with its mark, so that spreadsheets read Chinese, and formulas disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in findings:
        writer.writerow("" if cell is None else _disarmed(str(cell)) for cell in record(finding).values())
    return out.getvalue().encode("utf-8-sig")


def _disarmed(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
