"""The clockwork: each flow claims what is due, does one step for each, records it and returns."""

from collections.abc import Callable, Mapping
from importlib import import_module

from flows.report import Report
from flows.wiring import World

Sweep = Callable[[World, int], Report]

NAMES = (
    "plan",
    "capture",
    "stamp",
    "purchase",
    "track",
    "receive",
    "dispatch",
    "intake",
    "judge",
    "notify",
    "deliver",
    "verify",
    "publish",
    "score",
    "retain",
)


def _sweep(name: str) -> Sweep:
    def run(world: World, limit: int) -> Report:
        report: Report = import_module(f"flows.{name}").sweep(world, limit)
        return report

    return run


SWEEPS: Mapping[str, Sweep] = {name: _sweep(name) for name in NAMES}
"""Every sweep by the name of its flow, in the order of the path."""
