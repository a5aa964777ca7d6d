"""The table against its report: numbers, versions, samples and results that the signed text does not hold."""

import pytest

from labs.formats import read
from labs.formats.printed import Print
from labs.mapping import FileMapping
from tests.labs.build import csv_of, expected, line

REPORT = "Test report R1, version: 2\n B26-0001  cadmium ND\nB26-0002 lead <\u00a00.03 mg/kg\n12.50 of 10.451 1,000.5"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("R1", True), ("R", False), ("B26-0002", True), ("B26-000", False), ("0.03", False), ("<0.03", True),
        ("＜0.03", True), ("< 0.03", True), ("12.50", True), ("12.5", True), ("0.45", False), ("1,000.5", True),
        ("000.5", False), ("10", False), ("ND", True), ("nd", False), ("test report", False), ("Test report", True),
        ("of 10.451", True), ("-10.451", False),
    ],
)  # fmt: skip
def test_a_text_stands_in_a_report_as_itself(text: str, holds: bool) -> None:
    assert Print(REPORT).holds(text) is holds


@pytest.mark.parametrize(
    ("report", "version", "named"),
    [
        ("R1", 1, True), ("R1", 2, False), ("version 2", 2, True), ("Version: 12", 2, False), ("第2版", 2, True),
        ("版本号：3", 3, True), ("Revision 2", 1, False),
    ],
)  # fmt: skip
def test_a_first_version_need_not_be_named(report: str, version: int, named: bool) -> None:
    assert Print(report).names_version(version) is named


def told(printed: str | None, *lines: dict[str, str], mapping: FileMapping | None = None) -> list[tuple[str, str, str]]:
    known = expected(printed=printed, **({"mapping": mapping} if mapping else {}))
    return [(one.rule, one.cell, one.found) for one in read(csv_of(*lines), "r.csv", known).findings]


def test_each_number_that_the_report_lacks_is_told_with_its_cell() -> None:
    lines = [line(), line(replicate="2", result_text="0.46"), line(replicate="3", result_text="0.46")]
    assert told(None, *lines) == []
    assert told("R1 B26-0002 0.45 0.46", *lines) == []
    assert told("R1 B26-0002 0.45", *lines) == [
        ("report-result-absent", "H3", "0.46"), ("report-result-absent", "H4", "0.46"),
    ]  # fmt: skip
    assert told("Version 2 of R2: B26-0001 0.45 0.46", *lines) == [
        ("report-number-absent", "B2", "R1"), ("report-sample-absent", "E2", "B26-0002"),
        ("report-version-absent", "C2", "1"),
    ]  # fmt: skip


def test_a_result_may_be_printed_as_it_was_written_or_as_it_is_read() -> None:
    comma, odd = FileMapping("own", "1", decimal=","), line(result_text="0,198")
    for printed in ("R1 B26-0002 0,198", "R1 B26-0002 0.198"):
        assert [one[0] for one in told(printed, odd, mapping=comma)] == ["read-by-mapping"]
    assert "report-result-absent" in [one[0] for one in told("R1 B26-0002", odd, mapping=comma)]


def test_what_a_table_does_not_say_is_not_looked_for() -> None:
    told_of = told("nothing", line(report_no="", sample_code="", report_version="x", result_text=""))
    assert {one[0] for one in told_of}.isdisjoint(
        {"report-number-absent", "report-sample-absent", "report-version-absent", "report-result-absent"}
    )
