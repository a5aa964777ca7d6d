"""The claim: a film of 500 MB goes up in pieces of 8 MB with at most 64 MB more in the server, at 15 MB a second.

The connection breaks in the middle of the piece at 95 %, and sending goes on where the last whole piece ended. What
is kept is byte by byte what was sent, nothing is left in the folder of pieces, and a film of 600 MB is refused before
a byte of it is there. The server is a process of its own, on an empty database; memory is the peak of its resident
set while the film goes up, over the resident set before. The rate counts everything from the first request to the
last answer, with each piece synced to the disk, the film walked through, hashed and copied into the store.
"""

import base64
import hashlib
import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx

from benchmarks.figures import verdict
from dashboards.app import create_app, serve
from dashboards.upload import KIND, PIECE
from sampling.media import MB
from storage import resumable, samples, settings
from storage.database import Database, migrate
from storage.embedded import databases
from storage.objects import Folder, hashed
from storage.resumable import Parts
from tests.dashboards.desk import desk
from tests.dashboards.story import PASSWORD, Story
from tests.sampling.films import pieces
from tests.world.ports import free_ports

SIZE, TOO_LARGE = 500 * MB, 600 * 1000 * 1000
MOST_MB, LEAST_RATE, BREAK = 64, 15.0, 0.95


def main(words: Sequence[str]) -> int:
    """Print what the film took, and give 1 when a figure was missed."""
    if words[:1] == ["serve"]:
        return listen(int(words[1]), words[2], Path(words[3]))
    with tempfile.TemporaryDirectory(prefix="shopper-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with databases(settings.load({"SHOPPER_HOME": folder}, home)) as places:
            migrate(places.shopper)
            database = Database(places.shopper)
            sample, task = waiting(database, home)
            with server(places.shopper, home) as (port, process):
                held = send(port, process, task, home)
            with database.unit() as unit:
                films = resumable.films(unit, sample)
            database.close()
    held["the film is kept under its hash"] = [one.sha256 for one in films] == [held.pop("sha256")]
    return verdict({name: bool(value) for name, value in held.items()})


def send(port: int, process: int, task: UUID, home: Path) -> dict[str, object]:
    """Send the film with one break, and give each claim with whether it holds, and the hash of what was sent."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False) as client:
        client.headers["x-form-token"] = log_in(client)
        refused = begin(client, task, TOO_LARGE)
        nothing = not list((home / "uploads").iterdir())
        for _ in range(3):  # what the first requests load is not the film's
            client.get(f"/shopper/tasks/{task}")
        before, start = forget_peak(process), time.perf_counter()
        place = begin(client, task, SIZE).headers["location"]
        digest, offset, broken = hashlib.sha256(), 0, 0
        for data in pieces(SIZE, PIECE):
            digest.update(data)
            if not broken and offset + len(data) > BREAK * SIZE:
                break_off(client, place, offset, data)
                broken = int(client.head(place).headers["upload-offset"]) == offset
            answer = client.patch(place, content=data, headers={"upload-offset": str(offset), "content-type": KIND})
            answer.raise_for_status()
            offset += len(data)
        seconds, more = time.perf_counter() - start, peak(process) - before
    rate = SIZE / MB / seconds
    print(f"{SIZE // MB} MB in {seconds:.1f} s: {rate:.0f} MB/s; at most {more} MB more than the {before} MB before")
    stored = home / "objects" / digest.hexdigest()[:2] / digest.hexdigest()[2:4] / digest.hexdigest()
    return {
        f"at most {MOST_MB} MB more in the server": more <= MOST_MB,
        f"at least {LEAST_RATE:.0f} MB/s": rate >= LEAST_RATE,
        "a broken piece is asked for again": broken,
        "what is stored is what was sent": hashed(stored) == digest.hexdigest(),
        "no piece is left": not list((home / "uploads").iterdir()),
        "600 MB are refused before a byte is kept": refused.status_code == 413 and nothing,
        "sha256": digest.hexdigest(),
    }


def begin(client: httpx.Client, task: UUID, size: int) -> httpx.Response:
    """Announce a film."""
    said = {"medium": "film", "purpose": "unboxed", "filetype": "video/mp4"}
    words = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
    headers = {"upload-length": str(size), "upload-metadata": words}
    return client.post(f"/shopper/tasks/{task}/transfers", headers=headers)


def break_off(client: httpx.Client, place: str, offset: int, data: bytes) -> None:
    """Send half of a piece and let the connection go."""
    line = http.client.HTTPConnection("127.0.0.1", client.base_url.port or 0, timeout=120)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    line.putrequest("PATCH", place)
    told = {"cookie": cookies, "upload-offset": str(offset), "content-type": KIND, "content-length": str(len(data))}
    for name, value in {**told, "x-form-token": client.headers["x-form-token"]}.items():
        line.putheader(name, value)
    line.endheaders(data[: len(data) // 2])
    line.close()


def log_in(client: httpx.Client) -> str:
    """Come in as the shopper, and give the token of the forms."""
    given = {"name": "shopper", "password": PASSWORD, "form_token": token(client.get("/login").text)}
    client.post("/login", data=given)
    return token(client.get("/shopper").text)


def token(page: str) -> str:
    """Give the token of a page's forms."""
    found = re.search(r'name="form_token" value="(\w+)"', page)
    assert found is not None, "the page has a form"
    return found[1]


def waiting(database: Database, home: Path) -> tuple[UUID, UUID]:
    """Give the ids of a sample whose parcel is there, and of its task."""
    with database.unit() as unit:
        sample = Story.begin(unit, Folder(home / "objects")).received()
        ((task, _),) = samples.tasks_of(unit, "shopper")
    return sample.id, task.id


@contextmanager
def server(url: str, home: Path) -> Iterator[tuple[int, int]]:
    """Give the port and the process of the pages while they are served."""
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.upload", "serve", str(port), url, str(home)])
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/login", trust_env=False)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def listen(port: int, url: str, home: Path) -> int:
    """Serve the pages until told to stop."""
    parts = Parts(home / "uploads")
    app = create_app(Database(url), Folder(home / "objects"), parts, base_url=f"http://127.0.0.1:{port}", **desk())
    serve(app, host="127.0.0.1", port=port)
    return 0


def forget_peak(process: int) -> int:
    """Let the kernel count a process's peak anew, and give what it holds now, in MB."""
    Path(f"/proc/{process}/clear_refs").write_text("5")
    return peak(process)


def peak(process: int) -> int:
    """Give the most memory that a process has held since its peak was forgotten, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
