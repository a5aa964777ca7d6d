"""A worksheet as its markup says it: what the reader of its cells cannot see, passes over or would cut."""

import re
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

from labs.formats.cells import MOST_CELLS, MOST_ROWS
from labs.formats.inflation import Refused
from labs.formats.literal import Literal
from labs.formats.styles import dressing_formats, plain_styles, plain_texts, shows_as_is
from labs.formats.table import refusal
from labs.result import Finding

_MOST_DIGITS = 17
_MOST_COLUMNS = 16384
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?", re.ASCII)
_PLACE = re.compile(r"[0-9]{1,9}", re.ASCII)
Address = tuple[int, int]
"""The row as a spreadsheet shows it, and the column counted from 0."""
Area = tuple[Address, Address]
"""The first and the last cell of a range."""


@dataclass(slots=True)
class Screened:
    """What screening found: the first visible sheet, its odd cells and ranges, or a finding that refuses."""

    findings: list[Finding] = field(default_factory=list)
    sheet: str = ""
    marks: dict[Address, str] = field(default_factory=dict)
    said: dict[int, dict[int, float | str]] = field(default_factory=dict)
    """Row and column to the number or the shared text of a cell."""
    dressed: set[Address] = field(default_factory=set)
    """The cells whose format shows another number than they hold, should they hold one."""
    dressed_areas: list[Area] = field(default_factory=list)
    """The same, where it depends on what they hold."""
    merged: list[Area] = field(default_factory=list)
    spilled: list[Area] = field(default_factory=list)
    """What one formula fills."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    corner: Address = (0, 0)
    plain: Literal | None = None
    """The first visible sheet, where it holds nothing but rows of texts and numbers."""


@dataclass(frozen=True, slots=True)
class SharedTexts:
    """The texts that the cells of a workbook share, and the places of those that are raised, lowered or struck out."""

    texts: tuple[str, ...] = ()
    dressed: frozenset[int] = frozenset()


def shared_texts(part: IO[bytes]) -> SharedTexts:
    """Give what the cells of a workbook share, in the order of their places."""
    texts, dressed = list[str](), set[int]()
    for _, element in ElementTree.iterparse(part):
        if _local(element) == "si":
            if _is_dressed(element):
                dressed.add(len(texts))
            texts.append("".join(one.text or "" for path in ("{*}t", "{*}r/{*}t") for one in element.findall(path)))
            element.clear()
    return SharedTexts(tuple(texts), frozenset(dressed))


def screen_cells(part: IO[bytes], screened: Screened, styles: bytes, shared: SharedTexts) -> None:
    """Screen a sheet. Names count without their namespace, as for the reader of cells."""
    sheet = _Sheet(screened, styles, shared)
    for _, element in ElementTree.iterparse(part):
        sheet.take(_local(element), element)
    sheet.check_body(element)  # the last to end is the one that all stand in
    if sheet.outside:
        screened.findings.append(refusal("workbook-broken", found=f"{sheet.outside} cells outside rows"))
    rows, width = screened.corner[0], screened.corner[1] + 1
    areas = (*screened.merged, *screened.spilled, *screened.dressed_areas)
    covered = sum(
        max(min(bottom, rows) - top + 1, 1) * max(min(right + 1, width) - left, 1)
        for (top, left), (bottom, right) in areas
    )
    if covered > MOST_CELLS:
        screened.findings.append(refusal("sparse-bomb", found=str(covered), expected=str(MOST_CELLS)))


class _Sheet:
    """One sheet while it is read; rows, cells and hidden columns ascend, or readers would differ on what it says."""

    def __init__(self, screened: Screened, styles: bytes, shared: SharedTexts) -> None:
        self.screened, self.shared = screened, shared
        self.of_numbers, self.of_texts = plain_styles(styles), plain_texts(styles)
        self.dressing = dressing_formats(styles)
        self.number = self.hidden = self.outside = 0
        self.rows = self.bodies = 0
        self.shown: dict[str | None, tuple[bool, bool]] = {}

    def take(self, name: str, element: ElementTree.Element) -> None:
        """Take an element that ended."""
        match name:
            case "c":
                self.outside += 1
            case "row":
                self.outside -= self._row(element)
                self.rows += 1
                element.clear()
            case "sheetData":
                self.bodies += 1
            case "col" if element.get("hidden") in {"1", "true"}:
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                _demand(self.hidden < first, "columns that do not ascend")
                self.hidden = last
                self.screened.hidden_columns.update(range(first - 1, min(last, _MOST_COLUMNS)))
            case "mergeCell":
                self.screened.merged.append(area(str(element.get("ref"))))
            case "conditionalFormatting" if any(rule.get("dxfId") in self.dressing for rule in element):
                self.screened.dressed_areas += map(area, element.get("sqref", "").split())

    def check_body(self, root: ElementTree.Element) -> None:
        """All rows stand in one place, where every reader looks for them."""
        body = root.find("".join(root.tag.rpartition("}")[:2]) + "sheetData")
        rows = 0 if body is None else sum(_local(element) == "row" for element in body)
        _demand(self.bodies == (body is not None) and self.rows == rows, "rows that stand elsewhere")

    def _row(self, element: ElementTree.Element) -> int:
        """Screen the cells of a row and give how many there are; one without an address follows the one before."""
        number, column = int(element.get("r", self.number + 1)), -1
        _demand(self.number < number <= MOST_ROWS, f"row {number} behind {self.number}")
        self.number = number
        if element.get("hidden") in {"1", "true"}:
            self.screened.hidden_rows.add(number)
        cells = element.findall("{*}c") if len(element) else []
        for cell in cells:
            here = address(str(cell.get("r"))) if cell.get("r") else (number, column + 1)
            self._reach(*here)
            _demand(here[0] == number and here[1] > column, f"{cell.get('r')} in row {number}")
            column = here[1]
            self._cell(cell, here)
        return len(cells)

    def _reach(self, row: int, column: int) -> None:
        rows, columns = max(self.screened.corner[0], row), max(self.screened.corner[1], column)
        self.screened.corner = rows, columns
        if rows * (columns + 1) > MOST_CELLS:
            raise Refused(refusal("sparse-bomb", found=f"{rows} x {columns + 1}", expected=str(MOST_CELLS)))

    def _cell(self, element: ElementTree.Element, here: Address) -> None:
        parts = {_local(part): part for part in element}
        _demand(len(parts) == len(element), "a cell that says two things")
        kind, value, inline = element.get("t", "n"), parts.get("v"), parts.get("is")
        number_shown, text_shown = self._shown(element.get("s"))
        if not number_shown:
            self.screened.dressed.add(here)
        is_text = inline is not None or kind in {"s", "str"}
        if (is_text and not text_shown) or (inline is not None and _is_dressed(inline)):
            self.screened.marks[here] = "dressed"
        written = "" if value is None else "".join(value.itertext())
        said = self._said(kind, written, here) if written else ""
        if "f" in parts:
            self.screened.marks[here] = "formula"
            if parts["f"].get("t") in {"array", "dataTable"}:
                self.screened.spilled.append(area(parts["f"].get("ref", "")))
        if kind == "e" or said is None:
            self.screened.marks[here] = "error"
        elif said != "":
            self.screened.said.setdefault(here[0], {})[here[1]] = said

    def _shown(self, style: str | None) -> tuple[bool, bool]:
        """Whether a style shows a number as it is, and a text."""
        if style not in self.shown:
            self.shown[style] = shows_as_is(self.of_numbers, style), shows_as_is(self.of_texts, style)
        return self.shown[style]

    def _said(self, kind: str, written: str, here: Address) -> float | str | None:
        """The number or the shared text of a cell; None where it is neither, or has more digits than are kept."""
        if kind == "n":
            digits = written.upper().partition("E")[0].strip("+-0").replace(".", "")
            return float(written) if _NUMBER.fullmatch(written) and len(digits) <= _MOST_DIGITS else None
        if kind != "s":
            return ""
        if not _PLACE.fullmatch(written) or int(written) >= len(self.shared.texts):
            return None
        if int(written) in self.shared.dressed:
            self.screened.marks[here] = "dressed"
        return self.shared.texts[int(written)]


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_dressed(text: ElementTree.Element) -> bool:
    """Whether a part of a text stands above or below the line, as the three of 10³ does, or is struck out."""
    if len(text) == 1 and not len(text[0]):
        return False
    raised = any(one.get("val") != "baseline" for one in text.findall("{*}r/{*}rPr/{*}vertAlign"))
    return raised or any(one.get("val", "1") not in {"0", "false"} for one in text.findall("{*}r/{*}rPr/{*}strike"))


def _demand(holds: bool, found: str) -> None:
    if not holds:
        raise ValueError(found)


def area(text: str) -> Area:
    """Give the corners of `B7:C9` or of `B7`; a reference of another shape raises KeyError."""
    first, _, last = text.partition(":")
    found = address(first), address(last or first)
    if found[0][0] > found[1][0] or found[0][1] > found[1][1]:
        raise KeyError(f"{text} is no range")
    return found


def address(text: str) -> Address:
    """Give the row and column of `B7`; a reference of another shape raises KeyError."""
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise KeyError(f"{text} is no cell")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1
