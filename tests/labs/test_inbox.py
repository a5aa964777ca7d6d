"""The inbox: a file is read in a child that may fail alone."""

import io
import zipfile

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


def test_a_reader_out_of_time_refuses_the_file() -> None:
    reading = read_in_child(csv_of(line()), "r.csv", expected(), seconds=0)
    assert [(finding.rule, finding.found) for finding in reading.findings] == [("reader-failed", "timeout")]
    assert reading.refused and reading.reports == ()


def test_a_file_that_inflates_past_the_memory_is_refused_alone() -> None:
    """Ninety megabytes of text that do not compress a hundredfold, in a child that may have two hundred."""
    cells = "".join(f"<c t='inlineStr'><is><t>{number:x}</t></is></c>" for number in range(1_200_000))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", WORKBOOK)
        book.writestr("xl/_rels/workbook.xml.rels", RELS)
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet xmlns='{MAIN}'><row>{cells}</row></worksheet>")
    reading = read_in_child(file.getvalue(), "r.xlsx", expected(), megabytes=200)
    assert [finding.rule for finding in reading.findings] == ["reader-failed"]


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = f"<workbook xmlns='{MAIN}' xmlns:r='{LINKS}'><sheets><sheet name='a' r:id='r1'/></sheets></workbook>"
RELS = "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>"
