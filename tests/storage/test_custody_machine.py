"""Whatever people do in whatever order, purchases, units and seals stand where their tables of moves lead."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from storage.database import Database
from storage.objects import Objects
from tests.storage.custody_machine import CustodyMachine

FEW = settings(max_examples=8, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck),
               derandomize=True)  # fmt: skip


def test_no_order_of_doings_breaks_a_rule(database: Database, objects: Objects) -> None:
    CustodyMachine.database, CustodyMachine.objects = database, objects
    CustodyMachine.done.clear()
    run_state_machine_as_test(CustodyMachine, settings=FEW)
    done = CustodyMachine.done
    assert done["steps"] >= 100
    assert done["seal"] and done["refused: seal"] and done["the database refused"]
