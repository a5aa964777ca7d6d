"""The two languages of the pages: which one a visitor reads, and every text in it."""

import io
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import Locale, negotiate_locale
from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent
from babel.support import Translations

from sampling.text import Text

LANGUAGES = ("zh", "en")
LOCALES = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_GB")}
TAGS = {"zh": "zh-Hans", "en": "en"}
NAMES = {"zh": "中文", "en": "English"}
ZONE = ZoneInfo("Asia/Shanghai")
CATALOGUES = Path(__file__).parent / "locale"


@cache
def catalogue(language: str) -> Translations:
    """Give the texts of a language, compiled in memory so that no compiled file can be stale."""
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def choose_language(cookie: str | None, setting: str | None, accepted: str | None) -> str:
    """Give the language to answer in: the one switched to, the user's own, the browser's, else Chinese."""
    for wanted in (cookie, setting):
        if wanted in LANGUAGES:
            return wanted
    return negotiate_locale(_ranked(accepted or ""), LANGUAGES, sep="-") or _by_prefix(accepted or "") or "zh"


def label(language: str, member: StrEnum | Text) -> str:
    """Give the word for one member of an enumeration; a text in both languages speaks for itself."""
    if isinstance(member, Text):
        return member.to(language)
    return word(language, type(member).__name__, member.value)


def word(language: str, family: str, code: str) -> str:
    """Give the word for a code of a family; a code nobody translated stands for itself, with its detail.

    A code may carry a detail after a colon, `missing_handover:2`.
    """
    name, _, detail = code.partition(":")
    text = str(catalogue(language).pgettext(family, name))
    return f"{text} ({detail})" if detail else text


def instant(language: str, at: datetime, *, short: bool = False) -> str:
    """Give a time as the clocks in China show it; the short form leaves the year out."""
    patterns = {"zh": "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"}
    brief = {"zh": "M月d日 HH:mm", "en": "d MMM, HH:mm"}
    return str(format_datetime(at, (brief if short else patterns)[language], tzinfo=ZONE, locale=LOCALES[language]))


def day(language: str, at: datetime) -> str:
    """Give a date as the calendars in China show it."""
    pattern = {"zh": "y年M月d日", "en": "d MMMM y"}[language]
    return str(format_datetime(at, pattern, tzinfo=ZONE, locale=LOCALES[language]))


def money(language: str, amount: Decimal, currency: str) -> str:
    """Give an amount with its currency."""
    return str(format_currency(amount, currency, locale=LOCALES[language]))


def number(language: str, value: Decimal | int | float) -> str:
    """Give a number with the language's separators."""
    return str(format_decimal(value, locale=LOCALES[language]))


def percent(language: str, share: Decimal | float | None, *, places: int = 1) -> str:
    """Give a share of 1 as a percentage with so many places; a dash where there is none."""
    if share is None:
        return "–"
    return str(format_percent(share, f"0.{'0' * places}%" if places else "0%", locale=LOCALES[language]))


def both(language: str, value: Text | Mapping[str, Any] | str | None) -> str:
    """Give the language's half of a bilingual text, and a plain text as it is."""
    match value:
        case None:
            return ""
        case Text():
            return value.to(language)
        case Mapping():
            return str(value.get(language) or value.get("en") or next(iter(value.values()), ""))
        case _:
            return str(value)


def _ranked(accepted: str) -> list[str]:
    """Give the browser's languages, the dearest first."""
    parts = [part.strip().partition(";q=") for part in accepted.split(",") if part.strip()]
    weighed = [(name, _weight(weight)) for name, _, weight in parts]
    return [name for name, weight in sorted(weighed, key=lambda pair: -pair[1]) if weight > 0]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _by_prefix(accepted: str) -> str | None:
    tags = [tag.lower().partition("-")[0] for tag in _ranked(accepted)]
    return next((tag for tag in tags if tag in LANGUAGES), None)
