"""The sandbox: starts Chromium as a user without rights, with nothing of ours in its environment, and ends it for good.

Under root the browser runs as a user id of its own that no account has: Chromium refuses its sandbox to root, and
without it a page that breaks the renderer would own the machine.
"""

import contextlib
import itertools
import os
import shlex
import shutil
import signal
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sampling.errors import NoBrowser

FIRST_ID, LAST_ID = 61184, 65519
"""The user ids that systemd sets aside for services that bring no account with them."""

_GIVEN = itertools.count()
"""A user id is given before the first process has it."""

_PATH = "/usr/local/bin:/usr/bin:/bin"

# Run by a bare interpreter in the browser's place: whatever fails here keeps the browser from starting. The process
# is noted while nobody but us can write there, because what is noted is killed in the end.
_START = """
import ctypes, os, resource, sys
program, user, home, note = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
arguments = sys.argv[5:]
with open(note, "w") as file:
    file.write(str(os.getpid()))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
if user:
    resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))
    resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
    for argument in arguments:
        if argument.startswith("--user-data-dir="):
            os.chown(argument.partition("=")[2], user, user)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(38, 1, 0, 0, 0):
    raise OSError(ctypes.get_errno(), "no_new_privs")
os.umask(0o077)
os.chdir(home)
os.closerange(5, 4096)
os.execv(program, [program, *arguments])
"""


@dataclass(frozen=True, slots=True)
class Start:
    """A folder of the browser's own with the program that starts it."""

    folder: Path
    program: Path
    home: Path
    user: int
    """0: the user that we are."""

    def pid(self) -> int | None:
        """Give the process that was started, or None before it was."""
        try:
            return int((self.folder / "pid").read_text())
        except (OSError, ValueError):
            return None

    def environment(self) -> dict[str, str]:
        """Give what the browser is told of its surroundings: neither our settings nor our secrets."""
        home = str(self.home)
        return {"PATH": _PATH, "LANG": "C.UTF-8", "HOME": home, "TMPDIR": home, "XDG_RUNTIME_DIR": home}

    def end(self) -> None:
        """Kill what is left of the browser and remove its folder."""
        kill(tree(self.pid()))
        if self.user:  # nobody else has it
            kill([process for process in processes() if process.user == self.user])
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare(executable: Path, *, drop: bool) -> Start:
    """Give the start of a browser; raises NoBrowser where its user could not even reach it."""
    folder = Path(tempfile.mkdtemp(prefix="shopper-browser-"))
    home = folder / "home"
    home.mkdir(mode=0o700)
    user = free_id() if drop else 0
    if user:
        folder.chmod(0o711)
        os.chown(home, user, user)
        if closed := next((place for place in (executable, home) if not _is_open(place)), None):
            shutil.rmtree(folder, ignore_errors=True)
            raise NoBrowser(
                f"The browser runs under a user without rights, who cannot reach {closed}: "
                "let SHOPPER_CHROMIUM name one outside a closed folder, and TMPDIR an open one."
            )
    code = folder / "start.py"
    code.write_text(_START)
    program = folder / "chromium"
    words = [sys.executable, "-IS", str(code), str(executable), str(user), str(home), str(folder / "pid")]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    program.chmod(0o700)
    return Start(folder, program, home, user)


def _is_open(path: Path) -> bool:
    """Tell whether any user may pass through all folders above it."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def free_id() -> int:
    """Give a user id that no process has, so that two browsers cannot touch each other."""
    taken = {process.user for process in processes()}
    start = os.getpid() * 8 + next(_GIVEN)
    span = LAST_ID - FIRST_ID + 1
    return next(number for step in range(span) if (number := FIRST_ID + (start + step) % span) not in taken)


@dataclass(frozen=True, slots=True)
class Process:
    """What the system tells of a process."""

    pid: int
    parent: int
    user: int
    resident: int
    """Bytes."""


def processes() -> Iterator[Process]:
    """Give every process of the machine; none where there is no /proc."""
    page = os.sysconf("SC_PAGE_SIZE")
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            user = folder.stat().st_uid
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        yield Process(int(folder.name), int(fields[1]), user, int(fields[21]) * page)


def tree(pid: int | None) -> list[Process]:
    """Give a process and all that descend from it, parents first; nothing once it has ended."""
    every = list(processes()) if pid is not None else []
    found = [process for process in every if process.pid == pid]
    for process in found:  # grows while it is walked
        found.extend(child for child in every if child.parent == process.pid)
    return found


def kill(every: Iterable[Process]) -> None:
    """Kill processes, of which some may have ended already."""
    for process in every:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
