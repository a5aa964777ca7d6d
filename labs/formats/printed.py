"""The table against the signed report beside it: every number that is taken over must stand in what was signed."""

from collections.abc import Callable, Mapping

import numpy as np

from labs.columns import Codes
from labs.formats.line import told
from labs.formats.passages import Passages, Print
from labs.formats.sheet import Notes, groups, shown
from labs.formats.table import Expected
from labs.result import Finding


def check_printed(notes: Notes, version: Codes, expected: Expected) -> None:
    """Tell of numbers of reports, versions, samples and results that the signed report lacks or has elsewhere."""
    if expected.printed is None:
        return
    report = Print(expected.printed)
    for name, rule in (("report_no", "report-number-absent"), ("sample_code", "report-sample-absent")):
        _absent_once(notes, name, rule, report.holds)
    _check_versions(notes, version, report)
    passages = Passages(expected.printed, notes.sheet.column("sample_code").words, _names(notes, expected))
    _check_results(notes, report, passages)


def _absent_once(notes: Notes, name: str, rule: str, holds: Callable[[str], bool]) -> None:
    """One finding for each different text, at the first row that has it."""
    column = notes.sheet.column(name)
    for place in groups([column]).first.tolist():
        text = column.at(place) or ""
        if text and not holds(text):
            notes.tell_at(place, told(rule, name, found=text))


def _check_versions(notes: Notes, version: Codes, report: Print) -> None:
    for place in groups([notes.sheet.column("report_no")]).first.tolist():
        if version[place] and not report.names_version(int(version[place])):
            notes.tell_at(place, told("report-version-absent", "report_version", found=str(version[place])))


def _check_results(notes: Notes, report: Print, passages: Passages) -> None:
    """Ask once about each result of each item of each sample."""
    columns = [notes.sheet.raw, *(notes.sheet.column(name) for name in ("result_text", "sample_code", "item_code"))]
    found = groups(columns)
    said = [_fault(texts, report, passages) for texts in shown(columns, found.first)]
    odd = [key for key, finding in enumerate(said) if finding]
    for key, places in zip(odd, found.places(odd) if odd else (), strict=True):
        finding = said[key]
        assert finding is not None  # odd are those with one
        notes.tell(places.astype(np.int64), finding)


def _fault(cells: tuple[str, ...], report: Print, passages: Passages) -> Finding | None:
    """The text as it was written counts, and as the mapping reads it: a report is printed for people."""
    raw, read, sample, item = cells
    texts = [text.strip() for text in (raw, read) if text.strip()]
    if not raw.strip():
        return None
    if not any(map(report.holds, texts)):
        return told("report-result-absent", "result_text", found=raw.strip())
    lines = passages.of(sample, item)
    if lines is None or any(map(lines.holds, texts)):
        return None
    return told("report-result-elsewhere", "result_text", found=raw.strip(), expected=f"{sample}, {item}")


def _names(notes: Notes, expected: Expected) -> Mapping[str, set[str]]:
    """What each item of the table may be called: by its code, by the table itself, and by its limits."""
    items, said = notes.sheet.column("item_code"), notes.sheet.column("item_name")
    names = {item: {item, item.replace("_", " ")} for item in items.words if item}
    for item, name in shown([items, said], groups([items, said]).first):
        if item and name:
            names[item].add(name)
    for limit in expected.limits.limits if expected.limits else ():
        if limit.item in names:
            names[limit.item] |= {limit.item_name.zh, limit.item_name.en}
    return names
