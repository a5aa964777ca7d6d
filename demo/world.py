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
PORTS: Mapping[str, int] = {"oscar-mart": 8701, "glow-mall": 8702, "desk": 8703}
PATIENCE = 60.0
_PR_SET_PDEATHSIG = 1


class WorldError(Exception):
    """A service of the demonstration world did not start; the message says which and why."""


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
                process.wait(3)

    def introduce(self, *, base: str, tokens: Mapping[str, str]) -> None:
        """Tells the desks whom they answer: our address, and a token of our API for each platform."""
        shops = {code: url for code, url in self.urls.items() if code != "desk"}
        page = {"base": base, "tokens": dict(tokens), "shops": shops}
        target = self.state / "desk" / "desk.json"
        draft = target.with_suffix(".new")
        draft.write_text(json.dumps(page), "utf-8")
        draft.replace(target)


def start(state: Path, ports: Mapping[str, int] = PORTS) -> World:
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


def _await_free(name: str, port: int) -> None:
    # Services of a parent that was just killed need a moment to go; anybody else on the port is in the way.
    deadline = time.monotonic() + 3
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as trouble:
                if time.monotonic() > deadline:
                    raise WorldError(f"{name} cannot start: port {port} is taken ({trouble.strerror})") from trouble
            else:
                return
        time.sleep(0.1)


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
