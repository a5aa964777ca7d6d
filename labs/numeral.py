"""Numerals as laboratories write them: what maps to an exact decimal, and what is asked about instead."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = {0x2212: "-", 0x2264: "<=", 0x2A7D: "<=", 0x2266: "<=", 0x2265: ">=", 0x2A7E: ">=", 0x2267: ">="}
_SPACES = {0x3000: " ", 0x00A0: " ", 0x2009: " ", 0x202F: " "}
_MAPPED: dict[int, int | str] = {**_WIDE, **_SIGNS, **_SPACES}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_POWER = re.compile(r"(?<![\d.])(?:(?P<digits>[0-9.]+)\s*[×xX*·⋅]\s*)?10(?P<power>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)(?!\d)")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,24}(?:\.[0-9]{1,24})?|\.[0-9]{1,24})(?:[eE][+-]?[0-9]{1,2})?")
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_DATE = re.compile(r"[0-9]{1,4}[-/年月][0-9]{1,2}(?:[-/月日].*)?|[0-9]{1,2}-[A-Za-z]{3}(?:-[0-9]{2,4})?")
_PARTS = re.compile(r"(?P<sign>[<>≤≥=]*\s*[+-]?)(?P<number>[0-9][0-9,. ']*)", re.ASCII)
_FIRST = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
"""What may stand before the first separator; no number of four digits begins with a zero."""
_WITH_UNIT = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?\s*[^0-9.,\s].*")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read exactly, or the code of what stands in the way."""

    value: Decimal | None
    flaw: str | None = None
    """`decimal-comma`, `thousands-separator`, `foreign-digits`, `ideographic-stop`, `date-in-result`,
    `unit-in-value` or `not-a-number`."""


def plain(text: str) -> str:
    """Give the text with full-width signs, the minus sign, ≤ ≥ and raised powers of ten in ASCII, trimmed.

    Powers go first: compatibility normalisation would turn 10³ into 103.
    """
    return _POWER.sub(_as_exponent, text).translate(_MAPPED).strip()


def declared(text: str, *, decimal: str = ".", thousands: str = "") -> str:
    """Give the text with a full stop for the decimal mark and without the separators that its writer declares.

    A text that is not written so stays as it is.
    """
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return text
    whole, mark, rest = parts["number"].strip().rpartition(decimal)
    if not mark:
        whole, rest = rest, ""
    if thousands and thousands in whole:
        first, *more = whole.split(thousands)
        if not _FIRST.fullmatch(first) or any(len(group) != 3 for group in more):
            return text
        whole = "".join((first, *more))
    if not whole.isdigit() or (mark and not rest.isdigit()):
        return text
    return f"{parts['sign']}{whole}{'.' if mark else ''}{rest}"


def read_number(text: str) -> Numeral:
    """Give the number that the plain text is, or the code of its flaw; nothing is guessed."""
    if _NUMBER.fullmatch(text):
        return Numeral(Decimal(text))
    return Numeral(None, _flaw(text))


def _as_exponent(match: re.Match[str]) -> str:
    return f"{match['digits'] or '1'}e{match['power'].translate(_RAISED)}"


def _flaw(text: str) -> str:
    shapes = (
        (_THOUSANDS, "thousands-separator"),
        (_COMMA, "decimal-comma"),
        (_DATE, "date-in-result"),
        (_WITH_UNIT, "unit-in-value"),
    )
    if "。" in text:
        return "ideographic-stop"
    if any(unicodedata.category(char) in {"Nd", "No"} and not char.isascii() for char in text):
        return "foreign-digits"
    return next((code for shape, code in shapes if shape.fullmatch(text)), "not-a-number")
