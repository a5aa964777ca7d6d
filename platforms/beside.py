"""Beside: the words next to a number, and the kind of price they make of it."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from platforms.phrases import one_of

Kind = Literal[
    "plain", "each", "regular", "old", "saving", "shipping", "instalment", "unit", "net", "deal", "percent", "quantity"
]

_NEAR = 40
_CLOSE = 22
_UNIT_EQUALS = re.compile(r"(?:\b(?:kg|g|mg|l|ml|cl|m|m²|st|stk|stück|pcs|oz|lb)|\d)\s*=\s*\W{0,3}$")
_TIMES = re.compile(r"\d\s*[x×]\s*(?:de\s+|of\s+|à\s+)?\W{0,4}[a-z]{0,3}\$?\W{0,3}$")
_RATE = re.compile(
    r"(?<=\S)\s\d{1,2}(?:[.,]\d)?\s?%(?=\s*(?:mwst|ust|moms|mva|vat|gst|btw|iva|tva|dph|áfa|ндс|пдв|kdv|tax))"
)
"""The rate of a tax, told between the words: `exkl. 20 % MwSt.`"""
_TIMES_AHEAD = re.compile(r"\d\s?[x×]\s\D{0,25}$")
"""`12x sem juros`: so many payments, whatever is said of them before the number."""
_TIMES_AFTER = re.compile(r"\s?[x×]\s?\d")
_SENTENCE = re.compile(r"(?<=\w{4})[.!?](?=\s)|[;|·•](?=\s)|[。！？；]")
_SEVERAL = r"(?!1(?!\d))\d{1,4}"
_SIGNED = re.compile(r"(?:^|[\s(])[-−–+]\s?[^\s\w]{0,2}$")
"""Taken off, or asked on top of the price for a choice: `(+$80)`."""


@lru_cache(maxsize=8192)
def kind_beside(before: str, after: str, *, first: bool = True) -> tuple[Kind, int]:
    """Give the kind of price that a number is between two texts, and how much of the text after it says so.

    A dash before the first number of a text takes something off; before a later one it makes a range.
    """
    ahead, behind = before[-_NEAR:].lower(), _RATE.sub("", after[:_NEAR].lower())
    follows = _after().match(behind)
    if follows and follows.lastgroup in {"percent", "unit", "each", "instalment", "saving", "net"}:
        return _named(follows), follows.end()
    leads = _leading(ahead, first=first)
    if leads is not None and not (follows and follows.lastgroup == "quantity"):
        return leads, 0
    return (_named(follows), follows.end()) if follows else ("plain", 0)


def _leading(ahead: str, *, first: bool) -> Kind | None:
    if _UNIT_EQUALS.search(ahead):
        return "unit"
    if _TIMES.search(ahead):
        return "instalment"
    nearest: Kind | None = None
    for match in _before().finditer(ahead):
        if len(ahead) - match.end() <= _CLOSE:
            nearest = _named(match)
    return "saving" if nearest is None and first and _SIGNED.search(ahead) else nearest


def is_aside(before: str, after: str, own: str) -> bool:
    """Tell whether the words in a number's row make it no price for anyone who buys one; `own` are its element's."""
    ahead = _phrases("for_all").sub("", _SENTENCE.split(before.lower())[-1])
    if _bulk().search(ahead) or _payments().search(ahead) or _phrases("aside_before").search(ahead):
        return True
    if is_for_members(before, after):
        return True
    kinds = [_named(match) for match in _before().finditer(_SENTENCE.split(own.lower())[-1])]
    if kinds and kinds[-1] in {"shipping", "instalment", "saving"}:
        return True
    if _TIMES_AHEAD.search(before.lower()):
        return True
    behind = _phrases("for_all").sub("", after[:_NEAR].lower())
    return _TIMES_AFTER.match(after) is not None or _phrases("aside_after").search(behind) is not None


def is_for_members(before: str, after: str) -> bool:
    """Tell whether the words in a number's row keep it for members or for holders of a card, whatever its name."""
    ahead = _phrases("for_all").sub("", _SENTENCE.split(before.lower())[-1])
    behind = _phrases("for_all").sub("", after[:_NEAR].lower())
    if _with_card().search(ahead) or _with_card().search(behind):
        return True
    said = (*_phrases("aside_before").finditer(ahead), *_phrases("aside_after").finditer(behind))
    return any(_phrases("members").search(match.group()) for match in said)


def on_request(text: str) -> bool:
    """Tell whether the text says that the price is told on asking."""
    return _phrases("on_request").search(text.lower()) is not None


def is_from(before: str, after: str) -> bool:
    """Tell whether the number is the lowest of several, by the words beside it."""
    return bool(_starts().search(before[-_NEAR:].lower()) or _ends().match(after[:_NEAR].lower()))


def is_between(text: str) -> bool:
    """Tell whether the text between two numbers makes a range of them."""
    return _between().search(text.lower()) is not None


def _named(match: re.Match[str]) -> Kind:
    return match.lastgroup  # type: ignore[return-value]


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("price.toml").read_text("utf-8"))


@cache
def _phrases(name: str) -> re.Pattern[str]:
    return one_of(_parts(word) for word in sorted(_words()[name]))


@cache
def _before() -> re.Pattern[str]:
    return _grouped(_words()["before"].items())


@cache
def _after() -> re.Pattern[str]:
    # A currency may stand between the number and the word: 1,99 € / kg, 12 USD off.
    sign = r"\s{0,3}[.,]?[-–]?\s{0,3}(?:[^\s\w/%]{1,3}|[a-zł]{2,4}\b\.?|[円원元])??\s{0,3}[(（]?"
    # 税込 right before another number belongs to that one.
    return re.compile(rf"{sign}(?:{_grouped(_words()['after'].items()).pattern})(?!\s*[¥￥])")


@cache
def _with_card() -> re.Pattern[str]:
    """`с OZAR Картой`: with the card of a name; one of a kind that anybody may pay with is not meant."""
    table = _words()["with_card"]
    with_, any_, card = ("|".join(_word(word) for word in table[name]) for name in ("with", "any", "card"))
    return re.compile(rf"(?:{with_})\s+(?:(?!{any_})[^\s,.;]{{2,20}}[\s-]+){{1,2}}(?:{card})")


@cache
def _payments() -> re.Pattern[str]:
    return re.compile(rf"\d\s?(?:{'|'.join(_word(word) for word in _words()['payments'])})\D{{0,25}}$")


@cache
def _bulk() -> re.Pattern[str]:
    """The number of pieces, more than one, from which the price holds: `ab 3`, `2+`, `5 - 9 Stk`, `10件以上`."""
    starts = "|".join(_word(word) for word in _words()["from_before"])
    pieces = "|".join(_word(word) for word in _words()["pieces"])
    several = rf"(?:{starts}|[≥>])\s?{_SEVERAL}|(?<!\d){_SEVERAL}\s?(?:\+|[-–~]\s?\d{{1,4}}|[件個个点])"
    return re.compile(rf"(?:{several})\s?(?:{pieces})?(?:以上|起)?[\s:：=(]{{0,4}}(?:[a-z]{{2,3}}|[^\w\s]{{1,2}})?\s?$")


@cache
def _starts() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{'|'.join(_word(word) for word in _words()['from_before'])})\W{{0,4}}[a-zł]{{0,3}}[^\w.]{{0,3}}$"
    )


@cache
def _ends() -> re.Pattern[str]:
    return re.compile(
        rf"\s{{0,3}}\S{{0,3}}?\s{{0,2}}(?:{'|'.join(map(re.escape, _words()['from_after']))})(?![订批拍售送]|\s*\d)"
    )


@cache
def _between() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(_word(word) for word in _words()['range_between'])})(?!\w)|至|到|から")


def _grouped(groups: Iterable[tuple[str, list[str]]]) -> re.Pattern[str]:
    longest = {name: sorted(words, key=len, reverse=True) for name, words in groups}
    return re.compile("|".join(f"(?P<{name}>{'|'.join(map(_word, words))})" for name, words in longest.items()))


def _word(word: str) -> str:
    return "".join(_parts(word))


def _parts(word: str) -> tuple[str, str, str]:
    """A word of letters stands alone; Chinese, Japanese and Thai need no room."""
    plain = re.escape(word).replace(r"\ ", r"\s+").replace("/", r"/\s*")
    before = r"(?<![^\W\d_])" if word[0].isalpha() and ord(word[0]) < 0x0E00 else ""
    after = r"(?!\.?[^\W\d_])" if word[-1].isalpha() and ord(word[-1]) < 0x0E00 else ""
    return before, plain, after
