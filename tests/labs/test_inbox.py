"""The inbox: a file is read in a child that may fail alone."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from labs.columns import Scaled, Words
from labs.edge import answer
from labs.edge.child import ChildFailed, asked
from labs.edge.inbox import read_in_child
from labs.formats import read
from tests.labs.build import csv_of, expected, line, results_of


def test_a_child_reads_what_the_reader_reads() -> None:
    data = csv_of(line(lod="0.01", u_expanded="0.05", coverage_k="2", tested_to="2026-11-18"), line(result_text=">9"))
    reading = read_in_child(data, "r.csv", expected())
    assert reading == read(data, "r.csv", expected())
    good = csv_of(line(result_text="<0.03", tested_to="2026-11-18"), line(sample_code="B26-0001", result_text=">9"))
    reading = read_in_child(good, "r.csv", expected())
    assert reading == read(good, "r.csv", expected())
    assert results_of(reading) == results_of(read(good, "r.csv", expected()))
    assert read(good, "r.csv", expected()).reports


def header(shape: tuple[int, ...]) -> bytes:
    """The header of an array that claims a shape, without a number behind it."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<i4", "fortran_order": False, "shape": shape})
    return file.getvalue()


def written(**changes: object) -> bytes:
    """The answer to a good file, with columns of the answerer's own."""
    reading = read(csv_of(line()), "r.csv", expected())
    file = io.BytesIO()
    answer.write(replace(reading, results=replace(reading.results, **changes)), file)  # type: ignore[arg-type]
    return file.getvalue()


def said(before: bytes, after: bytes) -> bytes:
    """The answer to a good file with other words in it."""
    data = written()
    size = int.from_bytes(data[:8], "big")
    assert before in data[8 : 8 + size]
    page = data[8 : 8 + size].replace(before, after)
    return len(page).to_bytes(8, "big") + page + data[8 + size :]


ECHO = "tests.labs.echo"
TWO = np.zeros(2, np.int32)
ONE = np.ones(1, np.int64)
HEAD, MAGIC, _ = written().partition(b"\x93NUMPY")
HUGE = HEAD + header((10**13,))
TORN = b"{'descr': (".ljust(63) + b"\n"
ANSWERS = [
    HUGE,
    HEAD + MAGIC + b"\1\0" + len(TORN).to_bytes(2, "little") + TORN,
    (10**5).to_bytes(8, "big") + b"[" * 10**5,
    written(replicate=TWO),
    written(unit=Words(TWO, ("mg/kg",))),
    written(unit=Words(TWO[:1] + 5, ("mg/kg",))),
    written(lod=Scaled(TWO.astype(np.int64), TWO.astype(np.int8), TWO > 0)),
    written(row=TWO.reshape(1, 2)),
    HEAD + b"PK\x03\x04" + bytes(60),
    written(unit=Words(np.array([0.5]), ("mg/kg",))),
    written(tested_on=np.array(["x"])),
    written(unit=np.zeros(1, np.int32)),
    written(low=Scaled(ONE, np.array([61], np.int8), ONE > 0)),
    written(low=Scaled(ONE, np.array([0], np.int8), ONE > 0, {0: Decimal("NaN")})),
    written(low=Scaled(ONE, np.array([0], np.int8), ONE > 0, {1: Decimal(1)})),
    *(
        said(*change)
        for change in (
            (b'"words": ["mg/kg"]', b'"words": "mg/kg"'),
            (b'"words": ["mg/kg"]', b'"words": [["mg/kg"]]'),
            (b'"version": 1', b'"version": "1"'),
            (b'"findings": []', b'"findings": [["x", "hold", "2", null, "", "", ""]]'),
        )
    ),
]


@pytest.mark.parametrize("data", ANSWERS, ids=range(len(ANSWERS)))
def test_an_answer_that_claims_what_is_not_there_is_none(data: bytes) -> None:
    assert answer.read(written()).results.result(0).raw_text == "0.45"
    with pytest.raises(answer.Broken):
        answer.read(data)


def test_a_reader_out_of_time_refuses_the_file() -> None:
    reading = read_in_child(csv_of(line()), "r.csv", expected(), seconds=0)
    assert [(finding.rule, finding.found) for finding in reading.findings] == [("reader-failed", "timeout")]
    assert reading.refused and reading.reports == ()


@pytest.mark.parametrize(
    ("question", "most", "cause"),
    [(b"a" * 200_000, 200_000, None), (b"a" * 200_000, 199_999, "answer"), (b"", 0, "exit 1")],
)
def test_a_child_says_no_more_than_it_may(question: bytes, most: int, cause: str | None) -> None:
    if cause is None:
        assert asked(ECHO, question, b"data" * 50_000, most=most) == question
    else:
        with pytest.raises(ChildFailed, match=cause):
            asked(ECHO, question, b"data" * 50_000, most=most)


def test_a_child_that_says_its_word_and_stays_is_out_of_time() -> None:
    with pytest.raises(ChildFailed, match="timeout"):
        asked(ECHO, "stay", b"", seconds=1)


def test_a_file_that_inflates_past_the_memory_is_refused_alone() -> None:
    """Ninety megabytes of text that do not compress a hundredfold, in a child that may have two hundred."""
    cells = "".join(f"<c t='inlineStr'><is><t>{number:x}</t></is></c>" for number in range(1_200_000))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("_rels/.rels", ROOT)
        book.writestr("xl/workbook.xml", WORKBOOK)
        book.writestr("xl/_rels/workbook.xml.rels", RELS)
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet xmlns='{MAIN}'><row>{cells}</row></worksheet>")
    reading = read_in_child(file.getvalue(), "r.xlsx", expected(), megabytes=200)
    assert [finding.rule for finding in reading.findings] == ["reader-failed"]


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = f"<workbook xmlns='{MAIN}' xmlns:r='{LINKS}'><sheets><sheet name='a' r:id='r1'/></sheets></workbook>"
ROOT = "<Relationships><Relationship Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>"
RELS = "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>"
