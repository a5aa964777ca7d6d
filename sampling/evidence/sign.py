"""Signs: what on a page speaks for a wall in front of the offer, and what for the offer itself."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sampling.evidence.glance import Glance


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing on the page that speaks for a reason."""

    name: str
    reason: str
    found: str
    weight: int
    soft: bool = True
    """Whether signs of an offer weigh against it."""


@cache
def rules() -> dict[str, Any]:
    """Give the table of signs and weights, obstacle.toml."""
    return tomllib.loads(Path(__file__).with_name("obstacle.toml").read_text("utf-8"))


def mark_signs(glance: Glance) -> Iterator[Sign]:
    """Give the parts of the source that a protection service leaves, and the widgets that ask for a human."""
    for rule in rules()["marks"]:
        if found := re.search(rule["pattern"].lower(), glance.source):
            yield Sign(f"{rule['reason']}_mark", rule["reason"], found.group()[:80], rule["weight"], soft=False)
    for reason, widgets in rules()["widgets"].items():
        if widget := next((widget for widget in widgets if any(widget in place for place in glance.places)), None):
            yield Sign(f"{reason}_widget", reason, widget, weight("widget"))


@cache
def _phrases() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """By reason the strong and the weak phrases."""
    return {reason: (_either(lists["strong"]), _either(lists["weak"])) for reason, lists in rules()["words"].items()}


def _either(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases), re.IGNORECASE)


def word_signs(glance: Glance) -> Iterator[Sign]:
    """Give what the page says: in title and headings by what it fills of them, in a text that offers nothing."""
    place = "words" if glance.length <= rules()["short"] else "lead"
    text = "" if price_in(glance) and _buying_words(glance) else glance.words[: rules()["short"]]
    for reason, (strong, weak) in _phrases().items():
        for spot, texts in (("title", glance.title), ("heading", glance.headings)):
            yield from _filling(spot, reason, texts, strong, weak)
        yield from _said(f"{place}_strong", reason, text, strong)
        yield from _said(f"{place}_weak", reason, text, weak)


def _said(place: str, reason: str, text: str, pattern: re.Pattern[str]) -> Iterator[Sign]:
    """The weight of a phrase that the text says, and a little more when it says another one."""
    found = dict.fromkeys(match.group().lower() for match in pattern.finditer(text))
    own = weight(f"{reason}_{place}", weight(place))
    if found and own:
        more = weight("further") if len(found) > 1 else 0
        yield Sign(f"{reason}_{place}", reason, ", ".join(found)[:80], own + more)


def _filling(
    place: str, reason: str, texts: Sequence[str], strong: re.Pattern[str], weak: re.Pattern[str]
) -> Iterator[Sign]:
    """The weight of a phrase by how much of the title or heading it fills; a weak one must fill it."""
    covering = rules()["covering"]
    found = max((share for text in texts for share in _shares(strong, text)), default=None)
    if found:
        strength = "strong" if found[0] >= covering else "strong_part"
        yield Sign(f"{reason}_{place}", reason, found[1], weight(f"{place}_{strength}"))
    elif words := next((words for text in texts for share, words in _shares(weak, text) if share >= covering), None):
        yield Sign(f"{reason}_{place}", reason, words, weight(f"{place}_weak"))


def _shares(pattern: re.Pattern[str], text: str) -> Iterator[tuple[float, str]]:
    for match in pattern.finditer(text):
        yield len(match.group()) / len(text), match.group()


def offer_signs(glance: Glance) -> Iterator[Sign]:
    """Give what only an offer has: mark-up, a price, a button to buy or the word that it is sold out, much text."""
    price, buying = price_in(glance), _buying_words(glance)
    if glance.products:
        kind = "markup" if glance.products == 1 else "listed_markup"
        yield Sign(kind, "offer", str(glance.products), -_against(kind))
    if price and buying:
        yield Sign("price_and_buying", "offer", f"{price}, {buying}", -_against("price_and_buying"))
    elif price:
        yield Sign("price", "offer", price, -_against("price"))
    elif buying:
        yield Sign("buying", "offer", buying, -_against("buying"))
    if glance.length > rules()["long"]:
        yield Sign("long", "offer", str(glance.length), -_against("long"))


@cache
def _buying() -> re.Pattern[str]:
    return _either(rules()["offer"]["buying"])


@cache
def _prices() -> re.Pattern[str]:
    return re.compile(rules()["offer"]["price"], re.IGNORECASE)


def price_in(glance: Glance) -> str:
    """Give the first price that the page shows, or nothing."""
    found = _prices().search(glance.words)
    return found.group().strip() if found else ""


def _buying_words(glance: Glance) -> str:
    found = _buying().search(f"{glance.words} {glance.labels}")
    return found.group() if found else ""


def weight(name: str, usual: int = 0) -> int:
    """Give how much a sign of this name weighs."""
    return int(rules()["weights"].get(name, usual))


def _against(name: str) -> int:
    return int(rules()["against"][name])
