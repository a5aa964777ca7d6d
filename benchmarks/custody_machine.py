"""The claim: 20,000 doings in any order on PostgreSQL, and no purchase, unit or seal ever stands where it must not.

The machine is that of the tests, with other seeds until so many steps were made. What the tables lack is tried as often
as what they allow, through the code and by SQL past it, and every sample is held before the verifier at the end.
"""

import sys
import time
from collections import Counter

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.custody import scratch
from benchmarks.figures import verdict
from tests.storage.custody_machine import CustodyMachine

STEPS = 20_000
LONG = settings(
    max_examples=20, stateful_step_count=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def main() -> int:
    """Print what was done and refused how often, and give 1 when a rule broke or it was too little."""
    with scratch() as (database, objects):
        CustodyMachine.database, CustodyMachine.objects = database, objects
        begun = time.monotonic()
        run()
    done = CustodyMachine.done
    for what, often in sorted(done.items()):
        print(f"{often:7d} {what}")
    print(f"{time.monotonic() - begun:.0f} s")
    refused = sum(often for what, often in done.items() if what.startswith("refused"))
    return verdict({
        f"{done['steps']} steps of {STEPS}": done["steps"] >= STEPS,
        f"{refused} refused by the code": refused > 0,
        f"{done['the database refused']} refused by the database": done["the database refused"] > 0,
    })  # fmt: skip


def run() -> None:
    """Run the machine with one seed after the other; what breaks a rule raises with the steps that lead to it."""
    CustodyMachine.done = Counter()
    number = 0
    while CustodyMachine.done["steps"] < STEPS:
        number += 1
        run_state_machine_as_test(seed(number)(CustodyMachine), settings=LONG)


if __name__ == "__main__":
    sys.exit(main())
