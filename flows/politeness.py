"""Politeness: lets a visit go when its site has a token, waits a little for one, and minds what the site asks for."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from operator import itemgetter
from urllib.parse import urlsplit

from flows.tick import now
from flows.wiring import World
from sampling.evidence.visit import Visit
from sampling.sample import Sample
from storage import politeness

PAUSE = timedelta(seconds=1)
"""Between two visits to a site that no facts were written for."""
TOKENS = 2
PATIENCE = timedelta(seconds=10)
"""How long a thread waits for a token; a site that is busy for longer is left for the next sweep."""
BUSY = (429, 503)
REST, LONGEST_REST = timedelta(minutes=1), timedelta(days=1)


def admitted(world: World, sample: Sample) -> datetime | None:
    """Take a token for one visit: None lets it go, else it is left until the instant."""
    until = now(world) + PATIENCE
    while (when := _turn(world, sample)) is not None:
        if when > until:
            return when
        time.sleep(max((when - now(world)).total_seconds(), 0.01))
    return None


def in_turn(world: World, due: Iterable[Sample], limit: int) -> list[Sample]:
    """Give so many of what is due, one of each site in turn, without the sites that cannot be visited now."""
    at = now(world)
    with world.database.unit() as unit:
        held = politeness.held(unit, at)
    lines: dict[str, list[Sample]] = {}
    for sample in due:
        if site_of(sample) not in held and _opens(world, sample, at) is None:
            lines.setdefault(site_of(sample), []).append(sample)
    ranked = sorted(((rank, sample) for line in lines.values() for rank, sample in enumerate(line)), key=itemgetter(0))
    return [sample for _, sample in ranked[:limit]]


def heed(world: World, sample: Sample, visit: Visit) -> None:
    """Leave the site alone for as long as its answer asks for."""
    until = asked(visit, now(world))
    if until is not None:
        with world.database.unit() as unit:
            politeness.hold(unit, site_of(sample), until)


def asked(visit: Visit, at: datetime) -> datetime | None:
    """Give until when a page that was too busy wants to be left alone (RFC 9110, section 10.2.3); at most a day."""
    if visit.status not in BUSY:
        return None
    answers = (one for one in visit.exchanges if one.url == visit.final_url and one.status == visit.status)
    headers: Mapping[str, str] = {name.lower(): value for one in answers for name, value in one.headers}
    return min(_until(headers.get("retry-after", "").strip(), at), at + LONGEST_REST)


def site_of(sample: Sample) -> str:
    """Give whose tokens a visit takes: the server's, because two platforms may share one."""
    return urlsplit(sample.url).netloc or sample.platform


def _until(text: str, at: datetime) -> datetime:
    if text.isascii() and text.isdigit():
        return at + min(timedelta(seconds=int(text[:9])), LONGEST_REST)
    try:
        told = parsedate_to_datetime(text)
    except ValueError:
        return at + REST
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _turn(world: World, sample: Sample) -> datetime | None:
    at, site = now(world), world.sites.get(sample.platform)
    closed = _opens(world, sample, at)
    if closed is not None:
        return closed
    pause = timedelta(seconds=site.pause_seconds) if site else PAUSE
    with world.database.unit() as unit:
        return politeness.take(unit, site_of(sample), at, pause=pause, most=TOKENS)


def _opens(world: World, sample: Sample, at: datetime) -> datetime | None:
    site = world.sites.get(sample.platform)
    return site.opens(at) if site else None
