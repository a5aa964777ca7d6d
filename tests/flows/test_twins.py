"""The sweep sends a backup unit that took the place of the test unit, under the code that stands on its label."""

from flows import dispatch
from flows.blinding import blinding
from flows.wiring import World
from labs.consignment import FIRST
from sampling.custody import Role
from sampling.sample import SampleState
from storage import consignments, custody
from tests.build import case
from tests.flows.people import install
from tests.storage.test_twins import broken, taken


def test_a_twin_is_packed_under_the_code_of_its_own_label(quiet: World) -> None:
    install(quiet)
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, SampleState.NOTICE_SENT)
        broken(made)
    assert dict(dispatch.sweep(quiet, 9).outcomes).get("packed") is None, "it waits for the officers"
    with quiet.database.unit() as unit:
        made.unit = unit
        taken(made)
    assert dict(dispatch.sweep(quiet, 9).outcomes)["packed"] == 1
    assert dict(dispatch.sweep(quiet, 9).outcomes).get("packed") is None
    with quiet.database.unit() as unit:
        (order,) = consignments.of_sample(unit, made.sample.id)
        twin = custody.of_role(unit, made.sample.id, Role.TEST)
        code = blinding(quiet.blind_key)(made.sample, Role.BACKUP)
        assert (order.unit_id, order.purpose, order.blind_code) == (twin.id, FIRST, code)
