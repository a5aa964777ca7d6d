"""The intake: reads each uploaded file in a child process; it is committed whole, held, or rejected."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from prefect import flow

from flows.report import Report
from flows.tick import LEFT, each, now
from flows.wiring import Scan, World, open_world, take_in
from labs.limits import Limits
from labs.mapping import FileMapping, MappingVersion, restored, stated
from labs.release import numbered, overtaken
from labs.report import TO_READ, Reading, Upload, UploadEvent
from labs.signed import Sent, exchanged
from sampling.custody import UnitEvent, UnitState
from storage import bulk_results, consignments, custody, expectations, releases, report_rules, uploads
from storage.database import Database
from storage.objects import Objects
from storage.releases import Decision
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:intake"
ALARMS = frozenset({"silent-revision", "blinding-broken", "report-exchanged", "report-changed", "malware-found"})
"""What a laboratory may not do by mistake alone."""
AWAY = "scanner-down"
"""What only time mends: the file is tried again with the next sweep."""


@flow(name="intake")
def intake(limit: int = 50) -> str:
    """Read what was uploaded; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Read each received file once, and each released one once more."""
    with world.database.unit() as unit:
        due = uploads.in_state(unit, *TO_READ, limit=limit)
    return each("intake", world, "upload", due, _step)


def take(
    database: Database,
    objects: Objects,
    limits: Limits,
    upload: Upload,
    at: datetime,
    mapping: FileMapping | None = None,
    *,
    scan: Scan | None = None,
) -> str:
    """Read one file that waits for it and keep what came of it; a file that was read before is left as it is.

    Without a mapping the laboratory's own is used, and for a released file the one that it was read by. While the
    scanner is away the file waits unread.
    """
    with database.unit() as unit:
        current = uploads.get(unit, upload.id)
        if current.state not in TO_READ:
            return LEFT
        decision = releases.in_force(unit, current)
        if decision and current.mapping:
            mapping = restored(objects.get(current.mapping.sha256))
        expected = expectations.expected(unit, upload.lab, at, limits, mapping=mapping)
        rule = report_rules.of_lab(unit, upload.lab)
    released = frozenset(decision.findings) if decision else frozenset()
    expected = replace(expected, released=released)
    beside = objects.get(upload.report_sha256) if upload.report_sha256 else None
    sent = Sent(upload.name, objects.get(upload.sha256), beside)
    reading, report = take_in(sent, expected, rule, at=at, scan=scan)
    used = objects.put(stated(expected.mapping))
    with database.unit() as unit:
        if any(finding.rule == AWAY for finding in reading.findings):
            uploads.postpone(unit, upload.id, reading.findings, by=ACTOR, at=at)
            return "left: no scanner"
        version = MappingVersion(expected.mapping.code, expected.mapping.version, used)
        uploads.note(unit, upload.id, version, report)
        whole = numbered(_once(upload, reading, expected.known), expected.known)
        return _settle(unit, upload, replace(whole, released=released), at, decision)


def _step(world: World, upload: Upload) -> str:
    return take(world.database, world.objects, world.limits, upload, now(world), scan=world.scan)


def _once(upload: Upload, reading: Reading, known: Mapping[tuple[str, int], str]) -> Reading:
    """A table that was taken over with another report, or with none, is a revision that nobody announced."""
    before = overtaken(known, upload.sha256)
    if before is None:
        return reading
    return Reading(reading.reports, (exchanged(*before), *reading.findings), reading.results)


def _settle(unit: Unit, upload: Upload, reading: Reading, at: datetime, decision: Decision | None) -> str:
    if reading.refused or reading.held:
        event = UploadEvent.REJECTED if reading.refused else UploadEvent.HELD
        uploads.refuse(unit, upload.id, event, reading.findings, by=ACTOR, at=at)
        alarms = sorted({finding.rule for finding in reading.findings if finding not in reading.released} & ALARMS)
        if alarms:
            uploads.alarm(unit, upload.id, alarms, by=ACTOR, at=at)
        return event.value
    samples, by = _samples(unit, reading), decision.decided_by if decision else None
    uploads.commit(unit, upload.id, reading, samples, by=ACTOR, at=at, released_by=by)
    for code in samples:
        _tested(unit, code, at)
    return "committed"


def _samples(unit: Unit, reading: Reading) -> dict[str, UUID]:
    codes = {code for _, code in bulk_results.pairs(reading.results)}
    found = {code: consignments.order_of(unit, code) for code in sorted(codes)}
    return {code: order.sample_id for code, order in found.items() if order is not None}


def _tested(unit: Unit, code: str, at: datetime) -> None:
    order = consignments.order_of(unit, code)
    if order is None:
        return
    state = {part.id: part.state for part in custody.units(unit, order.sample_id)}[order.unit_id]
    if state is UnitState.IN_TEST:
        custody.record(unit, order.unit_id, UnitEvent.TESTED, by=ACTOR, at=at)
