"""Letters: what a page wrote, in a form that every file can hold."""

from collections.abc import Mapping
from typing import Any


def whole(value: Any) -> Any:
    """Give the value with every half of a surrogate pair replaced: a script may hold such text, no file can."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case Mapping():
            return {whole(name): whole(item) for name, item in value.items()}
        case list() | tuple():
            return [whole(item) for item in value]
        case _:
            return value
