"""The list of findings as a file: whole, in both languages, and harmless in a spreadsheet."""

import csv
import io
import json

from labs.finding_list import COLUMNS, to_csv, to_json
from labs.result import Finding

FINDINGS = (
    Finding("decimal-comma", "hold", 12, "result_text", "0,198", "", "Results!H12"),
    Finding("not-a-number", "hold", 13, "result_text", "=cmd|' /C calc'!A0", "＋1"),
    Finding("file-empty", "reject", None, None, "", ""),
)


def test_each_finding_is_a_line_with_both_sentences() -> None:
    first, _, last = (json.loads(text) for text in to_json(FINDINGS))
    assert tuple(first) == COLUMNS
    assert (first["cell"], first["row"], last["row"]) == ("Results!H12", 12, None)
    assert first["zh"].startswith("第 12 行") and last["en"] == "The file is empty."


def test_a_table_of_findings_runs_nothing() -> None:
    head, first, second, last = csv.reader(io.StringIO(to_csv(FINDINGS).decode("utf-8-sig")))
    assert (tuple(head), first[:5]) == (COLUMNS, ["decimal-comma", "hold", "12", "result_text", "Results!H12"])
    assert (second[5:7], last[2]) == (["'=cmd|' /C calc'!A0", "'＋1"], "")
