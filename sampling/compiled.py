"""Compiled: whether the loops that numba makes fast are worth their start, and installed."""

from functools import cache
from importlib import import_module
from types import ModuleType

LEAST = 50_000
"""Below so many rows, numba takes longer to load than the plain way takes for all."""


def loops(rows: int) -> ModuleType | None:
    """Give `sampling.loops` for so many rows; None where they are few or numba is not installed."""
    return _loops() if rows >= LEAST else None


@cache
def _loops() -> ModuleType | None:
    try:
        return import_module("sampling.loops")
    except ImportError:
        return None
