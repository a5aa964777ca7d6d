"""The inbox: reads a laboratory's file in a child process that may be killed, and may fail alone."""

import sys

from labs.edge import answer
from labs.edge.child import ChildFailed, asked, questioned
from labs.formats import MOST_BYTES, Expected, read, refusal_of_size
from labs.report import Reading
from labs.result import Finding


def read_in_child(data: bytes, name: str, expected: Expected, *, seconds: int = 30, megabytes: int = 1024) -> Reading:
    """Give what the file says; a reader that crashes or passes its time or memory refuses the file.

    What is too large is refused before a child is started. The answer comes back as plain arrays and JSON.
    """
    if len(data) > MOST_BYTES:
        return Reading((), (refusal_of_size(len(data)),))
    try:
        return answer.read(asked("labs.edge.inbox", (name, expected), data, seconds=seconds, megabytes=megabytes))
    except ChildFailed as failed:
        return _failed(str(failed))
    except answer.Broken:
        return _failed("answer")


def main() -> None:
    """Read the file that stands on standard input and write the reading."""
    (name, expected), data = questioned()
    answer.write(read(data, name, expected), sys.stdout.buffer)


def _failed(how: str) -> Reading:
    return Reading((), (Finding("reader-failed", "reject", None, None, how, ""),))


if __name__ == "__main__":
    main()
