"""Rows become records here; a row never leaves the package."""

from dataclasses import fields
from typing import Any, TypeVar

Record = TypeVar("Record")


def record_of(kind: type[Record], row: Any, **given: Any) -> Record:
    """Give a record made of the row's columns of the same names, and of what is given beside them."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: given[name] if name in given else getattr(row, name) for name in names})
