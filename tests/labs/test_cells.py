"""The cells of plain rows, found all at once: where they stand, what they hold, and what makes a sheet odd."""

import pyarrow as pa
import pytest

from labs.formats.cells import Kind, Odd, read_cells

ROW = '<row r="1">{}</row>'
CELL = '<c r="A1"><v>1</v></c>'


def test_cells_are_given_column_by_column() -> None:
    block = (
        '<row r="2" spans="1:3" hidden="0"><c r="A2" s="3"><v>0.50</v></c><c r="AB2" t="s"><v>7</v></c></row>'
        '<row r="4"></row>'
        '<row r="15"><c r="A15" t="inlineStr"><is><t xml:space="preserve"> 限 &lt; </t></is></c><c r="B15" s="1"/>'
        '<c r="ABC15" t="inlineStr"><is><t/></is></c></row>'
    )
    cells = read_cells(block.encode())
    assert cells.numbers.tolist() == [2, 4, 15]
    kinds = [cells.openings[at].kind for at in cells.opened]
    found = zip(cells.columns.tolist(), cells.places.tolist(), kinds, cells.texts.to_pylist(), strict=True)
    assert list(found) == [
        (0, 0, Kind.NUMBER, "0.50"),
        (0, 2, Kind.KEPT, " 限 &lt; "),
        (1, 2, Kind.BLANK, ""),
        (27, 0, Kind.SHARED, "7"),
        (730, 2, Kind.BLANK, ""),
    ]
    assert [opening.style for opening in cells.openings] == ["3", None, None, "1", None]


def test_rows_may_all_be_empty() -> None:
    cells = read_cells(b'<row r="1"></row><row r="2"></row>')
    assert (cells.numbers.tolist(), cells.columns.tolist(), cells.texts.to_pylist()) == ([1, 2], [], [])


def test_many_cells_may_be_opened_alike_and_some_unlike() -> None:
    styled = "".join(f'<row r="{row}"><c r="A{row}" s="{row % 200}"><v>{row}</v></c></row>' for row in range(1, 1000))
    cells = read_cells(styled.encode())
    assert cells.texts.to_pylist() == [str(row) for row in range(1, 1000)]
    assert len(cells.openings) == 200


WHOLE = [
    "",
    "x",
    "<sheetData>",
    f"x{ROW.format(CELL)}",
    f"{ROW.format(CELL)}x",
    f"{ROW.format(CELL)}x{ROW.format(CELL).replace('1', '2')}",
    f"{ROW.format(CELL)}\r{ROW.format(CELL).replace('1', '2')}",
    ROW.format(CELL) * 2,
    ROW.format(CELL).replace("</row>", "</rox>"),
    ROW.format(CELL).replace("</row>", ""),
    '<row r="1"/><row r="2"></row>',
    '<row r="1">',
    '<row r="1"',
    '<row r="1</row>',
    '<row r="01"></row>',
    '<row r="0"></row>',
    '<row r=""></row>',
    '<row r="12345678"></row>',
    '<row r="1" r="2"></row>',
    '<row r="1" hidden="1"></row>',
    '<row r="1" hidden="true"></row>',
    "<row r='1'></row>",
    '<row s="1" r="1"></row>',
    '<row r="1" ht="<"></row>',
    '<row r="1">text</row>',
    '<row r="1">text></row>',
    '<c r="A1"><v>1</v></c>',
    f'<row r="1">text{CELL}</row>',
    f'<row r="1">{CELL}text</row>',
    f'<row r="2">{CELL}</row>',
    "".join(f'<row r="{row}"><c r="A{row}" s="{row}"><v>1</v></c></row>' for row in range(1, 300)),
]


@pytest.mark.parametrize("block", WHOLE, ids=range(len(WHOLE)))
def test_rows_of_another_shape_are_odd(block: str) -> None:
    with pytest.raises(Odd):
        read_cells(block.encode())


INSIDE = [
    '<c r="1"><v>1</v></c>',
    '<c r="a1"><v>1</v></c>',
    '<c r="A2"><v>1</v></c>',
    '<c r="A11"><v>1</v></c>',
    '<c r="A"><v>1</v></c>',
    '<c r="ABCD1"><v>1</v></c>',
    '<c s="0" r="A1"><v>1</v></c>',
    "<c><v>1</v></c>",
    "<cell/>",
    '<c r="A1">1</c>',
    '<c r="A1"><v>1</v>',
    '<c r="A1"><v>1',
    '<c r="A1"',
    '<c r="A1"><v/></c>',
    '<c r="A1"><v>1</v></c >',
    '<c r="A1"><v>1</v><v>2</v></c>',
    '<c r="A1"><f>1</f><v>1</v></c>',
    '<c r="A1"><v>1<!-- --></v></c>',
    '<c r="A1" t="b"><v>1</v></c>',
    '<c r="A1" t="e"><v>1</v></c>',
    '<c r="A1" t="str"><v>1</v></c>',
    '<c r="A1" t="s" s="1"><v>1</v></c>',
    '<c r="A1" cm="1"><v>1</v></c>',
    '<c r="A1" t="inlineStr"><v>1</v></c>',
    '<c r="A1" t="s"><is><t>x</t></is></c>',
    '<c r="A1"><is><t/></is></c>',
    '<c r="A1" t="inlineStr"><is><t>x</t></is></c',
    '<c r="A1" t="inlineStr"><is><t>x</t><t>y</t></is></c>',
    '<c r="A1" t="inlineStr"><is><r><t>x</t></r></is></c>',
    '<c r="A1" t="inlineStr"><is><t xml:lang="zh">x</t></is></c>',
    '<c r="A1" t="inlineStr"><is><t><![CDATA[x]]></t></is></c>',
    '<c r="A1" s="1"/>x',
    '<c r="A1"></c><v>1</v>',
    '<c r="B1"><v>1</v></c><c r="A1"><v>1</v></c>',
    '<c r="A1"><v>1</v></c><c r="A1"><v>1</v></c>',
    '<c r="A1"><v>1</v></c><c r="B1"><v></c>',
    '<c r="A1"><v>1</v></c><row/>',
]


@pytest.mark.parametrize("cells", INSIDE, ids=range(len(INSIDE)))
def test_cells_of_another_shape_are_odd(cells: str) -> None:
    with pytest.raises(Odd):
        read_cells(ROW.format(cells).encode())


def test_texts_must_be_in_utf_8() -> None:
    with pytest.raises(pa.ArrowInvalid):
        read_cells(ROW.format('<c r="A1" t="inlineStr"><is><t>§</t></is></c>').encode("latin-1"))
