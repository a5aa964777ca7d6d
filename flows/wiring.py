"""The wiring: builds every edge a sweep may use, and is the only flow module that knows them."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from flows.keys import FIRST_DAY, aside_key, derived, evidence_keys, ledger_key, notice_key
from labs.edge.door import Scan, take_in
from labs.edge.scanner import Scanner
from labs.limits import IN_FORCE, Limits
from labs.limits import load as load_limits
from platforms.channels.interface import Sender
from platforms.draft import Issuer
from platforms.edge.crawl import crawl
from platforms.edge.post import post
from platforms.keys import SigningKey
from platforms.site import Site
from platforms.sites import SITES
from sampling.edge.authority import ask
from sampling.edge.beacon import fetch
from sampling.edge.browser import Browser, Lost, Stay
from sampling.edge.checkout import place_order, read_all_as, read_as
from sampling.edge.launch import BrowserSettings
from sampling.edge.memory import keep as keep_memory
from sampling.edge.paper.printer import printed
from sampling.edge.pool import sized
from sampling.edge.replaying import replay
from sampling.edge.sources import each_part, hasher, read_marks_file, read_source, unreadable
from sampling.edge.tables import BATCH, mapping_of, packed, shares_of, take_rows
from sampling.errors import UnknownAuthority
from sampling.evidence.aside import seal_aside
from sampling.evidence.authority import Authority, authority
from sampling.evidence.keys import Keys
from sampling.evidence.visit import Visit
from sampling.listing import Listing
from sampling.text import Text
from storage import keyfile, statements
from storage.database import Database
from storage.embedded import databases
from storage.objects import Objects
from storage.settings import Settings, SettingsError, secret_key
from storage.spool import Spooled
from storage.store import open_objects
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class World:
    """All that a sweep may touch: the memory, the edges, the keys and the shipped data."""

    settings: Settings
    database: Database
    objects: Objects
    vault: Vault = field(repr=False)
    sites: Mapping[str, Site]
    limits: Limits
    notice_key: SigningKey = field(repr=False)
    keys: Keys = field(repr=False)
    """Which seal captures."""
    ledger_key: Ed25519PrivateKey = field(repr=False)
    """Which signs the ledger's checkpoints."""
    aside_key: X25519PublicKey
    """For whom the shopper's identity is set aside."""
    blind_key: bytes = field(repr=False)
    """Blind codes grow from it: nothing that is published with a draw gives one away."""
    open_browser: Callable[[], Browser]
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    """Which stamp, by their code."""
    threads: int = 3
    """How many pages are visited at once."""

    @property
    def browser(self) -> Browser:
        """The warm browser; the first call starts it."""
        return self.open_browser()

    @property
    def scan(self) -> Scan | None:
        """What looks for malware in what laboratories send; None where nothing is set up."""
        return scanning(self.settings)

    @property
    def issuer(self) -> Issuer:
        """Who speaks in a notice."""
        who = self.settings.authority
        return Issuer(who.id, Text(who.zh, who.en), who.contact, self.settings.base_url)

    @property
    def sender(self) -> Sender:
        """Who signs what is sent."""
        return Sender(self.settings.base_url, (self.notice_key,))


@contextmanager
def open_world(settings: Settings) -> Iterator[World]:
    """Give a world for as long as the block runs: the database up, the browser started when first needed."""
    with databases(settings) as places, ExitStack() as stack:
        root, browsing = secret_key(settings), browser_settings(settings)
        pages = browsing.browsers * browsing.contexts
        database = Database(places.shopper, threads=pages, bound=settings.connections)
        stack.callback(database.close)
        number = in_use(settings, database)
        objects = open_objects(settings)
        if isinstance(objects, Spooled):
            objects.flush()  # each machine has a spool of its own, so whoever works on it sees to it
        yield World(
            settings=settings,
            database=database,
            objects=objects,
            vault=Vault(derived(root, "vault"), read=lambda: keyfile.keys(settings.home)),
            sites=located(settings),
            limits=load_limits(IN_FORCE),
            notice_key=notice_key(root),
            keys=evidence_keys(root, number),
            ledger_key=ledger_key(root, number),
            aside_key=aside_key(root).public_key(),
            blind_key=derived(root, "blind"),
            open_browser=_lazily(stack, browsing),
            authorities=authorities(settings),
            threads=database.threads,
        )


def in_use(settings: Settings, database: Database) -> int:
    """Give the number of the key statement in force, and keep the copy of the statements up to date."""
    with database.unit() as unit:
        documents = statements.published(unit)
    statements.copy(settings.home, documents)
    return max(len(documents), 1)


def scanning(settings: Settings) -> Scan | None:
    """Give what looks for malware in a file; None where the settings name no scanner."""
    place = settings.scanner
    return Scanner(place.host, place.port).scan if place else None


def located(settings: Settings) -> dict[str, Site]:
    """Give every known site at the address that the settings name for it."""
    moved = settings.sites
    return {code: site.at(moved[code]) if code in moved else site for code, site in SITES.items()}


def set_aside(key: X25519PublicKey, data: bytes) -> bytes:
    """Give the data as only the holder of the one key can read it."""
    return seal_aside(data, key, once=X25519PrivateKey.generate())


def check_replay(browser: Browser, visit: Visit, listing: Listing | None) -> dict[str, Any] | None:
    """Give whether the capture alone shows the offer again; None for a visit that recorded nothing."""
    if not visit.exchanges:
        return None
    price = str(listing.price.amount) if listing and listing.price else None
    try:
        return browser.run(lambda tab: replay(tab.page, visit, price=price)).to_json()
    except Lost as lost:
        return {"failed": lost.reason}


def authorities(settings: Settings) -> dict[str, Authority]:
    """Give the authorities that stamp, with their certificates; one without them raises SettingsError."""
    return {code: _authority(settings, code, url) for code, url in settings.timestamps.items()}


def browser_settings(settings: Settings) -> BrowserSettings:
    """Give how the browsers run: as many as the machine carries, unless the settings say otherwise."""
    browsers, contexts = sized(psutil.cpu_count() or 1, psutil.virtual_memory().total)
    moved = frozenset(urlsplit(address).netloc for address in settings.sites.values())
    return BrowserSettings(
        executable=settings.chromium,
        remote=settings.browser,
        private_hosts=settings.private_hosts | moved,
        browsers=settings.browsers or browsers,
        contexts=settings.contexts or contexts,
    )


def _authority(settings: Settings, code: str, url: str) -> Authority:
    place = settings.authorities / f"{code}.pem"
    try:
        return authority(code, place.read_bytes(), url=url or None)
    except OSError as error:
        message = (
            f"SHOPPER_TIMESTAMPS names {code}: put its certificates into {place}, its own first and the root last."
        )
        raise SettingsError(message) from error
    except UnknownAuthority as error:
        raise SettingsError(f"SHOPPER_TIMESTAMPS names {code}: {error}.") from error


def _lazily(stack: ExitStack, browsing: BrowserSettings) -> Callable[[], Browser]:
    started: list[Browser] = []
    door = threading.Lock()

    def opened() -> Browser:
        with door:
            if not started:
                started.append(stack.enter_context(Browser(browsing)))
            return started[0]

    return opened


__all__ = [
    "BATCH",
    "FIRST_DAY",
    "Scan",
    "Stay",
    "World",
    "ask",
    "check_replay",
    "crawl",
    "derived",
    "each_part",
    "evidence_keys",
    "fetch",
    "hasher",
    "keep_memory",
    "ledger_key",
    "located",
    "mapping_of",
    "notice_key",
    "open_world",
    "packed",
    "place_order",
    "post",
    "printed",
    "read_all_as",
    "read_as",
    "read_marks_file",
    "read_source",
    "scanning",
    "set_aside",
    "shares_of",
    "take_in",
    "take_rows",
    "unreadable",
]
