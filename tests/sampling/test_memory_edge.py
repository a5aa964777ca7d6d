"""Memory that is kept: what was freed is used again before the system is asked for more."""

import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection

import pytest

from sampling.edge import memory

MANY = 12_000_000


def faults(told: Connection) -> None:
    import resource

    import numpy as np
    import pyarrow as pa

    kept, met = memory.keep(), []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        np.ones(MANY, np.int64)
        met.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    told.send((kept, pa.default_memory_pool().backend_name, met))


@pytest.mark.skipif(sys.platform != "linux", reason="no other system has the library")
def test_what_was_freed_is_used_again() -> None:
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=faults, args=(theirs,))
    process.start()
    kept, pool, [first, *others] = ours.recv()
    process.join()
    assert (kept, pool) == (True, "system")
    assert max(others) < first / 10


def test_elsewhere_nothing_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert memory.keep() is False
