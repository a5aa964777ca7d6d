"""The claim: `kill -9` of the demonstration at any moment costs nothing; it goes on, and nothing is done twice.

A seeded script kills it at ten moments spread over the job, starts it again until it ends, and counts by SQL.
Sometimes everything is killed at once, database included, and sometimes the command alone, so that what it
started has to find out by itself.
"""

import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from demo.audit import Count, audit
from storage.postmaster import postmaster
from storage.settings import load

ROOT = Path(__file__).parent.parent
JITTER = 2.5
"""Within how many seconds of its beginning a moment is hit, drawn evenly."""
PATIENCE = 400.0
ALONE = 0.3

MOMENTS: tuple[tuple[str, str], ...] = (
    ("the database is being made", "file postgres.new"),
    ("the shop is being built", "file world/oscar-mart/shop.sqlite3"),
    ("the frame is being gathered", "SELECT count(*) FROM campaign"),
    ("the draw is made", "SELECT count(*) FROM campaign WHERE state = 'sampling'"),
    ("listings are being captured", "SELECT count(*) > 4 FROM capture"),
    ("an order is being placed", "SELECT count(*) FROM purchase WHERE state = 'intended'"),
    ("more orders are being placed", "SELECT count(*) > 5 FROM purchase WHERE order_no IS NOT NULL"),
    ("parcels are being received", "SELECT count(*) FROM event WHERE type = 'received' AND noun = 'sample'"),
    ("samples are being sealed", "SELECT count(*) > 5 FROM seal"),
    ("consignments are on their way", "SELECT count(*) FROM consignment WHERE state <> 'packed'"),
    ("laboratory files come in", "SELECT count(*) FROM upload"),
    ("verdicts are being confirmed", "SELECT count(*) FROM verdict WHERE confirmed_by IS NOT NULL"),
    ("result notices are being posted", "SELECT count(*) FROM delivery d JOIN notice n ON n.id = d.notice_id "
     "WHERE n.kind = 'result' AND d.state IN ('leased', 'pending')"),
    ("a seller objects", "SELECT count(*) FROM objection"),
    ("demands are being sent", "SELECT count(*) FROM notice WHERE kind = 'delisting' AND state <> 'draft'"),
    ("removals are being verified", "SELECT count(*) FROM takedown_check"),
    ("results are being published", "SELECT count(*) FROM publication"),
)  # fmt: skip
"""What is going on at each moment, and how it is seen from outside; the order is that of the job."""


@dataclass(frozen=True, slots=True)
class Kill:
    """One planned blow: when, how long after that, and whether the command is killed alone."""

    moment: str
    sign: str
    delay: float
    alone: bool


def main() -> int:
    """Print what was hit and what was counted; 1 when anything was done twice or lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--kills", type=int, default=10)
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="kill-demo-"))
    home.chmod(0o755)
    print(f"seed {given.seed}, data folder {home}", flush=True)
    try:
        faults = drill(home, plan(random.Random(given.seed), given.kills))
    finally:
        end_all(processes_of(home))
    if not faults:
        shutil.rmtree(home)
    print("Nothing was done twice, nothing was lost." if not faults else "WRONG: " + "; ".join(faults))
    return 1 if faults else 0


def plan(chance: random.Random, kills: int) -> list[Kill]:
    """Draw the blows, in the order of the job."""
    chosen = sorted(chance.sample(range(len(MOMENTS)), kills))
    return [Kill(*MOMENTS[index], chance.uniform(0, JITTER), chance.random() < ALONE) for index in chosen]


def drill(home: Path, kills: Sequence[Kill]) -> list[str]:
    """Kill, go on, count, go on once more, count again; give what was wrong, a sentence each."""
    environment = {**os.environ, "SHOPPER_HOME": str(home), "SHOPPER_WEB_PORT": str(free_port())}
    hits, began = 0, time.monotonic()
    for kill in kills:
        demo = start(home, environment)
        hit = strike(home, demo, kill)
        hits += hit
        who = "the command alone" if kill.alone else "everything"
        said = f"killed {who}" if hit else f"too late, the job had ended with {demo.returncode}"
        print(f"{time.monotonic() - began:6.0f} s  {kill.moment} + {kill.delay:.1f} s: {said}", flush=True)
    faults = [] if hits == len(kills) else [f"only {hits} of {len(kills)} moments were hit"]
    faults += finish(home, environment, "the run that ends the job")
    first = audit(load(environment, ROOT))
    faults += finish(home, environment, "a run after the end")
    second = audit(load(environment, ROOT))
    show(first)
    faults += [f"{count.wrong} wrong of: {count.what}" for count in second if count.wrong]
    faults += [f"grew after the end: {then.what}" for then, now in zip(first, second, strict=True) if then != now]
    return faults


def start(home: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start the real command in a session of its own, its words in a file."""
    with (home / "drill.log").open("ab") as log:
        words = [sys.executable, "-m", "shopper", "demo", "--once"]
        return subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)


def strike(home: Path, demo: "subprocess.Popen[bytes]", kill: Kill) -> bool:
    """Wait for the moment and kill; False when the job ended before it came."""
    limit = time.monotonic() + PATIENCE
    while not is_now(home, kill.sign):
        if demo.poll() is not None or time.monotonic() > limit:
            return False
        time.sleep(0.02)
    time.sleep(kill.delay)
    if demo.poll() is not None:
        return False
    if kill.alone:
        demo.kill()
    else:
        end_all([psutil.Process(demo.pid), *processes_of(home)])
    demo.wait()
    return True


def is_now(home: Path, sign: str) -> bool:
    """Tell whether the moment has come, asking the database or the folder."""
    if sign.startswith("file "):
        return (home / sign.removeprefix("file ")).exists()
    try:
        address = f"host={postmaster(home / 'postgres').socket_folder} user=postgres dbname=shopper connect_timeout=2"
        with psycopg.connect(address) as connection:
            answer = connection.execute(sign.encode()).fetchone()
    except psycopg.Error:
        return False
    return bool(answer and answer[0])


def finish(home: Path, environment: dict[str, str], what: str) -> list[str]:
    """Let the command run to its end; give what was wrong with how it ended."""
    began = time.monotonic()
    demo = start(home, environment)
    try:
        code = demo.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        return [f"{what} did not end in {PATIENCE:.0f} s"]
    print(f"{what}: exit code {code} after {time.monotonic() - began:.0f} s", flush=True)
    left = [" ".join(process.cmdline())[:80] for process in processes_of(home)]
    words = (home / "drill.log").read_text("utf-8", "replace").strip().splitlines()[-1:]
    return ([f"{what} ended with {code}: {words}"] if code else []) + [f"{what} left {name}" for name in left]


def processes_of(home: Path) -> list[psutil.Process]:
    """Give every process that works for this data folder: it stands in its words, its variables or its place."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            ours = process.environ().get("SHOPPER_HOME") == str(home) or process.cwd().startswith(str(home))
            if ours or any(str(home) in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue  # gone meanwhile, or another account's
    return found


def end_all(processes: Sequence[psutil.Process]) -> None:
    """Kill all, those that start others first, and wait until they are gone."""
    for process in processes:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=20)


def free_port() -> int:
    """Give a port below those that the system hands out by itself, so that it stays free between two runs."""
    for port in range(8801, 9000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise OSError("no port is free")


def show(counts: Sequence[Count]) -> None:
    """Print the counts as a table."""
    print(f"{'counted':<52} {'there are':>9} {'wrong':>6}")
    for count in counts:
        print(f"{count.what:<52} {count.total:>9} {count.wrong:>6}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
