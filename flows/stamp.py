"""The stamp: what waited for the store is moved on, the ledger is signed, and authorities stamp what is only sealed."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import urlsplit

from prefect import flow

from flows.keys import first_statement
from flows.report import Report, tally
from flows.tick import LEFT, guarded, now
from flows.wiring import World, ask, open_world
from sampling import rulebook
from sampling.errors import NoStamp, WrongStamp
from sampling.evidence.authority import Authority
from sampling.evidence.timestamp import check, query
from storage import captures, clock, custody, ledger, stamps, statements
from storage.errors import StorageError
from storage.settings import load
from storage.spool import Spooled
from storage.stamps import Request
from storage.unit import Unit

ACTOR = "flow:stamp"
PATIENCE = 15.0
MOST_FAILURES = 3
"""After so many an authority is left alone until the next sweep: each may cost all our patience."""
NOT_HERE = "left: not in the store"
"""It may still lie in the spool of the machine that captured it."""


@flow(name="stamp")
def stamp(limit: int = 500) -> str:
    """Stamp what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Move on what waits in the spool, bring the ledger up to date, and ask each authority for what it lacks."""
    moved = world.objects.flush() if isinstance(world.objects, Spooled) else 0
    with world.database.turn("ledger", "all") as mine:
        kept = list(_kept_up(world, limit)) if mine else []
    with world.database.unit() as unit:
        stamps.plan(unit, world.authorities.keys(), clock.now(unit))
    with ThreadPoolExecutor(max_workers=max(len(world.authorities), 1)) as pool:
        asked = pool.map(lambda one: list(_asked(world, one, limit)), world.authorities.values())
        answers = [outcome for outcomes in asked for outcome in outcomes]
    return tally("stamp", [*["moved on"] * moved, *kept, *answers])


def _kept_up(world: World, limit: int) -> Iterator[str]:
    with world.database.unit() as unit:
        at = clock.now(unit)
        yield from ["entered"] * (captures.enter(unit, limit, at=at) + custody.enter(unit, limit, at=at))
        if ledger.size(unit) and not statements.published(unit):
            statements.publish(unit, 1, first_statement(world.keys, world.ledger_key), at=at)
            yield "keys published"
        if _close(world, unit, at) is not None:
            yield "checkpoint signed"


def _close(world: World, unit: Unit, at: datetime) -> ledger.Checkpoint | None:
    """Sign the ledger once a day, and after every bundle that left the house."""
    before, zone = ledger.latest(unit), rulebook.load(world.settings.rulebook).zone
    if before is not None and ledger.exported_since(unit, before.size):
        reason = ledger.EXPORT
    elif before is None or before.at.astimezone(zone).date() < at.astimezone(zone).date():
        reason = ledger.DAILY
    else:
        return None
    origin = f"{urlsplit(world.settings.base_url).netloc}/ledger"
    return ledger.close(unit, world.ledger_key, origin=origin, reason=reason, at=at)


def _asked(world: World, authority: Authority, limit: int) -> Iterator[str]:
    """One worker at a time asks an authority; one that is away costs a few tries a sweep and never a capture."""
    with world.database.turn("authority", authority.code) as mine:
        with world.database.unit() as unit:
            due = stamps.due(unit, authority.code, clock.now(unit), limit) if mine else ()
        failures = 0
        for request in due:
            if failures >= MOST_FAILURES:
                yield f"{LEFT}: {authority.code} is away"
                continue
            what = f"{request.noun} {request.subject_id}"
            outcome = guarded("stamp", what, lambda request=request: _stamped(world, authority, request))  # type: ignore[misc]
            failures += outcome.startswith("left") and outcome != NOT_HERE
            yield outcome


def _stamped(world: World, authority: Authority, request: Request) -> str:
    try:
        with world.database.unit() as unit:
            data = stamps.subject(unit, world.objects, request)
    except StorageError as lost:
        with world.database.unit() as unit:
            stamps.failed(unit, request, str(lost), clock.now(unit))
        return NOT_HERE
    nonce = secrets.randbits(63)
    try:
        answer = ask(authority.url, query(data, nonce), seconds=PATIENCE)
        proved = check(answer, data, chain=authority.chain, nonce=nonce)
    except (NoStamp, WrongStamp) as wrong:
        with world.database.unit() as unit:
            stamps.failed(unit, request, str(wrong), clock.now(unit))
        return f"left: {wrong.code if isinstance(wrong, NoStamp) else 'wrong stamp'}"
    response, chain = world.objects.put(answer), world.objects.put(authority.chain)
    at = now(world)
    with world.database.unit() as unit:
        stamps.keep(unit, request, proved, response=response, chain=chain, by=ACTOR, at=at)
    return "stamped"
