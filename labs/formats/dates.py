"""The days of a line: real ones or ISO, in an order that can be, and none in the future."""

import re
from datetime import date, timedelta

import numpy as np

from labs.columns import Days, Flags, Words
from labs.formats.line import told
from labs.formats.sheet import Notes, groups
from labs.formats.table import Expected
from labs.result import Finding

TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?: ?[AaPp][Mm])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_ISO = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})(?:[T ]{TIME})?", re.ASCII)
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.年]([0-9]{1,2})[/.月]([0-9]{1,2})日?")
_SERIAL = re.compile(r"[0-9]{5}")
_DAY_ZERO = date(1899, 12, 30)
"""What Excel counts its days from, its invented 29 February 1900 included."""
_STEPS = ("received_on", "tested_from", "tested_to", "issued_on")


def read_days(notes: Notes, expected: Expected) -> dict[str, Days]:
    """Give the four days of every row, NaT where there is none, and tell which cannot be."""
    days = {name: _column(notes, name) for name in _STEPS}
    _check_order(notes, days, expected)
    return days


def read_day(text: str, column: str) -> tuple[date | None, Finding | None]:
    """Give the day that a text says, and what it took to read it."""
    if not text:
        return None, None
    try:
        if match := _ISO.fullmatch(text):
            return date(*map(int, match.groups())), None
        if match := _YEAR_FIRST.fullmatch(text):
            day = date(*map(int, match.groups()))
            return day, told("date-rewritten", column, found=text, expected=day.isoformat(), reaction="fix")
        if _SERIAL.fullmatch(text):
            day = _DAY_ZERO + timedelta(days=int(text))
            return day, told("date-serial", column, found=text, expected=day.isoformat(), reaction="fix")
    except ValueError:
        pass  # no such day: asked about below, like any other text
    return None, told("date-ambiguous", column, found=text, expected="YYYY-MM-DD")


def _column(notes: Notes, name: str) -> Days:
    column = notes.sheet.column(name)
    read = [read_day(text, name) for text in column.words]
    found = groups([column])
    odd = [key for key, place in enumerate(found.first) if read[column.codes[place]][1]]
    for key, places in zip(odd, found.places(odd) if odd else (), strict=True):
        finding = read[column.codes[found.first[key]]][1]
        assert finding is not None  # odd are those with one
        notes.tell(places, finding)
        if finding.rule == "date-serial":
            notes.findings.append(told("days-counted", name, found=finding.found, reaction="warn"))
    return np.array([day for day, _ in read], "datetime64[D]")[column.codes]


def _check_order(notes: Notes, days: dict[str, Days], expected: Expected) -> None:
    """Taken in, then tested, then reported, and nothing of it in the future."""
    steps = {**days, "received_on": _taken(notes.sheet.column("sample_code"), days["received_on"], expected)}
    before = np.full(len(notes.sheet), "NaT", "datetime64[D]")
    today = np.datetime64(expected.today, "D")
    for name in _STEPS:
        day = steps[name]
        _impossible(notes, name, day, before, day < before, ">=")
        _impossible(notes, name, day, np.full(len(day), today), day > today, "<=")
        before = np.where(np.isnat(day), before, day)


def _taken(samples: Words, said: Days, expected: Expected) -> Days:
    """The day on which our own record has the sample taken in, else the laboratory's word for it."""
    known = np.array([expected.received.get(word) for word in samples.words], "datetime64[D]")[samples.codes]
    return np.where(np.isnat(known), said, known)


def _impossible(notes: Notes, name: str, day: Days, bound: Days, odd: Flags, sign: str) -> None:
    places = odd.nonzero()[0]
    for pair in set(zip(day[places].tolist(), bound[places].tolist(), strict=True)):
        these = places[(day[places] == np.datetime64(pair[0])) & (bound[places] == np.datetime64(pair[1]))]
        notes.tell(these, told("date-impossible", name, found=pair[0].isoformat(), expected=f"{sign} {pair[1]}"))
