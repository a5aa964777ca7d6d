"""Mappings: what a laboratory declares is read as declared, and what a mapping does not declare is asked about."""

import pytest

from labs.errors import UnknownMapping
from labs.formats import read
from labs.mapping import PLAIN, FileMapping, codes, of_lab, read_mapping, shipped
from labs.report import Reading
from tests.labs.build import csv_of, expected, line, results_of

HEAD = "code = 'own'\nversion = '1'\n"


def of(mapping: FileMapping, data: bytes) -> Reading:
    return read(data, "r.csv", expected(mapping=mapping))


def own(**parts: object) -> FileMapping:
    return FileMapping("own", "1", **parts)  # type: ignore[arg-type]


def test_every_shipped_mapping_is_read() -> None:
    assert {shipped(code).code for code in codes()} == set(codes()) != set()


def test_a_laboratory_has_the_mapping_under_its_own_code() -> None:
    assert of_lab("NYC-Consumer-Products") is shipped("nyc-consumer-products")
    assert of_lab("LAB1") is PLAIN


@pytest.mark.parametrize(
    "text",
    ["= 1", "version = '1'", f"{HEAD}colour = 'red'", f"{HEAD}decimal = ';'", f"{HEAD}thousands = '.'",
     f"{HEAD}dates = 'x'",
     f"{HEAD}layout = 'x'", f"{HEAD}items = 5"],
)  # fmt: skip
def test_a_text_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(UnknownMapping):
        read_mapping(text)


def test_a_code_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(UnknownMapping, match="there are: nyc"):
        shipped("../secret")


def test_headers_items_units_and_words_are_read_as_the_mapping_says() -> None:
    mapping = read_mapping(
        f"{HEAD}ignored = ['Colour']\ndates = 'dmy'\n[headers]\nElement = 'item_code'\n[templates]\n"
        "report_no = 'R-{Job}-x'\n"
        "method_code = 'GB/T 26125'\nlab_code = 'LAB1'\n[items]\nPb = 'lead'\n[units]\n'per mille' = 'mg/kg'\n"
        "[results]\n'n.n.' = 'ND'\n"
    )
    header = "Job,Colour,report_version,issued_on,sample_code,Element,result_text,unit,lod"
    reading = of(mapping, f"{header}\n7,red,1,20/11/2026,B26-0002,Pb,n.n.,per mille,0.01\n".encode())
    [result] = results_of(reading)
    assert (result.report_no, result.item, result.unit, result.raw_text) == ("R-7-x", "lead", "mg/kg", "n.n.")
    assert (result.qualifier, str(result.interval.high)) == ("nd", "0.01")
    told = {(finding.column, finding.found, finding.expected) for finding in reading.findings}
    assert told == {
        ("item_code", "Pb", "lead"), ("unit", "per mille", "mg/kg"), ("result_text", "n.n.", "ND"),
        ("issued_on", "20/11/2026", "2026-11-20"),
    }  # fmt: skip
    assert {finding.reaction for finding in reading.findings} == {"fix"}


def test_a_day_in_another_shape_is_left_to_be_asked_about() -> None:
    reading = of(own(dates="mdy"), csv_of(line(issued_on="20.11.26")))
    assert [finding.rule for finding in reading.findings] == ["date-ambiguous"]


@pytest.mark.parametrize("parts", [{"headers": {"U": "u_expandet"}}, {"templates": {"u_expandet": "{U}"}}])
def test_a_column_that_is_none_is_told_of_the_mapping_that_names_it(parts: dict[str, dict[str, str]]) -> None:
    reading = of(own(**parts), csv_of({**line(), "U": "0.1"}))
    assert [(one.rule, one.reaction, one.found) for one in reading.findings] == [
        ("mapping-astray", "reject", "u_expandet")
    ]


def test_a_day_with_words_behind_it_is_asked_about() -> None:
    days = ("20/11/2026 00:00", "20/11/2026 or later")
    rules = [[one.rule for one in of(own(dates="dmy"), csv_of(line(issued_on=day))).findings] for day in days]
    assert rules == [["read-by-mapping"], ["date-ambiguous"]]


SPLIT = [
    ("0.25 mg/kg", "", [("0.25", "mg/kg")]),
    ("<0.25 mg/kg", "", [("<0.25", "mg/kg")]),
    ("0.25 mg/kg *", "", []),  # the laboratory's flag may take the number back
    ("<0.25 mg/kg +", "", []),
    ("0.25 mg/kg", "g/kg", []),  # the unit column says something else
    ("0.25 spoons", "", []),
    ("0.25", "mg/kg", [("0.25", "mg/kg")]),
]


@pytest.mark.parametrize(("text", "unit", "wanted"), SPLIT)
def test_a_value_with_its_unit_is_parted_only_where_that_is_declared(
    text: str, unit: str, wanted: list[tuple[str, str]]
) -> None:
    reading = of(own(splits_units=True), csv_of(line(result_text=text, unit=unit)))
    assert [
        (f"{'<' if one.qualifier == '<' else ''}{one.interval.high}", one.unit) for one in results_of(reading)
    ] == wanted
    assert of(PLAIN, csv_of(line(result_text="0.25 mg/kg", unit=""))).held


MARKED: list[tuple[str, str, str, str | None]] = [
    (".", ",", "1,234.5", "1234.5"),
    (".", ",", "0,198", None),
    (".", ",", "<0,050", None),
    (".", ",", "12,34", None),
    (",", ".", "1.234,5", "1234.5"),
    (",", ".", "1.234", "1234"),
    (",", ".", "0.500", None),
    (",", ".", "0.5", None),
    (",", ".", "１.５", None),
    (",", "", "0,5", "0.5"),
    (",", "", "1.234", None),
    (",", "", "<1.234", None),
    (",", "", "1.234E0", None),
    (",", "", "1.234 (+)", None),
    (".", " ", "1 234", "1234"),
    (".", " ", "0 234", None),
]


@pytest.mark.parametrize(("decimal", "thousands", "text", "number"), MARKED)
def test_a_number_that_is_not_written_as_declared_is_asked_about(
    decimal: str, thousands: str, text: str, number: str | None
) -> None:
    reading = of(own(decimal=decimal, thousands=thousands), csv_of(line(result_text=text)))
    assert [str(one.interval.high) for one in results_of(reading)] == ([number] if number else [])
    assert reading.held is (number is None)


def test_a_word_with_a_full_stop_is_no_number_of_another_mark() -> None:
    reading = of(own(decimal=",", splits_units=True), csv_of(line(result_text="N.D.", lod="0,01")))
    assert [one.qualifier for one in results_of(reading)] == ["nd"]


def test_thousands_are_parted_after_the_unit_was() -> None:
    mapping = own(decimal=",", thousands=".", splits_units=True)
    reading = of(mapping, csv_of(line(result_text="1.234 mg/kg", unit="")))
    assert [str(one.interval.high) for one in results_of(reading)] == ["1234"]


def test_a_value_with_its_unit_needs_no_unit_column() -> None:
    cells = line(result_text="0.25 mg/kg")
    del cells["unit"]
    reading = of(own(splits_units=True, templates={"unit": ""}), csv_of(cells))
    assert [one.unit for one in results_of(reading)] == ["mg/kg"]


WIDE = own(layout="wide", items={"Lead": "lead", "Cd": "cadmium"})
WIDE_HEAD = "lab_code,report_no,report_version,issued_on,sample_code,method_code,Lead,Cd"


def test_a_column_an_item_becomes_a_row_a_cell() -> None:
    rows = "LAB1,R1,1,2026-11-20,B26-0001,GB/T 26125,0.45,<0.03\nLAB1,R1,1,2026-11-20,B26-0002,GB/T 26125,0.5,\n"
    reading = of(WIDE, f"{WIDE_HEAD}\n,,,,,,mg/kg,ug/kg\n{rows}".encode())
    found = [(one.row, one.blind_code, one.item, one.raw_text, one.unit) for one in results_of(reading)]
    assert found == [
        (3, "B26-0001", "lead", "0.45", "mg/kg"),
        (3, "B26-0001", "cadmium", "<0.03", "ug/kg"),
        (4, "B26-0002", "lead", "0.5", "mg/kg"),
    ]


def test_a_wide_row_of_another_width_is_told() -> None:
    reading = of(WIDE, f"{WIDE_HEAD}\n,,,,,,mg/kg,mg/kg\nLAB1,R1\n".encode())
    assert [finding.rule for finding in reading.findings] == ["ragged-row", "no-rows"]


def test_a_header_without_units_under_it_is_no_wide_table() -> None:
    assert of(WIDE, f"{WIDE_HEAD}\n".encode()).refused
