"""Phrases: the words by which a page speaks of buying, of what is in stock and of other goods, in many languages."""

import re
import tomllib
from functools import cache
from pathlib import Path


def says(kind: str, text: str) -> bool:
    """Tell whether the text holds one of the words of a kind: related, buy, sold_out, in_stock."""
    return phrases(kind).search(text.lower()) is not None


@cache
def phrases(kind: str) -> re.Pattern[str]:
    """Give the pattern of the words of a kind, in lower case."""
    table = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))
    return re.compile("|".join(_phrase(word) for word in sorted(table[kind], key=len, reverse=True)))


def _phrase(word: str) -> str:
    plain = re.escape(word).replace(r"\ ", r"\s+")
    before = r"(?<![^\W\d_])" if word[0].isalpha() and ord(word[0]) < 0x0E00 else ""
    after = r"(?![^\W\d_])" if word[-1].isalpha() and ord(word[-1]) < 0x0E00 and len(word) < 8 else ""
    return before + plain + after
