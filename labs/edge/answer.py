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
from labs.report import Reading, Report
from labs.result import Finding

_SIZE = 8
_NOT_ANSWERS = (
    ValueError, KeyError, TypeError, ArithmeticError, EOFError, AttributeError, MemoryError, RecursionError,
    SyntaxError, TokenError,  # what stands at the head of an array is read as a literal of Python
)  # fmt: skip


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
        reports = tuple(
            Report(**{**report, "issued_on": date.fromisoformat(report["issued_on"])}) for report in page["reports"]
        )
        _check(columns)
        return Reading(reports, tuple(Finding(*finding) for finding in page["findings"]), columns)
    except _NOT_ANSWERS as error:
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


def _part(plain: Any, rest: IO[bytes]) -> Any:
    if plain is None:
        return _array(rest)
    if "words" in plain:
        return Words(_array(rest), tuple(plain["words"]))
    huge = {int(row): Decimal(value) for row, value in plain["huge"].items()}
    return Scaled(_array(rest), _array(rest), _array(rest), huge)


def _array(rest: IO[bytes]) -> NDArray[Any]:
    array: NDArray[Any] = np.load(rest, allow_pickle=False)
    return array


def _check(columns: Columns) -> None:
    """Columns of one length, whose texts are there; a header of an array may claim anything."""
    for field in fields(Columns):
        part = getattr(columns, field.name)
        arrays: list[NDArray[Any]]
        match part:
            case Words():
                arrays = [part.codes]
                if len(part.codes) and not 0 <= part.codes.min() <= part.codes.max() < len(part.words):
                    raise Broken(f"{field.name} names texts that are not there")
            case Scaled():
                arrays = [part.digits, part.places, part.known]
            case _:
                arrays = [part]
        if any(array.shape != columns.row.shape or array.ndim != 1 for array in arrays):
            raise Broken(f"{field.name} is not as long as the others")
