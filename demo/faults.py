"""The faults the shops commit on purpose, read from the table beside."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def faults(shop: str) -> Mapping[str, Mapping[str, Any]]:
    """One shop's faults by SKU; see faults.toml for the kinds."""
    table: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return table[shop]
