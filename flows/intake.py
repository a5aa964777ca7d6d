"""The intake: reads each uploaded file in a child process; it is committed whole, held, or rejected."""

from uuid import UUID

from prefect import flow

from flows.report import Report
from flows.tick import LEFT, each, now
from flows.wiring import World, open_world, read_in_child
from labs.formats import Expected
from labs.report import Reading, Upload, UploadEvent, UploadState
from sampling.custody import UnitEvent, UnitState
from storage import consignments, custody, uploads
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:intake"


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


def _step(world: World, upload: Upload) -> str:
    with world.database.unit() as unit:
        if uploads.get(unit, upload.id).state is not UploadState.RECEIVED:
            return LEFT
        expected = _expected(world, unit, upload.lab)
    reading = read_in_child(world.objects.get(upload.sha256), upload.name, expected)
    with world.database.unit() as unit:
        return _settle(world, unit, upload, reading)


def _settle(world: World, unit: Unit, upload: Upload, reading: Reading) -> str:
    at = now(world)
    if reading.refused or reading.held:
        event = UploadEvent.REJECTED if reading.refused else UploadEvent.HELD
        uploads.refuse(unit, upload.id, event, reading.findings, by=ACTOR, at=at)
        return event.value
    samples = _samples(unit, reading)
    uploads.commit(unit, upload.id, reading.reports, samples, reading.findings, by=ACTOR, at=at)
    for code in samples:
        _tested(unit, code, world)
    return "committed"


def _expected(world: World, unit: Unit, lab: str) -> Expected:
    day = now(world).date()
    in_force = [limit for limit in world.limits.limits if limit.holds(day)]
    return Expected(
        lab=lab,
        orders=consignments.orders(unit, lab),
        today=day,
        units={limit.item: limit.unit for limit in in_force},
        known=uploads.known_reports(unit, lab),
    )


def _samples(unit: Unit, reading: Reading) -> dict[str, UUID]:
    codes = {result.blind_code for report in reading.reports for result in report.results}
    found = {code: consignments.order_of(unit, code) for code in sorted(codes)}
    return {code: order.sample_id for code, order in found.items() if order is not None}


def _tested(unit: Unit, code: str, world: World) -> None:
    order = consignments.order_of(unit, code)
    if order is None:
        return
    state = {part.id: part.state for part in custody.units(unit, order.sample_id)}[order.unit_id]
    if state is UnitState.IN_TEST:
        custody.record(unit, order.unit_id, UnitEvent.TESTED, by=ACTOR, at=now(world))
