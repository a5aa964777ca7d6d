"""Files as Hypothesis makes them: tables of odd texts in every format, which are then read in two ways."""

import csv
import io
import json
from xml.sax.saxutils import escape

from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from labs.formats import csv as text_file
from labs.formats.table import columns
from tests.labs.build import line
from tests.labs.targets import TARGETS, unchanged

FULL = line(lod="0.01", loq="0.03", u_expanded="0.05", coverage_k="2", tested_to="2026-11-18", replicate="1", remark="")
NUMBER = st.from_regex(r"[0-9]{1,20}(\.[0-9]{1,8})?", fullmatch=True)
RESULT = st.one_of(
    NUMBER,
    st.builds("{}{}".format, st.sampled_from(["<", "≤ ", "＞", ">=", "-", "−", "+", "=", "~"]), NUMBER),
    st.builds("{}×10{}".format, NUMBER, st.sampled_from(["³", "⁻²", "¹²", "3", ""])),
    st.builds("{}{}".format, NUMBER, st.sampled_from(["(+)", "(-)", " mg/kg", "%", ",5", "e5", "E-3", "\u200b", "０"])),
    st.sampled_from(
        ["ND", "未检出", "<LOQ", "trace", "—", "1,234.5", "1.234,5", "3-5", "0", "０．４５", "٣", "1_0", "=1+1"]
    ),
    st.text(max_size=8),
)
ODD = {
    "result_text": RESULT,
    "lod": st.one_of(NUMBER, st.sampled_from(["", "0", "0.010", "-1", "ND"])),
    "loq": st.one_of(NUMBER, st.sampled_from(["", "0.03", "0.3"])),
    "u_expanded": st.one_of(NUMBER, st.sampled_from(["", "5 %"])),
    "coverage_k": st.sampled_from(["2", "", "1.645", "k"]),
    "unit": st.sampled_from(["mg/kg", "㎎/㎏", "mg/Kg", "%", "ppm", "", "g/kg", " mg/kg "]),
    "tested_to": st.sampled_from(["2026-11-18", "2026/11/1", "46344", "2026年11月2日", "", "18.11.2026", "2026-13-01"]),
    "item_code": st.sampled_from(["lead", " lead", "cadmium", "铅", "ph"]),
    "method_edition": st.text(max_size=6),
    "remark": st.text(max_size=12),
    "sample_code": st.one_of(st.just("B26-0002"), st.text(min_size=1, max_size=8)),
}  # fmt: skip
LINE = st.builds(lambda odd: {**FULL, **odd}, st.fixed_dictionaries({}, optional=ODD))
ALIASES = {name: [alias for alias, known in columns().aliases.items() if known == name] for name in FULL}
HEADERS = st.fixed_dictionaries({name: st.sampled_from(aliases) for name, aliases in ALIASES.items()})


MADE = (st.lists(LINE, min_size=1, max_size=6), HEADERS, st.sampled_from(["csv", "json", "xlsx", "xml"]), st.data())
"""What `read_made_file` is given."""


def read_made_file(lines: list[dict[str, str]], headers: dict[str, str], form: str, data: st.DataObject) -> None:
    """Read a file of these lines; nothing that is accepted may differ from the slow reading."""
    for place, cells in enumerate(lines, start=1):
        cells |= {"replicate": str(place), "report_no": f"R{place}"}
    match form:
        case "csv":
            unchanged(_as_csv(lines, headers, data), form)
        case "xlsx":
            unchanged(_as_book(lines, headers), form)
        case "json":
            unchanged(json.dumps(_tree(lines)).encode(), form)
        case _:
            unchanged(_as_xml(lines), form)


def _as_csv(lines: list[dict[str, str]], headers: dict[str, str], data: st.DataObject) -> bytes:
    """Sometimes so long that it is read on columns: many more rows stand behind."""
    file = io.StringIO()
    writer = csv.writer(
        file, delimiter=data.draw(st.sampled_from(",;\t|")), lineterminator=data.draw(st.sampled_from(["\n", "\r\n"])),
        quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE])), escapechar="\\",
    )  # fmt: skip
    writer.writerows([[headers[name] for name in FULL], *(list(cells.values()) for cells in lines)])
    if data.draw(st.booleans()):
        tail = "x" * 4000
        more = (
            {**FULL, "replicate": str(place), "report_no": "R0", "remark": tail}
            for place in range(100, 100 + text_file.LARGE // 4000)
        )
        writer.writerows(cells.values() for cells in more)
    coding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
    encoded = file.getvalue().encode(coding, "ignore")
    TARGETS["columns"](encoded)
    return encoded


def _as_book(lines: list[dict[str, str]], headers: dict[str, str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append([headers[name] for name in FULL])
    for cells in lines:
        sheet.append(["".join(char for char in text if char.isprintable()) for text in cells.values()])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _tree(lines: list[dict[str, str]]) -> dict[str, object]:
    first = lines[0]
    report = {"no": first["report_no"], "version": first["report_version"], "issued_on": first["issued_on"]}
    results = [
        {
            "sample": cells["sample_code"], "item": cells["item_code"], "replicate": cells["replicate"],
            "method": {"code": cells["method_code"], "edition": cells.get("method_edition", "")},
            "result": {"text": cells["result_text"], "unit": cells["unit"]}, "lod": cells["lod"], "loq": cells["loq"],
            "uncertainty": {"expanded": cells["u_expanded"], "k": cells["coverage_k"]},
            "tested": {"to": cells["tested_to"]}, "remark": cells["remark"],
        }
        for cells in lines
    ]  # fmt: skip
    return {"schema": "lab-results/1", "lab": first["lab_code"], "report": report, "samples": [], "results": results}


def _as_xml(lines: list[dict[str, str]]) -> bytes:
    tree = _tree(lines)
    inside = "".join(_element(name, value) for name, value in tree.items() if name != "schema")
    return f'<lab-results schema="lab-results/1">{inside}</lab-results>'.encode("utf-8", "ignore")


def _element(name: str, value: object) -> str:
    match value:
        case dict():
            inside = "".join(_element(key, one) for key, one in value.items())
        case list():
            inside = "".join(_element("row", one) for one in value)
        case _:
            inside = escape("".join(char for char in str(value) if char.isprintable()))
    return f"<{name}>{inside}</{name}>"
