"""Workers: who does a step for each part of a job: this process, several of this machine, or a cluster.

A step takes the stores of the job and one small record that names pieces by their hashes; so that wherever it runs,
it gives the same. Prefect only runs it and tries it again; a job whose flow ends begins anew.
"""

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner

from flows.pieces import Stores
from storage.reading import DASK, HERE
from storage.scratch import open_scratch, scratch
from storage.settings import Settings, Workers, load
from storage.store import open_objects

Given = TypeVar("Given")
Done = TypeVar("Done")
Step = Callable[[Stores, Given], Done]


class Mapper(Protocol):
    """Does a step for each record given, and gives what each gave, in their order."""

    def __call__(self, step: Step[Given, Done], given: Sequence[Given], /) -> list[Done]:
        """Do it for all."""
        ...


def here(stores: Stores) -> Mapper:
    """Give the mapper that does one after the other in this process."""

    def mapped(step: Step[Given, Done], given: Sequence[Given], /) -> list[Done]:
        return [step(stores, one) for one in given]

    return mapped


@contextmanager
def working(settings: Settings, job: str) -> Iterator[tuple[Stores, Mapper]]:
    """Give the stores of a job of this name and who works on it; the scratch goes when the block ends.

    Other processes work within a run of a flow alone: a sweep without Prefect does the same here.
    """
    with scratch(settings, job) as held:
        stores = Stores(open_objects(settings), held)
        if settings.workers.kind == HERE or FlowRunContext.get() is None:
            yield stores, here(stores)
        else:
            with _runner(settings.workers) as runner:
                yield stores, _spread(runner, job)


def _spread(runner: TaskRunner[Any], job: str) -> Mapper:
    def mapped(step: Step[Given, Done], given: Sequence[Given], /) -> list[Done]:
        # As bytes, for Prefect and Dask look through records and tuples for what they might have to resolve.
        work = [pickle.dumps((step, one)) for one in given]
        held = [runner.submit(part, parameters={"job": job, "work": data}) for data in work]
        return [future.result() for future in held]

    return mapped


@task(name="part", retries=2, retry_delay_seconds=5, persist_result=False, cache_policy=NO_CACHE)
def part(job: str, work: bytes) -> Any:
    """Do the step for one part of a job, with the stores that the settings of this process name."""
    settings = load()
    step, given = pickle.loads(work)
    return step(Stores(open_objects(settings), open_scratch(settings, job)), given)


def _runner(workers: Workers) -> TaskRunner[Any]:
    if workers.kind != DASK:
        return ProcessPoolTaskRunner(max_workers=workers.many)
    runner: Callable[..., TaskRunner[Any]] = import_module("prefect_dask").DaskTaskRunner
    if workers.address:
        return runner(address=workers.address)
    # One thread a worker, for a step fills a core; no page of Dask's own listens.
    about = {"n_workers": workers.many, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    return runner(cluster_kwargs=about)
