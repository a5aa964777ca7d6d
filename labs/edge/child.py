"""A child: another process of ours that reads what a stranger sent, within limits, and may be killed or fail alone."""

import os
import pickle
import resource
import subprocess
import sys
from pathlib import Path
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from time import monotonic
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
_CHUNK = 64 * 1024
MOST_ANSWER = 512 * 1024 * 1024
"""Bytes; what is read of the largest file takes less."""


NOT_ANSWERS = (
    ValueError, KeyError, TypeError, ArithmeticError, AttributeError, MemoryError, RecursionError,
)  # fmt: skip
"""What it raises to read something else than an answer: a child that was taken over may write anything."""


class ChildFailed(Exception):
    """A child crashed, passed its time or memory, or said too much; the message is which."""


def asked(
    module: str,
    question: object,
    data: bytes,
    *,
    seconds: int = 30,
    megabytes: int = 1024,
    most: int = MOST_ANSWER,
) -> bytes:
    """Give what the module answers to the question about the data, or raise ChildFailed.

    The question may be a pickle, for it is ours; the answer may not: a hostile file may have taken the child over.
    """
    packed = pickle.dumps((question, seconds, megabytes))
    said = b"".join((len(packed).to_bytes(_SIZE, "big"), packed, data))
    command, pipe = [sys.executable, "-E", "-s", "-m", module], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=_ROOT, env=_ENVIRONMENT) as child:
        try:
            until = monotonic() + seconds
            answer, errors = _heard(child, said, until=until, most=most)
            child.wait(max(until - monotonic(), 0))
        except subprocess.TimeoutExpired as late:
            raise ChildFailed("timeout") from late
        finally:
            child.kill()  # one that ended stays as it ended
    if child.returncode != 0:
        raise ChildFailed("memory" if b"MemoryError" in errors else f"exit {child.returncode}")
    return answer


def _heard(child: subprocess.Popen[bytes], said: bytes, *, until: float, most: int) -> tuple[bytes, bytes]:
    """What the child answers, and the end of its errors, while it is told what was said; no later and no more."""
    assert child.stdin and child.stdout and child.stderr  # all three are pipes
    left, answer, errors = memoryview(said), bytearray(), bytearray()
    with DefaultSelector() as ready:
        ready.register(child.stdin, EVENT_WRITE)
        ready.register(child.stdout, EVENT_READ, answer)
        ready.register(child.stderr, EVENT_READ, errors)
        os.set_blocking(child.stdin.fileno(), False)
        while ready.get_map():
            if monotonic() >= until:
                raise subprocess.TimeoutExpired(child.args, 0)
            for key, _ in ready.select(until - monotonic()):
                if key.data is None:
                    left = _told(key.fd, left)
                    ended = not left
                else:
                    ended = _has_ended(key.fd, key.data)
                if ended:
                    ready.unregister(key.fd)
                    key.fileobj.close()  # type: ignore[union-attr]  # registered as a pipe
            if len(answer) > most:
                raise ChildFailed("answer")
            del errors[:-_CHUNK]
    return bytes(answer), bytes(errors)


def _told(pipe: int, left: memoryview) -> memoryview:
    """What is left to say; nothing to a child that does not listen any more."""
    try:
        return left[os.write(pipe, left[:_CHUNK]) :]
    except BrokenPipeError:
        return left[:0]


def _has_ended(pipe: int, heard: bytearray) -> bool:
    chunk = os.read(pipe, _CHUNK)
    heard += chunk
    return not chunk


def questioned() -> tuple[Any, bytes]:
    """Give the question and the data that stand on standard input, within the limits they name from here on."""
    size = int.from_bytes(sys.stdin.buffer.read(_SIZE), "big")
    question, seconds, megabytes = pickle.loads(sys.stdin.buffer.read(size))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # reading needs no file of its own
    return question, sys.stdin.buffer.read()
