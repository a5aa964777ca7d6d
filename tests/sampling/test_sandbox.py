"""Every process of the browser is in its sandbox, also when root starts it, and nothing of it is left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from sampling.edge import sandbox
from sampling.edge.browser import Browser
from sampling.edge.launch import BrowserSettings
from sampling.edge.tab import Tab
from sampling.edge.warm import sentence
from sampling.errors import NoBrowser
from tests.world.chromium import browser_settings
from tests.world.hard_pages import open_shop

linux = pytest.mark.skipif(sys.platform != "linux", reason="the proof is read from /proc")
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has a user to change to")


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: text.strip() for name, _, text in (line.partition(":") for line in lines)}


def alive(pids: Iterable[int]) -> set[int]:
    """Give which processes have not ended; one that nobody has asked after has."""
    found = set()
    for pid in pids:
        with suppress(OSError):
            found |= set() if status(pid)["State"][0] == "Z" else {pid}
    return found


def spaces(pid: int) -> dict[str, str]:
    return {name: os.readlink(f"/proc/{pid}/ns/{name}") for name in ("user", "pid", "net")}


def kind(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    found = re.search(r"--type=(\S+)", words)
    return found[1] if found else "browser"


@linux
@pytest.mark.browser
def test_every_process_of_the_browser_is_in_its_sandbox() -> None:
    seen: dict[int, tuple[str, dict[str, str], dict[str, str]]] = {}

    async def look(tab: Tab) -> None:
        await tab.open(f"{shop}/plain")
        for process in browser.processes():
            try:
                seen[process.pid] = kind(process.pid), status(process.pid), spaces(process.pid)
            except OSError:
                continue  # it ended while we looked

    with open_shop() as shop, Browser(browser_settings()) as browser:
        browser.run(look)
        surroundings = Path(f"/proc/{browser.processes()[0].pid}/environ").read_bytes()
    ours = spaces(os.getpid())
    kinds = {name for name, _, _ in seen.values()}
    assert {"browser", "renderer", "gpu-process", "utility", "zygote"} <= kinds
    for name, facts, places in seen.values():
        assert facts["NoNewPrivs"] == "1"
        assert "0" not in facts["Uid"].split() and "0" not in facts["Gid"].split()
        assert os.geteuid() != 0 or facts["Groups"] == ""
        assert int(facts["CapEff"], 16) == 0 or places["user"] != ours["user"]
        if name not in {"browser", "zygote"}:  # what touches a page's bytes; a zygote is where those are born
            assert facts["Seccomp"] == "2"
        if name == "renderer":
            assert not places.items() & ours.items()
    assert b"SHOPPER_" not in surroundings and f"HOME={Path.home()}".encode() not in surroundings
    (home,) = re.findall(rb"HOME=([^\0]+/home)", surroundings)
    assert not Path(home.decode()).exists()
    ends = time.monotonic() + 30
    while alive(seen) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not alive(seen)


@linux
@root
def test_a_program_is_started_as_a_user_that_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPPER_SECRET", "word")
    start = sandbox.prepare(Path("/bin/sh"), drop=True)
    words = [str(start.program), "-c", "id -u; id -G; umask; env; sleep 60"]
    running = subprocess.Popen(words, env=start.environment(), stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    said = [running.stdout.readline().strip() for _ in range(8)]
    assert said[:3] == [str(start.user), str(start.user), "0077"]
    assert sandbox.FIRST_ID <= start.user <= sandbox.LAST_ID
    assert f"HOME={start.home}" in said and not any("SHOPPER_" in line for line in said)
    assert {process.user for process in sandbox.tree(start.pid())} == {start.user}
    assert (start.folder / "pid").stat().st_uid == 0  # what is noted there is killed
    start.end()
    assert running.wait(60) == -signal.SIGKILL
    assert not start.folder.exists()
    running.stdout.close()


@linux
@root
def test_two_browsers_are_two_users() -> None:
    starts = [sandbox.prepare(Path("/bin/true"), drop=True) for _ in range(2)]
    for start in starts:
        start.end()
    assert len({start.user for start in starts}) == 2


@root
def test_a_browser_in_a_closed_folder_is_not_started(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(NoBrowser, match=f"cannot reach {tmp_path}"):
        sandbox.prepare(tmp_path / "chromium", drop=True)


def test_a_start_that_never_came_has_no_process() -> None:
    start = sandbox.prepare(Path("/bin/true"), drop=False)
    assert (start.pid(), start.user) == (None, 0)
    assert sandbox.tree(None) == []
    start.end()
    assert not start.folder.exists()


@linux
def test_a_tree_is_killed_with_its_grandchildren() -> None:
    parent = subprocess.Popen(["/bin/sh", "-c", "sleep 60 & sh -c 'sleep 60 & wait' & wait"])
    while len(found := sandbox.tree(parent.pid)) < 4:
        time.sleep(0.01)
    assert found[0].pid == parent.pid and all(process.resident > 0 for process in found)
    sandbox.kill(found)
    sandbox.kill(found)  # also of what has ended
    assert parent.wait(60) == -signal.SIGKILL
    assert sandbox.tree(parent.pid) == []


def test_a_machine_that_forbids_the_sandbox_is_told_what_to_do() -> None:
    said = sentence("Target closed\n[FATAL] No usable sandbox! If this is a Debian system", Path("/usr/bin/chromium"))
    assert "kernel.unprivileged_userns_clone=1" in said and "No usable" not in said
    assert sentence("No such file\nmore", Path("/x")) == "The browser does not start: No such file"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("remote", "listen", "said"),
    [
        ("ws://192.0.2.7:9222/", "127.0.0.1", "cannot reach an egress guard at 127.0.0.1"),
        ("http://127.0.0.1:9/", "127.0.0.1", "does not answer"),
    ],
)
def test_a_remote_browser_that_cannot_be_used_is_refused(remote: str, listen: str, said: str) -> None:
    with pytest.raises(NoBrowser, match=said), Browser(BrowserSettings(remote=remote, guard_listen=listen)):
        raise AssertionError("it opened")
