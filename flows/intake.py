"""The intake: reads each uploaded file in a child process; it is committed whole, held, or rejected."""

from datetime import datetime
from uuid import UUID

from prefect import flow

from flows.report import Report
from flows.tick import LEFT, each, now
from flows.wiring import World, open_world, read_in_child
from labs.limits import Limits
from labs.mapping import FileMapping
from labs.report import Reading, Upload, UploadEvent, UploadState
from sampling.custody import UnitEvent, UnitState
from storage import bulk_results, consignments, custody, expectations, uploads
from storage.database import Database
from storage.objects import Objects
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:intake"
ALARMS = frozenset({"silent-revision", "blinding-broken"})
"""What a laboratory may not do by mistake alone."""


@flow(name="intake")
def intake(limit: int = 50) -> str:
    """Read what was uploaded; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Read each received file once."""
    with world.database.unit() as unit:
        due = uploads.in_state(unit, UploadState.RECEIVED, limit=limit)
    return each("intake", world, "upload", due, _step)


def take(
    database: Database,
    objects: Objects,
    limits: Limits,
    upload: Upload,
    at: datetime,
    mapping: FileMapping | None = None,
) -> str:
    """Read one received file and keep what came of it; a file that was read before is left as it is.

    Without a mapping the laboratory's own is used.
    """
    with database.unit() as unit:
        if uploads.get(unit, upload.id).state is not UploadState.RECEIVED:
            return LEFT
        expected = expectations.expected(unit, upload.lab, at.date(), limits, mapping=mapping)
    reading = read_in_child(objects.get(upload.sha256), upload.name, expected)
    with database.unit() as unit:
        return _settle(unit, upload, reading, at)


def _step(world: World, upload: Upload) -> str:
    return take(world.database, world.objects, world.limits, upload, now(world))


def _settle(unit: Unit, upload: Upload, reading: Reading, at: datetime) -> str:
    if reading.refused or reading.held:
        event = UploadEvent.REJECTED if reading.refused else UploadEvent.HELD
        uploads.refuse(unit, upload.id, event, reading.findings, by=ACTOR, at=at)
        alarms = sorted({finding.rule for finding in reading.findings} & ALARMS)
        if alarms:
            uploads.alarm(unit, upload.id, alarms, by=ACTOR, at=at)
        return event.value
    samples = _samples(unit, reading)
    uploads.commit(unit, upload.id, reading, samples, by=ACTOR, at=at)
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
