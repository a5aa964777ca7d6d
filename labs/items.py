"""Test items: how each is called, as the limits in force name it."""

from collections.abc import Mapping
from functools import cache

from labs import limits
from sampling.text import Text


@cache
def items() -> Mapping[str, Text]:
    """Give the name of every test item that has a limit, by its code."""
    return {one.item: one.item_name for one in limits.load(limits.IN_FORCE).limits}


def item_name(code: str) -> Text | str:
    """Give what a test item is called; a code without a limit stands for itself."""
    return items().get(code, code)
