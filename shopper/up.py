"""Starts everything on one machine and stops it again: database, web pages, Prefect server, worker."""

import signal
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from shopper.services import Service, Services, python, require_free_port, run_step, wait_for
from storage.database import migrate
from storage.embedded import Databases, databases
from storage.settings import Settings, ensure_home, environment, load

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120


def up(chosen: Namespace) -> int:
    """Stay until Ctrl-C, or until a service fails."""
    settings = load()
    interrupt_on_signals()
    try:
        with running(settings, prefect=not chosen.no_prefect) as services:
            print("Everything is up; Ctrl-C stops it.", flush=True)
            while True:
                services.revive()
                time.sleep(1)
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
    return 0


def interrupt_on_signals() -> None:
    """Make SIGTERM end us like Ctrl-C, and a second signal unable to cut the stopping short."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)


@contextmanager
def running(settings: Settings, *, prefect: bool) -> Iterator[Services]:
    """Give the services of one machine while the block runs; without `prefect` the pages alone."""
    require_free_port(settings.web_host, settings.web_port, "SHOPPER_WEB_PORT")
    if prefect:
        require_free_port(settings.prefect_host, settings.prefect_port, "SHOPPER_PREFECT_PORT")
    ensure_home(settings)
    with databases(settings) as places:
        migrate(places.shopper)
        services = Services()
        try:
            server = start_prefect(services, settings, places) if prefect else None
            start_pages(services, settings)
            if server is not None:
                start_worker(services, settings, server)
            yield services
        finally:
            services.stop()


def prefect_environment(settings: Settings) -> dict[str, str]:
    """Give what every Prefect process of ours needs to find the server and keep its files to itself."""
    return {
        **environment(settings),
        "DO_NOT_TRACK": "1",
        "PREFECT_API_URL": settings.prefect_api_url,
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_RUNNER_HEARTBEAT_FREQUENCY": "30",  # without it a killed run stays "Running" for ever
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "5",
    }


def start_prefect(services: Services, settings: Settings, places: Databases) -> Service:
    """Start the Prefect server on its own database and give it back, not yet waited for."""
    variables = {**prefect_environment(settings), "PREFECT_API_DATABASE_CONNECTION_URL": places.prefect}
    tables = python("-m", "shopper.prefect_tables", places.prefect.replace("+asyncpg", "+psycopg", 1))
    run_step("Prefect's tables could not be made", tables, variables, ROOT)
    port = str(settings.prefect_port)
    server = Service(
        name="The Prefect server",
        words=python("-m", "prefect", "server", "start", "--host", settings.prefect_host, "--port", port),
        environment={**variables, "PREFECT_API_DATABASE_MIGRATE_ON_START": "false"},
        log=settings.home / "logs" / "prefect.log",
    )
    services.start(server)
    return server


def start_pages(services: Services, settings: Settings) -> None:
    """Start the web pages and wait until they answer."""
    pages = Service(
        name="The web pages",
        words=python("-m", "shopper.pages"),
        environment=environment(settings),
        log=settings.home / "logs" / "pages.log",
    )
    services.start(pages)
    wait_for(f"http://{settings.web_host}:{settings.web_port}/", pages, START_SECONDS)
    print(f"Pages    {settings.base_url}", flush=True)


def start_worker(services: Services, settings: Settings, server: Service, root: Path = ROOT) -> None:
    """Wait for the Prefect server, deploy what the folder's `prefect.yaml` holds, start the worker."""
    wait_for(f"{settings.prefect_api_url}/health", server, START_SECONDS)
    print(f"Prefect  {settings.prefect_api_url.removesuffix('/api')}", flush=True)
    variables = {**prefect_environment(settings), "APP_DIR": str(root)}
    run_step("The flows could not be deployed", python("-m", "shopper.deploy"), variables, root)
    log = settings.home / "logs" / "worker.log"
    services.start(Service("The Prefect worker", python("-m", "shopper.worker"), variables, log))
