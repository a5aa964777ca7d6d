"""An obstacle: what stood between the visit and the offer, told from the page by weighted signs."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import html as markup

from sampling.evidence.visit import VisitKind


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a visit met, as far as the signs need it; header names are in lower case."""

    requested_url: str
    final_url: str
    status: int | None
    html: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    """Further hosts that belong to the site."""
    gone: tuple[str, ...] = ()
    """The words by which this site says that an offer was taken down."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The kind of the visit, the reason code unless it is a listing, and every sign that was seen."""

    kind: VisitKind
    reason: str | None
    signals: Mapping[str, str]


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def classify(met: Meeting) -> Outcome:
    """Give what the visit met: gone offers and walls by their status, other walls by the weight of their signs."""
    statuses: dict[str, str] = _rules()["status"]
    reason = statuses.get(str(met.status))
    if reason == "not_found" or any(words in met.text for words in met.gone):
        return Outcome(VisitKind.NOT_FOUND, "not_found", {"status": str(met.status)})
    if reason is None and met.status is not None and met.status >= 500:
        return Outcome(VisitKind.ERROR, "server_error", {"status": str(met.status)})
    signs = dict(_signs(met))
    if reason is not None:
        return Outcome(VisitKind.OBSTACLE, reason, {"status": str(met.status), **signs})
    return _weighed(signs)


def _weighed(signs: Mapping[str, str]) -> Outcome:
    """A sign alone may be innocent; the reason whose signs weigh most wins once they reach the threshold."""
    totals: dict[str, int] = {}
    for sign in signs:
        rule = _rules()["signs"][sign]
        totals[rule["reason"]] = totals.get(rule["reason"], 0) + rule["weight"]
    reason = max(totals, key=lambda name: totals[name], default=None)
    if reason is None or totals[reason] < _rules()["threshold"]:
        return Outcome(VisitKind.LISTING, None, signs)
    return Outcome(VisitKind.OBSTACLE, reason, {**signs, "weight": str(totals[reason])})


def _signs(met: Meeting) -> Iterator[tuple[str, str]]:
    tree = _tree(met.html)
    words = " ".join(met.text.split())
    short = len(words) < _rules()["short_text"]
    yield from _header_signs(met)
    yield from _widget_signs(tree)
    yield from _wording_signs(tree, words, short=short)
    if short and tree is not None and tree.xpath("//input[@type='password']"):
        yield "password_on_short_page", str(len(words))
    if len(words) < _rules()["empty_text"]:
        yield "near_empty", str(len(words))
    host = urlsplit(met.final_url).hostname
    if host not in {urlsplit(met.requested_url).hostname, *met.hosts}:
        yield "off_site", str(host)


def _header_signs(met: Meeting) -> Iterator[tuple[str, str]]:
    for name, pattern in _rules()["headers"].items():
        if name in met.headers and re.search(pattern, met.headers[name]):
            yield "wall_header", f"{name}: {met.headers[name]}"


def _widget_signs(tree: markup.HtmlElement | None) -> Iterator[tuple[str, str]]:
    if tree is None:
        return
    places = [
        str(value)
        for value in tree.xpath(
            "//iframe/@src | //script/@src | //form//@class | //form//@id | //div/@class | //div/@id"
        )
    ]
    for widget in _rules()["widgets"]:
        if any(widget in place.lower() for place in places):
            yield "captcha_widget", widget


def _wording_signs(tree: markup.HtmlElement | None, words: str, *, short: bool) -> Iterator[tuple[str, str]]:
    """Words count in the title always, in the text only on a short page: a long page may merely speak of robots."""
    title = " ".join(tree.xpath("string(//title)").split()) if tree is not None else ""
    for rule in _rules()["words"]:
        pattern = re.compile(rule["pattern"], re.IGNORECASE)
        if found := pattern.search(title):
            yield f"{rule['reason']}_title", found.group()
        if short and (found := pattern.search(words)):
            yield f"{rule['reason']}_words", found.group()


def _tree(text: str) -> markup.HtmlElement | None:
    return (
        markup.document_fromstring(text.encode(), parser=markup.HTMLParser(encoding="utf-8")) if text.strip() else None
    )
