"""Starts and stops the whole demonstration world as child processes that die with their parent."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SERVICES: Mapping[str, str] = {
    "oscar-mart": "demo.marketplace",
    "glow-mall": "demo.mall",
    "desk": "demo.platform_desk",
}
FIRST_PORTS = range(8701, 9700, 10)
"""Where the services of a new world may begin; each takes the ports that follow one another from there."""
PATIENCE = 60.0
_PR_SET_PDEATHSIG = 1


class WorldError(Exception):
    """A service of the demonstration world did not start; the message says which and why."""


class PortTaken(WorldError):
    """Another program listens where a service of this world has its address."""


@dataclass(frozen=True, slots=True)
class World:
    """The running services: where each listens, and its process."""

    state: Path
    urls: Mapping[str, str]
    processes: Mapping[str, "subprocess.Popen[bytes]"] = field(repr=False)

    def stop(self) -> None:
        """Ends every service and waits for it; doing it twice does no harm."""
        for process in self.processes.values():
            _signal(process, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait(30)

    def introduce(self, *, base: str, tokens: Mapping[str, str]) -> None:
        """Tells the desks whom they answer: our address, and a token of our API for each platform."""
        shops = {code: url for code, url in self.urls.items() if code != "desk"}
        page = {"base": base, "tokens": dict(tokens), "shops": shops}
        _keep(self.state / "desk" / "desk.json", page)


def ports_of(state: Path) -> Mapping[str, int]:
    """The port of each service: chosen once for a state folder, because the addresses stand in all that is kept."""
    kept = state / "ports.json"
    if kept.exists():
        ports: dict[str, int] = json.loads(kept.read_text("utf-8"))
        return ports
    first = next(port for port in FIRST_PORTS if all(map(_is_free, range(port, port + len(SERVICES)))))
    state.mkdir(parents=True, exist_ok=True)
    _keep(kept, dict(zip(SERVICES, range(first, first + len(SERVICES)), strict=True)))
    return ports_of(state)


def start(state: Path, ports: Mapping[str, int]) -> World:
    """The world, every service answering; a service that does not start raises WorldError."""
    for name in SERVICES:
        _await_free(name, ports[name])
    world = World(
        state=state,
        urls={name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES},
        processes={name: _spawn(module, ports[name], state / name) for name, module in SERVICES.items()},
    )
    try:
        for name, process in world.processes.items():
            _await(name, world.urls[name], process, state / name / "service.log")
    except BaseException:
        world.stop()
        raise
    return world


def _keep(target: Path, page: object) -> None:
    """Write a file at once or not at all."""
    draft = target.with_suffix(".new")
    draft.write_text(json.dumps(page), "utf-8")
    draft.replace(target)


def _await_free(name: str, port: int) -> None:
    # Services of a parent that was just killed need a moment to go; anybody else on the port is in the way.
    deadline = time.monotonic() + 5
    while not _is_free(port):
        if time.monotonic() > deadline:
            raise PortTaken(f"Port {port} is taken, and {name} of this world has its address there: free it")
        time.sleep(0.1)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _spawn(module: str, port: int, state: Path) -> "subprocess.Popen[bytes]":
    state.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", module, "--port", str(port), "--state", str(state)]
    with (state / "service.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _await(name: str, url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        # A process that has ended means that whoever answers on the port is somebody else.
        if process.poll() is not None:
            words = log.read_text("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
            raise WorldError(f"{name} did not start at {url}: {words[0]}")
        if _answers(f"{url}/healthz") and process.poll() is None:
            return
        time.sleep(0.1)
    raise WorldError(f"{name} did not answer at {url} in {PATIENCE:.0f} s; see {log}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _signal(process: "subprocess.Popen[bytes]", which: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, which)
