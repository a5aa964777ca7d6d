"""The points, slopes and thresholds that risk is computed with, read from the file of the rulebooks."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from sampling.errors import WrongRule

KINDS = ("flag", "count", "log")


@dataclass(frozen=True, slots=True)
class Part:
    """What one column of the frame adds to the points of a listing."""

    column: str
    kind: str
    each: int
    most: int


@dataclass(frozen=True, slots=True)
class Outlier:
    """When a price is out of line with its category."""

    scale: float
    mean_scale: float
    threshold: float
    thin: int


@dataclass(frozen=True, slots=True)
class Size:
    """How points become a size."""

    at: float
    slope: float
    scale: int
    most_ratio: int


@dataclass(frozen=True, slots=True)
class Packs:
    """Units of packs: the basis of each and how many of it one is, and how much of a basis a unit price is for."""

    units: Mapping[str, tuple[str, Decimal]]
    per: Mapping[str, int]
    counters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """One version of the risk file."""

    version: str
    status: str
    parts: tuple[Part, ...]
    size: Size
    outlier: Outlier
    packs: Packs


@cache
def load() -> Weights:
    """Give the weights that ship with the code."""
    return read(files("rulebooks").joinpath("risk.toml").read_text(encoding="utf-8"))


def read(text: str) -> Weights:
    """Give the weights a file holds; a part that is missing or of an unknown kind raises WrongRule."""
    try:
        return _weights(tomllib.loads(text))
    except (KeyError, TypeError, ValueError, ArithmeticError) as wrong:
        raise WrongRule(f"the risk file cannot be read: {wrong}") from wrong


def _weights(table: Mapping[str, Any]) -> Weights:
    size, outlier, pack = table["size"], table["anomaly"], table["pack"]
    return Weights(
        version=table["version"],
        status=table["status"],
        parts=tuple(_part(column, entry) for column, entry in table["points"].items()),
        size=Size(float(size["at"]), float(size["slope"]), size["scale"], size["most_ratio"]),
        outlier=Outlier(
            float(outlier["scale"]), float(outlier["mean_scale"]), float(outlier["threshold"]), outlier["thin"]
        ),
        packs=Packs(
            {name: (basis, Decimal(many)) for basis, names in table["unit"].items() for name, many in names.items()},
            {basis: pack["per"][basis] for basis in table["unit"]},
            tuple(pack["counters"]),
        ),
    )


def _part(column: str, entry: Mapping[str, Any]) -> Part:
    if entry["kind"] not in KINDS:
        raise WrongRule(f"{column} is of the kind {entry['kind']}, which is none of {', '.join(KINDS)}")
    part = Part(column, entry["kind"], entry["each"], entry.get("most", entry["each"]))
    if not 0 < part.each <= part.most:
        raise WrongRule(f"{column} gives {part.each} points each and at most {part.most}")
    return part
