"""What the pages were given at start: the memory, the files and the address they are found under."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sampling.evidence.credentials import Credentials
from storage.database import Database
from storage.objects import Objects
from storage.resumable import Parts


@dataclass(frozen=True, slots=True)
class World:
    """Everything a handler may use that does not change from request to request."""

    database: Database
    objects: Objects
    base_url: str
    rulebook: str
    parts: Parts
    """What has come of photos and films that are on their way in."""
    provider: Mapping[str, Any] = field(default_factory=dict)
    """Who signs the notices, with the public keys."""
    credentials: Credentials = field(default_factory=Credentials)
    """What is given to whoever verifies evidence, before any key statement was published."""

    @property
    def https(self) -> bool:
        """Whether visitors come over TLS."""
        return self.base_url.startswith("https:")
