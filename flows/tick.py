"""The tick every flow is made of: what is due is taken one by one, by whoever gets its turn."""

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from flows.report import Report, tally
from flows.wiring import World
from labs.errors import LabError
from platforms.errors import PlatformError
from reputation.errors import ReputationError
from sampling.errors import SamplingError
from storage import clock
from storage.errors import Conflict, StorageError

LEFT = "left to another"
LOG = logging.getLogger("flows")
DOMAIN = (SamplingError, LabError, PlatformError, ReputationError, StorageError)


class Due(Protocol):
    """Something with an id that a step can be done for."""

    @property
    def id(self) -> UUID:
        """Its id."""
        ...


Item = TypeVar("Item", bound=Due)
Step = Callable[[World, Item], str]


def each(flow: str, world: World, noun: str, due: Sequence[Item], step: Step[Item], *, threads: int = 1) -> Report:
    """Do one step for each thing that is due and whose turn is free; give what became of them.

    The turn is taken by id, and a step looks at the state again before it acts, so two sweeps at once,
    or one after a crash, do nothing twice.
    """

    def one(item: Item) -> str:
        with world.database.turn(noun, item.id) as mine:
            if not mine:
                return LEFT
            try:
                return step(world, item)
            except Conflict:
                return LEFT
            except DOMAIN as wrong:
                # One thing that cannot be done must not hold up the others; the next sweep meets it again.
                LOG.warning("%s of %s %s: %s", flow, noun, item.id, wrong)
                return f"left: {type(wrong).__name__}"

    if threads == 1:
        return tally(flow, map(one, due))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return tally(flow, pool.map(one, due))


def joined(flow: str, reports: Iterable[Report]) -> Report:
    """Give one report of several."""
    return tally(flow, (name for report in reports for name, count in report.outcomes for _ in range(count)))


def now(world: World) -> datetime:
    """Give the present instant by the database's clock."""
    with world.database.unit() as unit:
        return clock.now(unit)
