"""The table against its report: numbers, versions, samples and results that the signed text does not hold."""

from labs.formats import read
from labs.mapping import FileMapping
from tests.labs.build import csv_of, expected, limit, limits, line


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


def test_two_numbers_that_were_exchanged_are_told_though_both_are_printed() -> None:
    lines = [
        line(sample_code="B26-0001", result_text="0.45"),
        line(sample_code="B26-0001", item_code="cadmium", item_name="Kadmium", result_text="0.02"),
        line(sample_code="B26-0002", result_text="0.31"),
    ]
    right = "R1\nB26-0001 lead 0.45\nB26-0001 Kadmium 0.02\nB26-0002 lead 0.31"
    assert told(right, *lines) == []
    samples = "R1\nB26-0001 lead 0.31\nB26-0001 Kadmium 0.02\nB26-0002 lead 0.45"
    assert told(samples, *lines) == [
        ("report-result-elsewhere", "H2", "0.45"), ("report-result-elsewhere", "H4", "0.31"),
    ]  # fmt: skip
    items = "R1\nB26-0001 lead 0.02\nB26-0001 Kadmium 0.45\nB26-0002 lead 0.31"
    assert told(items, *lines) == [
        ("report-result-elsewhere", "H2", "0.45"), ("report-result-elsewhere", "H3", "0.02"),
    ]  # fmt: skip


def test_an_item_may_be_printed_by_the_name_that_its_limit_has() -> None:
    table = csv_of(line(result_text="0.45"), line(replicate="2", result_text="0.3"))
    known = expected(limits=limits(limit(), limit(id="tin", item="tin")), printed="R1 B26-0002\n铅 0.3\n批号 0.45")
    assert [one.rule for one in read(table, "r.csv", known).findings] == []
    known = expected(limits=limits(limit()), printed="R1 B26-0002 0.45\n铅 0.3")
    assert [(one.rule, one.found) for one in read(table, "r.csv", known).findings] == [
        ("report-result-elsewhere", "0.45")
    ]
