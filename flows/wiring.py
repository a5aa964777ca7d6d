"""The wiring: builds every edge a sweep may use, and is the only flow module that knows them."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from os import geteuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labs.edge.inbox import read_in_child
from labs.limits import IN_FORCE, Limits
from labs.limits import load as load_limits
from platforms.channels.interface import Sender
from platforms.draft import Issuer
from platforms.edge.crawl import crawl
from platforms.edge.post import post
from platforms.keys import SigningKey, signing_key
from platforms.site import Site
from platforms.sites import SITES
from sampling.edge.beacon import fetch
from sampling.edge.browser import Browser, Stay
from sampling.edge.checkout import place_order, read_all_as, read_as
from sampling.edge.launch import BrowserSettings
from sampling.edge.memory import keep as keep_memory
from sampling.edge.sources import each_part, hasher, read_marks_file, read_source, unreadable
from sampling.edge.tables import BATCH, mapping_of, packed, shares_of, take_rows
from sampling.text import Text
from storage.database import Database
from storage.embedded import databases
from storage.objects import Objects, open_objects
from storage.settings import Settings, secret_key
from storage.vault import Vault

FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
LAST_DAY = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """All that a sweep may touch: the memory, the edges, the keys and the shipped data."""

    settings: Settings
    database: Database
    objects: Objects
    vault: Vault
    sites: Mapping[str, Site]
    limits: Limits
    notice_key: SigningKey
    evidence_key: Ed25519PrivateKey
    blind_key: bytes
    """Blind codes grow from it: nothing that is published with a draw gives one away."""
    open_browser: Callable[[], Browser]
    threads: int = 3

    @property
    def browser(self) -> Browser:
        """The warm browser; the first call starts it."""
        return self.open_browser()

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
        database = Database(places.shopper)
        stack.callback(database.close)
        root = secret_key(settings)
        yield World(
            settings=settings,
            database=database,
            objects=open_objects(settings),
            vault=Vault(derived(root, "vault")),
            sites=located(settings),
            limits=load_limits(IN_FORCE),
            notice_key=notice_key(root),
            evidence_key=evidence_key(root),
            blind_key=derived(root, "blind"),
            open_browser=_lazily(stack, settings),
        )


def located(settings: Settings) -> dict[str, Site]:
    """Give every known site at the address that the settings name for it."""
    moved = settings.sites
    return {code: site.at(moved[code]) if code in moved else site for code, site in SITES.items()}


def derived(root: bytes, purpose: str) -> bytes:
    """Give the 32 bytes of one purpose that grow from the installation's secret."""
    return hashlib.blake2b(purpose.encode(), key=root, digest_size=32).digest()


def notice_key(root: bytes) -> SigningKey:
    """Give the key that signs notices."""
    return signing_key(derived(root, "notice"), not_before=FIRST_DAY, not_after=LAST_DAY)


def evidence_key(root: bytes) -> Ed25519PrivateKey:
    """Give the key that signs evidence."""
    return Ed25519PrivateKey.from_private_bytes(derived(root, "evidence"))


def _lazily(stack: ExitStack, settings: Settings) -> Callable[[], Browser]:
    started: list[Browser] = []
    door = threading.Lock()

    def opened() -> Browser:
        with door:
            if not started:
                chosen = BrowserSettings(executable=settings.chromium, sandbox=geteuid() != 0)
                started.append(stack.enter_context(Browser(chosen)))
            return started[0]

    return opened


__all__ = [
    "BATCH",
    "Stay",
    "World",
    "crawl",
    "each_part",
    "fetch",
    "hasher",
    "keep_memory",
    "located",
    "mapping_of",
    "notice_key",
    "open_world",
    "packed",
    "place_order",
    "post",
    "read_all_as",
    "read_as",
    "read_in_child",
    "read_marks_file",
    "read_source",
    "shares_of",
    "take_rows",
    "unreadable",
]
