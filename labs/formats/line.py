"""The rules about the cells of a line: each is asked once about every different text, however many rows bear it."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from labs.errors import UnknownUnit
from labs.formats.sheet import Notes, Rule, rewritten
from labs.formats.table import Expected, columns
from labs.numeral import plain
from labs.result import Finding
from labs.units import canonical_unit, factor

CODES = ("sample_code", "item_code", "report_no", "lab_code")
DATES = frozenset({"issued_on", "received_on", "tested_from", "tested_to"})
_KINDS = {
    "formula": "formula",
    "error": "error-cell",
    "boolean": "boolean-cell",
    "merged": "merged-cell",
    "date": "date-in-result",
    "dressed": "number-dressed",
    "noise": "number-noise",
    "contradicted": "result-contradicted",
}
"""What a cell was besides text, and the rule that this breaks."""
Orders = Mapping[str, Mapping[str, tuple[str, ...]]]
_POWERED = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+")


def told(rule: str, column: str | None, *, found: str = "", expected: str = "", reaction: str = "hold") -> Finding:
    """Give a finding that a rule tells of a text, before it is known which rows bear it."""
    return Finding(rule, reaction, None, column, found, expected)


def check_cells(notes: Notes, expected: Expected) -> None:
    """Tell what is odd about single cells: what they were besides text, what they hide, whom they name."""
    for name, kinds in notes.sheet.marks.items():
        _kinds(notes, name, kinds)
    for name in notes.sheet.cells:
        if _odd(notes, name):
            notes.each((name,), _hidden_in(name))
        if _names_someone(notes, name, expected):
            notes.each((name,), _naming(name, expected))
    for name in columns().required:
        if name not in {"result_text", "unit"}:
            _blank(notes, name)


def check_identity(notes: Notes, expected: Expected) -> None:
    """Tell what is wrong with who reports, on what and by which method."""
    notes.each(("schema_version",), _schema)
    notes.each(("report_kind",), _kind)
    notes.each(("lab_code",), _lab(expected))
    for name in CODES:
        notes.each((name,), _code(name))
    orders = {code: methods for code, methods in expected.methods.items() if methods}
    if orders:
        alike = rewritten(notes.sheet.column("sample_code"), _first_alike(orders))
        notes.each((alike, "item_code", "method_code", "method_edition"), _method(orders))


def check_units(notes: Notes, expected: Expected) -> None:
    """Tell which units are absent, unknown, written otherwise, or of another dimension than the limit."""

    def rule(text: str, item: str) -> Iterator[Finding]:
        wanted, unit = expected.units.get(item, ""), canonical_unit(text)
        if unit is None:
            odd = "unit-unknown" if text else "unit-missing"
            yield told(odd, "unit", found=text, expected=wanted or "mg/kg, %, mm, N, …")
            return
        if unit != text:
            yield told("unit-alias", "unit", found=text, expected=unit, reaction="fix")
        try:
            if wanted and factor(item, unit, wanted) != 1:
                yield told("unit-converted", "unit", found=unit, expected=wanted, reaction="fix")
        except UnknownUnit:
            yield told("unit-dimension", "unit", found=unit, expected=wanted)

    notes.each(("unit", "item_code"), rule)


def _kinds(notes: Notes, name: str, kinds: Mapping[int, str]) -> None:
    """The rule that a cell's kind breaks; typed numbers and hidden cells are told once a file."""
    for place, mark in kinds.items():
        rule = _kind_rule(name, mark)
        if rule:
            reaction = "warn" if rule == "formula" and name not in columns().measured else "hold"
            text = notes.sheet.column(name).at(place) or ""
            notes.tell_at(place, told(rule, name, found=text, reaction=reaction))


def _kind_rule(column: str, mark: str) -> str | None:
    match mark:
        case "number" | "dressed" | "noise" if column in CODES:
            return "code-as-number"
        case "dressed" | "noise" if column not in columns().measured:
            return None
        case "date" if column in DATES:
            return None
        case _:
            return _KINDS.get(mark)


def _odd(notes: Notes, name: str) -> bool:
    """Whether any text of the column holds what does not print; one look at all of them is quick."""
    return not "".join(notes.sheet.column(name).words).isprintable()


def _hidden_in(name: str) -> Rule:
    def rule(text: str) -> Iterator[Finding]:
        if "\0" in text:
            yield told("nul-character", name, found="U+0000", reaction="reject")
        elif half := [char for char in text if unicodedata.category(char) == "Cs"]:
            yield told("lone-surrogate", name, found=f"U+{ord(half[0]):04X}", reaction="reject")
        elif hidden := [char for char in text if _hides(char)]:
            yield told("hidden-characters", name, found=f"U+{ord(hidden[0]):04X}")

    return rule


def _hides(char: str) -> bool:
    return char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cf"}


def _names_someone(notes: Notes, name: str, expected: Expected) -> bool:
    if not any(expected.forbidden):
        return False
    text = _folded("\n".join(notes.sheet.column(name).words))
    return any(word and _folded(word) in text for word in expected.forbidden)


def _naming(name: str, expected: Expected) -> Rule:
    words = tuple(_folded(word) for word in expected.forbidden if word)

    def rule(text: str) -> Iterator[Finding]:
        folded = _folded(text)
        if any(word in folded for word in words):
            yield told("blinding-broken", name)

    return rule


def _folded(text: str) -> str:
    """Letters of any width and size as one."""
    return unicodedata.normalize("NFKC", text).casefold()


def _blank(notes: Notes, name: str) -> None:
    """A blank that an error or a merge explains is told as that."""
    column, kinds = notes.sheet.column(name), notes.sheet.marks.get(name, {})
    if "" not in column.words:
        return
    blank = column.codes == column.words.index("")
    for place in [place for place, kind in kinds.items() if kind in {"error", "merged"}]:
        blank[place] = False
    notes.tell(blank.nonzero()[0], told("required-blank", name))


def _schema(text: str) -> Iterator[Finding]:
    if text and text not in columns().schema_versions:
        wanted = ", ".join(columns().schema_versions)
        yield told("schema-unknown", "schema_version", found=text, expected=wanted, reaction="reject")


def _kind(text: str) -> Iterator[Finding]:
    if text and text not in columns().report_kinds:
        yield told("kind-unknown", "report_kind", found=text, expected=", ".join(columns().report_kinds))


def _lab(expected: Expected) -> Rule:
    def rule(text: str) -> Iterator[Finding]:
        if text and text != expected.lab:
            yield told("lab-foreign", "lab_code", found=text, expected=expected.lab)

    return rule


def _code(name: str) -> Rule:
    """A code that a spreadsheet took for a number has lost its digits."""

    def rule(text: str) -> Iterator[Finding]:
        if _POWERED.fullmatch(plain(text)):
            yield told("code-as-number", name, found=text)

    return rule


def _first_alike(orders: Orders) -> Callable[[str], str]:
    """Many units are ordered alike, and a file has hundreds of thousands of rows: one code stands for its likes."""
    known: dict[frozenset[tuple[str, tuple[str, ...]]], str] = {}
    first = {code: known.setdefault(frozenset(methods.items()), code) for code, methods in orders.items()}
    return lambda code: first.get(code, "")


def _method(orders: Orders) -> Rule:
    def rule(sample: str, item: str, method: str, edition: str) -> Iterator[Finding]:
        agreed = orders.get(sample, {}).get(item, ())
        if not agreed or not method or {method, f"{method}-{edition}"} & set(agreed):
            return
        same = any(one.startswith(f"{method}-") for one in agreed)
        column, text = ("method_edition", edition) if same and edition else ("method_code", method)
        odd = "edition-other" if column == "method_edition" else "method-not-ordered"
        yield told(odd, column, found=text, expected=", ".join(agreed))

    return rule
