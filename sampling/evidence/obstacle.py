"""An obstacle: what stood between the visit and the offer, told from the page by weighted signs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sampling.evidence.glance import Glance
from sampling.evidence.sign import Sign, mark_signs, offer_signs, price_in, rules, weight, word_signs
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
    expects_price: bool = False
    """Whether the plan expects an offer with a price here, not a list or an order."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The kind of the visit, the reason code unless it is a listing, and every sign that was seen with its weight."""

    kind: VisitKind
    reason: str | None
    signals: Mapping[str, str]


def classify(met: Meeting) -> Outcome:
    """Give what the visit met: the reason whose signs weigh most, once they reach the threshold."""
    if words := next((words for words in met.gone if words in met.text), None):
        return Outcome(VisitKind.NOT_FOUND, "not_found", {"gone": words})
    glance = Glance(met.html, met.text)
    signs = list(_signs(met, glance))
    against = list(offer_signs(glance))
    totals = _totals(signs, against)
    reason = _heaviest(totals)
    if reason is None:
        # Words that say little stand on every page; what nearly made a wall of it is told, and what spoke against.
        near = [sign for sign in signs if sign.weight >= rules()["telling"]]
        return Outcome(VisitKind.LISTING, None, _told([*near, *against]) if near else {})
    kind = VisitKind(rules()["kinds"].get(reason, VisitKind.OBSTACLE))
    return Outcome(kind, reason, {**_told([*signs, *against]), "weight": str(totals[reason])})


def unreached(reason: str) -> Outcome:
    """Give the outcome of a page that the browser would not open: a bad certificate is a wall, all else an error."""
    return Outcome(VisitKind.OBSTACLE if reason == "certificate" else VisitKind.ERROR, reason, {})


def _told(signs: Sequence[Sign]) -> dict[str, str]:
    return {sign.name: f"{sign.found} ({sign.weight:+d})" for sign in signs}


def _totals(signs: Sequence[Sign], against: Sequence[Sign]) -> dict[str, int]:
    """What the server itself did stands; what the page merely looks like is weighed against what it offers."""
    totals: dict[str, int] = {}
    for reason in dict.fromkeys(sign.reason for sign in signs):
        own = [sign for sign in signs if sign.reason == reason]
        soft = sum(sign.weight for sign in own if sign.soft) + _counted(reason, against)
        totals[reason] = sum(sign.weight for sign in own if not sign.soft) + max(0, soft)
    return totals


def _counted(reason: str, against: Sequence[Sign]) -> int:
    rule = rules()["recommending"]
    less = reason in rule["reasons"]
    return sum(-rule[sign.name] if less and sign.name in rule else sign.weight for sign in against)


def _heaviest(totals: Mapping[str, int]) -> str | None:
    """A refusal often says why as well; then the why counts, though the refusal weighs more."""
    enough = {reason: total for reason, total in totals.items() if total >= rules()["threshold"]}
    telling = {reason: total for reason, total in enough.items() if reason not in rules()["generic"]}
    return max(telling or enough, key=lambda reason: enough[reason], default=None)


def _signs(met: Meeting, glance: Glance) -> Iterator[Sign]:
    yield from _status_signs(met.status)
    yield from _header_signs(met)
    yield from _address_signs(met)
    yield from mark_signs(glance)
    yield from word_signs(glance)
    yield from _content_signs(met, glance)


def _status_signs(status: int | None) -> Iterator[Sign]:
    table = rules()["status"]
    rule = table.get(str(status)) or (table["5"] if status is not None and status >= 500 else None)
    if rule:
        yield Sign("status", rule["reason"], str(status), rule["weight"], soft=False)


def _header_signs(met: Meeting) -> Iterator[Sign]:
    for rule in rules()["headers"]:
        value = met.headers.get(rule["name"], "")
        if re.search(rule["pattern"], value) and (met.status or 0) > rule.get("only_above", 0):
            yield Sign(f"header {rule['name']}", rule["reason"], value[:80], rule["weight"], soft=False)


def _address_signs(met: Meeting) -> Iterator[Sign]:
    asked, came = urlsplit(met.requested_url), urlsplit(met.final_url)
    if _site(came.hostname) not in {_site(host) for host in (asked.hostname, *met.hosts)}:
        yield Sign("off_site", "redirected", str(came.hostname), weight("off_site"), soft=False)
    if met.final_url == met.requested_url:
        return
    for rule in rules()["addresses"]:
        pattern = re.compile(rule["pattern"], re.IGNORECASE)
        if (found := pattern.search(met.final_url)) and not pattern.search(met.requested_url):
            yield Sign(f"{rule['reason']}_address", rule["reason"], found.group(), rule["weight"], soft=False)
    if _FRONT.fullmatch(came.path) and not _FRONT.fullmatch(asked.path) and not came.fragment:
        yield Sign("to_front", "redirected", came.path, weight("to_front"), soft=False)


_FRONT = re.compile(r"/?([a-z]{2}([-_][a-z]{2})?/?)?(index\.\w+|home/?)?", re.IGNORECASE)
_SECOND_LEVEL = frozenset({"co", "com", "net", "org", "gov", "edu", "ac", "gob", "or", "ne"})


def _site(host: str | None) -> str:
    """The part of a host's name that was registered, as far as its form tells; an address stands for itself."""
    labels = (host or "").split(".")
    if labels[-1].isdigit() or len(labels) < 3:
        return ".".join(labels)
    deep = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if deep else -2 :])


def _content_signs(met: Meeting, glance: Glance) -> Iterator[Sign]:
    table = rules()
    if glance.asks_password and glance.length < table["password"]:
        yield Sign("password_on_short_page", "login", str(glance.length), weight("password"))
    if met.status is not None and met.status >= 400:
        return  # an error needs no content
    if glance.length < table["empty"]:
        yield Sign("near_empty", "empty", str(glance.length), weight("empty"))
    if glance.length < table["shell"] and _is_shell(glance):
        yield Sign("empty_shell", "empty", str(glance.length), weight("shell"))
    if met.expects_price and not glance.products and not price_in(glance):
        yield Sign("price_absent", "empty", "no price", weight("price_absent"))


def _is_shell(glance: Glance) -> bool:
    rule = rules()["shells"]
    return glance.is_shell(rule["ids"]) or bool(re.search(rule["words"], glance.words, re.IGNORECASE))
