"""From rows to reports: what only shows when a file is seen as a whole, and all or nothing of each report."""

from datetime import date

import numpy as np

from labs.columns import Columns, Days, Flags
from labs.formats.dates import read_days
from labs.formats.heading import headed
from labs.formats.line import check_cells, check_identity, check_units, told
from labs.formats.mapped import mapped
from labs.formats.numbers import kept_rows, read_limits, read_results, read_whole
from labs.formats.orders import check_absent, check_bounds, check_orders, check_scope
from labs.formats.printed import check_printed
from labs.formats.repeats import check_conflicts, once
from labs.formats.said import check_conclusions, check_said
from labs.formats.sheet import Groups, Notes, Sheet, groups, rewritten
from labs.formats.table import Expected, Table
from labs.formats.votes import check_votes
from labs.formats.wide import lengthened
from labs.report import Reading, Report
from labs.result import Finding
from labs.units import canonical_unit

_HEAD = ("report_version", "issued_on", "report_kind")


def assemble(table: Table, sha256: str, expected: Expected) -> Reading:
    """Give the reports of a table and every finding; a report with something held in it is left out whole."""
    found = list(table.findings)
    if found and not table.rows:
        return Reading((), tuple(found))
    raw, said = headed(lengthened(table, expected.mapping), expected.mapping)
    found += said
    if raw is None:
        return Reading((), tuple(found))
    if not len(raw):
        return Reading((), (*found, Finding("no-rows", "reject", None, None, "", "")))
    sheet, said = mapped(raw, expected.mapping)
    sheet, repeated = once(sheet)
    notes = Notes(sheet, expected.released)
    notes.findings += [*found, *said, *repeated]
    columns, issued = _columns(notes, expected)
    return _reading(notes, columns, issued, sha256, expected)


def _columns(notes: Notes, expected: Expected) -> tuple[Columns, Days]:
    """Every row as far as it can be read, and the day its report was issued."""
    check_votes(notes)
    check_cells(notes, expected)
    check_identity(notes, expected)
    check_said(notes)
    check_orders(notes, expected)
    version, replicate = read_whole(notes, "report_version"), read_whole(notes, "replicate", "1")
    days = read_days(notes, expected)
    limits = read_limits(notes)
    check_units(notes, expected)
    measured = read_results(notes, limits)
    tested = np.where(np.isnat(days["tested_to"]), days["tested_from"], days["tested_to"])
    check_scope(notes, tested, expected)
    sheet = notes.sheet
    columns = Columns(
        report=sheet.column("report_no"),
        version=version,
        sample=sheet.column("sample_code"),
        item=sheet.column("item_code"),
        method=sheet.column("method_code"),
        method_edition=sheet.column("method_edition"),
        replicate=replicate,
        qualifier=measured.qualifier,
        low=measured.low,
        high=measured.high,
        low_open=measured.low_open,
        high_open=measured.high_open,
        lod=limits["lod"],
        loq=limits["loq"],
        u=limits["u_expanded"],
        k=limits["coverage_k"],
        unit=rewritten(sheet.column("unit"), lambda text: canonical_unit(text) or text),
        tested_on=tested,
        row=sheet.numbers,
        raw_text=sheet.raw,
    )
    check_bounds(notes, columns, expected)
    check_conclusions(notes, columns, expected)
    check_printed(notes, columns.version, expected)
    return columns, days["issued_on"]


def _reading(notes: Notes, columns: Columns, issued: Days, sha256: str, expected: Expected) -> Reading:
    found = groups([columns.report])
    _check_heads(notes, found)
    check_conflicts(notes)
    _check_versions(notes, columns, found, sha256, expected)
    check_absent(notes, expected)
    held = _held_reports(notes, columns, found)
    findings = tuple(sorted(notes.findings, key=lambda finding: finding.row or 0))
    kept = [int(place) for place, bad in zip(found.first, held, strict=True) if not bad]
    reports = tuple(_report(notes.sheet, columns, issued, place) for place in kept)
    return Reading(reports, findings, kept_rows(columns, (~held)[found.keys]))


def _check_heads(notes: Notes, found: Groups) -> None:
    """A report says one thing of itself: the first row decides, and the first that differs is shown."""
    for name in _HEAD:
        column = notes.sheet.column(name)
        odd = (column.codes != column.codes[found.first][found.keys]).nonzero()[0]
        for key in np.unique(found.keys[odd]):
            place = int(odd[found.keys[odd] == key][0])
            wanted = column.at(int(found.first[key])) or ""
            notes.tell_at(place, told("report-differs", name, found=column.at(place) or "", expected=wanted))


def _check_versions(notes: Notes, columns: Columns, found: Groups, sha256: str, expected: Expected) -> None:
    """The same bytes again are harmless; other bytes under a known number and version are a silent revision."""
    highest: dict[str, int] = {}
    for number, version in expected.known:
        highest[number] = max(version, highest.get(number, 0))
    for place in found.first.tolist():
        number, version = columns.report.at(place) or "", int(columns.version[place])
        before = highest.get(number, 0)
        if not number or not version:
            continue
        if (number, version) in expected.known:
            same = expected.known[number, version] == sha256
            rule, reaction = ("already-received", "warn") if same else ("silent-revision", "hold")
        elif version != before + 1:
            rule, reaction = "version-gap", "hold"
        else:
            continue
        said = told(rule, "report_version", found=str(version), expected=str(before + 1), reaction=reaction)
        notes.tell_at(place, said)


def _held_reports(notes: Notes, columns: Columns, found: Groups) -> Flags:
    """The reports with a row held; what cannot be laid to one report holds them all, and nobody lets pass no value."""
    rows = set(notes.sheet.numbers.tolist())
    holding = (one for one in notes.findings if one.reaction in {"hold", "reject"} and one.row not in rows)
    loose = any(one not in notes.released for one in holding)
    held = np.full(len(found.first), loose)
    held[found.keys[notes.held | (columns.qualifier.codes < 0)]] = True
    return held


def _report(sheet: Sheet, columns: Columns, issued: Days, place: int) -> Report:
    return Report(
        lab=sheet.column("lab_code").at(place) or "",
        number=columns.report.at(place) or "",
        version=int(columns.version[place]),
        kind=sheet.column("report_kind").at(place) or "final",
        issued_on=issued[place].astype(date),
    )
