"""What the tests of the flows share: a shop with JavaScript on loopback, one browser, and a world of real edges."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from demo.mall.store import Store
from flows.keys import aside_key, derived, evidence_keys, ledger_key, notice_key
from flows.wiring import World
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from platforms.sites import SITES
from sampling.edge.browser import Browser
from storage import settings
from storage.database import Database
from storage.objects import Folder
from storage.vault import Vault
from tests.flows.people import PLATFORM, install
from tests.world.chromium import browser_settings
from tests.world.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET = b"s" * 32


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    """Give the shop's address and its own memory, to count what was really ordered."""
    state, port = tmp_path_factory.mktemp("mall"), free_port()
    words = [sys.executable, "-m", "demo.mall", "--port", str(port), "--state", str(state)]
    shop = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"http://127.0.0.1:{port}", shop)
        yield f"http://127.0.0.1:{port}", Store(state / "mall.sqlite3")
    finally:
        shop.terminate()
        shop.wait(60)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give one warm browser."""
    with Browser(browser_settings()) as started:
        yield started


@pytest.fixture
def world(mall: tuple[str, Store], browser: Browser, database: Database, tmp_path: Path) -> World:
    """Give a world with people, laboratories and covers on an empty database."""
    made = build_world(database, tmp_path, browser, mall[0])
    install(made)
    return made


def build_world(database: Database, home: Path, browser: Browser, shop: str) -> World:
    """Give a world as the wiring makes it, on this database and this browser."""
    chosen = settings.load({"SHOPPER_HOME": str(home), "SHOPPER_PRIVATE_HOSTS": "127.0.0.1"}, home)
    return World(
        settings=chosen,
        database=database,
        objects=Folder(chosen.objects),
        vault=Vault(derived(SECRET, "vault")),
        sites={PLATFORM: SITES[PLATFORM].at(shop)},
        limits=load_limits(IN_FORCE),
        notice_key=notice_key(SECRET),
        keys=evidence_keys(SECRET),
        ledger_key=ledger_key(SECRET),
        aside_key=aside_key(SECRET).public_key(),
        blind_key=derived(SECRET, "blind"),
        open_browser=lambda: browser,
    )


@pytest.fixture
def quiet(database: Database, tmp_path: Path) -> World:
    """Give a world without a browser, for what visits no page."""

    def no_browser() -> Browser:
        raise AssertionError("nothing here opens a browser")

    return replace(build_world(database, tmp_path, cast(Browser, None), "http://127.0.0.1:9"), open_browser=no_browser)


def _await(address: str, shop: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/healthz", timeout=2):
                return
        except (URLError, OSError):
            assert shop.poll() is None, "the shop ended before it opened"
            time.sleep(0.1)
    raise AssertionError("the shop did not open in 90 s")
