"""What goes wrong on a machine, met by the real command: a sentence and an exit code, or a repair."""

import os
import socket
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.journeys.commands import PATIENCE, ROOT, Demo, command, plain_environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

NOBODY = 65534


def sentence(said: str) -> str:
    """Give the one sentence the command ended with."""
    assert "Traceback" not in said
    (line,) = [line for line in said.splitlines() if line.startswith("shopper: ")]
    return line.removeprefix("shopper: ")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SHOPPER_WEB_PORT", "eighty", "SHOPPER_WEB_PORT is 'eighty': it must be a whole number from 1 to 65535."),
        ("SHOPPER_CLOCK", "fast", "SHOPPER_CLOCK is 'fast': it must be one of"),
        ("SHOPPER_COLOUR", "red", "SHOPPER_COLOUR is not a setting"),
        ("SHOPPER_CHROMIUM", "/no/browser", "SHOPPER_CHROMIUM is '/no/browser': there is no program of that name."),
        ("SHOPPER_DATABASE_URL", "mysql://here", "SHOPPER_DATABASE_URL must look like postgresql://"),
    ],
)
def test_a_wrong_setting_is_named(demo: Demo, name: str, value: str, says: str) -> None:
    demo.extra = {name: value}
    code, said = demo.run("--once")
    assert (code, sentence(said)[: len(says)]) == (2, says)


def test_a_taken_port_of_the_pages_is_named(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", demo.ports[0])):
        code, said = demo.run("--once")
    assert (code, sentence(said)) == (2, f"Port {demo.ports[0]} is taken: set SHOPPER_WEB_PORT to another.")
    assert demo.processes() == []


def test_a_taken_port_of_a_shop_is_named_and_nothing_stays_behind(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", demo.ports[2])):
        code, said = demo.run("--once")
    says = f"Port {demo.ports[2]} is taken, and glow-mall of this world has its address there: free it."
    assert (code, sentence(said)) == (2, says)
    assert demo.processes() == []


def test_a_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    root = os.geteuid() == 0
    if root and any(not place.stat().st_mode & 0o001 for place in (shut, *shut.parents, *Path(ROOT).parents)):
        shut = Path("/")  # an ordinary account cannot even come to the folder of the tests
    try:
        done = subprocess.run(
            command("demo", "--once"), cwd=ROOT, env={**plain_environment(), "SHOPPER_HOME": str(shut / "data")},
            capture_output=True, text=True, check=False, timeout=120, user=NOBODY if root else None,
            extra_groups=[] if root else None,
        )  # fmt: skip
    except PermissionError:
        pytest.skip("an ordinary account may not run root's Python")
    says = f"The data folder {shut / 'data'} is not writable (Permission denied): set SHOPPER_HOME to one that is."
    assert (done.returncode, sentence(done.stderr)) == (2, says)


@pytest.mark.browser
def test_an_interrupted_demonstration_leaves_no_process(demo: Demo) -> None:
    with demo.started("--once") as running:
        await_browser(running)
        running.send_signal(2)
        said, _ = running.communicate(timeout=120)
    assert (running.returncode, "Traceback" in said) == (130, False), said
    assert demo.processes() == []


def name_of(process: psutil.Process) -> str:
    """Give a process's name, empty when it has ended since it was listed."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def await_browser(running: "subprocess.Popen[str]") -> None:
    """Wait until the command is at work at a shop."""
    limit = time.monotonic() + PATIENCE
    while not any("chrom" in name_of(process) for process in psutil.Process(running.pid).children(recursive=True)):
        assert running.poll() is None, running.communicate()[0]
        assert time.monotonic() < limit
        time.sleep(0.1)
