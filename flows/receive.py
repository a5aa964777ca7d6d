"""Receiving: says which parcels wait at the station unopened, and which consignments are late at a laboratory."""

from prefect import flow

from flows.report import Report
from flows.tick import ALL, LEFT, each, joined, now
from flows.wiring import World, open_world
from labs.consignment import Consignment
from sampling.sample import Sample, SampleState
from storage import consignments, parcels, samples
from storage.parcels import AWAITED
from storage.settings import load

ACTOR = "flow:receive"
INTAKE_LIMIT = "parcel_intake_limit"


@flow(name="receive")
def receive(limit: int = 100) -> str:
    """Say what is late at the station and on the way to a laboratory; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Look at every parcel and consignment on its way; of each it is said once that it is late."""
    with world.database.unit() as unit:
        arrived = parcels.expected(unit, AWAITED, limit=ALL)
    with world.database.unit() as unit:
        late = consignments.late(unit, now(world), limit)
    waiting = each("receive", world, "sample", arrived, _say_waiting, most=limit)
    return joined("receive", [waiting, each("receive", world, "consignment", late, _say_late)])


def _say_waiting(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        samples.expect(unit, sample.id, SampleState.SHIPPED)
        if not parcels.said_delivered(unit, sample):
            return "left: on its way"
        late = parcels.say_late(unit, sample, AWAITED, INTAKE_LIMIT, by=ACTOR, at=now(world))
    return "parcel waits" if late else "left: just arrived"


def _say_late(world: World, consignment: Consignment) -> str:
    with world.database.unit() as unit:
        said = consignments.say_late(unit, consignment.id, by=ACTOR, at=now(world))
    return "consignment overdue" if said else LEFT
