"""A slow second reading of a file, cell by cell and in fractions, that shares no code with the reader it checks.

Only what was accepted is compared: which files are refused or held is the business of the rules.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from string import ascii_uppercase, digits
from typing import Any
from xml.etree import ElementTree

from labs.formats.table import columns
from labs.report import Reading
from labs.result import ABSENT, TRACE, Result
from labs.units import table

Cells = Mapping[str, Any]
_NUMBER = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]{1,3}))?")
_POWER = re.compile(r"(?:(.*?)\s*[×xX*·⋅]\s*)?10([⁻⁺]?)([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})")
_SIGNED = re.compile(r"(<=|>=|<|>)?\s*(.*?)\s*(\([+-]\))?", re.DOTALL)
_FOLDED = {"−": "-", "≤": "<=", "⩽": "<=", "≦": "<=", "≥": ">=", "⩾": ">=", "≧": ">=", "\u3000": " ", "\xa0": " "}
_FOLDED |= {"\u2009": " ", "\u202f": " "} | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?:日|[T ].*)?")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CAPITALS, _DIGITS = ascii_uppercase, digits
_LETTERS = [a + b for a in ("", *ascii_uppercase[:2]) for b in ascii_uppercase]
_LIMITS = ("lod", "loq", "u_expanded", "coverage_k")
_NAMES = {"report_no": "report_no", "blind_code": "sample_code", "item": "item_code", "method": "method_code",
          "method_edition": "method_edition"}  # fmt: skip


def changed(reading: Reading, data: bytes, form: str) -> list[str]:
    """Give every accepted value that the slow reading of the same file does not find where it is said to stand."""
    if not len(reading.results):
        return []
    try:
        cells = dict(SLOW[form](data))
    except (ElementTree.ParseError, KeyError, ValueError):
        return []  # no second reading, so nothing to compare
    return [
        f"row {result.row}: {fault}"
        for result in (reading.results.result(place) for place in range(len(reading.results)))
        for fault in _faults(result, cells.get(result.row))
    ]


def number(text: str) -> Fraction | None:
    """Give the number that a text says, or None where it says none."""
    text = "".join(_FOLDED.get(char, char) for char in text).strip()
    if text[:1] in {"-", "+"} and _POWER.fullmatch(text[1:]):
        size = number(text[1:])
        return None if size is None else -size if text[0] == "-" else size
    if power := _POWER.fullmatch(text):
        times = number(power[1]) if power[1] else Fraction(1)
        exponent = int("".join(str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(char)) for char in power[3]))
        return None if times is None else times * Fraction(10) ** (-exponent if power[2] == "⁻" else exponent)
    parts = _NUMBER.fullmatch(text)
    if parts is None or not parts[2] + parts[3]:
        return None
    size = Fraction(int(parts[2] + parts[3] or "0"), 10 ** len(parts[3])) * Fraction(10) ** int(parts[4] or 0)
    return -size if parts[1] == "-" else size


def day(value: Any) -> date | None:
    """Give the day that a cell says, or None where it says none."""
    text = _written(value).strip()
    if parts := _DAY.fullmatch(text):
        return date(int(parts[1]), int(parts[2]), int(parts[3]))
    return date(1899, 12, 30) + timedelta(days=int(text)) if re.fullmatch(r"[0-9]{5}", text) else None


def _faults(result: Result, cells: Cells | None) -> Iterator[str]:
    if cells is None:
        yield "there is no such row"
        return
    said = {name: _written(value) for name, value in cells.items()}
    text, unit = said.get("result_text", ""), said.get("unit", "").strip()
    wanted: dict[str, tuple[object, object]] = {"the text": (result.raw_text, text)}
    wanted |= {name: (getattr(result, name), said.get(column, "").strip()) for name, column in _NAMES.items()}
    wanted |= {name: (_fraction(getattr(result, name)), number(said.get(name, ""))) for name in _LIMITS}
    wanted["unit"] = (result.unit, table().names.get(unit, unit))
    wanted["tested on"] = (result.tested_on, day(cells.get("tested_to")) or day(cells.get("tested_from")))
    yield from (f"{name} {found!r} is {stands!r}" for name, (found, stands) in wanted.items() if found != stands)
    if not _means(result, text.strip()):
        yield f"{result.qualifier} {result.interval} is {text!r}"


def _means(result: Result, text: str) -> bool:
    """Whether the interval is what the text and the limits of the row say."""
    folded = "".join(_FOLDED.get(char, char) for char in text).strip()
    low, high = result.interval.low, result.interval.high
    lod, loq = (None if end is None else Fraction(end) for end in (result.lod, result.loq))
    match result.qualifier:
        case "nd":
            return folded.lower() in ABSENT and low == 0 and _same(high, lod)
        case "trace":
            return folded.lower() in TRACE and _same(low, lod) and _same(high, loq)
        case "<" if folded.lower() == "<loq":
            return _same(high, loq)
    parts = _SIGNED.fullmatch(folded)
    value = number(parts[2]) if parts else None
    if parts is None or value is None or (parts[1] or "=") != result.qualifier:
        return False
    match result.qualifier:
        case "<" | "<=":
            return _same(high, value) and low in {None, 0}
        case ">" | ">=":
            return _same(low, value) and high is None
        case _:
            return _same(low, value) or (parts[3] is not None and _same(high, value))


def _same(exact: Decimal | None, wanted: Fraction | None) -> bool:
    return _fraction(exact) == wanted


def _fraction(exact: Decimal | None) -> Fraction | None:
    return None if exact is None else Fraction(exact)


def _written(value: Any) -> str:
    """The text of a workbook's cell."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _csv(data: bytes) -> Iterator[tuple[int, Cells]]:
    for coding in ("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig", "gb18030"):
        try:
            text = data.decode(coding)
            break
        except UnicodeDecodeError:
            continue
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    readings = [_rows(lines, mark) for mark in ",;\t|"]
    best = max(range(len(readings)), key=lambda at: _known(readings[at]))
    yield from _under_header(enumerate(readings[best], start=1))


def _rows(lines: str, mark: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(lines), delimiter=mark))
    except csv.Error:  # by a wrong delimiter, a quote that begins a line may make one field of all that follows
        return []


def _known(rows: list[list[str]]) -> int:
    return max((sum(_canonical(cell) is not None for cell in row) for row in rows[:50]), default=0)


def _canonical(cell: Any) -> str | None:
    names = columns().aliases
    return names.get(str(cell).strip().lower()) or names.get(str(cell).strip())


def _under_header(rows: Any) -> Iterator[tuple[int, Cells]]:
    header: list[str | None] = []
    for place, row in rows:
        if header:
            yield place, {name: cell for name, cell in zip(header, row, strict=False) if name}
        elif sum(_canonical(cell) is not None for cell in row) >= 4:
            header = [_canonical(cell) for cell in row]


def _xlsx(data: bytes) -> Iterator[tuple[int, Cells]]:
    """The first visible sheet by its trees; a day is the number that it is counted as."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = book.namelist()
        trees = {name: ElementTree.fromstring(book.read(name)) for name in names if name.endswith((".xml", ".rels"))}
    links = {link.get("Id"): str(link.get("Target")) for link in trees["xl/_rels/workbook.xml.rels"]}
    sheets = [sheet for sheet in trees["xl/workbook.xml"].iter(f"{_MAIN}sheet") if sheet.get("state") != "hidden"]
    target = links[sheets[0].get(_LINK)]
    sheet = trees[target.lstrip("/") if target.startswith("/") else f"xl/{target}"]
    shared = ["".join(text.itertext()) for text in trees.get("xl/sharedStrings.xml", ())]
    cells = {str(cell.get("r")): _cell(cell, shared) for cell in sheet.iter(f"{_MAIN}c")}
    for merged in sheet.iter(f"{_MAIN}mergeCell"):
        first, _, last = str(merged.get("ref")).partition(":")
        letters, top, bottom = first.rstrip(_DIGITS), int(first.lstrip(_CAPITALS)), int(last.lstrip(_CAPITALS) or 0)
        cells |= {f"{letters}{row}": cells.get(first) for row in range(top + 1, bottom + 1)}
    rows: dict[int, dict[str, Any]] = {}
    for place, value in cells.items():
        rows.setdefault(int(place.lstrip(_CAPITALS)), {})[place.rstrip(_DIGITS)] = value
    return _under_header((row, [rows[row].get(letter) for letter in _LETTERS]) for row in sorted(rows))


def _cell(cell: ElementTree.Element, shared: list[str]) -> Any:
    value = cell.findtext(f"{_MAIN}v")
    match cell.get("t", "n"):
        case "inlineStr":
            return "".join(text.text or "" for text in cell.iter(f"{_MAIN}t"))
        case "s":
            return shared[int(value or "")]
        case "n":
            return None if value is None else float(value)
        case _:
            return value


def _tree(page: Mapping[str, Any]) -> Iterator[tuple[int, Cells]]:
    report = page["report"]
    for place, result in enumerate(page["results"], start=1):
        method, said, doubt, tested = (result.get(name, {}) for name in ("method", "result", "uncertainty", "tested"))
        yield place, {
            "report_no": report.get("no"), "sample_code": result.get("sample"), "item_code": result.get("item"),
            "method_code": method.get("code"), "method_edition": method.get("edition"),
            "result_text": said.get("text"), "unit": said.get("unit"), "lod": result.get("lod"),
            "loq": result.get("loq"), "u_expanded": doubt.get("expanded"), "coverage_k": doubt.get("k"),
            "tested_from": tested.get("from"), "tested_to": tested.get("to"),
        }  # fmt: skip


def _xml(data: bytes) -> Iterator[tuple[int, Cells]]:
    root = ElementTree.fromstring(data)
    results = root.find("results")
    rows = [] if results is None else [_branch(row) for row in results]
    return _tree({"report": _branch(root.find("report")), "results": rows})


def _branch(element: ElementTree.Element | None) -> dict[str, Any]:
    children = () if element is None else tuple(element)
    return {child.tag: _branch(child) if len(child) else child.text or "" for child in children}


SLOW = {
    "csv": _csv,
    "json": lambda data: _tree(json.loads(data.decode("utf-8-sig"))),
    "xlsx": _xlsx,
    "xml": _xml,
}
