"""Serves the web pages in this process: wires the memory and the published keys to the application."""

from dashboards.app import create_app, serve
from flows.wiring import notice_key
from platforms.keys import provider
from storage.database import Database
from storage.embedded import databases
from storage.objects import open_objects
from storage.settings import load, secret_key


def main() -> None:
    """Answer requests until the process is told to stop."""
    settings = load()
    with databases(settings) as places:
        database = Database(places.shopper)
        keys = provider(issuer_id=settings.authority.id, keys=[notice_key(secret_key(settings)).public])
        app = create_app(
            database,
            open_objects(settings),
            base_url=settings.base_url,
            rulebook=settings.rulebook,
            provider=keys,
        )
        try:
            serve(app, host=settings.web_host, port=settings.web_port)
        finally:
            database.close()


if __name__ == "__main__":
    main()
