"""Runs one sweep in this process, or the demonstration: what needs no Prefect server."""

from argparse import Namespace
from importlib import import_module
from importlib.util import find_spec

from shopper.errors import CommandError
from storage.settings import ensure_home, load


def run_once(chosen: Namespace) -> int:
    """Sweep once and print the report's line."""
    settings = load()
    ensure_home(settings)
    # Named as text: `shopper --help` and the other commands do not pay for the flows' libraries.
    sweeps = import_module("flows").SWEEPS
    if chosen.flow not in sweeps:
        raise CommandError(f"There is no flow {chosen.flow!r}; the flows are {', '.join(sweeps)}.")
    with import_module("flows.wiring").open_world(settings) as world:
        print(sweeps[chosen.flow](world, chosen.limit))
    return 0


def demo(chosen: Namespace) -> int:
    """Run the demonstration's job; it comes with the extra `demo`."""
    if find_spec("oscar") is None or find_spec("demo") is None:
        raise CommandError("The demonstration is not installed: install the extra `demo`, or run make setup.")
    load()
    code: int = import_module("demo.job").run(once=chosen.once)
    return code
