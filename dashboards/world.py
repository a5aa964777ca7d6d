"""What the pages were given at start: the memory, the files, their keys and the address they are found under."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboards.views.preview import Look
from sampling.documents.paper import Issuer
from sampling.evidence.credentials import Credentials
from storage.database import Database
from storage.documents import Print
from storage.objects import Objects
from storage.papers import Blind
from storage.resumable import Parts
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Press:
    """What a document is printed with: who stands on it, what sets it, and which blind code a unit bears."""

    issuer: Issuer
    printed: Print
    blind: Blind = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipts:
    """What samples are taken in with: the key of signed links, and what reads the codes on a picture."""

    key: bytes = field(repr=False)
    read: Callable[[bytes], Sequence[str]]


@dataclass(frozen=True, slots=True)
class World:
    """Everything a handler may use that does not change from request to request."""

    database: Database
    objects: Objects
    base_url: str
    rulebook: str
    parts: Parts
    """What has come of photos and films that are on their way in."""
    vault: Vault
    press: Press
    receipts: Receipts
    look: Look
    """What reads a laboratory's file before it is sent."""
    provider: Mapping[str, Any] = field(default_factory=dict)
    """Who signs the notices, with the public keys."""
    credentials: Credentials = field(default_factory=Credentials)
    """What is given to whoever verifies evidence, before any key statement was published."""

    @property
    def https(self) -> bool:
        """Whether visitors come over TLS."""
        return self.base_url.startswith("https:")
