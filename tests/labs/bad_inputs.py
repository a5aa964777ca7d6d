"""The fifty bad inputs as files; `python -m tests.labs.bad_inputs` records those that are not there yet.

A name is the number in the table of bad inputs, and what the file shows. Beside a file may lie `NAME.case.toml`:
what was known before it arrived.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.labs.build import csv_of, line
from tests.world.clamd import EICAR

FOLDER = Path(__file__).parents[1] / "examples" / "labs"
FULL = line(lod="", loq="", remark="")
NAMES = list(FULL)
HEADER = ",".join(line())
ROW = ",".join(line().values())
SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[Worksheet], None]


def one(**changes: str) -> bytes:
    """A file of one line."""
    return csv_of(line(**changes))


def many(*texts: str, **same: str) -> bytes:
    """A file with a replicate for each text of a result."""
    return csv_of(*(line(result_text=text, replicate=str(at), **same) for at, text in enumerate(texts, start=1)))


def book(*changes: Change, rows: int = 1) -> bytes:
    """A workbook with faultless lines, after the changes."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Results"
    sheet.append([*NAMES, "replicate"])
    for number in range(1, rows + 1):
        sheet.append([*FULL.values(), str(number)])
    for change in changes:
        change(sheet)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def put(row: int, column: str, value: object) -> Change:
    """Write a cell."""

    def change(sheet: Worksheet) -> None:
        sheet.cell(row, NAMES.index(column) + 1).value = value  # type: ignore[assignment]

    return change


def zipped(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one member changed and others added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == part else content)
        if part not in old.namelist():
            new.writestr(part, change(b""))
    return file.getvalue()


def hidden_sheet(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.parent.create_sheet("old").sheet_state = "veryHidden"


def hidden_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = True


def from_1904(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.parent.epoch = datetime(1904, 1, 1)


TWO = csv_of(line(), line(sample_code="B26-0001"), line(sample_code="B26-0001", item_code="cadmium"))
CHINESE = f"{HEADER},remark\n{ROW},合格\n".replace("lab_code", "机构代码").replace("unit", "单位")
XML = b"""<?xml version="1.0"?>
<!DOCTYPE lab-results [<!ENTITY who SYSTEM "file:///etc/hostname">]>
<lab-results schema="lab-results/1"><lab>&who;</lab></lab-results>
"""
DTD = b"<!DOCTYPE x [<!ENTITY a 'b'>]>"

FILES: dict[str, bytes] = {
    "01-other-unit.csv": many("0.07", "0.1", unit="g/kg"),
    "02-other-dimension.csv": one(unit="mg/L"),
    "02-unit-absent.csv": one(unit=""),
    "03-unit-in-value.csv": many("111.8 %", "10 cps/ml"),
    "03-unit-in-value-mapped.csv": one(result_text="0.25 mg/kg", unit=""),
    "04-unit-spellings.csv": csv_of(
        line(unit="mgN/L", item_code="nitrate"), *(
            line(unit=unit, replicate=str(at)) for at, unit in enumerate(("\u00b5g/kg", "\u03bcg/kg", "㎎/㎏"), start=1)
        )
    ),
    "05-decimal-comma.csv": many("0,198"),
    "05-decimal-comma-mapped.csv": many("0,198", "1,5"),
    "05-decimal-comma-mixed.csv": many("0,198", "1.5"),
    "06-thousands.csv": many("1,334,510.690 ", "1,234"),
    "06-thousands-mapped.csv": many("1,334,510.690 ", "1,234"),
    "07-columns-swapped.csv": one(result_text="mg/kg", unit="0.45"),
    "07-limits-swapped.csv": one(lod="0.03", loq="0.01"),
    "07-uncertainty-swapped.csv": csv_of(line(result_text="0.05", u_expanded="0.45")),
    "08-merged-codes.xlsx": book(lambda sheet: sheet.merge_cells("E2:E3"), rows=2),
    "08-merged-results.xlsx": book(lambda sheet: sheet.merge_cells("H2:H3"), rows=2),
    "09-date-in-result.xlsx": book(put(2, "result_text", date(2026, 3, 5)), put(2, "sample_code", date(2026, 3, 5))),
    "09-date-in-result.csv": many("3-5", "5-Mar"),
    "10-serial-day.csv": one(issued_on="46346"),
    "10-real-day.xlsx": book(put(2, "issued_on", date(2026, 11, 20))),
    "10-day-or-month.csv": one(issued_on="05/06/2026"),
    "10-two-digit-year.csv": one(issued_on="20-11-26"),
    "10-days-from-1904.xlsx": book(from_1904, put(2, "issued_on", date(2026, 11, 20))),
    "11-powers-of-ten.csv": many("1.2E5", "1.2×10³", "1.2x10⁻³"),
    "12-full-width.csv": many("０．４５", "＜0.03"),
    "12-full-width-percent.csv": one(item_code="moisture", unit="％"),
    "12-ideographic-stop.csv": many("0。45"),
    "13-minus-sign.csv": csv_of(line(item_code="touch_temperature", unit="℃", result_text="\u22124.5")),
    "13-arabic-digits.csv": many("٠٫٤٥", "٤٥"),
    "14-python-numbers.csv": many("1_000", "NaN", "Infinity"),
    "15-not-detected.csv": many("ND", "未检出", "N.D.", lod="0.01", loq="0.03"),
    "15-not-detected-without-limit.csv": many("ND"),
    "15-nothing-said.csv": many("—", "", "0", lod="0.01", loq="0.03"),
    "16-other-limit.csv": many("<0.01", "0.004", lod="0.02", loq="0.05"),
    "17-negative.csv": many("-1588.3", "S"),
    "18-typed-number.xlsx": book(put(2, "result_text", 0.5)),
    "19-code-as-number.xlsx": book(put(2, "sample_code", 260002)),
    "19-code-as-power.csv": one(sample_code="6.9E+18"),
    "20-repeated-rows.csv": csv_of(line(), line()),
    "21-conflicting-rows.csv": csv_of(line(), line(result_text="0.46")),
    "22-unknown-sample.csv": csv_of(
        line(sample_code="B26-0020"), line(sample_code=""), line(lab_code="LAB9", replicate="2")
    ),
    "23-not-ordered.csv": csv_of(line(item_code="arsenic"), line(method_code="EN 71-3", replicate="2")),
    "23-ordered-absent.csv": one(sample_code="B26-0001"),
    "24-edition-superseded.csv": one(method_edition="2006"),
    "24-out-of-scope.csv": one(method_edition="2011", tested_to="2026-11-18"),
    "25-same-bytes.csv": one(),
    "26-silent-revision.csv": one(result_text="0.46"),
    "27-version-gap.csv": one(report_version="3"),
    "27-version-back.csv": one(report_version="1"),
    "28-days-in-disorder.csv": one(received_on="2026-11-19", tested_to="2026-11-18"),
    "28-day-to-come.csv": one(issued_on="2026-12-24"),
    "29-byte-order-mark.csv": b"\xef\xbb\xbf" + one(),
    "29-utf-16.csv": one().decode().encode("utf-16"),
    "29-gb18030.csv": CHINESE.encode("gb18030"),
    "29-latin-1.csv": f"{HEADER},remark\n{ROW},Cafés\n".encode("latin-1"),
    "30-carriage-returns.csv": one().replace(b"\n", b"\r"),
    "31-ragged.csv": f"{HEADER}\n{ROW},more\n{ROW}\n".encode(),
    "32-preamble-and-header-again.csv": f"Results of November\n\n{HEADER}\n{ROW}\n{HEADER}\n".encode(),
    "32-totals.csv": f"{HEADER}\n{ROW}\nTotal{',' * 8}\n".encode(),
    "33-header-twice.csv": f"{HEADER},unit\n{ROW},mg/kg\n".encode(),
    "33-header-blank.csv": f"{HEADER},\n{ROW},\n".encode(),
    "33-header-renamed.csv": f"{HEADER.replace('unit', 'einheit')}\n{ROW}\n".encode(),
    "34-hidden-sheet.xlsx": book(hidden_sheet),
    "34-hidden-row.xlsx": book(hidden_row, rows=2),
    "35-formula-in-result.xlsx": book(put(2, "result_text", "=0.4+0.05")),
    "35-formula-in-remark.xlsx": book(put(2, "remark", "=1+1")),
    "36-error-value.xlsx": book(put(2, "result_text", "#DIV/0!"), put(2, "lod", "#N/A")),
    "37-macro.xlsm": zipped(book(), "xl/vbaProject.bin", lambda _: b"macro"),
    "37-external-link.xlsx": zipped(book(), "xl/externalLinks/externalLink1.xml", lambda _: b"<x/>"),
    "38-password.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504,
    "39-zip-bomb.xlsx": zipped(book(), "xl/media/a.png", lambda _: bytes(4_000_000)),
    "40-far-cell.xlsx": zipped(book(), SHEET, lambda text: text.replace(b'r="A1"', b'r="XFD1048576"', 1)),
    "41-document-type.xlsx": zipped(book(), SHEET, lambda text: DTD + text),
    "41-entity.xml": XML,
    "42-tabs-called-excel.xls": one().replace(b",", b"\t"),
    "44-cut.csv": one(),
    "45-formula-in-remark.csv": one(remark="=cmd|' /C calc'!A0"),
    "45-formula-in-result.csv": one(result_text="=1+1"),
    "46-nul.csv": one(remark="a\0b"),
    "46-turned-round.csv": csv_of(line(remark="a\u202eb"), line(remark="a\u200bb", replicate="2")),
    "47-report-instead-of-table.pdf": b"%PDF-1.7\n%scanned\n",
    "49-seller-named.csv": one(remark="bought from ACME Toys"),
    "50-path.csv": one(),
}  # fmt: skip

INFECTED = {"48-malware.csv": one(remark=EICAR.decode()), "48-scanner-down.csv": one()}
"""Not recorded: a scanner on whoever's machine this is would take the first one away."""

CASES: dict[str, str] = {
    "01-other-unit.csv": "bounds = { lead = ['', '90'] }",
    "03-unit-in-value-mapped.csv": "mapping = { splits_units = true }",
    "05-decimal-comma-mapped.csv": "mapping = { decimal = ',' }",
    "05-decimal-comma-mixed.csv": "mapping = { decimal = ',' }",
    "06-thousands-mapped.csv": "mapping = { thousands = ',' }",
    "23-not-ordered.csv": "methods = { lead = ['GB/T 26125'] }",
    "24-edition-superseded.csv": "methods = { lead = ['GB/T 26125-2011'] }",
    "24-out-of-scope.csv": "scope = [['lead', 'GB/T 26125-2011', '2020-01-01', '2026-06-30']]",
    "25-same-bytes.csv": "known = { R1 = { 1 = 'same' } }",
    "26-silent-revision.csv": "known = { R1 = { 1 = 'other' } }",
    "27-version-gap.csv": "known = { R1 = { 1 = 'other' } }",
    "27-version-back.csv": "known = { R1 = { 2 = 'other' } }",
    "44-cut.csv": f"announced = '{'0' * 64}'",
    "49-seller-named.csv": "forbidden = ['acme']",
    "50-path.csv": "name = '..\\..\\etc\\passwd.csv'",
}


def main() -> None:
    """Write every file and case that is not there; recorded ones stay as they are."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in FILES.items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_bytes(data)
    for name, text in CASES.items():
        (FOLDER / f"{name}.case.toml").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
