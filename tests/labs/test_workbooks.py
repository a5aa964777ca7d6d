"""Workbooks: what they hide is screened before a cell is read."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from labs.formats import read
from labs.formats.screening import screen
from labs.formats.styles import plain_styles, shows_as_is
from labs.formats.worksheet import address
from labs.report import Reading
from tests.labs.build import expected, line, results_of

NAMES = list(line(remark="", lod="", replicate="1"))
RESULT, CODE, REMARK, LOD = (NAMES.index(name) + 1 for name in ("result_text", "sample_code", "remark", "lod"))
ISSUED = NAMES.index("issued_on") + 1


def book(change: Callable[[Worksheet], None] = lambda sheet: None, rows: int = 1) -> bytes:
    """A workbook with a header and faultless lines, after the change."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.append(NAMES)
    for number in range(1, rows + 1):
        cells = line(replicate=str(number), remark="", lod="")
        sheet.append([cells[name] for name in NAMES])
    change(sheet)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def put(row: int, column: int, value: Any) -> Callable[[Worksheet], None]:
    return lambda sheet: setattr(sheet.cell(row, column), "value", value)


def told(reading: Reading) -> list[tuple[str, str, int | None, str | None]]:
    return [(finding.rule, finding.reaction, finding.row, finding.column) for finding in reading.findings]


CELLS = [
    (put(2, REMARK, "fine"), []),
    (put(2, RESULT, 0.45), [("number-not-text", "warn", None, "result_text")]),
    (put(2, RESULT, 5), [("number-not-text", "warn", None, "result_text")]),
    (put(2, RESULT, "=1+1"), [("formula", "hold", 2, "result_text"), ("no-value", "hold", 2, "result_text")]),
    (put(2, REMARK, "=1+1"), [("formula", "warn", 2, "remark")]),
    (put(2, RESULT, "#N/A"), [("error-cell", "hold", 2, "result_text"), ("no-value", "hold", 2, "result_text")]),
    (put(2, CODE, "#REF!"), [("error-cell", "hold", 2, "sample_code")]),
    (put(2, RESULT, date(2026, 3, 5)), [("date-in-result", "hold", 2, "result_text")] * 2),
    (put(2, REMARK, datetime(2026, 3, 5, 12, 30)), [("date-in-result", "hold", 2, "remark")]),
    (put(2, REMARK, time(12, 30)), [("date-in-result", "hold", 2, "remark")]),
    (put(2, REMARK, timedelta(hours=30)), [("date-in-result", "hold", 2, "remark")]),
    (put(2, REMARK, True), [("boolean-cell", "hold", 2, "remark")]),
    (put(2, ISSUED, date(2026, 11, 20)), []),
    (put(2, ISSUED, datetime(2026, 11, 20)), []),
    (put(2, CODE, 17), [("code-as-number", "hold", 2, "sample_code"), ("sample-unknown", "hold", 2, "sample_code")]),
    (put(2, REMARK + 3, "stray"), [("ragged-row", "hold", 2, None), ("no-rows", "reject", None, None)]),
    (put(1, REMARK, "colour"), [("header-unknown", "reject", 1, None)]),
]


@pytest.mark.parametrize(("change", "findings"), CELLS, ids=range(len(CELLS)))
def test_an_odd_cell_is_named(
    change: Callable[[Worksheet], None], findings: list[tuple[str, str, int | None, str | None]]
) -> None:
    reading = read(book(change), "r.xlsx", expected())
    unlike = [entry for entry in told(reading) if entry[0] not in {"number-not-text", "item-absent"}]
    wanted = [entry for entry in findings if entry[0] != "number-not-text"]
    assert unlike == wanted
    assert ("number-not-text", "warn", None, "result_text") in told(reading) or "number-not-text" not in str(findings)


def test_typed_numbers_keep_their_shortest_exact_text() -> None:
    reading = read(book(put(2, RESULT, 0.1)), "r.xlsx", expected())
    assert results_of(reading)[0].raw_text == "0.1"
    whole = read(book(put(2, RESULT, 30.0)), "r.xlsx", expected())
    assert results_of(whole)[0].raw_text == "30"


def test_a_workbook_that_is_not_plain_is_read_to_the_same_texts() -> None:
    def odd(sheet: Worksheet) -> None:
        sheet.insert_rows(2)
        for change in (put(3, REMARK, "=1+1"), put(3, RESULT, 30.0), put(3, LOD, 0.5)):
            change(sheet)

    [result] = results_of(read(book(odd), "r.xlsx", expected()))
    assert (result.row, result.raw_text, str(result.lod)) == (3, "30", "0.5")


def hide_sheet(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.parent.create_sheet("old").sheet_state = "veryHidden"


def hide_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = True


def hide_column(sheet: Worksheet) -> None:
    sheet.column_dimensions["H"].hidden = True


@pytest.mark.parametrize(
    ("change", "rule"), [(hide_sheet, "hidden-sheet"), (hide_row, "hidden-cells"), (hide_column, "hidden-cells")]
)
def test_what_is_hidden_holds_the_file(change: Callable[[Worksheet], None], rule: str) -> None:
    reading = read(book(change, rows=2), "r.xlsx", expected())
    assert [finding.rule for finding in reading.findings] == [rule]
    assert reading.held and reading.reports == ()


@pytest.mark.parametrize(
    ("rows", "rules"), [([], []), ([["Remarks"], ["none"]], []), ([["a", "b", "c", "d"]] * 2, ["other-sheet"])]
)
def test_a_second_sheet_with_results_is_not_passed_over_without_a_word(rows: list[list[str]], rules: list[str]) -> None:
    def beside(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        second = sheet.parent.create_sheet("February")
        for row in rows:
            second.append(row)

    reading = read(book(beside), "r.xlsx", expected())
    assert [finding.rule for finding in reading.findings] == rules
    assert [finding.found for finding in reading.findings] == ["February"] * len(rules)
    assert not reading.held and len(results_of(reading)) == 1


def test_a_hidden_first_sheet_is_not_read() -> None:
    def hide_first(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        copy = sheet.parent.copy_worksheet(sheet)
        copy.title = "shown"
        sheet.sheet_state = "hidden"
        sheet.parent.active = 1

    screened = screen(book(hide_first))
    assert (screened.sheet, [finding.rule for finding in screened.findings]) == ("shown", ["hidden-sheet"])


def test_a_workbook_without_a_visible_sheet_is_refused() -> None:
    data = changed(book(), "xl/workbook.xml", lambda text: text.replace(b'state="visible"', b'state="hidden"'))
    assert [finding.rule for finding in read(data, "r.xlsx", expected()).findings] == [
        "hidden-sheet",
        "no-visible-sheet",
    ]


def test_merged_codes_are_filled_downwards_and_merged_results_are_held() -> None:
    codes = read(book(lambda sheet: sheet.merge_cells("E2:E3"), rows=2), "r.xlsx", expected())
    assert [entry[0] for entry in told(codes)] == ["merged-filled"]
    assert [result.blind_code for result in results_of(codes)] == ["B26-0002"] * 2
    results = read(book(lambda sheet: sheet.merge_cells("H2:H3"), rows=2), "r.xlsx", expected())
    assert ("merged-cell", "hold", 3, "result_text") in told(results)
    across = read(book(lambda sheet: sheet.merge_cells("E2:F3"), rows=2), "r.xlsx", expected())
    assert [entry for entry in told(across) if entry[0] == "merged-cell"] == [
        ("merged-cell", "hold", 2, "item_code"),
        ("merged-cell", "hold", 3, "item_code"),
        ("merged-cell", "hold", 3, "sample_code"),
    ]


def changed(data: bytes, name: str, change: Callable[[bytes], bytes], **more: bytes) -> bytes:
    """The archive with one member rewritten, and others added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == name else content)
        for member, content in more.items():
            new.writestr(member, content)
    return file.getvalue()


def moved(data: bytes, name: str, before: bytes) -> bytes:
    """The archive with its sheet under another name, and something before what it holds."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for member in old.namelist():
            content = old.read(member).replace(SHEET.encode(), name.encode())
            new.writestr(*((name, before + content) if member == SHEET else (member, content)))
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
TWICE = ("xl/worksheets/Sheet1.xml", "xl\\worksheets\\sheet1.xml", "/XL/workbook.xml")
"""What another reader takes for a part that is there."""
TYPES = "[Content_Types].xml"

HOSTILE = [
    (changed(book(), "", bytes, **{"xl/vbaProject.bin": b"x"}), "active-content"),
    (changed(book(), "", bytes, **{"xl/externalLinks/externalLink1.xml": b"<x/>"}), "active-content"),
    (changed(book(), TYPES, lambda text: text.replace(b"sheet.main", b"sheet.macroEnabled.main")), "active-content"),
    (changed(book(), SHEET, lambda text: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + text), "document-type"),
    (changed(book(), SHEET, lambda text: text.decode().encode("utf-16")), "document-type"),
    (changed(book(), SHEET, lambda text: text[:200]), "workbook-broken"),
    (changed(book(), SHEET, lambda text: text.replace(b'r="A1"', b'r="?"', 1)), "workbook-broken"),
    (changed(book(), SHEET, lambda text: text.replace(b'r="A1"', b'r="XFD1048576"', 1)), "sparse-bomb"),
    (changed(book(), "", bytes, **{"xl/media/a.png": b"\0" * 3_000_000}), "zip-bomb"),
    (b"PK\x03\x04" + b"not an archive", "workbook-broken"),
    *((changed(book(), "", bytes, **{name: b"<x/>"}), "workbook-broken") for name in TWICE),
    (moved(book(), "xl/worksheets/sheet1.dat", b"<!DOCTYPE x [<!ENTITY a 'b'>]>"), "workbook-broken"),
    (changed(book(), "xl/_rels/workbook.xml.rels", lambda text: text.replace(b"rId1", b"rId99")), "workbook-broken"),
]


@pytest.mark.parametrize(("data", "rule"), HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_workbook_is_refused(data: bytes, rule: str) -> None:
    reading = read(data, "r.xlsx", expected())
    assert [(finding.rule, finding.reaction) for finding in reading.findings] == [(rule, "reject")]


def test_a_workbook_that_only_its_reader_cannot_open_is_refused() -> None:
    """Screening looks at structure; a kind of cell that no workbook has is found by the reader of the cells."""
    data = changed(book(), SHEET, lambda text: re.sub(rb'<c r="H2".*?</c>', b'<c r="H2" t="zz"><v>1</v></c>', text))
    assert [finding.rule for finding in read(data, "r.xlsx", expected()).findings] == ["workbook-broken"]


FORMATS = [
    ("0.00%", 0.005, [("number-dressed", "hold", 2, "result_text")]),
    ("0.0%", 0.005, [("number-dressed", "hold", 2, "result_text")]),
    ('"<"0.00', 0.05, [("number-dressed", "hold", 2, "result_text")]),
    ("#,##0,", 1234567, [("number-dressed", "hold", 2, "result_text")]),
    ("0.000_ ", 0.25, []),
    ("#,##0.00", 0.25, []),
    ("General", 0.25, []),
]


@pytest.mark.parametrize("aside", [put(2, REMARK, "fine"), put(2, REMARK, "=1+1")])
@pytest.mark.parametrize(("code", "number", "findings"), FORMATS)
def test_a_number_counts_only_where_its_cell_shows_it(
    code: str, number: float, findings: list[tuple[str, str, int, str]], aside: Callable[[Worksheet], None]
) -> None:
    def dressed(sheet: Worksheet) -> None:
        put(2, RESULT, number)(sheet)
        sheet.cell(2, RESULT).number_format = code
        aside(sheet)

    assert [one for one in told(read(book(dressed), "r.xlsx", expected())) if one[1] == "hold"] == findings


@pytest.mark.parametrize("remark", ["fine", "=1+1"])
def test_the_noise_of_a_calculation_is_no_result(remark: str) -> None:
    def typed(sheet: Worksheet) -> None:
        put(2, RESULT, 0.25)(sheet)
        put(2, REMARK, remark)(sheet)

    data = changed(book(typed), SHEET, lambda text: text.replace(b"<v>0.25</v>", b"<v>0.10000000000000002</v>"))
    held = [entry for entry in told(read(data, "r.xlsx", expected())) if entry[1] == "hold"]
    assert held == [("number-noise", "hold", 2, "result_text")]


def test_a_code_is_no_number_however_it_is_shown() -> None:
    def dressed(sheet: Worksheet) -> None:
        for column, number in ((CODE, 17), (LOD, 0.01), (REMARK, 0.5)):
            put(2, column, number)(sheet)
            sheet.cell(2, column).number_format = "0.0%"

    reading = read(book(dressed), "r.xlsx", expected())
    assert [one[0] for one in told(reading) if one[1] == "hold"] == [
        "code-as-number", "number-dressed", "sample-unknown"
    ]  # fmt: skip


def test_styles_are_those_of_the_workbook_or_none() -> None:
    assert plain_styles(b"") == plain_styles(b"<styleSheet/>") == ()
    assert [shows_as_is((), style) for style in (None, "0", "1")] == [True, True, False]


FORMULA = re.compile(rb'<c r="H2"[^>]*>.*?</c>', re.DOTALL)
ADDRESS = re.compile(rb'(<(?:c|row)) r="[A-Z]*[0-9]+"')
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


def calculated(text: bytes) -> bytes:
    return FORMULA.sub(b'<c r="H2" t="str"><f>A1</f><v>0.05</v></c>', text)


def hidden(text: bytes) -> bytes:
    return text.replace(b'<row r="3"', b'<row r="3" hidden="1"')


SEEN: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda text: ADDRESS.sub(rb"\1", calculated(text)), "formula"),
    (lambda text: calculated(text).replace(MAIN, STRICT), "formula"),
    (lambda text: ADDRESS.sub(rb"\1", hidden(text)), "hidden-cells"),
    (lambda text: text.replace(b"<sheetData>", b'<sheetData><c r="H2"><v>1</v></c>'), "workbook-broken"),
]


@pytest.mark.parametrize(("change", "rule"), SEEN, ids=range(len(SEEN)))
def test_cells_are_screened_without_an_address_and_in_any_namespace(
    change: Callable[[bytes], bytes], rule: str
) -> None:
    reading = read(changed(book(rows=2), SHEET, change), "r.xlsx", expected())
    assert rule in [finding.rule for finding in reading.findings] and not len(reading.results)


def test_an_absolute_link_to_a_sheet_is_followed() -> None:
    rels = "xl/_rels/workbook.xml.rels"
    data = changed(book(), rels, lambda text: text.replace(b'"/xl/worksheets', b'"worksheets'))
    assert read(data, "r.xlsx", expected()).findings == ()


def test_only_the_first_visible_sheet_is_read_and_blank_rows_keep_their_numbers() -> None:
    def spread(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.insert_rows(2, 2)
        sheet.parent.create_sheet("notes").append(["not", "read"])

    data = changed(book(spread), "", bytes, **{"xl/media/seal.png": b"picture"})
    reading = read(data, "r.xlsx", expected())
    assert (reading.findings, results_of(reading)[0].row) == ((), 4)


@pytest.mark.parametrize(
    ("text", "wanted"), [("A1", (1, 0)), ("Z9", (9, 25)), ("AA10", (10, 26)), ("XFD1", (1, 16383))]
)
def test_an_address_is_a_row_and_a_column(text: str, wanted: tuple[int, int]) -> None:
    assert address(text) == wanted


def test_the_whole_archive_is_counted_while_it_inflates() -> None:
    assert [finding.rule for finding in screen(book(), most=100).findings] == ["zip-bomb"]


def test_recorded_workbooks_are_no_larger_than_they_must_be() -> None:
    folder = Path(__file__).parents[1] / "examples" / "formats" / "xlsx"
    assert all(path.stat().st_size < 50_000 for path in folder.glob("*.xlsx"))
