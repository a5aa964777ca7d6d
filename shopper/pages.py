"""Serves the web pages in this process: wires the memory and the published keys to the application."""

from functools import partial

from dashboards.app import create_app, serve
from dashboards.world import Press, Receipts
from flows.keys import derived, notice_key
from flows.wiring import scanning
from labs.edge.preview import preview
from platforms.keys import provider
from sampling.edge.paper.codes import codes_in
from sampling.edge.paper.printer import printed
from shopper.credentials import credentials
from shopper.document import blind_codes
from storage import keyfile
from storage.database import Database
from storage.embedded import databases
from storage.papers import issuer
from storage.resumable import Parts
from storage.settings import load, secret_key
from storage.store import open_objects
from storage.vault import Vault


def main() -> None:
    """Answer requests until the process is told to stop."""
    settings = load()
    with databases(settings) as places:
        database = Database(places.shopper, bound=settings.connections)
        root = secret_key(settings)
        notices = provider(issuer_id=settings.authority.id, keys=[notice_key(root).public])
        app = create_app(
            database,
            open_objects(settings),
            Parts(settings.uploads),
            base_url=settings.base_url,
            vault=Vault(derived(root, "vault"), read=lambda: keyfile.keys(settings.home)),
            press=Press(issuer(settings), printed, blind_codes(settings)),
            receipts=Receipts(derived(root, "receipt links"), codes_in),
            look=partial(preview, scan=scanning(settings)),
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
