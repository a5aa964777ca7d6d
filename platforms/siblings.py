"""Siblings: the variants of one product in the data for the page's scripts, and which of them the address asks for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from platforms.offer import parted, text_of

_MOST_NODES = 20_000
_ASKING = frozenset({"variant", "variantid", "variation", "vid", "sku", "skuid", "id", "pid"})
OF_VARIANTS = re.compile(r"(?:variants?|skus|variations|children)$", re.I)
_NAMES = ("id", "variantId", "skuId", "sku")


def asked_sku(values: Iterable[Any], url: str) -> str:
    """Give the SKU of the variant that the address asks for by its number, nothing where it asks for none."""
    asked = {value for name, value in parse_qsl(parted(url).query) if name.lower() in _ASKING}
    if not asked:
        return ""
    named = (node for group in _groups(values) for node in group if any(text_of(node.get(n)) in asked for n in _NAMES))
    return next((sku for node in named if (sku := text_of(node.get("sku")))), "")


def is_of_several(values: Iterable[Any], code: str) -> bool:
    """Tell whether the code is that of one variant beside others with codes of their own."""
    return any(
        len(codes) > 1 and code in codes
        for group in _groups(values)
        if (codes := {text_of(one["sku"]) for one in group})
    )


def _groups(values: Iterable[Any]) -> Iterator[list[Mapping[str, Any]]]:
    """The lists of variants in the data, without those that have no SKU."""
    rest, seen = list(values), 0
    while rest and seen < _MOST_NODES:
        node, seen = rest.pop(), seen + 1
        if isinstance(node, dict):
            for name, inner in node.items():
                if isinstance(inner, list) and OF_VARIANTS.search(name):
                    yield [one for one in inner if isinstance(one, dict) and text_of(one.get("sku"))]
        every = node.values() if isinstance(node, dict) else node
        rest += [one for one in every if isinstance(one, dict | list)]
