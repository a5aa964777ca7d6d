"""A result is an interval with its unit, limits of detection and uncertainty."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from labs.numeral import plain, read_number
from labs.rounding import EXACT, last_place


@dataclass(frozen=True, slots=True)
class Interval:
    """The values a result leaves possible; `None` is an open end, `*_open` excludes the end itself."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False

    @property
    def point(self) -> Decimal | None:
        """The one value left possible, if there is only one."""
        return self.low if self.low == self.high else None


@dataclass(frozen=True, slots=True)
class Result:
    """One measured item of one blind-coded sample, as the laboratory reported it and as it is read."""

    report_no: str
    report_version: int
    blind_code: str
    item: str
    method: str
    method_edition: str
    replicate: int
    raw_text: str
    unit: str
    interval: Interval
    qualifier: str
    """`=`, `<`, `<=`, `>`, `>=`, `nd` (not detected) or `trace` (detected, below LOQ)."""
    lod: Decimal | None
    loq: Decimal | None
    u_expanded: Decimal | None
    coverage_k: Decimal | None
    tested_on: date | None
    row: int
    """The row of the file it came from, counted as a spreadsheet shows it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a laboratory's file, addressed so that it can be mended."""

    rule: str
    reaction: str
    """`reject`, `hold`, `fix` or `warn`."""
    row: int | None
    column: str | None
    found: str
    expected: str
    cell: str = ""
    """Where a spreadsheet shows it, such as `Results!H12`; empty for what is no cell."""

    def __post_init__(self) -> None:
        """What no text may hold is shown by its number, so that a finding can always be kept."""
        if not (self.found.isprintable() and self.expected.isprintable()):
            object.__setattr__(self, "found", _UNKEPT.sub(_shown, self.found))
            object.__setattr__(self, "expected", _UNKEPT.sub(_shown, self.expected))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a result text says; without an interval it is held, and a finding says why."""

    interval: Interval | None
    qualifier: str | None
    findings: tuple[Finding, ...] = ()


ABSENT = frozenset({"nd", "n.d.", "n.d", "not detected", "none detected", "未检出", "未檢出", "<lod", "<检出限"})
TRACE = frozenset({"trace", "痕量", "detected <loq", "detected, <loq", "detected below loq", "检出<loq", "检出,<loq"})
TRACE |= {"检出,低于定量限", "检出低于定量限"}
NOTHING = frozenset({"", "-", "--", "—", "——", "/", "n/a", "na", "无"})
_ZERO = Decimal(0)
_UNKEPT = re.compile("[\\0\ud800-\udfff]")
"""A NUL, and halves of characters."""
_GRAMMAR = re.compile(r"(?P<sign><=|>=|<|>)?\s*(?P<number>.*?)\s*(?P<mark>\([+-]\))?", re.DOTALL)


def read_result(
    text: str,
    *,
    lod: Decimal | None = None,
    loq: Decimal | None = None,
    signed: bool = False,
    row: int | None = None,
    column: str = "result_text",
) -> Measurement:
    """Give the interval and qualifier of a result as reported, or the finding that holds it.

    Limits of detection are in the unit of the text. A signed item (pH, temperature, a colour value) may
    be negative and has no natural lower end. Nothing is replaced by half a limit of detection.
    """
    cleaned = plain(text)
    said = Measurement(None, None)
    word = cleaned.lower()
    if lod is not None and loq is not None and lod > loq:
        flaw = ("lod-above-loq", "lod <= loq")
    elif word in NOTHING:
        flaw = ("no-value", "")
    elif word in ABSENT:
        said, flaw = _absent(lod, loq)
    elif word == "<loq":
        said, flaw = _below(loq, signed)
    elif word in TRACE:
        said, flaw = _trace(lod, loq)
    else:
        said, flaw = _quantity(cleaned, lod, loq, signed)
    findings = []
    if flaw[0]:
        reaction = "hold" if said.interval is None else "warn"
        findings.append(Finding(flaw[0], reaction, row, column, text, flaw[1]))
    if cleaned != text.strip() and said.interval is not None:
        findings.append(Finding("text-normalised", "fix", row, column, text, cleaned))
    return Measurement(said.interval, said.qualifier, tuple(findings))


Said = tuple[Measurement, tuple[str, str]]
_FINE = ("", "")


def _held(flaw: str, expected: str = "") -> Said:
    return Measurement(None, None), (flaw, expected)


def _absent(lod: Decimal | None, loq: Decimal | None) -> Said:
    if not lod:
        return _held("nd-without-lod", "lod")
    return Measurement(Interval(_ZERO, lod, high_open=True), "nd"), _FINE


def _below(loq: Decimal | None, signed: bool) -> Said:
    if loq is None:
        return _held("loq-missing", "loq")
    return Measurement(Interval(None if signed else _ZERO, loq, high_open=True), "<"), _FINE


def _trace(lod: Decimal | None, loq: Decimal | None) -> Said:
    if lod is None or loq is None:
        return _held("loq-missing", "lod, loq")
    return Measurement(Interval(lod, loq, high_open=True), "trace"), _FINE


def _quantity(text: str, lod: Decimal | None, loq: Decimal | None, signed: bool) -> Said:
    parts = _GRAMMAR.fullmatch(text)
    assert parts is not None  # the pattern matches every text
    numeral = read_number(parts["number"])
    if numeral.value is None:
        return _held(numeral.flaw or "not-a-number", "0.01, <0.01, ND")
    value = numeral.value
    if value < 0 and not signed:
        return _held("negative", ">= 0")
    match parts["sign"]:
        case None:
            return _number(value, parts["mark"], lod, loq)
        case _ if parts["mark"]:
            return _held("not-a-number", "0.01, <0.01, ND")
        case "<" | "<=" as sign:
            return _less(value, sign, lod, loq, signed)
        case sign:
            return Measurement(Interval(value, None, low_open=sign == ">"), sign), _FINE


def _less(value: Decimal, sign: str, lod: Decimal | None, loq: Decimal | None, signed: bool) -> Said:
    if value == 0 and not signed:
        return _held("negative", "> 0")  # nothing lies below zero
    known = [str(limit) for limit in (lod, loq) if limit is not None]
    if known and value not in (lod, loq):
        return _held("other-limit", ", ".join(known))
    return Measurement(Interval(None if signed else _ZERO, value, high_open=sign == "<"), sign), _FINE


def _number(value: Decimal, mark: str | None, lod: Decimal | None, loq: Decimal | None) -> Said:
    if value == 0 and loq:
        return _held("zero-with-loq", "ND")
    if lod is not None and value < lod:
        return _held("below-lod", f">= {lod}")
    flaw = ("below-loq", f">= {loq}") if loq is not None and value < loq else _FINE
    return Measurement(_around(value, mark), "="), flaw


def _around(value: Decimal, mark: str | None) -> Interval:
    """The truth behind 16.50(+) lies above it by less than half its last place (GB/T 8170, 3.2.3)."""
    if mark is None:
        return Interval(value, value)
    half = EXACT.multiply(last_place(value), Decimal("0.5"))
    outward = (mark == "(+)") == (value >= 0)  # the mark speaks of the magnitude
    if outward:
        return Interval(value, EXACT.add(value, half), low_open=True, high_open=False)
    return Interval(EXACT.subtract(value, half), value, low_open=False, high_open=True)


def _shown(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
