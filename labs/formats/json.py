"""JSON after the schema `lab-results/1`: the same columns as a tree, numbers as text, nothing unknown."""

import json
from typing import Any

from labs.formats.table import Table, refused
from labs.formats.tree import SCHEMA, Misshapen, table_of


def read(data: bytes) -> Table:
    """Give one row a result, numbered from 1 in the order of `results`; a tree outside the schema is refused."""
    try:
        text = data.decode("utf-8-sig")
        return table_of(json.loads(text, object_pairs_hook=_once, parse_float=_number, parse_constant=_number))
    except (ValueError, RecursionError) as error:  # no text, no JSON, or a number without end
        return refused("json-broken", found=str(error))
    except Misshapen as error:
        return refused("json-shape", found=str(error), expected=SCHEMA)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise Misshapen("a name stands twice")
    return held


def _number(text: str) -> Any:
    raise Misshapen(f"{text}: numbers travel as text")
