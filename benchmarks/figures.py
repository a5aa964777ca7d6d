"""Figures: what a job costs when it runs alone, in a fresh process, step by step."""

import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took: CPU seconds of all threads, seconds on the wall, and the process's peak in MB by its end."""

    name: str
    cpu: float
    wall: float
    peak: int


@dataclass(slots=True)
class Clock:
    """Notes the steps of a job; it starts when it is made."""

    steps: list[Step] = field(default_factory=list)
    cpu: float = field(default_factory=process_time)
    wall: float = field(default_factory=perf_counter)

    def done(self, name: str) -> None:
        """Note the step that ends now."""
        cpu, wall = process_time(), perf_counter()
        self.steps.append(Step(name, cpu - self.cpu, wall - self.wall, peak()))
        self.cpu, self.wall = process_time(), perf_counter()

    def restart(self) -> None:
        """Leave out what was done since the last step, such as compiling."""
        self.cpu, self.wall = process_time(), perf_counter()


def alone(job: Callable[Concatenate[Clock, P], T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, list[Step]]:
    """Give what a job gives, run in a process of its own, and the steps it noted."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_timed, job, args, kwargs).result()


def cpu(steps: list[Step]) -> float:
    """Give the CPU seconds of all steps."""
    return sum(step.cpu for step in steps)


def show(title: str, steps: list[Step]) -> None:
    """Print the steps and their sum."""
    print(f"{title:44s} {'CPU s':>7s} {'wall s':>7s} {'peak MB':>8s}")
    for step in steps:
        print(f"  {step.name:42s} {step.cpu:7.2f} {step.wall:7.2f} {step.peak:8d}")
    print(f"  {'all':42s} {cpu(steps):7.2f} {sum(step.wall for step in steps):7.2f} {steps[-1].peak:8d}", flush=True)


def verdict(claims: dict[str, bool]) -> int:
    """Print the claims that were missed; 1 when one was."""
    missed = [claim for claim, holds in claims.items() if not holds]
    print("MISSED: " + "; ".join(missed) if missed else "All claims hold: " + "; ".join(claims), flush=True)
    return 1 if missed else 0


def peak() -> int:
    """Give the most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the parent's memory as well, which a child has until it starts anew
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> (20 if sys.platform == "darwin" else 10)


def _timed(job: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> tuple[T, list[Step]]:
    clock = Clock()
    return job(clock, *args, **kwargs), clock.steps
