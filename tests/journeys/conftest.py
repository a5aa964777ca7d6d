"""The running pages on a small world of every stage, and people with real browsers."""

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from os import geteuid
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from dashboards.app import create_app
from flows.keys import aside_key, evidence_keys, ledger_key, notice_key
from flows.wiring import World
from labs.limits import load as load_limits
from platforms.notice import NoticeKind
from reputation.publication import PublicationEvent
from sampling.edge.launch import ARGUMENTS
from storage import clock, publications, scores
from storage.database import Database
from storage.objects import Folder, Objects
from storage.resumable import Parts
from storage.scores import Kept
from storage.settings import load
from storage.unit import Unit
from storage.vault import Vault
from tests.dashboards.desk import desk
from tests.dashboards.story import CREDENTIALS, Story
from tests.journeys.commands import Demo
from tests.journeys.people import People
from tests.world.ports import free_ports


@dataclass(frozen=True, slots=True)
class Case:
    """One row of each stage, by the ids its pages go under."""

    campaign: str
    sample: str
    consignment: str
    blind_code: str
    notice: str
    published: str
    failed: str


@pytest.fixture
def demo() -> Iterator[Demo]:
    """Give the demonstration in a folder of its own, on ports of its own."""
    # Not in pytest's own folder, which is closed to the account that a root's PostgreSQL runs under.
    with tempfile.TemporaryDirectory(prefix="shopper-", ignore_cleanup_errors=True) as home:
        yield Demo(Path(home), free_ports(4))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give the machine's browser."""
    path = load().chromium
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(path) if path else None, chromium_sandbox=geteuid() != 0, args=list(ARGUMENTS)
        )
        yield opened
        opened.close()


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """Give an empty store of files."""
    return Folder(tmp_path / "objects")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Give an empty folder for what is on its way in."""
    return Parts(tmp_path / "uploads")


@pytest.fixture
def case(database: Database, objects: Objects) -> Case:
    """Bring samples to every stage that a page shows."""
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, consignment = story.handed_over()
        failed = story.notified()
        demand = story.notice(failed, NoticeKind.DELISTING, "platform:oscar-mart")
        return Case(
            str(story.campaign.id), str(sample.id), str(consignment), sample.blind_code, str(demand.id),
            _published(story), str(failed.id),
        )  # fmt: skip


@pytest.fixture
def pages(database: Database, objects: Objects, parts: Parts, case: Case) -> Iterator[str]:
    """Give the address of the running pages."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        provider = {"issuer": "test", "keys": []}
        app = create_app(
            database, objects, parts, base_url=address, provider=provider, credentials=CREDENTIALS, **desk()
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield address
        server.should_exit = True
        thread.join()


@pytest.fixture
def sweeper(database: Database, objects: Objects, tmp_path: Path) -> World:
    """Give what the sweeps work with; no page is visited, so there is no browser."""

    def no_browser() -> Any:
        raise AssertionError("nothing here opens a browser")

    return World(
        settings=load({"SHOPPER_HOME": str(tmp_path / "var")}, tmp_path), database=database, objects=objects,
        vault=Vault(b"v" * 32), sites={}, limits=load_limits("limits-cn"), notice_key=notice_key(bytes(32)),
        keys=evidence_keys(bytes(32)), ledger_key=ledger_key(bytes(32)), aside_key=aside_key(bytes(32)).public_key(),
        blind_key=b"b" * 32, open_browser=no_browser,
    )  # fmt: skip


@pytest.fixture
def people(browser: Browser, pages: str) -> Iterator[People]:
    """Give the door through which people come to the pages."""
    everybody = People(browser, pages)
    yield everybody
    everybody.leave()


def _published(story: Story) -> str:
    """Publish a failed sample's result, and a score of its seller."""
    sample = story.notified()
    number = publications.next_number(story.unit, story.tick())
    entry: dict[str, Any] = {
        "number": number, "title": sample.title, "outcome": "fail", "platform": "oscar-mart", "category": "toys",
        "basis": "risk_targeted", "sampled_on": "2026-11-03", "lab": "L-01", "seller": sample.seller, "brand": "Xinghe",
        "items": [{"item": "migratable_lead", "outcome": "fail", "limit": "cn-toys-migratable-lead", "found": "210"}],
    }  # fmt: skip
    by, at = "user:coordinator", story.tick()
    one = publications.propose(story.unit, sample.id, entry, number=number, disputed=False, by=by, at=at)
    publications.approve(story.unit, one.id, by="user:officer", at=story.tick())
    publications.record(story.unit, one.id, PublicationEvent.PUBLISHED, by="flow:publish", at=story.tick())
    _score(story.unit, f"oscar-mart/{sample.seller}")
    return number


def _score(unit: Unit, seller: str) -> None:
    record = {"score": "61.5", "lower": "48.0", "rated": True, "n_effective": "12", "parts": [], "prior": "85",
              "cap": None, "rate": None, "parameters": {"version": "1", "status": "unconfirmed"}}  # fmt: skip
    scores.save(unit, Kept("seller", seller, clock.now(unit), "e" * 64, record))
