"""Serves the web pages in this process: wires the memory and the published keys to the application."""

from dashboards.app import create_app, serve
from flows.keys import evidence_keys, ledger_key, notice_key
from platforms.keys import provider
from sampling.evidence.keyring import published
from shopper.credentials import credentials
from storage.database import Database
from storage.embedded import databases
from storage.settings import load, secret_key
from storage.store import open_objects


def main() -> None:
    """Answer requests until the process is told to stop."""
    settings = load()
    with databases(settings) as places:
        database = Database(places.shopper)
        root = secret_key(settings)
        notices = provider(issuer_id=settings.authority.id, keys=[notice_key(root).public])
        sealing = evidence_keys(root)
        signing = (sealing.manifest, sealing.archive, ledger_key(root))
        keys = {**notices, "evidence": [published(key.public_key()) for key in signing]}
        app = create_app(
            database,
            open_objects(settings),
            base_url=settings.base_url,
            rulebook=settings.rulebook,
            provider=keys,
            credentials=credentials(settings),
        )
        try:
            serve(app, host=settings.web_host, port=settings.web_port, proxies=settings.trusted_proxies)
        finally:
            database.close()


if __name__ == "__main__":
    main()
