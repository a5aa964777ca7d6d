"""Plain worksheets and large text tables are read on columns; every other one by the reader that knows more."""

import io
import re
import zipfile
from collections.abc import Callable
from random import Random
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labs.formats import csv, read, xlsx
from labs.formats.screening import screen
from labs.formats.table import rows_of
from tests.labs import bad_inputs
from tests.labs.build import csv_of, expected, line, results_of

SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
LINKS = "xl/_rels/workbook.xml.rels"
PLAIN = bad_inputs.book(rows=2)
NAMES = [*bad_inputs.NAMES, "replicate"]


def sheet_of(*rows: str, before: str = "", after: str = "") -> bytes:
    """A workbook with these rows as they stand in its worksheet."""
    data = f"<worksheet xmlns='{MAIN}'>{before}<sheetData>{''.join(rows)}</sheetData>{after}</worksheet>"
    return with_part(PLAIN, SHEET, data)


def with_part(book: bytes, name: str, text: str) -> bytes:
    """The workbook with this text as one of its parts."""
    return bad_inputs.zipped(book, name, lambda _: text.encode())


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def row(number: int, *cells: str) -> str:
    """A row whose cells are what stands between their addresses and their ends."""
    texts = "".join(f'<c r="{chr(65 + at)}{number}"{cell}</c>' for at, cell in enumerate(cells))
    return f'<row r="{number}">{texts}</row>'


def text(said: str) -> str:
    return f' t="inlineStr"><is><t>{said}</t></is>'


HEADER = row(1, *(text(name) for name in line()))
GOOD = [text(said) for said in line().values()]


def good(number: int, result: str) -> str:
    cells = list(GOOD)
    cells[list(line()).index("result_text")] = result
    return row(number, *cells)


READ = [
    (text("0.45"), "0.45"),
    (text("&lt;0.03"), "<0.03"),
    (text("&#48;.4&#x35;"), "0.45"),
    (' t="inlineStr"><is><t xml:space="preserve"> 0.45 </t></is>', " 0.45 "),
    ("><v>0.1</v>", "0.1"),
    ("><v>1.1000000000000001</v>", "1.1"),
    ("><v>30</v>", "30"),
    (' t="n"><v>1.2E-3</v>', "0.0012"),
    (' s="0"><v>5</v>', "5"),
]


@pytest.mark.parametrize(("cell", "wanted"), READ)
def test_a_cell_is_read_as_it_is_written(cell: str, wanted: str) -> None:
    data = sheet_of(HEADER, good(2, cell))
    assert screen(data).plain is not None
    assert [one.raw_text for one in results_of(read(data, "r.xlsx", expected()))] == [wanted]


ODD = [
    "><v>0.12345678901234567890</v>",
    "><v>0.30000000000000004</v>",
    "><v>x</v>",
    ' t="b"><v>1</v>',
    ' t="s"><v>0</v>',
    ' t="s"><v>x</v>',
    ' t="inlineStr"><v>0.45</v>',
    ' t="n"><is><t>0.45</t></is>',
    ' s="99"><v>46346</v>',
    "><f>1+1</f><v>2</v>",
    text("a_x000D_b"),
    text("a&#7;b"),
    text("a&nbsp;b"),
    text("a\rb"),
    text("a&#95;x000D_b"),
    text(" 0.45"),
    text("0.45\n"),
    ' t="s"><v>٠</v>',
    ' t="inlineStr"><is><t xml:lang="zh-Hans-CN-x-a">0.45</t></is>',
]


@pytest.mark.parametrize("cell", ODD)
def test_a_cell_that_is_not_plain_is_left_to_the_other_reader(cell: str) -> None:
    assert screen(sheet_of(HEADER, good(2, cell))).plain is None


AROUND: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"before": '<cols><col min="1" max="1" hidden="1"/></cols>'}, (HEADER, good(2, GOOD[7]))),
    ({"after": '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'}, (HEADER, good(2, GOOD[7]))),
    ({"after": '<mergeCells><mergeCell\nref="A2:A3"/></mergeCells>'}, (HEADER, good(2, GOOD[7]))),
    ({}, (HEADER, good(2, GOOD[7]).replace('<row r="2">', '<row r="2" hidden = "1">'))),
    ({}, (HEADER, "<!-- -->", good(2, GOOD[7]))),
    ({}, (HEADER, good(2, GOOD[7]).replace('<row r="2">', '<row r="2" hidden="1">'))),
    ({}, (HEADER, good(3, GOOD[7]), good(2, GOOD[7]))),
    ({}, (HEADER, row(2, *GOOD, text("beyond")))),
    ({}, ('<row r="1"></row>', HEADER)),
    ({}, ("x", HEADER)),
    ({}, ('<row r="1"/>',)),
    ({}, (HEADER, good(2, GOOD[7]).replace('r="B2"', 'r="B3"'))),
    ({}, (HEADER, good(2, GOOD[7]).replace('<row r="2">', '<row ht="9" r="2">'))),
    ({}, (HEADER, good(2, GOOD[7]).replace('<c r="B2"', '<c s="0" r="B2"'))),
    ({}, (HEADER, good(2, GOOD[7]).replace('<c r="B2"', '<c r="2"'))),
    ({}, (HEADER, good(2, GOOD[7]).replace('<c r="B2"', '<c r="B2.5"'))),
    ({"before": "<!-- -->"}, (HEADER, good(2, GOOD[7]))),
    ({"before": "\r"}, (HEADER, good(2, GOOD[7]))),
    ({"before": "<cols>"}, (HEADER, good(2, GOOD[7]))),
    ({"before": "<cols><sheetData/></cols>"}, (HEADER, good(2, GOOD[7]))),
    ({"before": "<sheetData/>"}, (HEADER, good(2, GOOD[7]))),
    ({"after": "</cols>"}, (HEADER, good(2, GOOD[7]))),
    ({"after": '<c r="B2"/>'}, (HEADER, good(2, GOOD[7]))),
    ({"after": f"<x:mergeCell xmlns:x='{MAIN}' ref='A2:A3'/>"}, (HEADER, good(2, GOOD[7]))),
    ({}, ()),
]


@pytest.mark.parametrize(("parts", "rows"), AROUND, ids=range(len(AROUND)))
def test_a_sheet_that_is_not_plain_is_left_to_the_other_reader(parts: dict[str, str], rows: tuple[str, ...]) -> None:
    assert screen(sheet_of(*rows, **parts)).plain is None


def test_rows_and_columns_that_say_they_are_not_hidden_are_plain() -> None:
    shown = good(2, GOOD[7]).replace('<row r="2">', '<row r="2" hidden="false">')
    assert screen(sheet_of(HEADER, shown, before="<cols><col min='1' hidden='0'/></cols>")).plain


def test_a_sheet_in_another_coding_is_left_to_the_other_reader() -> None:
    data = (
        f"<?xml version='1.0' encoding='latin-1'?><worksheet xmlns='{MAIN}'><sheetData>{HEADER}</sheetData></worksheet>"
    )
    assert screen(with_part(PLAIN, SHEET, data)).plain is None


def test_a_sheet_without_rows_is_not_plain() -> None:
    data = with_part(PLAIN, SHEET, f"<worksheet xmlns='{MAIN}'><sheetData/></worksheet>")
    assert screen(data).plain is None


def shared(rows: tuple[str, ...], texts: str) -> bytes:
    """A workbook with these rows and these shared texts."""
    return with_shared(sheet_of(*rows), f"<sst>{texts}</sst>")


def with_shared(book: bytes, part: str) -> bytes:
    """The workbook with this part of shared texts, and the link to it."""
    link = b'<Relationship Id="rId9" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    linked = bad_inputs.zipped(book, LINKS, lambda links: links.replace(b"</Relationships>", link))
    return with_part(linked, "xl/sharedStrings.xml", part)


def test_shared_texts_are_read_and_rich_ones_left() -> None:
    cells = [f' t="s"><v>{at}</v>' for at in range(len(GOOD))]
    rows = (HEADER, row(2, *cells))
    texts = "".join(f"<si><t>{said}</t></si>" for said in line(remark="a&amp;b").values())
    assert screen(shared(rows, texts)).plain is not None
    assert screen(shared(rows, f"{texts}<si><t/></si>")).plain is not None
    assert screen(shared(rows, f'{texts}<si><t xml:space="preserve"> x </t></si>')).plain is not None
    assert (
        screen(shared(rows, f'{texts}<si><t>x</t><phoneticPr fontId="1" type="noConversion"/></si>')).plain is not None
    )
    for odd in ("<r><t>x</t></r>", "<t> x</t>", "<t>x </t>", "<t>_x000D_</t>"):
        assert screen(shared(rows, f"{texts}<si>{odd}</si>")).plain is None


SHIFTED = [
    "<si/>",
    "<si ><t>0.2</t></si>",
    "<si xml:space='preserve'><t>0.2</t></si>",
    f"<x:si xmlns:x='{MAIN}'><x:t>0.2</x:t></x:si>",
    "<?x <si><t>0.2</t></si>?>",
    "<!--<si><t>0.2</t></si>-->",
    "<si><t>0.2</t><phoneticPr><x/></phoneticPr></si>",
    "<si><t>0.2</t><rPh sb='0' eb='1'><t>9</t></rPh></si>",
]
"""What stands among the shared texts and is not counted where only the plainest are."""


@pytest.mark.parametrize("first", SHIFTED)
def test_the_places_of_shared_texts_do_not_shift(first: str) -> None:
    data = shared((HEADER, good(2, ' t="s"><v>1</v>')), f"{first}<si><t>0.45</t></si><si><t>0.9</t></si>")
    screened, counted = screen(data), "?" not in first and "!" not in first
    assert (screened.plain, screened.findings) == (None, [])
    assert results_of(read(data, "r.xlsx", expected()))[0].raw_text == ("0.45" if counted else "0.9")


@pytest.mark.parametrize("part", ["", "<sst/>", f"<sst xmlns='{MAIN}' count='0'/>\n", "<sst></sst>"])
def test_a_workbook_may_share_no_texts(part: str) -> None:
    assert screen(with_shared(sheet_of(HEADER, good(2, text("0.45"))), part)).plain is not None


def test_the_line_of_a_declaration_may_end_as_windows_ends_it() -> None:
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    data = shared((HEADER, good(2, ' t="s"><v>0</v>')), "<si><t>0.45</t></si>")
    for name in (SHEET, "xl/sharedStrings.xml"):
        data = bad_inputs.zipped(data, name, lambda part: declared.encode() + part)
    assert screen(data).plain is not None
    assert results_of(read(data, "r.xlsx", expected()))[0].raw_text == "0.45"


HIDING = [
    f"<worksheet xmlns='{MAIN}'><?x <sheetData>{{}}?><sheetData/></worksheet>",
    f"<worksheet xmlns='{MAIN}'><extLst xmlns='urn:x'><sheetData>{{}}</sheetData></extLst></worksheet>",
    f"<worksheet xmlns='{MAIN}'><sheetData xmlns='urn:x'>{{}}</sheetData></worksheet>",
    f"<worksheet xmlns='{MAIN}'><x><sheetData>{{}}</sheetData></x></worksheet>",
    f"<worksheet xmlns='{MAIN}'><sheetData/><x>{{}}</x></worksheet>",
]


@pytest.mark.parametrize("sheet", HIDING, ids=range(len(HIDING)))
def test_rows_that_no_spreadsheet_shows_are_not_read(sheet: str) -> None:
    data = with_part(PLAIN, SHEET, sheet.format(HEADER + good(2, text("0.45"))))
    reading = read(data, "r.xlsx", expected())
    assert reading.refused and not len(reading.results)


def test_a_plain_sheet_has_no_more_cells_than_any_other() -> None:
    names = (chr(65 + at // 26 - 1) * (at >= 26) + chr(65 + at % 26) for at in range(500))
    wide = "".join(f'<c r="{name}1"{text(name)}</c>' for name in names)
    empty = "".join(f'<row r="{number}"></row>' for number in range(2, 10_002))
    assert screen(with_ballast(sheet_of(f'<row r="1">{wide}</row>', empty))).plain is None
    assert screen(sheet_of(HEADER, good(1_048_577, text("0.45")))).findings[0].rule == "workbook-broken"


def test_numbers_shown_as_days_are_left_to_the_reader_that_knows_them() -> None:
    def restyle(text: bytes) -> bytes:
        return re.sub(rb'(<cellXfs[^>]*>)<xf numFmtId="0"', rb'\1<xf numFmtId="14"', text)

    data = bad_inputs.zipped(sheet_of(HEADER, good(2, ' s="0"><v>46346</v>')), STYLES, restyle)
    assert screen(data).plain is None


def test_a_row_may_open_its_cells_unlike_the_others() -> None:
    rows = (HEADER, good(2, text("0.45")), good(3, "><v>0.5</v>").replace("B26-0002", "B26-0001"))
    data = sheet_of(*rows)
    assert screen(data).plain is not None
    found = results_of(read(data, "r.xlsx", expected()))
    assert [(one.row, one.raw_text) for one in found] == [(2, "0.45"), (3, "0.5")]


def test_blank_cells_may_stand_or_be_left_out() -> None:
    cells = [*GOOD[:7], text("0.45"), GOOD[8]]
    header = row(1, *(text(name) for name in (*line(), "lod", "remark")))
    left_out = row(2, *cells)
    standing = left_out.replace("</row>", '<c r="J2" s="1"/><c r="K2" t="inlineStr"><is><t/></is></c></row>')
    for rows in ((header, left_out), (header, standing)):
        reading = read(sheet_of(*rows), "r.xlsx", expected())
        assert (reading.findings, len(reading.results)) == ((), 1)


LONG = [good(number, text("0.45" + "0" * 3000)) for number in range(2, 400)]
"""Rows that are more than one block holds."""
FAR: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({}, (HEADER, *LONG, good(400, "><v>x</v>"))),
    ({}, (HEADER, *LONG, LONG[0])),
    ({}, (HEADER, *LONG, "<!-- -->")),
    ({"before": " " * (1 << 20)}, (HEADER,)),
    ({"after": " " * (2 << 20)}, (HEADER,)),
    ({"after": '<dimension ref="A1"/>' * 60_000 + "<mergeCells><mergeCell ref='A2:A3'/></mergeCells>"}, (HEADER,)),
]


def test_a_long_sheet_is_read_block_by_block() -> None:
    table = xlsx.read(sheet_of(HEADER, *LONG))
    assert table.grid is not None
    assert table.grid.numbers.tolist() == list(range(2, 400))
    places = [list(line()).index(name) for name in ("lab_code", "result_text")]
    last = [table.grid.columns[at].at(397) for at in places]
    assert last == ["LAB1", "0.45" + "0" * 3000]


@pytest.mark.parametrize(("parts", "rows"), FAR, ids=range(len(FAR)))
def test_what_is_odd_far_down_leaves_the_sheet_to_the_other_reader(
    parts: dict[str, str], rows: tuple[str, ...]
) -> None:
    assert screen(with_ballast(sheet_of(*rows, **parts))).plain is None


def with_ballast(book: bytes) -> bytes:
    """The workbook beside a picture that does not deflate, so that a regular sheet is no bomb."""
    return bad_inputs.zipped(book, "xl/media/seal.png", lambda _: Random(1).randbytes(100_000))


KEPT = ' t="inlineStr"><is><t xml:space="preserve"> a </t></is>'
CELL = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=6).map(
        lambda said: text(escape(said))
    ),
    st.sampled_from([' s="0"/>', "><v>1</v>", "/>", text("&#48;&#x661F;"), KEPT, text(""), ' t="s"><v>0</v>']),
    st.builds("><v>{}.{}</v>".format, st.integers(-(10**6), 10**6), st.integers(0, 10**6)),
    st.builds(' t="n"><v>{}E{}</v>'.format, st.integers(1, 99), st.integers(-20, 20)),
)


@settings(max_examples=50)
@given(st.lists(st.lists(CELL, min_size=9, max_size=9), min_size=1, max_size=4), st.integers(1, 3))
def test_a_plain_sheet_says_what_the_other_reader_says(cells: list[list[str]], step: int) -> None:
    """A comment behind the rows leaves the same sheet to the reader that knows more."""
    rows = (HEADER, *(row(2 + step * at, *one) for at, one in enumerate(cells)))
    rows = tuple(one.replace("/></c>", "/>") for one in rows)
    data = shared(rows, "<si><t>共享</t></si>")
    quick = xlsx.read(data)
    slow = xlsx.read(commented(data))
    assert [one for one in rows_of(quick) if any(one.cells)] == [one for one in rows_of(slow) if any(one.cells)]
    assert quick.marks == slow.marks
    assert quick.findings == slow.findings


def commented(book: bytes) -> bytes:
    """The workbook with a comment behind the rows of its sheet."""
    return bad_inputs.zipped(book, SHEET, lambda sheet: sheet.replace(b"</sheetData>", b"</sheetData><!-- -->"))


def test_a_header_further_down_is_found() -> None:
    title = row(1, *(text(said) for said in ("Results", "", "", "", "", "", "", "", "")))
    data = sheet_of(title, HEADER.replace('r="1"', 'r="2"').replace('1" t=', '2" t='), good(3, GOOD[7]))
    reading = read(data, "r.xlsx", expected())
    assert [finding.rule for finding in reading.findings] == ["preamble"]
    assert [one.row for one in results_of(reading)] == [3]


LINES = [line(replicate=str(at), result_text=f"{at}.5", remark="x" * 100) for at in range(1, 2000)]
LARGE = csv_of(*LINES)


def test_a_large_table_is_read_on_columns_to_the_same_results() -> None:
    table = csv.read(LARGE)
    assert table.grid is not None and len(table.grid.numbers) == 1999
    few = read(csv_of(*LINES[:3]), "r.csv", expected())
    assert results_of(read(LARGE, "r.csv", expected()))[:3] == results_of(few)


CHANGES: list[Callable[[bytes], bytes]] = [
    lambda data: data + b'"quoted"' + b"," * 10 + b"\n",
    lambda data: data + b"too,short\n",
    lambda data: data + b"\n",
    lambda data: data + data.partition(b"\n")[0] + b"\n",
    lambda data: data.replace(b"lab_code", b"x").replace(b"report_no", b"y").replace(b"unit", b"z").replace(b"_", b"-"),
    lambda data: data.replace(b"x" * 100, b"\xff" * 100, 1),
    lambda data: data.replace(b"x" * 100, b"x" * 98 + b"\ry", 1),
    lambda data: data.replace(b"\n", b"\r"),
    lambda data: data[:1000],
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_a_large_table_with_anything_odd_is_read_row_by_row(change: Callable[[bytes], bytes]) -> None:
    assert csv.read(change(LARGE)).grid is None


def test_a_large_table_of_windows_is_read_on_columns() -> None:
    data = LARGE.replace(b"\n", b"\r\n")
    assert csv.read(data).grid is not None
    assert results_of(read(data, "r.csv", expected())) == results_of(read(LARGE, "r.csv", expected()))


def test_a_workbook_says_what_its_text_table_says() -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()
    assert xlsx.read(PLAIN).grid is not None
    cells = [line(lod="", loq="", remark="", replicate=str(at)) for at in (1, 2)]
    assert results_of(read(PLAIN, "r.xlsx", expected())) == results_of(read(csv_of(*cells), "r.csv", expected()))
