"""One line of a laboratory's table: every cell is taken, checked against what was ordered, and read."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise

from labs.errors import UnknownUnit
from labs.formats.heading import Line
from labs.formats.table import Expected, columns
from labs.numeral import plain, read_number
from labs.result import Finding, Result, read_result
from labs.units import canonical_unit, factor, table

_CODES = ("sample_code", "item_code", "report_no", "lab_code")
_DATES = ("issued_on", "received_on", "tested_from", "tested_to")
_WHOLE = re.compile(r"[1-9][0-9]{0,3}")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.年]([0-9]{1,2})[/.月]([0-9]{1,2})日?")
_SERIAL = re.compile(r"[0-9]{5}")
_DAY_ZERO = date(1899, 12, 30)
"""What Excel counts its days from, its invented 29 February 1900 included."""


@dataclass(frozen=True, slots=True)
class Read:
    """What one line says: its result if nothing holds it, its report's date, and its findings."""

    result: Result | None
    issued_on: date | None
    findings: tuple[Finding, ...]


def read_line(line: Line, expected: Expected) -> Read:
    """Give the result of a line, or every finding that holds it."""
    found = [*_cells(line, expected), *_identity(line, expected)]
    version, replicate = _whole(line, "report_version", found), _whole(line, "replicate", found, "1")
    days = {name: _day(line, name, found) for name in _DATES}
    found += _order(line, days, expected)
    lod, loq, u, k = (_decimal(line, name, found) for name in ("lod", "loq", "u_expanded", "coverage_k"))
    unit, item = _unit(line, expected, found), line["item_code"]
    measured = read_result(
        line["result_text"],
        lod=lod,
        loq=loq,
        signed=item in table().signed_items,
        decimal_comma=expected.decimal_comma,
        row=line.number,
    )
    found += measured.findings
    held = any(finding.reaction in {"hold", "reject"} for finding in found)
    if held or measured.interval is None or measured.qualifier is None or unit is None:
        return Read(None, days["issued_on"], tuple(found))
    result = Result(
        report_no=line["report_no"],
        report_version=version,
        blind_code=line["sample_code"],
        item=item,
        method=line["method_code"],
        method_edition=line["method_edition"],
        replicate=replicate,
        raw_text=line.cells["result_text"],
        unit=unit,
        interval=measured.interval,
        qualifier=measured.qualifier,
        lod=lod,
        loq=loq,
        u_expanded=u,
        coverage_k=k,
        tested_on=days["tested_to"] or days["tested_from"],
        row=line.number,
    )
    return Read(result, days["issued_on"], tuple(found))


def _hold(line: Line, rule: str, column: str | None, *, found: str = "", expected: str = "") -> Finding:
    return Finding(rule, "hold", line.number, column, found, expected)


def _cells(line: Line, expected: Expected) -> Iterator[Finding]:
    for column, text in line.cells.items():
        kind = _odd(column, line.marks.get(column))
        if kind:
            reaction = "warn" if kind == "formula" and column not in columns().measured else "hold"
            yield Finding(kind, reaction, line.number, column, text, "")
        if "\0" in text:
            yield Finding("nul-character", "reject", line.number, column, "U+0000", "")
        elif not text.isprintable() and (hidden := _hidden(text)):
            yield _hold(line, "hidden-characters", column, found=f"U+{ord(hidden[0]):04X}")
        if any(name and name.casefold() in text.casefold() for name in expected.forbidden):
            yield _hold(line, "blinding-broken", column)
    for column in columns().required:
        told = line.marks.get(column) in {"error", "merged"} or column in {"result_text", "unit"}
        if not line[column] and not told:
            yield _hold(line, "required-blank", column)


def _hidden(text: str) -> list[str]:
    return [char for char in text if char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cf"}]


def _odd(column: str, mark: str | None) -> str | None:
    """The rule that a cell's kind breaks; typed numbers and hidden cells are told once a file."""
    match mark:
        case "formula":
            return "formula"
        case "error":
            return "error-cell"
        case "boolean":
            return "boolean-cell"
        case "merged":
            return "merged-cell"
        case "date" if column not in _DATES:
            return "date-in-result"
        case "number" if column in _CODES:
            return "code-as-number"
        case _:
            return None


def _identity(line: Line, expected: Expected) -> Iterator[Finding]:
    version, kind = line["schema_version"], line["report_kind"]
    if version and version not in columns().schema_versions:
        wanted = ", ".join(columns().schema_versions)
        yield Finding("schema-unknown", "reject", line.number, "schema_version", version, wanted)
    if kind and kind not in columns().report_kinds:
        yield _hold(line, "kind-unknown", "report_kind", found=kind, expected=", ".join(columns().report_kinds))
    if line["lab_code"] and line["lab_code"] != expected.lab:
        yield _hold(line, "lab-foreign", "lab_code", found=line["lab_code"], expected=expected.lab)
    sample, item, method = line["sample_code"], line["item_code"], line["method_code"]
    if sample and sample not in expected.orders:
        near = get_close_matches(sample, expected.orders, n=1)
        yield _hold(line, "sample-unknown", "sample_code", found=sample, expected="".join(near) or "—")
    elif item and item not in expected.orders.get(sample, (item,)):
        yield _hold(line, "item-not-ordered", "item_code", found=item, expected=", ".join(expected.orders[sample]))
    agreed = expected.methods.get(item, ())
    if agreed and method and not {method, f"{method}-{line['method_edition']}"} & set(agreed):
        yield _hold(line, "method-not-ordered", "method_code", found=method, expected=", ".join(agreed))


def _whole(line: Line, column: str, found: list[Finding], blank: str = "") -> int:
    text = line[column] or blank
    if _WHOLE.fullmatch(text):
        return int(text)
    if text:
        found.append(_hold(line, "number-bad", column, found=text, expected="1, 2, 3"))
    return 0


def _day(line: Line, column: str, found: list[Finding]) -> date | None:
    text = line[column]
    if not text:
        return None
    try:
        if match := _ISO.fullmatch(text):
            return date(*map(int, match.groups()))
        if match := _YEAR_FIRST.fullmatch(text):
            day = date(*map(int, match.groups()))
            found.append(Finding("date-rewritten", "fix", line.number, column, text, day.isoformat()))
            return day
        if _SERIAL.fullmatch(text):
            day = _DAY_ZERO + timedelta(days=int(text))
            found.append(Finding("date-serial", "fix", line.number, column, text, day.isoformat()))
            return day
    except ValueError:
        pass  # no such day: asked about below, like any other text
    found.append(_hold(line, "date-ambiguous", column, found=text, expected="YYYY-MM-DD"))
    return None


def _order(line: Line, days: dict[str, date | None], expected: Expected) -> Iterator[Finding]:
    """Taken in, then tested, then reported, and nothing of it in the future."""
    taken = expected.received.get(line["sample_code"]) or days["received_on"]
    steps = [
        ("received_on", taken),
        ("tested_from", days["tested_from"]),
        ("tested_to", days["tested_to"]),
        ("issued_on", days["issued_on"]),
    ]
    known = [(name, day) for name, day in steps if day is not None]
    for (_, before), (name, day) in pairwise(known):
        if day < before:
            yield _hold(line, "date-impossible", name, found=day.isoformat(), expected=f">= {before}")
    for name, day in known:
        if day > expected.today:
            yield _hold(line, "date-impossible", name, found=day.isoformat(), expected=f"<= {expected.today}")


def _decimal(line: Line, column: str, found: list[Finding]) -> Decimal | None:
    text = plain(line[column])
    if not text:
        return None
    numeral = read_number(text)
    if numeral.value is None or numeral.value < 0:
        found.append(_hold(line, numeral.flaw or "negative", column, found=line[column], expected=">= 0"))
        return None
    return numeral.value


def _unit(line: Line, expected: Expected, found: list[Finding]) -> str | None:
    text, item = line["unit"], line["item_code"]
    wanted = expected.units.get(item, "")
    unit = canonical_unit(text)
    if unit is None:
        rule = "unit-unknown" if text else "unit-missing"
        found.append(_hold(line, rule, "unit", found=text, expected=wanted or "mg/kg, %, mm, N, …"))
        return None
    if unit != text:
        found.append(Finding("unit-alias", "fix", line.number, "unit", text, unit))
    try:
        if wanted and factor(item, unit, wanted) != 1:
            found.append(Finding("unit-converted", "fix", line.number, "unit", unit, wanted))
    except UnknownUnit:
        found.append(_hold(line, "unit-dimension", "unit", found=unit, expected=wanted))
    return unit
