"""A currency: told by the sign or code beside a number, or by the page's region and language."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Custom:
    """How a currency is written: its decimal mark where in doubt, and how many digits follow it."""

    decimal: str
    parts: int


_LIKELIEST = {
    "$": "USD", "¥": "CNY", "￥": "CNY", "kr": "SEK", "kr.": "DKK", "Rs": "INR", "Rs.": "INR", "R": "ZAR",
    "درهم": "AED", "ريال": "SAR", "دينار": "KWD", "جنيه": "EGP",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Signs:
    meaning: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]
    customs: Mapping[str, Custom]
    regions: Mapping[str, str]
    languages: Mapping[str, str]
    home: Mapping[str, tuple[str, ...]]
    """By currency: the signs that mean it too, on its own pages."""


def signs() -> re.Pattern[str]:
    """Give the pattern of every sign, name and code; a lone letter counts right before a digit only."""
    return _known().pattern


def meant_by(sign: str) -> tuple[str, ...]:
    """Give the currencies that a sign may mean."""
    return _known().meaning.get(sign, ())


def custom_of(code: str) -> Custom:
    """Give how a currency is written; one that we do not list is written as in English."""
    return _known().customs.get(code, Custom(".", 2))


def settled(text: str, own: str | None) -> str | None:
    """Give the one currency of the text: named, or meant by a shared sign and the page's own, or the page's own."""
    named, shared = set[str](), list[tuple[str, ...]]()
    for match in signs().finditer(text):
        codes = (own,) if own and match.group() in _known().home.get(own, ()) else meant_by(match.group())
        if len(codes) == 1:
            named.add(codes[0])
        else:
            shared.append(codes)
    if named:
        return own if own in named else named.pop() if len(named) == 1 else None
    if shared:
        return own if own is not None and any(own in codes for codes in shared) else None
    return own


def likeliest(text: str) -> str | None:
    """Give the currency that a shared sign means most often, where nothing on the page says which."""
    found = (_LIKELIEST.get(match.group()) for match in signs().finditer(text))
    return next((code for code in found if code), None)


def home_currency(url: str, locales: Iterable[str]) -> str | None:
    """Give the currency of the page's region: a locale's, else the address's ending, else the language's."""
    known, languages = _known(), list[str]()
    for locale in locales:
        language, _, region = locale.replace("_", "-").partition("-")
        languages.append(language.lower())
        if region[-2:].upper() in known.regions:
            return known.regions[region[-2:].upper()]
    region = _region_of_path(urlsplit(url).path.upper(), {language.upper() for language in languages})
    if region in known.regions:
        return known.regions[region]
    ending = (urlsplit(url).hostname or "").rpartition(".")[2].upper()
    if ending in known.regions and ending not in {"CO", "EU", "LI", "ME"}:
        return known.regions[ending]
    return next((known.languages[language] for language in languages if language in known.languages), None)


def _region_of_path(path: str, languages: set[str]) -> str:
    """The region of a path such as `/en-ae/` or `/uae-ar/`: of the two the one that is not the page's language."""
    match = re.match(r"/([A-Z]{2,3})[-_]([A-Z]{2,3})(?:/|$)", path)
    if match is None:
        return ""
    one, other = match.groups()
    return one if other in languages or (len(one) == 3 and one not in languages) else other


@cache
def _known() -> _Signs:
    table = tomllib.loads(Path(__file__).with_name("currencies.toml").read_text("utf-8"))
    meaning: dict[str, tuple[str, ...]] = {}
    for code, facts in table.items():
        for sign in (*facts.get("signs", ()), *facts.get("shared", ())):
            meaning[sign] = (*meaning.get(sign, ()), code)
    return _Signs(
        meaning,
        re.compile("|".join(_pattern(sign) for sign in sorted(meaning, key=len, reverse=True))),
        {code: Custom(facts.get("decimal", "."), facts.get("parts", 2)) for code, facts in table.items()},
        {region: code for code, facts in table.items() for region in facts.get("regions", ())},
        {language: code for code, facts in table.items() for language in facts.get("languages", ())},
        {code: tuple(facts["home"]) for code, facts in table.items() if "home" in facts},
    )


def _pattern(sign: str) -> str:
    """A sign of letters is a word of its own; a Chinese or Japanese one needs no room around it."""
    plain = re.escape(sign)
    before = r"(?<![^\W\d_])" if sign[0].isalpha() and ord(sign[0]) < 0x2E80 else ""
    after = r"(?![^\W\d_])" if sign[-1].isalpha() and ord(sign[-1]) < 0x2E80 else ""
    if len(sign) == 1 and sign.isascii() and sign.isalpha():
        after = r"(?=\s?\d)"
    return f"{before}{plain}{after}"
