"""The table against the signed report beside it: every number that is taken over must stand in what was signed."""

import re
from collections.abc import Callable
from decimal import Decimal
from unicodedata import normalize

import numpy as np

from labs.columns import Codes, Words
from labs.formats.line import told
from labs.formats.sheet import Notes, groups
from labs.formats.table import Expected

_AFTER_SIGN = re.compile(r"([<>≤≥]) ")
_NUMBER = re.compile(r"(?<![0-9A-Za-z.,<>≤≥])-?[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z]|[.,][0-9])")
_VERSION = re.compile(r"(?:version|revision|ver\.|rev\.|版本号?|版次|第)\s?:?\s?([0-9]{1,4})(?![0-9])", re.IGNORECASE)


class Print:
    """The text of a report, asked whether a word of the table stands in it."""

    def __init__(self, text: str) -> None:
        self._text = _AFTER_SIGN.sub(r"\1", _plain(text))
        self._words = frozenset(self._text.split(" "))
        self._numbers = frozenset(Decimal(one) for one in _NUMBER.findall(self._text))
        self._versions = frozenset(int(one) for one in _VERSION.findall(self._text))

    def holds(self, text: str) -> bool:
        """Tell whether the text stands there, as itself and not as a part of a longer word or number."""
        word = _AFTER_SIGN.sub(r"\1", _plain(text))
        if word in self._words:
            return True
        alone = rf"(?<![0-9A-Za-z.,<>≤≥]){re.escape(word)}(?![0-9A-Za-z]|[.,][0-9])"
        if word in self._text and re.search(alone, self._text):
            return True
        # A spreadsheet drops the zeros at the end of a number that is not kept as text.
        return _NUMBER.fullmatch(word) is not None and Decimal(word) in self._numbers

    def names_version(self, version: int) -> bool:
        """Tell whether the report calls itself this version; a first one need not say so."""
        return version in self._versions or (version == 1 and not self._versions)


def check_printed(notes: Notes, version: Codes, expected: Expected) -> None:
    """Tell of report numbers, versions, samples and results that the signed report does not hold."""
    if expected.printed is None:
        return
    report = Print(expected.printed)
    for name, rule in (("report_no", "report-number-absent"), ("sample_code", "report-sample-absent")):
        _absent_once(notes, name, rule, report.holds)
    _check_versions(notes, version, report)
    _check_results(notes, report)


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


def _check_results(notes: Notes, report: Print) -> None:
    """The text as it was written counts, and as the mapping reads it: a report is printed for people."""
    raw, read = notes.sheet.raw, notes.sheet.column("result_text")
    found = groups([raw, read])
    odd = [
        key
        for key, place in enumerate(found.first.tolist())
        if (text := _at(raw, place)) and not report.holds(text) and not report.holds(_at(read, place))
    ]
    for key, places in zip(odd, found.places(odd) if odd else (), strict=True):
        text = _at(raw, int(found.first[key]))
        notes.tell(places.astype(np.int64), told("report-result-absent", "result_text", found=text))


def _at(column: Words, place: int) -> str:
    return (column.at(place) or "").strip()


def _plain(text: str) -> str:
    return " ".join(normalize("NFKC", text).split())
