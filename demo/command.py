"""The command line every service of the demonstration world has."""

import argparse
from pathlib import Path


def service_arguments(name: str) -> tuple[int, Path]:
    """The port to listen on and the state folder, which is made if it is not there."""
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    given = parser.parse_args()
    state: Path = given.state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    return given.port, state
