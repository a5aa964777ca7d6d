"""Rows that stand twice: an exact repetition is dropped, two values under one key are both held."""

import numpy as np

from labs.columns import Flags, Words
from labs.formats.line import told
from labs.formats.sheet import Notes, Sheet, groups, rewritten
from labs.result import Finding

_KEY = ("report_no", "report_version", "sample_code", "item_code", "method_code", "replicate")


def once(sheet: Sheet) -> tuple[Sheet, tuple[Finding, ...]]:
    """Give the sheet without exact repetitions, each told."""
    kept, found = np.ones(len(sheet), np.bool_), []
    seen: dict[tuple[str | None, ...], int] = {}
    for place in _shared(sheet, kept).nonzero()[0].tolist():
        cells = tuple(column.at(place) for column in sheet.cells.values())
        if cells in seen:
            kept[place] = False
            found.append(Finding("duplicate-row", "fix", int(sheet.numbers[place]), None, "", str(seen[cells])))
        else:
            seen[cells] = int(sheet.numbers[place])
    if found:
        found.append(Finding("rows-dropped", "warn", None, None, str(len(found)), ""))
    return sheet.kept(kept), tuple(found)


def check_conflicts(notes: Notes) -> None:
    """Tell of readable rows that share a key: neither is believed."""
    sheet = notes.sheet
    places = _shared(sheet, ~notes.held).nonzero()[0]
    if not len(places):
        return
    found = groups([Words(column.codes[places], column.words) for column in _key(sheet)])
    for same in found.places(range(len(found.first))):
        rows = sheet.numbers[places[same]].tolist()
        for place, row in zip(places[same].tolist(), rows, strict=True):
            others = ", ".join(str(other) for other in rows if other != row)
            notes.tell_at(place, told("conflicting-rows", "result_text", found=others))


def _key(sheet: Sheet) -> list[Words]:
    columns = {name: sheet.column(name) for name in _KEY}
    columns["replicate"] = rewritten(columns["replicate"], lambda text: text or "1")
    return list(columns.values())


def _shared(sheet: Sheet, which: Flags) -> Flags:
    """The rows among these whose key another of them has as well."""
    if not which.any():
        return which
    found = groups([Words(column.codes[which], column.words) for column in _key(sheet)])
    shared = np.zeros(len(sheet), np.bool_)
    if len(found.first) < len(found.keys):
        shared[which] = (np.bincount(found.keys) > 1)[found.keys]
    return shared
