"""What most rows of a file say together: columns that were swapped, rows that were hidden, numbers that were typed."""

import numpy as np

from labs.columns import Flags
from labs.formats.numbers import floats, plain_numbers, read_column
from labs.formats.sheet import Notes, Sheet
from labs.numeral import plain, read_number
from labs.result import Finding
from labs.units import table

_SHOWN = 10


def check_votes(notes: Notes) -> None:
    """Tell what is wrong with the file as a whole."""
    for rule, column, told_of in _VOTES:
        odd = told_of(notes.sheet)
        if int(odd.sum()) * 2 > len(odd):
            notes.findings.append(Finding(rule, "hold", None, column, str(int(odd.sum())), ""))
            break
    hidden = sorted(
        {place for kinds in notes.sheet.marks.values() for place, kind in kinds.items() if kind == "hidden"}
    )
    if hidden:
        rows = ", ".join(str(row) for row in notes.sheet.numbers[hidden[:_SHOWN]])
        notes.findings.append(Finding("hidden-cells", "hold", None, None, rows, ""))
    for name, kinds in notes.sheet.marks.items():
        if "number" in kinds.values():
            notes.findings.append(Finding("number-not-text", "warn", None, name, "", ""))


def _units(sheet: Sheet) -> Flags:
    """A unit where the result belongs, or a number where the unit does; `1` may be either."""
    units, results = sheet.column("unit"), sheet.column("result_text")
    numbers = [word != "1" and read_number(plain(word)).value is not None for word in units.words]
    named = [word != "1" and word in table().names for word in results.words]
    swapped: Flags = np.array(numbers, np.bool_)[units.codes] | np.array(named, np.bool_)[results.codes]
    return swapped


def _limits(sheet: Sheet) -> Flags:
    """A limit of detection above that of quantification."""
    swapped: Flags = floats(read_column(sheet.column("lod"))) > floats(read_column(sheet.column("loq")))
    return swapped


def _uncertainty(sheet: Sheet) -> Flags:
    """An uncertainty above its result, which no method has for most of its results."""
    swapped: Flags = floats(read_column(sheet.column("u_expanded"))) > floats(
        plain_numbers(sheet.column("result_text"))
    )
    return swapped


_VOTES = (
    ("columns-swapped", "result_text", _units),
    ("limits-swapped", "lod", _limits),
    ("uncertainty-above-result", "u_expanded", _uncertainty),
)
"""What most rows would have to say, in the order in which it is asked."""
