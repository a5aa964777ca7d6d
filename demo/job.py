"""The main job of the demonstration: the whole path on a real shop, from the first listing to the last score."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from demo import world as outside
from demo.benches import Bench, open_benches
from demo.installation import COORDINATOR, PLATFORMS, install, papers, token_of
from demo.people import Office, Station, everybody
from demo.progress import Progress, show_logins, show_summary
from demo.state import Standing, look, models_on_benches, objector
from flows import SWEEPS
from flows.wiring import World, open_world
from sampling.sample import Sample
from sampling.seal import SealKind
from shopper.errors import PortTaken, ServiceFailed
from shopper.up import interrupt_on_signals, running
from storage import clock, seals, settings
from storage.settings import Settings

FRAME = Path(__file__).with_name("frame.csv")
PICKS = Path(__file__).with_name("picks.csv")
SAMPLES = 20
LIMIT = 500
PATIENCE = 90.0
"""For how long nothing may move before the job says what it waits for and gives up."""
PAST_WINDOW = timedelta(minutes=1)


class Stuck(ServiceFailed):
    """The job does not go on; the message says what it waits for."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody and everything that takes part."""

    product: World
    office: Office
    stations: tuple[Station, ...]
    benches: tuple[Bench, ...]


def run(*, once: bool) -> int:
    """Run the job to its end, or go on where it was broken off; then show the pages until Ctrl-C, unless once."""
    interrupt_on_signals()
    chosen = prepared()
    began = time.monotonic()
    with _opened(chosen) as cast, Progress() as progress:
        ready = time.monotonic()
        _play(cast, progress)
        done = time.monotonic()
    with open_world(chosen) as product:
        show_summary(product, ready - began, done - ready)
    if not once:
        _stay(chosen)
    return 0


def prepared() -> Settings:
    """Give the settings of the demonstration: its own folder, a movable clock, shops on loopback."""
    os.environ.setdefault("SHOPPER_HOME", "var/demo")
    ports = outside.ports_of(settings.ensure_home(settings.load()) / "world")
    default = {
        "SHOPPER_CLOCK": "movable",
        "SHOPPER_PRIVATE_HOSTS": "127.0.0.1",
        "SHOPPER_SITES": " ".join(f"{code}=http://127.0.0.1:{ports[code]}" for code in PLATFORMS),
    }
    for name, value in default.items():
        os.environ.setdefault(name, value)
    return settings.load()


@contextmanager
def _opened(chosen: Settings) -> Iterator[Cast]:
    with running(chosen, prefect=False), open_world(chosen) as product, _outside(chosen) as world:
        endpoints = {code: f"{world.urls['desk']}/notices/{code}" for code in PLATFORMS}
        install(product, endpoints)
        world.introduce(base=chosen.base_url, tokens={code: token_of(code) for code in PLATFORMS})
        with everybody(chosen.base_url) as (office, stations):
            yield Cast(product, office, stations, open_benches(chosen.base_url, papers(chosen)))


@contextmanager
def _outside(chosen: Settings) -> Iterator[outside.World]:
    folder = chosen.home / "world"
    try:
        world = outside.start(folder, outside.ports_of(folder))
    except outside.PortTaken as taken:
        raise PortTaken(f"{taken}.") from taken
    except outside.WorldError as failed:
        raise ServiceFailed(f"{failed}.") from failed
    try:
        yield world
    finally:
        world.stop()


def _play(cast: Cast, progress: Progress) -> None:
    """Let everybody do what is due, over and over, until every case is at its end.

    Nothing here remembers what was done: each round looks at the product, so a run that was killed goes on.
    """
    cast.office.plan(FRAME, PICKS, SAMPLES)
    last_move = time.monotonic()
    while not (standing := look(cast.product)).settled:
        progress.show(standing)
        if _round(cast, standing, progress):
            last_move = time.monotonic()
        elif not _move_clock(cast.product, look(cast.product)):
            time.sleep(0.3)  # the shops ship and the desks answer in their own time
        if time.monotonic() - last_move > PATIENCE:
            raise Stuck(f"nothing moves any more: {standing}")
    progress.show(standing)


def _round(cast: Cast, standing: Standing, progress: Progress) -> int:
    moved = 0
    for name, act in _acts(cast, standing).items():
        progress.doing(name)
        moved += act()
    return moved


def _acts(cast: Cast, standing: Standing) -> Mapping[str, Callable[[], int]]:
    """What each takes part with, in the order of the path; what cannot be due is left out."""
    product, office = cast.product, cast.office
    return {
        "plan": lambda: _sweep(product, "plan"),
        "preview": lambda: office.give_the_go(standing.to_preview),
        "capture": lambda: _sweep(product, "capture"),
        "purchase": lambda: _sweep(product, "purchase"),
        "parcels": lambda: _sweep(product, "track"),
        "sampling station": lambda: standing.at_station and _station_work(cast),
        "sampling notices": lambda: _sweep(product, "notify"),
        "consignments": lambda: _sweep(product, "dispatch"),
        "carrier": lambda: standing.to_consign and office.hand_over(),
        "laboratories": lambda: standing.at_labs and _bench_work(cast),
        "intake": lambda: _sweep(product, "intake"),
        "judge": lambda: _sweep(product, "judge"),
        "confirmation": lambda: standing.to_confirm and office.confirm(),
        "result notices": lambda: _sweep(product, "notify"),
        "delivery": lambda: _sweep(product, "deliver"),
        "service": lambda: office.prove_service(_pages(standing.to_serve)),
        "objection": lambda: _objection(cast),
        "decision": lambda: standing.objected and office.decide(),
        "demands": lambda: standing.demands and office.approve_demands(),
        "verification": lambda: _sweep(product, "verify"),
        "proposal": lambda: office.propose(_pages(standing.to_publish)),
        "approval": lambda: standing.to_approve and office.approve_publications(),
        "publication": lambda: _sweep(product, "publish"),
        "score": lambda: _sweep(product, "score"),
        "keeper": lambda: standing.kept and _sweep(product, "retain"),
    }


def _pages(found: Sequence[Sample]) -> list[str]:
    return [f"/office/samples/{sample.id}" for sample in found]


def _sweep(product: World, name: str) -> int:
    return SWEEPS[name](product, LIMIT).done


def _station_work(cast: Cast) -> int:
    return sum(station.work(lambda: _seals(cast.product)) for station in cast.stations)


def _seals(product: World) -> tuple[str, str]:
    """Give the next two of the roll that lies at the station; an empty one is followed by the next."""
    with product.database.unit() as unit:
        if len(seals.free(unit, SealKind.TAPE, 2)) < 2:
            seals.issue(unit, SealKind.TAPE, 2 * SAMPLES, by=f"user:{COORDINATOR}", at=clock.now(unit))
        test, backup = seals.free(unit, SealKind.TAPE, 2)
    return test, backup


def _bench_work(cast: Cast) -> int:
    models = models_on_benches(cast.product)
    with cast.product.database.unit() as unit:
        now = clock.now(unit)
    return sum(bench.receive() + bench.start() + bench.report(models, now) for bench in cast.benches)


def _objection(cast: Cast) -> int:
    """One seller whose goods failed objects, once in the whole job."""
    found = objector(cast.product)
    return cast.office.object(*found) if found else 0


def _move_clock(product: World, standing: Standing) -> bool:
    """Move the clock to the next thing that only time brings; False when somebody else has to act first."""
    if standing.next_due is None or standing.somebody_acts:
        return False
    with product.database.unit() as unit:
        ahead = standing.next_due - clock.now(unit) + PAST_WINDOW
        clock.advance(unit, max(ahead, timedelta(0)), movable=product.settings.clock == "movable")
    return True


def _stay(chosen: Settings) -> None:
    with running(chosen, prefect=False):
        show_logins(chosen)
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            print("Stopped.")
