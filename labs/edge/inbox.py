"""The inbox: reads a laboratory's file in a child process that may be killed, and may fail alone."""

import json
import pickle
import resource
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import labs
from labs.formats import Expected, read
from labs.report import Reading, Report
from labs.result import Finding, Interval, Result

_ROOT = Path(labs.__file__).parents[1]
_DECIMALS = ("lod", "loq", "u_expanded", "coverage_k")


def read_in_child(data: bytes, name: str, expected: Expected, *, seconds: int = 20, megabytes: int = 512) -> Reading:
    """Give what the file says; a reader that crashes or passes its time or memory refuses the file.

    The answer comes back as JSON: a child that a hostile file has taken over could put code in a pickle.
    """
    question = pickle.dumps((data, name, expected, seconds, megabytes))
    try:
        child = subprocess.run(
            [sys.executable, "-E", "-s", "-m", "labs.edge.inbox"],
            input=question,
            capture_output=True,
            timeout=seconds,
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed("timeout")
    if child.returncode != 0:
        return _failed("memory" if b"MemoryError" in child.stderr else f"exit {child.returncode}")
    try:
        return _reading(json.loads(child.stdout))
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return _failed("answer")


def main() -> None:
    """Read the file that stands on standard input, within the limits it names, and print the reading."""
    data, name, expected, seconds, megabytes = pickle.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # reading needs no file of its own
    sys.stdout.write(json.dumps(asdict(read(data, name, expected)), default=str))


def _failed(how: str) -> Reading:
    return Reading((), (Finding("reader-failed", "reject", None, None, how, ""),))


def _reading(plain: dict[str, Any]) -> Reading:
    return Reading(
        reports=tuple(_report(report) for report in plain["reports"]),
        findings=tuple(Finding(**finding) for finding in plain["findings"]),
    )


def _report(plain: dict[str, Any]) -> Report:
    results = tuple(_result(result) for result in plain["results"])
    return Report(**{**plain, "issued_on": date.fromisoformat(plain["issued_on"]), "results": results})


def _result(plain: dict[str, Any]) -> Result:
    ends = {end: _decimal(plain["interval"][end]) for end in ("low", "high")}
    read_back: dict[str, Any] = {name: _decimal(plain[name]) for name in _DECIMALS}
    read_back["interval"] = Interval(**{**plain["interval"], **ends})
    read_back["tested_on"] = date.fromisoformat(plain["tested_on"]) if plain["tested_on"] else None
    return Result(**{**plain, **read_back})


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


if __name__ == "__main__":
    main()
