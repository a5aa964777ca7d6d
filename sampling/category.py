"""Categories of goods: how each is called, by the data that name them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sampling.text import Text


@cache
def categories() -> Mapping[str, Text]:
    """Give the name of every category by its code."""
    page = tomllib.loads((files("rulebooks") / "categories.toml").read_text(encoding="utf-8"))
    return {code: Text(**name) for code, name in page["categories"].items()}


def category_name(code: str) -> Text | str:
    """Give what a category is called; a code that the data do not name stands for itself."""
    return categories().get(code, code)
