"""Workers: one process, two of this machine and a Dask cluster make the same frame and draw the same listings."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from demo.mall.store import Store
from flows import plan
from flows.wiring import World
from flows.workers import working
from sampling.edge.browser import Browser
from shopper.services import Services, wait_for
from shopper.up import START_SECONDS, prefect_environment, start_prefect
from storage.embedded import databases
from storage.reading import Workers
from storage.settings import Settings, load
from tests.conftest import fresh_database
from tests.flows.conftest import build_world
from tests.flows.people import install
from tests.flows.test_parts import MIXED
from tests.flows.test_plan import drawn, frame_file, planned, told
from tests.world.ports import free_port
from tests.world.processes import children

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 200
JOB = '''
"""Freezes and draws in parts by whoever works on them, and prints what came out."""
import json, os, sys
from prefect import flow
from flows.parts import freeze_in_parts
from flows.slices import place_in_parts
from flows.workers import working
from sampling.ceremony import DrawPlan
from sampling.frozen import SourceFile
from storage.settings import load

@flow
def job(digests):
    settings = load()
    with working(settings, "job") as (stores, mapper):
        done = []
        def watched(step, given):
            done.append([step.__name__, len(given)])
            return mapper(step, given)
        sources = [SourceFile(f"file {at}", digest) for at, digest in enumerate(digests)]
        kept = freeze_in_parts(stores, sources, mapper=watched, parts=5, shares=settings.workers.many)
        plan = DrawPlan(
            campaign="C", number=1, frame_sha256=kept.frozen.sha256, merkle_root=kept.frozen.merkle_root,
            listings=kept.frozen.listings, n={one.name: min(3, one.listings) for one in kept.strata}, reserve=2,
            rules="", code="", parties=(), sources=())
        found, rows = place_in_parts(stores, kept.frozen.sha256, plan, "cd" * 32, mapper=watched, parts=5)
    places = [[one.id, one.rank, str(one.chance), one.selected, rows[one.id]] for one in found]
    return {"frozen": kept.frozen.record(), "places": places, "done": done, "pid": os.getpid()}

if __name__ == "__main__":
    print("\\n" + json.dumps(job(json.loads(sys.argv[1]))))
'''


@pytest.fixture
def prefect(tmp_path: Path) -> Iterator[Settings]:
    """Give the settings of a Prefect server on loopback."""
    settings = load({"SHOPPER_HOME": str(tmp_path / "var"), "SHOPPER_PREFECT_PORT": str(free_port())}, tmp_path)
    before = children()
    with databases(settings, ("fsync=off",)) as places:
        services = Services()
        try:
            wait_for(f"{settings.prefect_api_url}/health", start_prefect(services, settings, places), START_SECONDS)
            yield settings
        finally:
            services.stop()
    assert children() <= before


@pytest.mark.slow
@pytest.mark.timeout(3 * SECONDS)
def test_one_process_two_and_a_cluster_give_the_same_ids(prefect: Settings, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(JOB)
    with working(prefect, "none") as (stores, _):
        digests = [stores.objects.put(data) for data in MIXED]
    found = {}
    for who in ("here", "processes:2", "dask:2"):
        words = [sys.executable, str(tmp_path / "job.py"), json.dumps(digests)]
        variables = {**prefect_environment(prefect), "SHOPPER_WORKERS": who, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(words, env=variables, cwd=tmp_path, capture_output=True, text=True, check=False,
                              timeout=SECONDS)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        found[who] = json.loads(done.stdout.splitlines()[-1])
    assert found["here"]["places"] == found["processes:2"]["places"] == found["dask:2"]["places"]
    assert found["here"]["frozen"] == found["processes:2"]["frozen"] == found["dask:2"]["frozen"]
    assert sum(one[3] for one in found["here"]["places"]) > 20
    assert dict(found["dask:2"]["done"])["weigh"] == 6, "five parts, and what was tied"
    assert not any((prefect.scratch).iterdir()), "what a job makes on its way goes with it"


def test_without_a_flow_other_workers_are_not_asked_for(tmp_path: Path) -> None:
    settings = replace(load({}, tmp_path), workers=Workers("processes", 2))
    before = children()
    with working(settings, "job") as (stores, mapper):
        kept = stores.scratch.put(b"a piece")
        assert mapper(lambda held, digest: held.scratch.get(digest), [kept, kept]) == [b"a piece"] * 2
        assert children() <= before
    assert not stores.scratch.has(kept)


def test_a_plan_in_parts_draws_what_it_draws_in_one(
    world: World, server: str, mall: tuple[str, Store], browser: Browser, tmp_path: Path
) -> None:
    with fresh_database(server, "test_plan_in_parts") as database:
        other = build_world(database, tmp_path / "other", browser, mall[0])
        install(other)
        results = []
        for one, parts in ((world, 1), (other, 5)):
            campaign = planned(one, frame_file(200))
            changed = replace(one, settings=replace(one.settings, parts=parts))
            assert plan.sweep(changed, 10).outcomes == (("drawn", 1),)
            results.append(drawn(one, campaign))
    (first, mine), (second, theirs) = results
    assert first.frame == second.frame
    assert first.draw_sha256 == second.draw_sha256
    assert told(mine) == told(theirs)
