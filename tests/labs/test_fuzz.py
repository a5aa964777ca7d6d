"""The corpus of the fuzzer, replayed: whatever the bytes, a target raises nothing and no accepted value is changed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from labs.formats import read
from tests.labs import bad_inputs, oracle
from tests.labs.build import csv_of, line
from tests.labs.made import MADE, read_made_file
from tests.labs.targets import KNOWN, TARGETS

CORPUS = Path(__file__).parents[1] / "examples" / "fuzz"
FULL = line(lod="0.01", loq="0.03", u_expanded="0.05", coverage_k="2", tested_to="2026-11-18", method_edition="2011")


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_breaks_nothing(target: str) -> None:
    inputs = sorted((CORPUS / target).iterdir())
    assert inputs
    for path in inputs:
        TARGETS[target](path.read_bytes())


def test_a_made_file_is_read_as_it_stands() -> None:
    settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))(given(*MADE)(read_made_file))()


def test_a_line_that_begins_with_a_quote_hides_no_long_file_from_the_second_reading() -> None:
    data = csv_of({**FULL, "remark": "\n"}, *({**FULL, "remark": "x" * 4000} for _ in range(40)))
    assert [cells["report_no"] for cells in dict(oracle.SLOW["csv"](data)).values()][:1] == ["R1"]


@pytest.mark.parametrize("result", ["0.45", "<0.03", "ND", "1.2×10³", ">300", "16.50(+)", "trace", "<LOQ", "1.5e-1"])
def test_the_slow_reading_finds_what_the_reader_finds(result: str) -> None:
    data = csv_of({**FULL, "result_text": result})
    reading = read(data, "r.csv", KNOWN)
    assert len(reading.results) == 1
    assert oracle.changed(reading, data, "csv") == []


CHANGES = [
    ("0.45", "0.46", "the text"), ("B26-0002", "B26-0003", "blind_code"), ("0.01", "0.02", "lod"),
    ("mg/kg", "g/kg", "unit"), ("2026-11-18", "2026-11-17", "tested on"), ("lead", "cadmium", "item"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fault"), CHANGES)
def test_the_slow_reading_notices_another_value(old: str, new: str, fault: str) -> None:
    data = csv_of({**FULL, "result_text": "0.45"})
    reading = read(data, "r.csv", KNOWN)
    assert fault in " ".join(oracle.changed(reading, data.replace(old.encode(), new.encode()), "csv"))


def test_the_slow_reading_reads_workbooks() -> None:
    data = bad_inputs.book(rows=2)
    reading = read(data, "r.xlsx", KNOWN)
    assert len(reading.results) == 2
    assert oracle.changed(reading, data, "xlsx") == []
