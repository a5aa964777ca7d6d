"""The tick every flow is made of: what is due is taken one by one, by whoever gets its turn."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
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
ALL = 1_000_000
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


def each(
    flow: str, world: World, noun: str, due: Sequence[Item], step: Step[Item], *, threads: int = 1, most: int = ALL
) -> Report:
    """Do one step for each thing that is due and whose turn is free; give what became of them.

    In one thread it ends when `most` things were moved on: what waits does not use up the places of the rest.

    The turn is taken by id, and a step looks at the state again before it acts, so two sweeps at once,
    or one after a crash, do nothing twice.
    """

    def in_turn(item: Item) -> str:
        with world.database.turn(noun, item.id) as mine:
            return step(world, item) if mine else LEFT

    def one(item: Item) -> str:
        return guarded(flow, f"{noun} {item.id}", lambda: in_turn(item))

    if threads == 1:
        return tally(flow, _until(most, map(one, due)))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return tally(flow, pool.map(one, due))


def _until(most: int, outcomes: Iterable[str]) -> Iterator[str]:
    moved = 0
    for outcome in outcomes:
        yield outcome
        moved += not outcome.startswith("left")
        if moved >= most:
            return


def guarded(flow: str, what: str, work: Callable[[], str]) -> str:
    """Give what the work answers, or that it was left: one thing that cannot be done must not hold up the others."""
    try:
        return work()
    except Conflict:
        return LEFT
    except DOMAIN as wrong:  # the next sweep meets it again
        LOG.warning("%s of %s: %s", flow, what, wrong)
        return f"left: {type(wrong).__name__}"
    except Exception as wrong:  # a fault of ours, told with its place; the others still get their turn
        LOG.exception("%s of %s failed", flow, what)
        return f"left: {type(wrong).__name__}"


def joined(flow: str, reports: Iterable[Report]) -> Report:
    """Give one report of several."""
    return tally(flow, (name for report in reports for name, count in report.outcomes for _ in range(count)))


def now(world: World) -> datetime:
    """Give the present instant by the database's clock."""
    with world.database.unit() as unit:
        return clock.now(unit)
