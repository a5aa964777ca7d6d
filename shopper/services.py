"""Services as child processes: started in order, watched, stopped in reverse, never left behind."""

import ctypes
import errno
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from shopper.errors import CommandError, PortTaken, ServiceFailed

STOP_SECONDS = 15
LEAVING_SECONDS = 4
"""How long our own services need to leave their ports after whoever started them was killed."""
# A service that ends sooner than this after its start will not be helped by another start.
SHORT_LIFE_SECONDS = 20
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Service:
    """One child: its words, where it logs, and the running process."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0


@dataclass(slots=True)
class Services:
    """The children of one `shopper up`, in the order of their start."""

    running: list[Service] = field(default_factory=list)

    def start(self, service: Service) -> None:
        """Start a service in a session of its own, so that Ctrl-C reaches us alone and we stop it in order."""
        service.log.parent.mkdir(parents=True, exist_ok=True)
        with service.log.open("ab") as log:
            service.process = subprocess.Popen(
                service.words,
                env=dict(service.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        service.started = time.monotonic()
        if service not in self.running:
            self.running.append(service)

    def revive(self) -> None:
        """Start again what ended after a decent life; what ended at once is an error."""
        for service in self.running:
            if service.process is None or service.process.poll() is None:
                continue
            if time.monotonic() - service.started < SHORT_LIFE_SECONDS:
                raise ServiceFailed(f"{service.name} ended with code {service.process.returncode}: see {service.log}.")
            self.start(service)

    def stop(self) -> None:
        """Stop all, the last started first, and end whatever they left behind."""
        for service in reversed(self.running):
            if service.process is not None:
                end_tree(service.process)
        self.running.clear()


def python(*words: str) -> tuple[str, ...]:
    """Give the words that run a module with our Python."""
    return (sys.executable, "-P", *words)


def run_step(otherwise: str, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
    """Run a command to its end; a failure is an error with the last words it said."""
    done = subprocess.run(words, cwd=folder, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServiceFailed(f"{otherwise}: {' '.join((done.stderr or done.stdout).split())[-400:]}")


def end_tree(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process to end, wait, then kill it and all it started."""
    try:
        tree = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        tree = []
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for left in tree:
        if left.is_running():
            left.kill()
    psutil.wait_procs(tree, timeout=STOP_SECONDS)


def die_with_parent() -> Callable[[], None] | None:
    """Give what a child does before it starts, so that a killed parent takes it along (Linux alone can)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # found before the fork: afterwards it is too late to load

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

    return ask


def require_free_port(host: str, port: int, setting: str) -> None:
    """Refuse a port somebody listens on, by the name of the setting that moves ours."""
    limit = time.monotonic() + LEAVING_SECONDS
    while not _is_free(host, port):
        if time.monotonic() > limit:
            raise PortTaken(f"Port {port} is taken: set {setting} to another.")
        time.sleep(0.1)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CommandError(f"Nobody can listen at {host} port {port}: {error.strerror}.") from error
            return False
    return True


def answers(address: str, seconds: float = 2.0) -> bool:
    """Tell whether a web address gives any answer that is not a server's failure."""
    try:
        with urllib.request.urlopen(address, timeout=seconds):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except (OSError, ValueError):
        return False


def wait_for(address: str, service: Service, seconds: float) -> None:
    """Wait until a service answers; an early end or a long silence is an error that names its log."""
    limit = time.monotonic() + seconds
    while not answers(address):
        ended = service.process is not None and service.process.poll() is not None
        if ended or time.monotonic() > limit:
            raise ServiceFailed(f"{service.name} did not start: see {service.log}.")
        time.sleep(0.3)
