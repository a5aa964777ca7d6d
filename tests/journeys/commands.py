"""The real command in a folder of its own: started, interrupted, and looked for when it should be gone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
PATIENCE = 280
WHOLE = 400
"""Seconds for a whole run: more than the job may take, so that the test says by how much it took too long."""


@dataclass(slots=True)
class Demo:
    """One demonstration: its folder, and the ports of its pages and of the firms outside."""

    home: Path
    ports: Sequence[int]
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = self.home / "world"
        world.mkdir(parents=True, exist_ok=True)
        names = ("oscar-mart", "glow-mall", "desk")
        (world / "ports.json").write_text(json.dumps(dict(zip(names, self.ports[1:], strict=True))))

    @property
    def environment(self) -> dict[str, str]:
        """Give the variables of the command."""
        own = {"SHOPPER_HOME": str(self.home), "SHOPPER_WEB_PORT": str(self.ports[0])}
        return {**plain_environment(), **own, **self.extra}

    def run(self, *words: str) -> tuple[int, str]:
        """Run to the end; give the exit code and all that was said."""
        done = subprocess.run(
            command("demo", *words), cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
            timeout=WHOLE,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    @contextmanager
    def started(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        """Give the running command; it is ended when the block ends."""
        with subprocess.Popen(
            command("demo", *words), cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
                    process.wait(120)

    def processes(self) -> list[str]:
        """Give the words of every process that works for this folder, after a moment to leave."""
        for _ in range(300):
            if not (found := list(self._processes())):
                return []
            time.sleep(0.1)
        return found

    def _processes(self) -> Iterator[str]:
        for process in psutil.process_iter():
            try:
                if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                    continue
                inside = process.cwd().startswith(str(self.home))
                if inside or process.environ().get("SHOPPER_HOME") == str(self.home):
                    yield " ".join(process.cmdline())[:100]
            except psutil.Error:
                continue  # gone meanwhile, or another account's


def command(*words: str) -> list[str]:
    """Give the words of the real command."""
    return [sys.executable, "-m", "shopper", *words]


def plain_environment() -> dict[str, str]:
    """Give our variables without any setting of the product."""
    return {name: text for name, text in os.environ.items() if not name.startswith("SHOPPER_")}
