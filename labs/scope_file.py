"""A scope file: the lines of a laboratory's accreditation as a CSV table, and what is wrong with each row."""

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import combinations

from labs.accreditation import ANY, ScopeEntry
from labs.result import Finding
from labs.units import canonical_unit

NEEDED = ("scheme", "item", "valid_from", "valid_to", "source")
COLUMNS = ("lab", "site", "scheme", "item", "matrix", "method", "edition", "low", "high", "unit", *NEEDED[2:])
"""In the order in which they are asked for; those that are not needed may be left out."""
REJECT = "reject"
FIRST_ROW = 2
"""As a spreadsheet counts: the header is row 1."""


@dataclass(frozen=True, slots=True)
class ScopeFile:
    """What a file of a scope says; with one finding none of its lines counts."""

    entries: tuple[ScopeEntry, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Line:
    """One row with what is wrong in it."""

    row: int
    cells: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    def tell(self, rule: str, column: str, expected: str = "") -> None:
        self.findings.append(Finding(rule, REJECT, self.row, column, self.cells.get(column, ""), expected))

    def day(self, column: str) -> date | None:
        try:
            return date.fromisoformat(self.cells[column]) if self.cells[column] else None
        except ValueError:
            self.tell("scope-day-unreadable", column, "2026-11-22")
            return None

    def number(self, column: str) -> Decimal | None:
        text = self.cells.get(column, "")
        try:
            value = Decimal(text) if text else None
        except InvalidOperation:
            value = Decimal("NaN")
        if value is not None and not value.is_finite():
            self.tell("scope-number-unreadable", column, "0.05")
            return None
        return value


def read_scope(data: bytes, *, lab: str = "", known: Collection[str] = ()) -> ScopeFile:
    """Give the lines of a scope, or every finding; `lab` is whose it is where the file has no such column.

    Where it has one, the laboratory is one of those that are `known`.
    """
    try:
        rows = list(csv.reader(data.decode("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        return ScopeFile(findings=(Finding("scope-unreadable", REJECT, None, None, str(error), "UTF-8, CSV"),))
    header = tuple(name.strip() for name in rows[0]) if rows else ()
    if flaws := tuple(_of_header(header, lab)):
        return ScopeFile(findings=flaws)
    lines = [
        _Line(number, dict(zip(header, (cell.strip() for cell in row), strict=False)))
        for number, row in enumerate(rows[1:], start=FIRST_ROW)
        if any(cell.strip() for cell in row)
    ]
    short = [one for one in lines if len(one.cells) < len(header) or len(rows[one.row - 1]) > len(header)]
    for one in short:
        one.tell("scope-row-ragged", "", str(len(header)))
    entries = [(one, _entry(one, lab, known)) for one in lines if one not in short]
    _overlaps([(one, entry) for one, entry in entries if entry is not None])
    findings = tuple(finding for one in lines for finding in one.findings)
    if not lines:
        findings = (Finding("scope-empty", REJECT, None, None, "", ""),)
    return ScopeFile(() if findings else tuple(entry for _, entry in entries if entry is not None), findings)


def _of_header(header: tuple[str, ...], lab: str) -> Iterator[Finding]:
    needed = NEEDED if lab else ("lab", *NEEDED)
    for name in (name for name in needed if name not in header):
        yield Finding("scope-column-missing", REJECT, 1, name, ",".join(header), ",".join(COLUMNS))
    for name in dict.fromkeys(name for name in header if name not in COLUMNS or header.count(name) > 1):
        yield Finding("scope-column-unknown", REJECT, 1, name, name, ",".join(COLUMNS))


def _entry(line: _Line, lab: str, known: Collection[str]) -> ScopeEntry | None:
    """The line of a row, or None where something is wrong with it."""
    cells = line.cells
    for name in (name for name in ("lab", *NEEDED) if name != "valid_to" and name in cells and not cells[name]):
        line.tell("scope-cell-empty", name)
    if cells.get("lab"):
        _of_laboratory(line, lab, known)
    begin, until = line.day("valid_from"), line.day("valid_to")
    low, high = line.number("low"), line.number("high")
    unit = cells.get("unit", "")
    if begin and until and until < begin:
        line.tell("scope-days-reversed", "valid_to", f">= {begin}")
    if low is not None and high is not None and high < low:
        line.tell("scope-range-reversed", "high", f">= {low}")
    if (low is not None or high is not None) and canonical_unit(unit) is None:
        line.tell("scope-unit-unknown", "unit", "mg/kg")
    if line.findings or begin is None:
        return None
    return ScopeEntry(
        cells.get("lab") or lab, cells["scheme"], cells["item"], cells.get("method") or ANY, begin, until,
        cells["source"], site=cells.get("site", ""), matrix=cells.get("matrix") or ANY,
        edition=cells.get("edition") or ANY, low=low, high=high, unit=unit,
    )  # fmt: skip


def _of_laboratory(line: _Line, lab: str, known: Collection[str]) -> None:
    if lab and line.cells["lab"] != lab:
        line.tell("scope-other-laboratory", "lab", lab)
    elif not lab and line.cells["lab"] not in known:
        line.tell("scope-unknown-laboratory", "lab")


def _overlaps(found: list[tuple[_Line, ScopeEntry]]) -> None:
    """The same line may hold twice, one time after the other; not twice on one day."""
    alike: dict[tuple[object, ...], list[tuple[_Line, ScopeEntry]]] = {}
    for line, entry in found:
        alike.setdefault(entry.key[:-1], []).append((line, entry))
    for same in alike.values():
        for (first, one), (second, other) in combinations(same, 2):
            if one.valid_from <= (other.valid_to or date.max) and other.valid_from <= (one.valid_to or date.max):
                second.tell("scope-overlap", "valid_from", str(first.row))
