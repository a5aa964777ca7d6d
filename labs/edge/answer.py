"""The answer of a child that read a file: a length, JSON, and arrays of numbers; nothing in it can run."""

import json
from dataclasses import asdict, astuple, fields
from datetime import date
from decimal import Decimal
from io import BytesIO
from tokenize import TokenError
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from labs.columns import Columns, Scaled, Words
from labs.edge.child import NOT_ANSWERS
from labs.report import NO_RESULTS, Reading, Report
from labs.result import Finding

_SIZE = 8
_PLACES = 60
_NOT_ARRAYS = (EOFError, SyntaxError, TokenError)  # the head of an array is read as a literal of Python


class Broken(Exception):
    """What a child wrote is no answer."""


def write(reading: Reading, sink: IO[bytes]) -> None:
    """Write a reading."""
    arrays: list[NDArray[Any]] = []
    columns = {field.name: _plain(getattr(reading.results, field.name), arrays) for field in fields(Columns)}
    page = {
        "reports": [asdict(report) for report in reading.reports],
        "findings": [astuple(finding) for finding in reading.findings],
        "columns": columns,
    }
    text = json.dumps(page, default=str).encode()
    sink.write(len(text).to_bytes(_SIZE, "big"))
    sink.write(text)
    for array in arrays:
        held = BytesIO()  # a pipe has no position, which NumPy asks for
        np.save(held, array, allow_pickle=False)
        sink.write(held.getbuffer())


def read(data: bytes) -> Reading:
    """Give the reading that was written, or raise Broken."""
    try:
        size = int.from_bytes(data[:_SIZE], "big")
        page = json.loads(data[_SIZE : _SIZE + size])
        rest = BytesIO(data[_SIZE + size :])
        columns = Columns(**{name: _part(plain, rest) for name, plain in page["columns"].items()})
        reports = tuple(_report(**report) for report in page["reports"])
        _check(columns)
        return Reading(reports, tuple(_finding(*finding) for finding in page["findings"]), columns)
    except (*NOT_ANSWERS, *_NOT_ARRAYS) as error:
        raise Broken(str(error)) from error


def _plain(part: Any, arrays: list[NDArray[Any]]) -> Any:
    match part:
        case Words():
            arrays.append(part.codes)
            return {"words": part.words}
        case Scaled():
            arrays += [part.digits, part.places, part.known]
            return {"huge": {str(row): str(value) for row, value in part.huge.items()}}
        case _:
            arrays.append(part)
            return None


def _report(lab: object, number: object, version: object, kind: object, issued_on: object) -> Report:
    if type(version) is not int:
        raise Broken("a version is no number")
    return Report(_text(lab), _text(number), version, _text(kind), date.fromisoformat(_text(issued_on)))


def _finding(rule: object, reaction: object, row: object, column: object, *rest: object) -> Finding:
    found, expected, cell = map(_text, rest)
    if not (row is None or type(row) is int):
        raise Broken("a row is no number")
    return Finding(_text(rule), _text(reaction), row, None if column is None else _text(column), found, expected, cell)


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise Broken("what should be a text is none")
    return said


def _part(plain: Any, rest: IO[bytes]) -> Any:
    if plain is None:
        return _array(rest)
    if "words" in plain:
        return Words(_array(rest), tuple(_words(plain["words"])))
    huge = {int(row): Decimal(value) for row, value in plain["huge"].items()}
    return Scaled(_array(rest), _array(rest), _array(rest), huge)


def _array(rest: IO[bytes]) -> NDArray[Any]:
    """One array, and no archive of them, which numpy.load would open."""
    array: NDArray[Any] = np.lib.format.read_array(rest, allow_pickle=False)
    return array


def _words(said: object) -> list[str]:
    if not isinstance(said, list):
        raise Broken("words are no list")
    return [_text(word) for word in said]


def _check(columns: Columns) -> None:
    """Columns of one length and of the kinds they have, whose texts are there; an array's header may claim anything."""
    for field in fields(Columns):
        part, wanted = getattr(columns, field.name), getattr(NO_RESULTS, field.name)
        if type(part) is not type(wanted):
            raise Broken(f"{field.name} is another kind of column")
        arrays = _arrays(part)
        if any(array.dtype != one.dtype for array, one in zip(arrays, _arrays(wanted), strict=True)):
            raise Broken(f"{field.name} is of other numbers")
        if any(array.shape != (columns.row.size,) for array in arrays):
            raise Broken(f"{field.name} is not as long as the others")
        _check_inside(part, field.name)


def _arrays(part: Any) -> list[NDArray[Any]]:
    match part:
        case Words():
            return [part.codes]
        case Scaled():
            return [part.digits, part.places, part.known]
        case _:
            return [part]


def _check_inside(part: Any, name: str) -> None:
    match part:
        case Words() if len(part) and not 0 <= part.codes.min() <= part.codes.max() < len(part.words):
            raise Broken(f"{name} names texts that are not there")
        case Scaled() if len(part) and not -_PLACES <= part.places.min() <= part.places.max() <= _PLACES:
            raise Broken(f"{name} has more places than a number may have")
        case Scaled() if not all(0 <= row < len(part) and value.is_finite() for row, value in part.huge.items()):
            raise Broken(f"{name} is no number")
