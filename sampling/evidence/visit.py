"""A visit: one look at one page, what was asked, what came, and all that proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sampling.evidence.exchange import Connection, Exchange, Passage
from sampling.evidence.layout import Box


class VisitKind(StrEnum):
    """What a visit met: only `listing` is the offer; the rest are outcomes with a reason and a picture."""

    LISTING = "listing"
    OBSTACLE = "obstacle"
    NOT_FOUND = "not_found"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to one page; a light read has neither files nor exchanges."""

    kind: VisitKind
    reason: str | None
    """A code: `captcha`, `login`, `rate_limit`, `unreachable`, `not_found`, `empty`, ...; None for a listing."""
    requested_url: str
    final_url: str
    status: int | None
    started_at: datetime
    ended_at: datetime
    html: str
    text: str
    files: Mapping[str, bytes]
    """page.png, before.png, viewport.png, phone.png, dom.html, page.mhtml, page.pdf ... by name."""
    tool: Mapping[str, str]
    """browser, driver, viewport, locale, user agent, policy in force."""
    title: str = ""
    interactions: tuple[str, ...] = ()
    signals: Mapping[str, str] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    """Every request of the page in the order they were made, the hops of a redirect each for itself."""
    connections: tuple[Connection, ...] = ()
    passages: tuple[Passage, ...] = ()
    """The log of the egress guard; empty where none stood between."""
    boxes: tuple[Box, ...] = ()
