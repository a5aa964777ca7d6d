"""Serves the web pages in this process: wires the memory and the published keys to the application."""

from dashboards.app import create_app, serve
from flows.keys import notice_key
from platforms.keys import provider
from shopper.credentials import credentials
from storage.database import Database
from storage.embedded import databases
from storage.resumable import Parts
from storage.settings import load, secret_key
from storage.store import open_objects


def main() -> None:
    """Answer requests until the process is told to stop."""
    settings = load()
    with databases(settings) as places:
        database = Database(places.shopper)
        root = secret_key(settings)
        notices = provider(issuer_id=settings.authority.id, keys=[notice_key(root).public])
        app = create_app(
            database,
            open_objects(settings),
            Parts(settings.uploads),
            base_url=settings.base_url,
            rulebook=settings.rulebook,
            provider=notices,
            credentials=credentials(settings),
        )
        try:
            serve(app, host=settings.web_host, port=settings.web_port, proxies=settings.trusted_proxies)
        finally:
            database.close()


if __name__ == "__main__":
    main()
