"""Prefect for real: server on the embedded PostgreSQL, deployment, one run through the worker."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from shopper.services import Services
from shopper.up import prefect_environment, start_prefect, start_worker
from storage.embedded import databases
from storage.settings import load
from tests.world.ports import free_port
from tests.world.processes import children

YAML = """
name: smoke
pull:
  - prefect.deployments.steps.set_working_directory:
      directory: "{{ $APP_DIR }}"
deployments:
  - name: main
    entrypoint: flows/tick.py:tick
    work_pool: {name: io}
    schedules: [{cron: "* * * * *", timezone: Asia/Shanghai}]
"""
FLOW = '''
"""A flow that leaves a mark."""
from pathlib import Path
from prefect import flow

@flow
def tick(note: str = "planned") -> None:
    with Path("mark").open("a") as mark:
        mark.write(note + chr(10))
'''
PLANNED = "SELECT count(*) FROM flow_run WHERE auto_scheduled"


@pytest.mark.slow
def test_a_deployed_flow_is_planned_runs_and_leaves_no_process_behind(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "tick.py").write_text(FLOW)
    (tmp_path / "prefect.yaml").write_text(YAML)
    settings = load({"SHOPPER_HOME": str(tmp_path / "var"), "SHOPPER_PREFECT_PORT": str(free_port())}, tmp_path)
    before = children()
    with databases(settings, ("fsync=off",)) as places:
        services = Services()
        try:
            start_worker(services, settings, start_prefect(services, settings, places), tmp_path)
            words = [sys.executable, "-m", "prefect", "deployment", "run", "tick/main", "-p", "note=asked", "--watch"]
            done = subprocess.run(words, env=prefect_environment(settings), capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "asked\n" in (tmp_path / "mark").read_text()
            assert is_planned(places.prefect)
            assert count(places.prefect, "SELECT count(*) FROM automation") == 1
        finally:
            services.stop()
    assert children() <= before


def is_planned(url: str) -> bool:
    """Tell whether the server plans runs of the schedule: it does so every few seconds."""
    for _ in range(60):
        if count(url, PLANNED) > 0:
            return True
        time.sleep(1)
    return False


def count(url: str, question: str) -> int:
    with psycopg.connect(url.replace("+asyncpg", "")) as connection:
        row = connection.execute(question).fetchone()
    return int(row[0]) if row else 0
