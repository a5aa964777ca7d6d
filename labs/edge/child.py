"""A child: another process of ours that reads what a stranger sent, within limits, and may be killed or fail alone."""

import pickle
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import labs

_ROOT = Path(labs.__file__).parents[1]
_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve more addresses than a child may have
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
_SIZE = 8


class ChildFailed(Exception):
    """A child crashed, or passed its time or memory; the message is which."""


def asked(module: str, question: object, data: bytes, *, seconds: int = 30, megabytes: int = 1024) -> bytes:
    """Give what the module answers to the question about the data, or raise ChildFailed.

    The question may be a pickle, for it is ours; the answer may not: a hostile file may have taken the child over.
    """
    packed = pickle.dumps((question, seconds, megabytes))
    try:
        child = subprocess.run(
            [sys.executable, "-E", "-s", "-m", module],
            input=b"".join((len(packed).to_bytes(_SIZE, "big"), packed, data)),
            capture_output=True,
            timeout=seconds,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise ChildFailed("timeout") from late
    if child.returncode != 0:
        raise ChildFailed("memory" if b"MemoryError" in child.stderr else f"exit {child.returncode}")
    return child.stdout


def questioned() -> tuple[Any, bytes]:
    """Give the question and the data that stand on standard input, within the limits they name from here on."""
    size = int.from_bytes(sys.stdin.buffer.read(_SIZE), "big")
    question, seconds, megabytes = pickle.loads(sys.stdin.buffer.read(size))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # reading needs no file of its own
    return question, sys.stdin.buffer.read()
