"""Says what is missing or unreachable on this machine, in a sentence each."""

import json
import shutil
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from shopper.services import answers
from storage.embedded import Databases, databases
from storage.postmaster import PostgresError
from storage.revision import at_head
from storage.settings import Settings, SettingsError, ensure_home, load
from storage.store import spooled

VENDOR = Path(__file__).resolve().parent.parent / "dashboards" / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look showed."""

    good: bool
    sentence: str


def doctor(chosen: Namespace) -> int:
    """Print one line a check and give 1 if something is missing."""
    findings = list(examine(load()))
    for finding in findings:
        print(f"{'ok     ' if finding.good else 'MISSING'}  {finding.sentence}")
    return 0 if all(finding.good for finding in findings) else 1


def examine(settings: Settings) -> Iterator[Finding]:
    """Give the findings in the order in which a person would put them right."""
    for look in (_python, _data_folder, _browser, _chinese_font, _assets):
        yield look(settings)
    yield from _databases(settings)
    for look in (_objects, _authorities, _pages, _prefect):
        yield look(settings)


def _python(settings: Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(sys.version_info >= (3, 11), f"Python {version}; 3.11 or newer is needed.")


def _data_folder(settings: Settings) -> Finding:
    try:
        return Finding(True, f"The data folder {ensure_home(settings)} is writable.")
    except SettingsError as error:
        return Finding(False, str(error))


def _browser(settings: Settings) -> Finding:
    path = settings.chromium or _playwrights_own()
    if path is None or not path.exists():
        return Finding(False, "There is no Chromium: run make setup, or set SHOPPER_CHROMIUM.")
    done = _ask([str(path), "--version"])
    return Finding(bool(done), f"{done} at {path}." if done else f"{path} does not start: install its libraries.")


def _playwrights_own() -> Path | None:
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    found = _ask([sys.executable, "-c", code])
    return Path(found) if found else None


def _chinese_font(settings: Settings) -> Finding:
    lister = shutil.which("fc-list")
    found = _ask([lister, ":lang=zh", "family"]).splitlines() if lister else []
    if not found:
        return Finding(False, "There is no Chinese font, so pictures show boxes: apt-get install fonts-noto-cjk.")
    return Finding(True, f"Chinese font {found[0].split(',')[0]}.")


def _assets(settings: Settings) -> Finding:
    try:
        names = [entry["file"] for entry in json.loads((VENDOR / "manifest.json").read_bytes())["files"]]
    except (OSError, ValueError, KeyError):
        return Finding(False, "The front-end files are missing: run make setup.")
    lost = [name for name in names if not (VENDOR / name).is_file()]
    return Finding(not lost, f"{lost[0]} is missing: run make setup." if lost else f"{len(names)} front-end files.")


def _databases(settings: Settings) -> Iterator[Finding]:
    """Look at both databases; the embedded server is started for the look."""
    with ExitStack() as stack:
        try:
            places = stack.enter_context(databases(settings))
        except (SettingsError, PostgresError) as error:
            yield Finding(False, str(error))
            return
        where = "at SHOPPER_DATABASE_URL" if settings.database_url else f"embedded in {settings.postgres}"
        yield Finding(True, f"PostgreSQL answers, {where}.")
        yield _migrations(places)


def _migrations(places: Databases) -> Finding:
    if at_head(places.shopper):
        return Finding(True, "The tables are up to date.")
    return Finding(False, "The tables are not up to date: run shopper migrate.")


def _objects(settings: Settings) -> Finding:
    bucket = settings.bucket
    if bucket is not None:
        address = f"{'https' if bucket.secure else 'http'}://{bucket.endpoint}/"
        good, waiting = answers(address), spooled(settings)
        late = f"; {waiting} files wait in {settings.spool}" if waiting else ""
        return Finding(good, f"The object store at {bucket.endpoint} {'answers' if good else 'does not answer'}{late}.")
    try:
        settings.objects.mkdir(parents=True, exist_ok=True)
        probe = settings.objects / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding(False, f"The object folder {settings.objects} is not writable: {error.strerror}.")
    return Finding(True, f"The object folder {settings.objects} is writable.")


def _authorities(settings: Settings) -> Finding:
    lost = [code for code in settings.timestamps if not (settings.authorities / f"{code}.pem").is_file()]
    if lost:
        return Finding(False, f"The certificates of {lost[0]} are missing: put them into {settings.authorities}.")
    named = ", ".join(settings.timestamps) or "no authority: captures stay sealed without a time-stamp"
    return Finding(True, f"Time-stamps come from {named}.")


def _pages(settings: Settings) -> Finding:
    address = f"http://{settings.web_host}:{settings.web_port}/"
    return _service("The pages' server", address, settings.web_port, "SHOPPER_WEB_PORT")


def _prefect(settings: Settings) -> Finding:
    address = f"{settings.prefect_api_url}/health"
    return _service("The Prefect server", address, settings.prefect_port, "SHOPPER_PREFECT_PORT")


def _service(who: str, address: str, port: int, setting: str) -> Finding:
    if answers(address):
        return Finding(True, f"{who} answers on port {port}.")
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    if taken:
        return Finding(False, f"Port {port} is taken by another program: set {setting} to another.")
    return Finding(False, f"{who} does not answer on port {port}: run shopper up.")


def _ask(words: list[str]) -> str:
    """Give what a program printed, or nothing when it failed."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
