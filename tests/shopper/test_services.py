"""Services: a taken port is said, nobody is left behind, a dead one is revived or named."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from shopper.errors import PortTaken, ServiceFailed
from shopper.services import Service, Services, answers, python, require_free_port
from tests.world.processes import left

SLEEP = "import time; time.sleep(600)"
FAMILY = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEP}']); {SLEEP}"
PARENT = """
import os, sys, time
from pathlib import Path
from shopper.services import Service, Services, python
service = Service("Sleeper", python("-c", "import time; time.sleep(600)"), os.environ, Path(sys.argv[1]))
Services().start(service)
print(service.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services()
    yield made
    made.stop()


def service(tmp_path: Path, code: str) -> Service:
    return Service("Sleeper", python("-c", code), os.environ, tmp_path / "sleeper.log")


def test_a_taken_port_is_said_with_the_setting_that_moves_ours() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"^Port {port} is taken: set SHOPPER_WEB_PORT to another\.$"):
            require_free_port("127.0.0.1", port, "SHOPPER_WEB_PORT")
        assert not answers(f"http://127.0.0.1:{port}/", 0.2)


def test_stopping_ends_the_service_and_what_it_started(services: Services, tmp_path: Path) -> None:
    sleeper = service(tmp_path, FAMILY)
    services.start(sleeper)
    assert sleeper.process is not None
    parent = psutil.Process(sleeper.process.pid)
    limit = time.monotonic() + 60
    while not parent.children() and time.monotonic() < limit:
        time.sleep(0.05)
    family = [parent, *parent.children(recursive=True)]
    assert len(family) == 2
    services.stop()
    assert left(family) == []


def test_a_killed_parent_takes_its_services_along(tmp_path: Path) -> None:
    words = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
    assert left([child]) == []


def test_a_service_that_ends_at_once_is_named_with_its_log(services: Services, tmp_path: Path) -> None:
    short = service(tmp_path, "raise SystemExit(3)")
    services.start(short)
    assert short.process is not None
    short.process.wait(60)
    with pytest.raises(ServiceFailed, match=r"^Sleeper ended with code 3: see .*sleeper\.log\.$"):
        services.revive()


def test_a_service_that_had_a_decent_life_is_started_again(services: Services, tmp_path: Path) -> None:
    sleeper = service(tmp_path, SLEEP)
    services.start(sleeper)
    assert sleeper.process is not None
    first = sleeper.process
    first.kill()
    first.wait(60)
    sleeper.started -= 3600
    services.revive()
    assert sleeper.process.pid != first.pid
    assert sleeper.process.poll() is None
