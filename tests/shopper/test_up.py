"""`shopper up`: it serves, it stops cleanly, it says what is in the way, it survives a kill."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tests.world.ports import free_port
from tests.world.processes import left

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def port() -> int:
    return free_port()


@contextmanager
def up(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """Start `shopper up` without Prefect, in a folder of its own."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("SHOPPER_")}
    environment = {**clean, "PYTHONPATH": str(ROOT), "SHOPPER_WEB_PORT": str(port)}
    words = [sys.executable, "-P", "-m", "shopper", "up", "--no-prefect"]
    piped = subprocess.PIPE
    with subprocess.Popen(words, cwd=folder, env=environment, stdout=piped, stderr=piped, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


def first_line(started: "subprocess.Popen[str]") -> str:
    assert started.stdout is not None
    return started.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_the_signal_and_leaves_nothing_running(
    number: signal.Signals, tmp_path: Path, port: int
) -> None:
    with up(tmp_path, port) as started:
        assert first_line(started) == f"Pages    http://127.0.0.1:{port}\n"
        assert httpx.get(f"http://127.0.0.1:{port}/results", timeout=60).status_code == 200
        family = psutil.Process(started.pid).children(recursive=True)
        started.send_signal(number)
        assert started.wait(60) == 0
    assert left(family) == []
    assert not (tmp_path / "var" / "postgres" / "postmaster.pid").exists()


def test_a_taken_port_is_one_sentence_and_exit_code_2(tmp_path: Path, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with up(tmp_path, port) as started:
            said = started.communicate(timeout=60)[1]
    assert (started.returncode, said) == (2, f"shopper: Port {port} is taken: set SHOPPER_WEB_PORT to another.\n")


def test_after_a_kill_it_starts_again(tmp_path: Path, port: int) -> None:
    with up(tmp_path, port) as started:
        first_line(started)
        family = psutil.Process(started.pid).children(recursive=True)
        started.kill()
        started.wait(60)
    assert left(family) == []
    with up(tmp_path, port) as again:
        assert first_line(again) == f"Pages    http://127.0.0.1:{port}\n"
        again.send_signal(signal.SIGINT)
        assert again.wait(60) == 0
