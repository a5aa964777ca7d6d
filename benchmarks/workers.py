"""The claim: three workers on one database, one of them killed every 20 seconds, seal 300 listings once each.

Each worker is a process with a browser of its own that sweeps as the flow does. A blow is `kill -9` of the worker and
of all it started; it is started again at once. In the end the database, the ledger, the store and every bundle are
asked: 300 captured, none lost, none twice, all of them whole.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic, sleep

import psutil

from benchmarks.figures import verdict
from flows import capture
from flows.wiring import open_world
from sampling.evidence.verification import verify_bundle
from sampling.sample import SampleState
from storage import captures, ledger, samples, settings
from storage.audit import audit
from storage.database import Database, migrate
from storage.embedded import databases
from storage.objects import Folder
from tests import build
from tests.sampling.visits import a_picture

WORKERS, LISTINGS, EVERY, SHOPS = 3, 300, 20.0, 6
PATIENCE = 900.0
PAGE = """<!doctype html><meta charset=utf-8><title>Lamp {n}</title><link rel=icon href="data:,">
<script type="application/ld+json">{offer}</script><h1>Lamp {n}</h1><p class=price>￥{price}</p><p>有货 In stock</p>
<img src=/picture-{n}.png width=400 height=300><script>fetch('/reviews-{n}').then(r => r.text())</script>"""


def page(number: str) -> bytes:
    """Give the page of one listing."""
    price = f"{int(number) % 90 + 9}.90"
    offer = {"@type": "Offer", "price": price, "priceCurrency": "CNY", "availability": "https://schema.org/InStock"}
    record = {"@context": "https://schema.org", "@type": "Product", "name": f"Lamp {number}", "sku": f"L-{number}"}
    return PAGE.format(n=number, price=price, offer=json.dumps({**record, "offers": offer})).encode()


class Shop(ThreadingHTTPServer):
    """A shop that does not mind a visitor who is killed."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def shops(seen: Counter[str]) -> Iterator[list[str]]:
    """Give the addresses of shops on loopback that count how often each page was asked for."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, _, number = self.path.rpartition("/item/")
            seen[number] += kind == "" and number.isdigit()
            body = page(number) if number.isdigit() else a_picture() if self.path.endswith(".png") else b"fine"
            media = "text/html" if number.isdigit() else "image/png" if self.path.endswith(".png") else "text/plain"
            self.send_response(200)
            self.send_header("content-type", media)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    servers = [Shop(("127.0.0.1", 0), Handler) for _ in range(SHOPS)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    finally:
        for server in servers:
            server.shutdown()


def target(database: Database, addresses: list[str], many: int) -> None:
    """Open a case for each listing."""
    with database.unit() as unit:
        campaign = build.campaign(unit)
        for number in range(1, many + 1):
            url = f"{addresses[number % SHOPS]}/item/{number}"
            listing = build.framed(number, platform="loop", listing_id=f"loop:{number}", url=url)
            made = samples.target(unit, campaign.id, listing, blind_code=f"B{number}", lab="L-01", by="t",
                                  at=build.moment())  # fmt: skip
            samples.assign(unit, made.id, "shopper", due_at=build.moment(96), by="t", at=build.moment())


def left(database: Database) -> int:
    """Give how many listings are still to be captured."""
    with database.unit() as unit:
        return len(samples.in_state(unit, SampleState.TARGETED, limit=LISTINGS))


def work() -> None:
    """Be one worker: sweep until nothing is left."""
    with open_world(settings.load()) as world:
        while left(world.database):
            print(capture.sweep(world, 12), flush=True)


def start(environ: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start one worker."""
    words = [sys.executable, "-m", "benchmarks.workers", "--work"]
    with log.open("ab") as file:
        return subprocess.Popen(words, env=environ, stdout=file, stderr=file, cwd=Path(__file__).parent.parent)


def strike(process: "subprocess.Popen[bytes]") -> int:
    """Kill a worker and all it started, at once; give how many processes those were."""
    tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for one in tree:
        try:
            os.kill(one.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()
    return len(tree)


def race(database: Database, environ: Mapping[str, str], logs: Path, many: int, every: float) -> tuple[float, int]:
    """Let the workers work under blows until nothing is left; give the seconds and the blows."""
    running = [start(environ, logs / f"{number}.log") for number in range(many)]
    began, blows = monotonic(), 0
    next_blow = began + every
    try:
        while (waiting := left(database)) and monotonic() - began < PATIENCE:
            sleep(0.5)
            number = blows % many
            for place, one in enumerate(running):
                if one.poll() and waiting:  # it failed by itself
                    print(logs.joinpath(f"{place}.log").read_text("utf-8", "replace")[-800:], flush=True)
                    running[place] = start(environ, logs / f"{place}.log")
            if monotonic() >= next_blow:
                killed = strike(running[number])
                blows, next_blow = blows + 1, next_blow + every
                print(f"  {monotonic() - began:5.0f} s  {waiting:3d} left, killed worker {number}: {killed} processes",
                      flush=True)  # fmt: skip
                running[number] = start(environ, logs / f"{number}.log")
        return monotonic() - began, blows
    finally:
        for one in running:
            if one.poll() is None:
                strike(one)


def claims(database: Database, objects: Folder, many: int) -> dict[str, bool]:
    """Give what holds in the end."""
    with database.unit() as unit:
        kept = captures.after(unit, None, many * 3)
        captured = len(samples.in_state(unit, SampleState.CAPTURED, limit=many * 3))
        entries = ledger.entries(unit)
        lost = audit(unit, objects, limit=many * 3).flawed
    offers = Counter(one.sample_id for one in kept if one.kind == "listing")
    broken = [one.id for one in kept if verify_bundle(captures.bundle(objects, one))]
    others = Counter(f"{one.kind} {one.reason}" for one in kept if one.kind != "listing")
    print(f"captures {len(kept)}, of them offers {sum(offers.values())}; others {dict(others)}; ledger {len(entries)}")
    return {
        f"{many} listings captured": captured == many,
        "each sealed once": len(offers) == many and set(offers.values()) == {1},
        "each in the ledger once": sorted(one.id for one in entries) == sorted(str(one.id) for one in kept),
        "no object lost or rotten": not lost,
        "every bundle verifies": not broken,
    }


def main(many: int, workers: int, every: float) -> int:
    """Run the race and print the figures."""
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="shopper-", ignore_cleanup_errors=True) as home, ExitStack() as stack:
        told = {"SHOPPER_HOME": home, "SHOPPER_PRIVATE_HOSTS": "127.0.0.1", "SHOPPER_BROWSERS": "1"}
        chosen = settings.load({**told, "SHOPPER_CONTEXTS": "2"}, Path("/"))
        places = stack.enter_context(databases(chosen))
        migrate(places.shopper)
        database = Database(places.shopper)
        stack.callback(database.close)
        target(database, stack.enter_context(shops(seen)), many)
        environ = {**os.environ, **told, "SHOPPER_CONTEXTS": "2", "SHOPPER_DATABASE_URL": places.shopper}
        seconds, blows = race(database, environ, Path(home), workers, every)
        rate = many / seconds * 60
        print(f"{many} listings, {workers} workers, {blows} kills: {seconds:.0f} s, {rate:.0f} a minute; "
              f"{sum(seen.values())} page loads, replays apart")  # fmt: skip
        if left(database):
            for log in sorted(Path(home).glob("*.log")):
                print(log.name, log.read_text("utf-8", "replace")[-1500:], sep="\n")
        return verdict(claims(database, Folder(chosen.objects), many))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", action="store_true", help="be one of the workers")
    parser.add_argument("--listings", type=int, default=LISTINGS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--every", type=float, default=EVERY, help="seconds between two blows")
    given = parser.parse_args()
    if given.work:
        work()
    else:
        sys.exit(main(given.listings, given.workers, given.every))
