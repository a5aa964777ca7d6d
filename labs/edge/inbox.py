"""The inbox: reads a laboratory's file in a child process that may be killed, and may fail alone."""

import pickle
import resource
import subprocess
import sys
from pathlib import Path

import labs
from labs.edge import answer
from labs.formats import MOST_BYTES, Expected, read, refusal_of_size
from labs.report import Reading
from labs.result import Finding

_ROOT = Path(labs.__file__).parents[1]
_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others reserve more addresses than a child may have
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


def read_in_child(data: bytes, name: str, expected: Expected, *, seconds: int = 30, megabytes: int = 1024) -> Reading:
    """Give what the file says; a reader that crashes or passes its time or memory refuses the file.

    What is too large is refused before a child is started. The answer comes back as plain arrays and JSON:
    a child that a hostile file has taken over could put code in a pickle.
    """
    if len(data) > MOST_BYTES:
        return Reading((), (refusal_of_size(len(data)),))
    question = pickle.dumps((name, expected, seconds, megabytes))
    try:
        child = subprocess.run(
            [sys.executable, "-E", "-s", "-m", "labs.edge.inbox"],
            input=b"".join((len(question).to_bytes(8, "big"), question, data)),
            capture_output=True,
            timeout=seconds,
            cwd=_ROOT,
            env=_ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed("timeout")
    if child.returncode != 0:
        return _failed("memory" if b"MemoryError" in child.stderr else f"exit {child.returncode}")
    try:
        return answer.read(child.stdout)
    except answer.Broken:
        return _failed("answer")


def main() -> None:
    """Read the file that stands on standard input, within the limits it names, and write the reading."""
    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    name, expected, seconds, megabytes = pickle.loads(sys.stdin.buffer.read(size))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # reading needs no file of its own
    answer.write(read(sys.stdin.buffer.read(), name, expected), sys.stdout.buffer)


def _failed(how: str) -> Reading:
    return Reading((), (Finding("reader-failed", "reject", None, None, how, ""),))


if __name__ == "__main__":
    main()
