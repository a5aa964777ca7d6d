"""Worksheets: what their markup says is what is read, or else they are held or refused."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from labs.formats import read
from labs.formats.screening import screen
from tests.labs.build import expected, results_of
from tests.labs.test_workbooks import ISSUED, LOD, REMARK, RESULT, SHEET, TYPES, book, changed, put, told

DRESSED = "number-dressed"


def cell(text: str) -> Callable[[bytes], bytes]:
    """Put this in the place of the first result; a comment leaves the sheet to the reader that knows more."""
    return lambda sheet: RESULTED.sub(f'<c r="H2"{text}</c>'.encode(), sheet).replace(*ASIDE)


RESULTED = re.compile(rb'<c r="H2".*?</c>', re.DOTALL)
ASIDE = (b"</sheetData>", b"</sheetData><!-- -->")
LINKS = "xl/_rels/workbook.xml.rels"
SHARED = "xl/sharedStrings.xml"
LINK = b'<Relationship Id="rId9" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
TEXTS = ["0.1", "0.2", *["0.3"] * 8, "0.45"]


def sharing(data: bytes, *texts: str) -> bytes:
    """The workbook with these shared texts."""
    linked = changed(data, LINKS, lambda links: links.replace(b"</Relationships>", LINK))
    part = "<sst>" + "".join(f"<si>{text}</si>" for text in texts) + "</sst>"
    return changed(linked, "", bytes, **{SHARED: part.encode()})


CUT = [
    ("><v>0.4&#53;</v>", "error-cell"),
    ("><v>0.4<!-- -->5</v>", "error-cell"),
    ("><v><![CDATA[0.45]]></v>", "error-cell"),
    ("><v>0.4<?x y?>5</v>", "error-cell"),
    (' t="s"><v>1&#48;</v>', "error-cell"),
    (' t="s"><v>99</v>', "workbook-broken"),
    (' t="s"><v> 1</v>', "error-cell"),
    ("><v> 0.45 </v>", "error-cell"),
    ("><v>x</v>", "error-cell"),
    ("><v>0.123456789012345678901</v>", "error-cell"),
    ("><v>0.45</v><v>0.9</v>", "workbook-broken"),
    ("><v>0.45</v>", None),
    ("><v>4.5e-1</v>", None),
    (' t="s"><v>10</v>', None),
    (' t="str"><v>0.45</v>', None),
    (' t="inlineStr"><is><r><t>0.4</t></r><r><rPr><vertAlign val="baseline"/></rPr><t>5</t></r></is>', None),
    (' t="inlineStr"><is><r><rPr><strike val="0"/></rPr><t>0.45</t></r></is>', None),
    (' t="inlineStr"><is><r><t>10</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>3</t></r></is>', DRESSED),
    (' t="inlineStr"><is><r><rPr><strike/></rPr><t>1</t></r><r><t>0.2</t></r></is>', DRESSED),
    (' t="s"><v>11</v>', DRESSED),
]


@pytest.mark.parametrize(("text", "rule"), CUT)
def test_what_is_read_is_what_the_cell_says(text: str, rule: str | None) -> None:
    rich = "<r><t>10</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>3</t></r>"
    data = sharing(changed(book(), SHEET, cell(text)), *(f"<t>{one}</t>" for one in TEXTS), rich)
    reading = read(data, "r.xlsx", expected())
    if rule is None:
        assert [one.raw_text for one in results_of(reading)] == ["0.45"]
    else:
        assert rule in [one.rule for one in reading.findings] and not len(reading.results)


def test_a_shared_text_may_hold_an_escape() -> None:
    data = sharing(changed(book(), SHEET, cell(' t="s"><v>0</v>')), '<t xml:space="preserve">0.4_x0035_</t>')
    assert results_of(read(data, "r.xlsx", expected()))[0].raw_text == "0.45"


DAYS: list[tuple[Any, str, list[str]]] = [
    (date(2026, 11, 20), "46346", []),
    (datetime(2026, 11, 20, 6), "46346.25", []),
    (date(2026, 11, 20), "4634&#54;", ["error-cell"]),
    (time(6), "46346&#46;25", ["error-cell"]),
    (timedelta(hours=30), "100.25", []),
    (timedelta(hours=30), "100&#46;25", ["error-cell"]),
    (time(6), "0.25", []),
]


@pytest.mark.parametrize(("day", "written", "rules"), DAYS)
def test_a_day_is_the_one_that_its_cell_says(day: Any, written: str, rules: list[str]) -> None:
    def dated(sheet: Worksheet) -> None:
        put(2, ISSUED, day)(sheet)

    value = re.compile(rb'(<c r="[A-Z]+2"[^>]*t="n"[^>]*><v>)[^<]*')
    data = changed(book(dated), SHEET, lambda text: value.sub(rb"\g<1>" + written.encode(), text).replace(*ASIDE))
    reading = read(data, "r.xlsx", expected())
    assert [one.rule for one in reading.findings if one.rule == "error-cell"] == rules


def test_a_cell_that_is_passed_over_refuses_the_workbook() -> None:
    far = b'<row r="9"><c r="AZ9"><v><!-- -->5</v></c></row></sheetData>'
    data = changed(book(), SHEET, lambda text: text.replace(b"</sheetData>", far))
    assert [one.rule for one in read(data, "r.xlsx", expected()).findings] == ["workbook-broken"]


def behind(more: str) -> Callable[[bytes], bytes]:
    """Put this behind the rows."""
    return lambda text: text.replace(b"</sheetData>", b"</sheetData>" + more.encode())


MERGES = "".join(f'<mergeCell ref="A1:AX{20_000 - at}"/>' for at in range(30))
FAR = b'<row r="20000"><c r="AX20000"><v>1</v></c></row></sheetData>'
TWO_THINGS: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda text: cell("><v>1</v>")(text).replace(b'<c r="I2"', b'<c r="H2"/><c r="I2"'), "workbook-broken"),
    (lambda text: text.replace(b"</sheetData>", b'<row r="2"></row></sheetData>'), "workbook-broken"),
    (lambda text: text.replace(b"</sheetData>", b'<row r="1048577"></row></sheetData>'), "workbook-broken"),
    (lambda text: text.replace(b'r="H2"', b'r="H3"'), "workbook-broken"),
    (behind('<sheetData><row r="9"></row></sheetData>'), "workbook-broken"),
    (behind('<mergeCells><mergeCell ref="H3:H2"/></mergeCells>'), "workbook-broken"),
    (behind('<mergeCells><mergeCell ref="E0:E2"/></mergeCells>'), "workbook-broken"),
    (lambda text: text.replace(b"</sheetData>", FAR).replace(b"<row", b"<!-- --><row", 1).replace(
        b"</sheetData>", f"</sheetData><mergeCells>{MERGES}</mergeCells>".encode()), "sparse-bomb"),
    (lambda text: text.replace(b"<sheetData>", b'<cols><col min="-999999999" max="3" hidden="1"/></cols><sheetData>'),
     "workbook-broken"),
    (lambda text: text.replace(
        b"<sheetData>", b'<cols><col min="2" max="9" hidden="1"/><col min="1" max="9" hidden="1"/></cols><sheetData>'),
     "workbook-broken"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "rule"), TWO_THINGS, ids=range(len(TWO_THINGS)))
def test_what_readers_would_differ_on_refuses_the_workbook(change: Callable[[bytes], bytes], rule: str) -> None:
    reading = read(changed(book(rows=2), SHEET, change), "r.xlsx", expected())
    assert [(one.rule, one.reaction) for one in reading.findings] == [(rule, "reject")]


def test_rows_without_a_cell_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def beside(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.create_sheet("more")

    for module in ("screening", "worksheet"):
        monkeypatch.setattr(f"labs.formats.{module}.MOST_ROWS", 99)
    rows = b"<row/>" * 98
    for part in (SHEET, SHEET.replace("1", "2")):
        for more, rules in ((b"", []), (b"<row/>" * 2, ["workbook-broken"])):
            data = changed(book(), SHEET, lambda text: text.replace(*ASIDE)) if part == SHEET else book(beside)
            full = b"<sheetData>" + rows + more + b"</sheetData>"
            screened = screen(changed(data, part, lambda _, full=full: b"<x>" + full + b"</x>"))  # type: ignore[misc]
            assert [one.rule for one in screened.findings] == rules


DECOYS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("_rels/.rels", lambda text: text.replace(b"xl/workbook.xml", b"xl/book2.xml")),
    ("_rels/.rels", lambda text: text.replace(b'officeDocument"', b'x"')),
    (LINKS, lambda text: text.replace(b"styles.xml", b"styles2.xml")),
    (LINKS, lambda text: text.replace(LINK, LINK.replace(b"sharedStrings.xml", b"strings.xml"))),
    (LINKS, lambda text: text.replace(LINK, b"</Relationships>")),
    (LINKS, lambda text: text.replace(LINK, LINK.replace(b"rId9", b"rId8").replace(b"</Relationships>", LINK))),
]


@pytest.mark.parametrize(("name", "change"), DECOYS, ids=range(len(DECOYS)))
def test_the_parts_that_are_read_are_those_that_are_named(name: str, change: Callable[[bytes], bytes]) -> None:
    data = sharing(book(), "<t>0.45</t>")
    assert screen(data).findings == []
    assert [one.rule for one in screen(changed(data, name, change)).findings] == ["workbook-broken"]


def test_a_member_that_does_not_inflate_refuses_the_workbook() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as packed:
        for member in old.namelist():
            packed.writestr(member, old.read(member))
        start = packed.getinfo(TYPES).header_offset + 30 + len(TYPES)
    data = bytearray(file.getvalue())
    data[start + 20 : start + 200] = bytes(byte ^ 0x5A for byte in data[start + 20 : start + 200])
    assert [one.rule for one in screen(bytes(data)).findings] == ["workbook-broken"]


SHOWN = [
    ('"<"@', "0.05", True),
    (';;;"0.01"', "0.05", True),
    (";;;", "0.05", True),
    ("0;-0;0;@", "0.05", False),
    ('0.0"@";-0', "0.05", False),
    ("_(* 0_);_(* \\(0\\);_(* -_);_(@_)", "0.05", False),
    ("[Red]0.0", "0.05", False),
]


@pytest.mark.parametrize("aside", [put(2, REMARK, "fine"), put(2, REMARK, "=1+1")])
@pytest.mark.parametrize(("code", "text", "held"), SHOWN)
def test_a_text_counts_only_where_its_cell_shows_it(
    code: str, text: str, held: bool, aside: Callable[[Worksheet], None]
) -> None:
    def dressed(sheet: Worksheet) -> None:
        put(2, RESULT, text)(sheet)
        sheet.cell(2, RESULT).number_format = code
        aside(sheet)

    rules = [one[0] for one in told(read(book(dressed), "r.xlsx", expected())) if one[1] == "hold"]
    assert rules == [DRESSED] * held


@pytest.mark.parametrize("remark", ["fine", "=1+1"])
@pytest.mark.parametrize(("format_", "held"), [('"<"0.0', True), (None, False)])
def test_a_condition_may_show_another_number(format_: str | None, held: bool, remark: str) -> None:
    def conditional(sheet: Worksheet) -> None:
        put(2, RESULT, 0.05)(sheet)
        put(2, REMARK, remark)(sheet)
        sheet.cell(2, LOD).value = None
        style = DifferentialStyle(numFmt=NumberFormat(170, format_) if format_ else None)
        sheet.conditional_formatting.add("H2:Z9", Rule("expression", dxf=style, formula=["TRUE"]))

    rules = [one[0] for one in told(read(book(conditional), "r.xlsx", expected())) if one[1] == "hold"]
    assert (DRESSED in rules) == held


def test_a_formula_that_fills_a_range_is_one_in_all_of_it() -> None:
    spill = b'<c r="G2" t="str"><f t="array" ref="G2:H2">x</f><v>GB</v></c>'
    data = changed(book(), SHEET, lambda text: re.sub(rb'<c r="G2".*?</c>', spill, text, flags=re.DOTALL))
    assert ("formula", "hold", 2, "result_text") in told(read(data, "r.xlsx", expected()))
