"""Opens the marketplace: python -m demo.marketplace --port P --state DIR."""

import shutil
from pathlib import Path

import django
import waitress
from django.conf import settings

from demo.command import service_arguments
from demo.marketplace.settings import settings_for


def main() -> None:
    """Builds the shop in an empty folder, then serves it until killed."""
    port, state = service_arguments("demo.marketplace")
    settings.configure(**settings_for(state))
    django.setup()
    build(state)

    # Only now: these modules need the apps that django.setup() has loaded.
    from django.core.handlers.wsgi import WSGIHandler

    from demo.marketplace.shopfloor import parcels

    parcels.start()
    waitress.serve(WSGIHandler(), host="127.0.0.1", port=port, threads=8, ident="oscar-mart")


def build(state: Path) -> None:
    """Seeds the shop once; a build that was cut short is thrown away and begun again."""
    finished = state / "built"
    if finished.exists():
        return
    for leftover in state.glob("shop.sqlite3*"):
        leftover.unlink()
    shutil.rmtree(state / "media", ignore_errors=True)

    # Only now, see main().
    from django.db import connections

    from demo.marketplace.seed import seed

    seed()
    connections.close_all()
    finished.touch()


if __name__ == "__main__":
    main()
